//! The methods of each class, one file each.

pub(crate) mod array;
pub(crate) mod boolean;
pub(crate) mod character;
mod format;
pub(crate) mod list;
pub(crate) mod map;
pub(crate) mod number;
pub(crate) mod string;
pub(crate) mod view;
