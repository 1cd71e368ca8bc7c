//! Signing in to other web services with one's own sign-in here (ACC-15): an OpenID provider (OpenID Connect Core 1.0 and Discovery
//! 1.0, code flow with PKCE only: RFC 6749, RFC 7636, RFC 9207, RFC 9700).
//!
//! Owns: the protocol and its three pages. Does not: decide who may sign in where (`policy::service`), or know people by their
//! device: whoever signs in here is known by a cookie of their own, because these pages are reached from outside too.

mod asked;
mod authorize;
mod browser;
mod discovery;
mod end;
mod mine;
mod proof;
mod show;
mod token;
mod userinfo;
mod written;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;

/// Their routes; all but the own list are what a server in front of Usher passes in from outside.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/.well-known/openid-configuration", get(discovery::show))
        .route("/services/keys", get(discovery::keys))
        .route("/services/authorize", get(authorize::begin).post(authorize::begin_sent))
        .route("/services/sign-in", post(authorize::sign_in))
        .route("/services/agree", post(authorize::agree))
        .route("/services/token", post(token::give))
        .route("/services/who", get(userinfo::tell).post(userinfo::tell))
        .route("/services/sign-out", get(end::begin).post(end::leave))
        .route("/services/mine", get(mine::show))
}
