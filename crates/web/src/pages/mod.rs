//! The pages, a folder for the portal, a folder for the desk, and those that stand in for another site's.

pub(crate) mod case;
pub mod desk;
pub(crate) mod listing;
mod news;
pub mod portal;
mod refreshed;
pub mod refusal;
