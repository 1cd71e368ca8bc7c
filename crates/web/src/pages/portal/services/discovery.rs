//! What services find out by themselves (OpenID Connect Discovery, 3) and the keys to check tokens with (RFC 7517).

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use usher_certs::token_key::PublicKey;

use super::written::{keys_work, open_to_all};
use crate::app::{App, AppFault};
use crate::security::base64;

/// Where everything is and what is understood.
pub(super) async fn show(State(app): State<App>) -> Response {
    let own = &app.places.portal_origin;
    let said = json!({
        "issuer": own,
        "authorization_endpoint": format!("{own}/services/authorize"),
        "token_endpoint": format!("{own}/services/token"),
        "userinfo_endpoint": format!("{own}/services/who"),
        "jwks_uri": format!("{own}/services/keys"),
        "end_session_endpoint": format!("{own}/services/sign-out"),
        "scopes_supported": ["openid", "profile", "email"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "claims_supported": [
            "sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "name", "given_name", "role", "year", "email"
        ],
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "claims_parameter_supported": false,
        "authorization_response_iss_parameter_supported": true,
    });
    open_to_all(Json(said).into_response())
}

/// The key that signs and the one before.
pub(super) async fn keys(State(app): State<App>) -> Result<Response, AppFault> {
    let at = app.now();
    let work = {
        let app = app.clone();
        move || app.token_keys.public(&app.vault, at)
    };
    let keys: Vec<Value> = keys_work(work).await?.iter().map(key).collect();
    Ok(open_to_all(Json(json!({ "keys": keys })).into_response()))
}

fn key(key: &PublicKey) -> Value {
    json!({
        "kty": "RSA",
        "use": "sig",
        "alg": "RS256",
        "kid": key.name,
        "n": base64::encode_for_addresses(&key.modulus),
        "e": base64::encode_for_addresses(&key.exponent),
    })
}
