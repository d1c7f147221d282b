//! Content: what becomes of a body between text and bytes on its way through an integration.
//! Source: AWS, "Content type conversions in API Gateway", and recorded answers.

use std::sync::Arc;

use portico_model::ContentHandling;

/// Media types whose content is binary, of one API.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct BinaryMediaTypes {
    /// In lower case, for example `image/png`, `image/*` or `*/*`.
    types: Vec<Box<str>>,
}

/// What an integration asks of bodies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    pub types: Arc<BinaryMediaTypes>,
    /// The conversion of a request's body that is asked for.
    pub request: Option<ContentHandling>,
}

/// What is done to a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conversion {
    /// The bytes go on as they came.
    Pass,
    /// It is text: bytes that are no UTF-8 become U+FFFD.
    Text,
    /// It is Base64, and goes on as the bytes that stands for.
    Decode,
    /// The bytes go on as Base64.
    Encode,
}

impl BinaryMediaTypes {
    /// Takes the types as a definition writes them.
    pub fn new<'a>(types: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            types: types.into_iter().map(|it| essence(it).to_ascii_lowercase().into()).collect(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.types.is_empty()
    }

    /// Whether content of this type is binary. Parameters do not count; `image/*` takes every
    /// subtype, and `*/*` everything.
    pub fn matches(&self, media_type: &str) -> bool {
        let media_type = essence(media_type);
        self.types.iter().any(|known| match known.strip_suffix('*') {
            _ if **known == *"*/*" => true,
            Some(start) => {
                let bytes = media_type.as_bytes();
                start.ends_with('/')
                    && bytes.len() > start.len()
                    && bytes[..start.len()].eq_ignore_ascii_case(start.as_bytes())
            }
            None => known.eq_ignore_ascii_case(media_type),
        })
    }
}

impl Content {
    /// What is done to a request's body of this type.
    pub fn of_request(&self, media_type: &str) -> Conversion {
        use ContentHandling::{ConvertToBinary, ConvertToText};
        match (self.types.matches(media_type), self.request) {
            (false, None | Some(ConvertToText)) => Conversion::Text,
            (false, Some(ConvertToBinary)) => Conversion::Decode,
            (true, None | Some(ConvertToBinary)) => Conversion::Pass,
            (true, Some(ConvertToText)) => Conversion::Encode,
        }
    }

    /// What is done to an answer's body of this type, where the client takes `accept` and the
    /// integration response asks for `handling`. Of several types in `accept` the first counts.
    pub fn of_answer(
        &self,
        media_type: &str,
        accept: &str,
        handling: Option<ContentHandling>,
    ) -> Conversion {
        use ContentHandling::{ConvertToBinary, ConvertToText};
        let accept = accept.split(',').next().unwrap_or_default();
        let (is_binary, takes_binary) =
            (self.types.matches(media_type), self.types.matches(accept));
        match (is_binary, takes_binary, handling) {
            (false, false, None) | (false, _, Some(ConvertToText)) => Conversion::Text,
            (false, true, None) | (false, _, Some(ConvertToBinary)) => Conversion::Decode,
            (true, true, None) | (true, _, Some(ConvertToBinary)) => Conversion::Pass,
            (true, false, None) | (true, _, Some(ConvertToText)) => Conversion::Encode,
        }
    }
}

/// A media type without parameters.
fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ContentHandling::{ConvertToBinary, ConvertToText};

    #[test]
    fn types_are_matched_without_case_and_parameters() {
        let check = |types: &[&str], media_type: &str, expected: bool| {
            let types = BinaryMediaTypes::new(types.iter().copied());
            assert_eq!(types.matches(media_type), expected, "{types:?} {media_type}");
        };
        check(&[], "image/png", false);
        check(&["image/png"], "image/png", true);
        check(&["Image/PNG"], "image/png;q=1", true);
        check(&["image/png"], "IMAGE/PNG ; charset=x", true);
        check(&["image/png"], "image/pngx", false);
        check(&["image/png"], "*/*", false);
        check(&["image/png"], "", false);
        check(&["image/*"], "image/png", true);
        check(&["image/*"], "image/", false);
        check(&["image/*"], "imagex/png", false);
        check(&["*/*"], "text/plain", true);
        check(&["*/*"], "", true);
        check(&["a/b", "c/d"], "c/d", true);
    }

    /// The table of the sheet on binary media types, [R] and [D].
    #[test]
    fn bodies_are_converted_as_in_api_gateway() {
        let content =
            |request| Content { types: Arc::new(BinaryMediaTypes::new(["image/png"])), request };
        let request = |media_type: &str, handling, expected| {
            assert_eq!(content(handling).of_request(media_type), expected, "{media_type}");
        };
        request("text/plain", None, Conversion::Text);
        request("text/plain", Some(ConvertToText), Conversion::Text);
        request("text/plain", Some(ConvertToBinary), Conversion::Decode);
        request("image/png", None, Conversion::Pass);
        request("image/png", Some(ConvertToBinary), Conversion::Pass);
        request("image/png", Some(ConvertToText), Conversion::Encode);

        let answer = |media_type: &str, accept: &str, handling, expected| {
            let found = content(None).of_answer(media_type, accept, handling);
            assert_eq!(found, expected, "{media_type} {accept} {handling:?}");
        };
        answer("a/b", "text/plain", None, Conversion::Text);
        answer("a/b", "text/plain", Some(ConvertToText), Conversion::Text);
        answer("a/b", "text/plain", Some(ConvertToBinary), Conversion::Decode);
        answer("a/b", "image/png", Some(ConvertToBinary), Conversion::Decode);
        answer("a/b", "image/png", None, Conversion::Decode);
        answer("a/b", "image/png", Some(ConvertToText), Conversion::Text);
        answer("image/png", "text/plain", None, Conversion::Encode);
        answer("image/png", "text/plain", Some(ConvertToText), Conversion::Encode);
        answer("image/png", "image/png", None, Conversion::Pass);
        answer("image/png", "image/png", Some(ConvertToBinary), Conversion::Pass);
        answer("image/png", "image/png", Some(ConvertToText), Conversion::Encode);
        // Of several types only the first counts.
        answer("image/png", "image/png, text/plain", None, Conversion::Pass);
        answer("image/png", "text/plain, image/png", None, Conversion::Encode);
        answer("image/png", "", None, Conversion::Encode);
    }
}
