//! What the gateway shows, made by the web app.

use std::net::IpAddr;
use std::pin::Pin;

use axum::Router;
use http::{Request, Response};
use tower::ServiceExt as _;
use usher_events::event::{MalformedFault, UpstreamFault};
use usher_events::sink::SinkClosed;
use usher_policy::facts::Circumstances;
use usher_policy::presence::CredentialFault;
use usher_proxy::body::Body;
use usher_proxy::pages::{Page, Pages, Refused};
use usher_types::ids::EventId;
use usher_types::url::WebAddress;
use usher_web::app::{App, Peer};
use usher_web::pages::refusal::{self, RefusalPage};

/// The web app behind the gateway.
#[derive(Debug)]
pub(crate) struct AppPages {
    pub(crate) app: App,
    pub(crate) portal: Router,
}

impl Pages for AppPages {
    fn own(
        &self,
        request: Request<Body>,
        from: IpAddr,
    ) -> Pin<Box<dyn Future<Output = Response<Body>> + Send>> {
        let mut request = request.map(axum::body::Body::new);
        request.extensions_mut().insert(Peer { address: from });
        let portal = self.portal.clone();
        Box::pin(async move {
            let answer = match portal.oneshot(request).await {
                Ok(answer) => answer,
                Err(never) => match never {},
            };
            answer.map(Body::other)
        })
    }

    fn refusal(&self, refused: &Refused<'_>) -> Page {
        page(refusal::render(
            &self.app,
            refusal::Refused {
                decision: refused.decision,
                who: refused.who,
                address: refused.address,
                event: refused.event,
                at: refused.at,
                accepts_html: refused.shows_pages,
            },
        ))
    }

    fn upstream(
        &self,
        who: &Circumstances,
        fault: UpstreamFault,
        address: &WebAddress,
        event: EventId,
    ) -> Page {
        page(refusal::render_upstream(&self.app, who, fault, address, event))
    }

    fn malformed(&self, fault: MalformedFault) -> Page {
        page(refusal::malformed(&self.app, fault))
    }

    fn unrecorded(&self, why: SinkClosed) -> Page {
        page(refusal::cannot_record(&self.app, why))
    }

    fn credentials(&self, why: &CredentialFault) -> Page {
        page(refusal::credentials(&self.app, why))
    }
}

fn page(made: RefusalPage) -> Page {
    Page { status: made.status, headers: made.headers, body: made.body.into() }
}
