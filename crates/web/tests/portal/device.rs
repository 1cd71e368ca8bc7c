//! A device of the school: a browser whom the portal knows by nothing but its address.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Method, Request, header};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;
use usher_events::event::Event;
use usher_policy::decide::decide_web;
use usher_policy::decision::Decision;
use usher_policy::facts::Circumstances;
use usher_records::account::{self, Account, Hashed, OpenAccount, Username};
use usher_records::agreement::{AgreementText, AgreementVersion, publish};
use usher_records::lesson::{Lesson, Mode};
use usher_records::person::Person;
use usher_testkit::{events, facts};
use usher_types::SecretString;
use usher_types::ids::Id;
use usher_types::role::{Reader, Year};
use usher_types::url::WebAddress;
use usher_web::app::Peer;
use usher_web::pages::refusal::{Refused, render};
use usher_web::routes;

use crate::rig::{Answer, CLASS, PASSWORD, Rig};

/// Where the portal is.
pub(crate) const PORTAL: &str = "https://usher.internal";
/// A page that nobody has sorted.
pub(crate) const OTTERS: &str = "https://otters.example/";
/// The lesson of the class.
pub(crate) const LESSON: u64 = 601;

/// A device.
pub(crate) struct Device<'a> {
    pub(crate) rig: &'a Rig,
    pub(crate) address: IpAddr,
    portal: Router,
}

/// A device of this school; its number is the last of its address.
pub(crate) fn device(rig: &Rig, number: u8) -> Device<'_> {
    Device { rig, address: IpAddr::from([10, 0, 0, number]), portal: routes::portal(&rig.app) }
}

impl Device<'_> {
    /// Asks for something.
    pub(crate) async fn ask(&self, method: Method, path: &str, form: &str, more: &[(&str, &str)]) -> Answer {
        let kind = "application/x-www-form-urlencoded";
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .extension(Peer { address: self.address })
            .header(header::CONTENT_TYPE, kind);
        for (name, value) in more {
            let headers = request.headers_mut().unwrap();
            headers.insert(
                HeaderName::from_bytes(name.as_bytes()).unwrap(),
                HeaderValue::from_str(value).unwrap(),
            );
        }
        let request = request.body(Body::from(form.to_owned())).unwrap();
        let (parts, body) = self.portal.clone().oneshot(request).await.unwrap().into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status, headers: parts.headers, text }
    }

    /// Opens a page.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, "", &[]).await
    }

    /// Sends a form as a browser does from a page of the portal.
    pub(crate) async fn send(&self, path: &str, form: &str) -> Answer {
        self.ask(Method::POST, path, form, &[("origin", PORTAL), ("sec-fetch-site", "same-origin")]).await
    }

    /// Opens a page, fills in its form and sends it.
    pub(crate) async fn fill(&self, page: &str, action: &str, form: &str) -> Answer {
        let page = self.get(page).await;
        self.send(action, &format!("_form={}&{form}", page.token())).await
    }

    /// Opens a page, fills in its form with a file and sends it the way a browser does, a field after the other.
    pub(crate) async fn fill_with_file(&self, page: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.get(page).await.token();
        let part = |(name, value): &(&str, &str)| {
            let file = if *name == "copy" { "; filename=\"screen.png\"" } else { "" };
            format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n{value}\r\n")
        };
        let form =
            [("_form", token.as_str())].iter().chain(fields).map(part).collect::<String>() + "--b--\r\n";
        let kind = "multipart/form-data; boundary=b";
        let more = [("content-type", kind), ("origin", PORTAL), ("sec-fetch-site", "same-origin")];
        self.ask(Method::POST, page, &form, &more).await
    }

    /// Types a user name and everybody's password, without ticking anything.
    pub(crate) async fn sign_in(&self, username: &str) -> Answer {
        self.try_password(username, PASSWORD).await
    }

    /// Types a user name and a password.
    pub(crate) async fn try_password(&self, username: &str, password: &str) -> Answer {
        let form = format!("for=ks2&username={username}&password={}", password.replace(' ', "+"));
        self.fill("/sign-in?for=ks2", "/sign-in", &form).await
    }

    /// Presses "sign out".
    pub(crate) async fn sign_out(&self) -> Answer {
        self.fill("/", "/sign-out", "").await
    }

    /// Signs the agreement that is shown, with a name typed and perhaps an answer chosen.
    pub(crate) async fn sign(&self, name: &str, answer: &str) -> Answer {
        let page = self.get("/agreement").await;
        let (token, digest) = (page.token(), field(page.page(), "digest"));
        let form = format!("_form={token}&digest={digest}&name={}&answer={answer}", name.replace(' ', "+"));
        self.send("/agreement", &form).await
    }

    /// Who is here, as the gateway sees them.
    pub(crate) fn who(&self) -> Circumstances {
        self.rig.app.table.who(self.address, self.rig.app.now())
    }

    /// What the gateway decides when this device asks for a page now.
    pub(crate) fn decision(&self, address: &str) -> Decision {
        let snapshot = self.rig.app.snapshot.load_full().unwrap();
        decide_web(&snapshot, &facts::get(self.who(), address), self.rig.app.now())
    }

    /// Asks the gateway for a page; its event is kept.
    pub(crate) fn visit(&self, number: u64, address: &str) -> Event {
        let snapshot = self.rig.app.snapshot.load_full().unwrap();
        let event = events::web(number, &snapshot, facts::get(self.who(), address), self.rig.app.now());
        self.rig.recorded.0.lock().unwrap().push(event.clone());
        event
    }

    /// The page that stands in for one that is refused.
    pub(crate) fn refusal(&self, event: &Event, address: &str) -> String {
        let (who, address) = (self.who(), WebAddress::parse(address).unwrap());
        let decision = event.decision().unwrap();
        let (event, at) = (event.id, event.at);
        let refused = Refused { decision, who: &who, address: &address, event, at, accepts_html: true };
        render(&self.rig.app, refused).body
    }

    /// The words under a key.
    pub(crate) fn says(&self, reader: Reader, key: &str) -> String {
        self.rig.app.words.say(reader, key, &[])
    }
}

/// The value of a hidden field.
pub(crate) fn field(page: &str, name: &str) -> String {
    let Some(after) = page.split(&format!("name=\"{name}\" value=\"")).nth(1) else {
        panic!("no field {name} in {page}")
    };
    after.split('"').next().unwrap().to_owned()
}

/// The form that a page sends to a path, as a browser would send it when nothing is filled in.
pub(crate) fn form_to(page: &str, path: &str) -> String {
    let Some(after) = page.split(&format!("action=\"{PORTAL}{path}\"")).nth(1) else {
        panic!("no form to {path} in {page}")
    };
    let form = after.split("</form>").next().unwrap();
    let fields = ["event", "session", "address", "mark"];
    fields.map(|name| format!("{name}={}", percent(&field(form, name)))).join("&")
}

/// A value as forms carry it.
pub(crate) fn percent(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

impl Rig {
    /// A school that asks nobody for an agreement: what it asks for and nobody put out would shut the web.
    pub(crate) async fn unasked() -> Self {
        Self::of("numbered", |school| school.agreements.audiences.clear()).await
    }

    /// Adds somebody with a user name and everybody's password.
    pub(crate) async fn enrol(&self, username: &str, person: &Person) {
        self.add(person).await;
        self.account(username, Some(person), None, Hashed::Password(self.hash(PASSWORD).await)).await;
    }

    /// Opens an account for a person or a year.
    pub(crate) async fn account(
        &self,
        username: &str,
        person: Option<&Person>,
        year: Option<Year>,
        secret: Hashed,
    ) -> Account {
        let id = Id::new(70_000 + person.map_or(0, |person| person.id.number()));
        let username = Username::parse(username).unwrap();
        let person = person.map(|person| (person.kind, person.id));
        let (account, change) = account::open(OpenAccount { id, username, person, year }).unwrap();
        self.commit(&change).await;
        let stored = self.books.get::<Account, _>(account.id).await.unwrap().unwrap();
        self.commit(&account::set_secret(&stored, &[], secret, false, self.app.now())).await;
        account
    }

    /// A secret as it is kept.
    pub(crate) async fn hash(&self, secret: &str) -> String {
        self.app.sign_in.passwords().hash(SecretString::from(secret.to_owned())).await.unwrap()
    }

    /// Publishes a text and takes the earlier version of it out of force.
    pub(crate) async fn publish(&self, number: u64, file: &str, material: bool) -> AgreementText {
        let text = AgreementText::parse(file).unwrap();
        self.books.store().put_blob(Id::new(1), file.as_bytes()).await.unwrap();
        let earlier = self.books.find::<AgreementVersion>("key", &text.head.key).await.unwrap();
        let earlier = earlier.iter().find(|version| version.value.in_force);
        self.commit(&publish(Id::new(number), &text, earlier, material, self.app.now())).await;
        text
    }

    /// Publishes every model agreement.
    pub(crate) async fn publish_all(&self) -> Vec<AgreementText> {
        let mut texts = Vec::new();
        for (number, file) in (701..).zip(MODELS) {
            texts.push(self.publish(number, file, true).await);
        }
        texts
    }

    /// A lesson is open for the class, until an hour from now.
    pub(crate) fn open_lesson(&self) {
        let now = self.app.now();
        let lesson = Lesson {
            id: Id::new(LESSON),
            group: Id::new(CLASS),
            adult: Id::new(7),
            room: None,
            mode: Mode::Normal,
            opened_at: now,
            ends_at: now.plus_minutes(60),
            ended_at: None,
        };
        self.app.table.set_lessons([&lesson], now);
    }

    /// The device with this number has a name and a room.
    pub(crate) fn name_device(&self, number: u8, name: &str, room: &str) {
        let address = IpAddr::from([10, 0, 0, number]);
        let device = usher_policy::facts::Device {
            address,
            device: Some(Id::new(u64::from(number))),
            name: Some(name.into()),
            room: Some(room.into()),
        };
        self.app.table.set_devices([(address, Arc::new(device))].into());
    }
}

/// The model agreements.
pub(crate) const MODELS: [&str; 6] = [
    include_str!("../../../../profiles/agreements/staff.md"),
    include_str!("../../../../profiles/agreements/visitor.md"),
    include_str!("../../../../profiles/agreements/parent.md"),
    include_str!("../../../../profiles/agreements/pupil-ks1.md"),
    include_str!("../../../../profiles/agreements/pupil-ks2.md"),
    include_str!("../../../../profiles/agreements/pupil.md"),
];
