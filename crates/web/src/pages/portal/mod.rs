//! What every device reaches, signed in or not: who are you, signing in, agreements, telling somebody, and what happened
//! to a page.

mod agreement;
mod classes;
mod clause;
mod conduct;
mod document;
mod enter;
mod fault;
mod filter;
mod home;
mod linked;
mod nasty;
mod notice;
mod parents;
mod password;
mod policy;
mod printed;
mod private_use;
mod questions;
mod referred;
mod report;
mod services;
mod setup;
mod sign_in;
mod sign_out;
mod state;
mod tell;
mod then;
mod together;
mod verify;
mod visitor;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::response::Response;
use axum::routing::{get, post};

use crate::app::App;
use crate::pages::case::file;
use crate::view::fault::OnPortal;

/// The portal's routes.
pub(crate) fn routes() -> Router<App> {
    signing_in()
        .merge(agreements())
        .merge(telling())
        .merge(reading())
        .merge(services::routes())
        .layer(middleware::map_response(mark))
}

fn signing_in() -> Router<App> {
    Router::new()
        .route("/", get(home::show))
        .route("/sign-in", get(sign_in::show).post(sign_in::enter))
        .route("/sign-out", post(sign_out::leave))
        .route("/classes", get(classes::show))
        .route("/classes/{group}", get(classes::group).post(classes::enter_shared))
        .route("/classes/{group}/{person}", get(classes::pictures).post(classes::choose))
        .route("/visitor", get(visitor::show).post(visitor::enter))
        .route("/clause", get(clause::show).post(clause::accept))
        .route("/password", get(password::show).post(password::set))
        .route("/password/known", post(password::known))
}

fn agreements() -> Router<App> {
    Router::new()
        .route("/agreement", get(agreement::show).post(agreement::sign))
        .route("/agreement/mine", get(agreement::mine))
        .route("/questions", get(questions::show).post(questions::ask))
        .route("/parents", get(parents::show))
        .route("/parents/{child}", get(parents::child).post(parents::sign))
        .route("/parents/{child}/filter", get(filter::show))
        .route("/together", get(together::show).post(together::begin))
        .route("/together/finish", post(together::finish))
        .route("/together/{child}", get(together::child).post(together::sign))
        .route("/verify", get(verify::show))
}

fn telling() -> Router<App> {
    Router::new()
        .route("/tell", get(tell::show).post(tell::tell))
        .route("/report", get(report::show).post(report::send))
        .route("/nasty", get(nasty::show).post(nasty::send).layer(DefaultBodyLimit::max(file::LARGEST_FORM)))
        .route("/told", post(referred::told))
        .route("/accident", post(referred::accident))
        .route("/private-use", get(private_use::show).post(private_use::answer))
        .route("/ask", post(referred::ask))
        .route("/coach", post(referred::go_on))
}

fn reading() -> Router<App> {
    Router::new()
        .route("/notice", get(notice::show))
        .route("/rules/sanctions", get(document::sanctions))
        .route("/rules/what-counts", get(conduct::show).post(conduct::read))
        .route("/rules/what-counts.pdf", get(conduct::on_paper))
        .route("/home-guide", get(document::home_guide))
        .route("/home-guide.pdf", get(document::home_guide_pdf))
        .route("/policy", get(policy::show))
        .route("/policy/control/{control}", get(policy::control))
        .route("/policies/{linked}", get(linked::show))
        .route("/print/{agreement}", get(printed::show))
        .route("/proxy.pac", get(setup::pac))
        .route("/school-certificate.pem", get(setup::certificate_file))
        .route("/certificate", get(setup::certificate))
}

/// Whatever goes wrong behind these routes is said to whoever is at the device, in their own words.
async fn mark(mut response: Response) -> Response {
    response.extensions_mut().insert(OnPortal);
    response
}
