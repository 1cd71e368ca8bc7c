//! What protects pages: signed forms, origin checks, cookies, headers.

pub mod asking;
pub mod base64;
pub mod cookie;
pub mod form;
pub mod headers;
pub mod key;
