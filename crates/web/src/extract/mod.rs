//! Who asks for a page, and what they sent.

pub mod desk;
pub mod form;
pub mod portal;
