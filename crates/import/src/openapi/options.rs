//! What a definition is read with: values for its functions, the base path, and other files.

use std::collections::BTreeMap;

/// What a definition is read with.
pub struct Options<'a> {
    /// Values of CloudFormation's names: `Name` of a parameter or resource, `Name.Attribute`, or a
    /// pseudo parameter as `AWS::StackName`.
    pub set: &'a BTreeMap<String, String>,
    pub base_path: BasePath,
    /// Value of `AWS::AccountId`.
    pub account_id: &'a str,
    /// Value of `AWS::Region`.
    pub region: &'a str,
    /// Where the files come from that references name.
    pub files: &'a mut dyn Files,
}

impl<'a> Options<'a> {
    /// No values, account `000000000000` in `us-east-1`, and no base path.
    pub fn new(files: &'a mut dyn Files) -> Self {
        static NONE: BTreeMap<String, String> = BTreeMap::new();
        let (account_id, region) = ("000000000000", "us-east-1");
        Self { set: &NONE, base_path: BasePath::Ignore, account_id, region, files }
    }
}

/// What becomes of the base path of a definition. Source: API Gateway API Reference,
/// `ImportRestApi`, parameter `basepath`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BasePath {
    /// Paths begin after the stage.
    #[default]
    Ignore,
    /// It stands before each path.
    Prepend,
    /// Its first segment is dropped, the rest stands before each path.
    Split,
}

/// The files beside a definition.
pub trait Files {
    /// Reads a file. The path is relative to the definition's directory, written with `/`, never
    /// absolute, and never leads out of that directory: `schemas/pet.yaml`. No more than `limit`
    /// bytes are asked for.
    fn read(&mut self, path: &str, limit: usize) -> Result<Vec<u8>, Unreadable>;
}

/// Why a file cannot be read, as part of a sentence: `there is no such file`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);

/// A definition that stands alone.
#[derive(Clone, Copy, Debug)]
pub struct NoFiles;

impl Files for NoFiles {
    fn read(&mut self, _: &str, _: usize) -> Result<Vec<u8>, Unreadable> {
        Err(Unreadable("the definition was read without other files".to_owned()))
    }
}
