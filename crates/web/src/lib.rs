//! The pages.
//!
//! Owns: the portal (what a device without a sign-in can reach: signing in, agreements, telling an adult), the desk (what
//! staff use in their own browser), the pages that stand in for one that is not for school, and what protects them all.
//! Does not: decide about requests (policy does), or keep anything but through `records` commands.
//!
//! Two routers, one state. The portal knows people by the address of their device; the desk by a cookie. Every route
//! names the act it needs, and `policy::access` says who may.

pub mod app;
pub mod assets;
pub mod desk;
pub mod extract;
pub mod live;
pub mod pages;
pub mod routes;
pub mod security;
pub mod view;
