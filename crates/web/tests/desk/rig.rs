//! A small school with somebody in every office, its books, and a browser that remembers its cookie.
#![allow(dead_code, reason = "the tests of the desk and of the portal each use their part")]

use std::ops::ControlFlow;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use arc_swap::ArcSwapOption;
use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::http::request::Builder;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use tempfile::TempDir;
use tower::ServiceExt as _;
use usher_activity::question::{Activity, Question};
use usher_activity::spool::{Spool, SpoolFault};
use usher_certs::master::MasterKey;
use usher_certs::token_key::TokenKeys;
use usher_directory::password::{Cost, Passwords};
use usher_directory::sign_in::SignIn;
use usher_events::event::Event;
use usher_events::row::Row;
use usher_ledger::tally::Tally;
use usher_lists::overlay::Edit;
use usher_network::credentials::{Check, Presence};
use usher_network::table::Table;
use usher_policy::document::PolicyDocument;
use usher_policy::facts::Subject;
use usher_policy::must;
use usher_policy::presence::{CredentialFault, Credentials};
use usher_policy::probe::{Outcome, probe};
use usher_policy::snapshot::Snapshot;
use usher_records::account::{self, Account, Hashed, OpenAccount, Username};
use usher_records::change::{Action, Actor, Change, Expect, JournalLine, Write};
use usher_records::grant::Grant;
use usher_records::in_force::{self, InForce};
use usher_records::lesson::LessonList;
use usher_records::list_edit::ListEdit;
use usher_records::noun::Noun;
use usher_records::person::Person;
use usher_records::school::set_up;
use usher_records::settings::Settings;
use usher_store::books::Books;
use usher_store::store::Store;
use usher_testkit::school::{Counting, group, person, pupil, school as a_school, staff};
use usher_testkit::sink::Collected;
use usher_testkit::{lists, snapshot};
use usher_types::SecretString;
use usher_types::clock::{Clock, HandClock};
use usher_types::digest::Digest;
use usher_types::email::EmailAddress;
use usher_types::ids::{EventId, Id};
use usher_types::moment::{Moment, Zone};
use usher_types::role::{PersonKind, Role};
use usher_typeset::typesetter::Typesetter;
use usher_web::app::{App, Parts, Peer, Places, Publish, PublishFault};
use usher_web::assets;
use usher_web::desk::Desk;
use usher_web::desk::lists::Lists;
use usher_web::desk::policies::{Policies, PoliciesFault};
use usher_web::desk::probes::Probes;
use usher_web::live::Live;
use usher_web::routes;
use usher_web::security::asking::Asking;
use usher_web::security::key::PageKey;
use usher_words::Words;

/// Everybody's password.
pub(crate) const PASSWORD: &str = "wet otter lamp 42";
/// Where the desk is.
pub(crate) const ORIGIN: &str = "https://desk.rowanhill.example:8443";
/// A class.
pub(crate) const CLASS: u64 = 30;
/// A child of the class.
pub(crate) const ADA: u64 = 71;
/// A page that is shut for children.
pub(crate) const GAME: &str = "https://games.example/play";

/// An id as addresses and forms have it.
pub(crate) fn id(number: u64) -> String {
    Id::<usher_types::ids::Person>::new(number).to_string()
}

/// Events of a test.
#[derive(Debug, Default)]
pub(crate) struct Recorded(pub(crate) Mutex<Vec<Event>>, pub(crate) Mutex<Vec<Row>>);

impl Activity for Recorded {
    fn event(&self, id: EventId) -> Result<Option<Event>, SpoolFault> {
        Ok(self.0.lock().unwrap().iter().find(|event| event.id == id).cloned())
    }

    fn scan(
        &self,
        question: &Question,
        each: &mut dyn FnMut(Event) -> ControlFlow<()>,
    ) -> Result<(), SpoolFault> {
        for event in self.0.lock().unwrap().iter() {
            let in_time = question.from <= event.at && event.at < question.until;
            let theirs = question.person.is_none_or(|person| event.person() == Some(person));
            if in_time && theirs && each(event.clone()).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn rows(
        &self,
        question: &Question,
        each: &mut dyn FnMut(Row) -> ControlFlow<()>,
    ) -> Result<(), SpoolFault> {
        self.scan(question, &mut |event| each(Row::of(&event)))?;
        for row in self.1.lock().unwrap().iter().filter(|row| question.fits(row)) {
            if each(row.clone()).is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// Nobody signs in through the gateway here.
struct NoCredentials;

impl Check for NoCredentials {
    fn check(
        &self,
        _address: std::net::IpAddr,
        _credentials: Credentials,
        _at: Moment,
    ) -> Pin<Box<dyn Future<Output = Result<Arc<Subject>, CredentialFault>> + Send>> {
        Box::pin(async { Err(CredentialFault::Wrong) })
    }
}

/// Makes a snapshot of what is in the books.
#[derive(Debug)]
struct Publisher {
    profile: &'static str,
    more: Listed,
    books: Books,
    snapshot: Arc<ArcSwapOption<Snapshot>>,
}

#[async_trait]
impl Publish for Publisher {
    async fn publish(&self, _at: Moment) -> Result<(), PublishFault> {
        let grants: Vec<Grant> =
            self.books.values().await.map_err(|fault| PublishFault(fault.to_string()))?;
        let lists: Vec<LessonList> =
            self.books.values().await.map_err(|fault| PublishFault(fault.to_string()))?;
        let edits: Vec<ListEdit> =
            self.books.values().await.map_err(|fault| PublishFault(fault.to_string()))?;
        let edits = edits.into_iter().filter(|edit| edit.removed.is_none()).map(|edit| edit.edit);
        self.snapshot.store(Some(Arc::new(build(
            (self.profile, self.more),
            &grants,
            &lists,
            edits.collect(),
        ))));
        Ok(())
    }
}

/// Lists by category, each with its entries.
type Listed = &'static [(&'static str, &'static str)];

/// A sealed list: a site, and a corner of another.
const SEALED: Listed = &[("illegal-images", "sealed.example\npages.example/bad-corner")];

fn build(
    (profile, more): (&str, Listed),
    grants: &[Grant],
    lesson_lists: &[LessonList],
    edits: Vec<Edit>,
) -> Snapshot {
    let mut lines = vec![
        ("games", "games.example"),
        ("adult", "adult.example"),
        ("adult", "tube.example/x/bare\nvideo.example/watch?v=7"),
    ];
    lines.extend(more);
    let library = lists::library(&lines, edits);
    snapshot::build(snapshot::policy(profile), library, grants, lesson_lists)
}

/// Keeps policies in the books and tries them with the rig's lists.
#[derive(Debug)]
struct Kept(Books);

#[async_trait]
impl Policies for Kept {
    async fn policy(&self, digest: Digest) -> Result<PolicyDocument, PoliciesFault> {
        let bytes = self.0.store().blob(Id::new(1), digest).await.unwrap();
        let bytes = bytes.ok_or_else(|| PoliciesFault(format!("{digest} is not kept")))?;
        Ok(serde_json::from_slice(&bytes).unwrap())
    }

    async fn keep(&self, policy: &PolicyDocument) -> Result<Digest, PoliciesFault> {
        let bytes = serde_json::to_vec(policy).unwrap();
        Ok(self.0.store().put_blob(Id::new(1), &bytes).await.unwrap())
    }

    async fn trial(&self, policy: &PolicyDocument) -> Result<Arc<Snapshot>, PoliciesFault> {
        let library = lists::library(&[("games", "games.example"), ("adult", "adult.example")], vec![]);
        Ok(Arc::new(snapshot::build(policy.clone(), library, &[], &[])))
    }

    async fn then(
        &self,
        generation: Digest,
        policy: &PolicyDocument,
    ) -> Result<Arc<Snapshot>, PoliciesFault> {
        if generation == build(("numbered", &[]), &[], &[], vec![]).digest() {
            self.trial(policy).await
        } else {
            Err(PoliciesFault(format!("{generation} is not kept")))
        }
    }

    async fn promises(&self, policy: &PolicyDocument, at: Moment) -> Result<Vec<Outcome>, PoliciesFault> {
        let library = lists::library(&[("games", "games.example"), ("adult", "adult.example")], vec![]);
        let snapshot = snapshot::build(policy.clone(), library, &[], &[]);
        Ok(probe(&snapshot, &must::of(policy).unwrap(), at))
    }
}

/// One of each office, in a small school, on a Tuesday morning.
pub(crate) struct Rig {
    pub(crate) app: App,
    pub(crate) desk: Router,
    pub(crate) books: Books,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) recorded: Arc<Recorded>,
    /// What signing in records.
    pub(crate) sink: Collected,
    _folder: TempDir,
}

/// Tuesday 24 November 2026, 10:15.
pub(crate) fn now() -> Moment {
    Zone::london().parse("2026-11-24T10:15").unwrap()
}

/// Everybody who may try the desk: user name and who they are.
pub(crate) fn people() -> Vec<(&'static str, Person)> {
    let teacher = Person { groups: vec![Id::new(CLASS)], ..staff(7, "Joan Price", &[Role::Teacher]) };
    let mut people = vec![
        ("headteacher", staff(1, "Hester Hale", &[Role::Headteacher])),
        ("seniorleader", staff(2, "Sam Lead", &[Role::SeniorLeader])),
        ("businessmanager", staff(3, "Bea Book", &[Role::BusinessManager])),
        ("safeguarding", staff(4, "Dee Safe", &[Role::SafeguardingLead])),
        ("computing", staff(5, "Cal Comp", &[Role::ComputingLead])),
        ("esafety", staff(6, "Eve Net", &[Role::EsafetyCoordinator])),
        ("teacher", teacher),
        ("support", staff(8, "Sue Port", &[Role::SupportStaff])),
        ("office", staff(9, "Olive Desk", &[Role::Office])),
        ("technician", staff(10, "Tek Nish", &[Role::Technician])),
        ("chair", Person { kind: PersonKind::Governor, ..staff(11, "Gov Chair", &[Role::ChairOfGovernors]) }),
        ("nooffice", staff(12, "Nora None", &[])),
        ("supply", person(13, PersonKind::Supply, "Sal Ply")),
        ("parent", person(14, PersonKind::Parent, "Pat Bell")),
        ("volunteer", person(15, PersonKind::Volunteer, "Vol Unteer")),
    ];
    people.push(("ada", pupil(ADA, "Ada Bell", 4, CLASS)));
    people
}

impl Rig {
    pub(crate) async fn new() -> Self {
        Self::over(Desk::alone(), &[]).await
    }

    /// The same, with a sealed list.
    pub(crate) async fn sealed() -> Self {
        Self::over(Desk::alone(), SEALED).await
    }

    /// The same, with somebody who compiles lists.
    pub(crate) async fn with_lists(lists: Arc<dyn Lists>) -> Self {
        Self::over(Desk { lists, ..Desk::alone() }, &[]).await
    }

    /// The same, with somebody who tries the running parts.
    pub(crate) async fn with_probes(probes: Arc<dyn Probes>) -> Self {
        Self::over(Desk { probes, ..Desk::alone() }, &[]).await
    }

    async fn over(desk: Desk, more: Listed) -> Self {
        let outside = |text| Some(EmailAddress::parse(text).unwrap());
        let settle = |settings: &mut Settings| {
            settings.contacts.provider_mail = outside("abuse@provider.example");
            settings.contacts.authority_mail = outside("online-safety@authority.example");
            settings.unrestricted.allowed = true;
            settings.reports.activity_seen_by = vec![Role::Headteacher, Role::SafeguardingLead];
        };
        Self::with("numbered", settle, desk, more).await
    }

    /// The same people in a school with a profile's settings, but for what it changes in them.
    pub(crate) async fn of(profile: &'static str, settle: impl FnOnce(&mut Settings)) -> Self {
        Self::with(profile, settle, Desk::alone(), &[]).await
    }

    async fn with(
        profile: &'static str,
        settle: impl FnOnce(&mut Settings),
        desk: Desk,
        more: Listed,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = usher_store_sql::sqlite::open(&folder.path().join("books.sqlite")).await.unwrap();
        let store: Arc<dyn Store> = Arc::new(store);
        let start = now().plus_minutes(-24 * 60);
        store.add_school(Id::new(1), start).await.unwrap();
        let books = Books::new(store, Id::new(1));
        let mut school = a_school(profile);
        settle(&mut school.settings);
        books.commit(&set_up(&school), &Actor::CommandLine, start).await.unwrap();
        let clock = Arc::new(HandClock::at(now()));
        let shared: Arc<dyn Clock> = clock.clone();
        let (spool, _) = Spool::open(&folder.path().join("spool"), shared.clone()).unwrap();
        let passwords = Passwords::new(Cost::Demonstration).unwrap();
        let ids = Arc::new(Counting::from(100_000));
        let sink = Collected::default();
        let table = Arc::new(Table::new());
        let snapshot = Arc::new(ArcSwapOption::from_pointee(build((profile, more), &[], &[], vec![])));
        let recorded = Arc::new(Recorded::default());
        let kept = Kept(books.clone());
        let policy = kept.keep(&snapshot::policy(profile)).await.unwrap();
        let digest = Digest::of(b"lists");
        let first = InForce { school: Id::new(1), policy, lists: digest, compiled: digest, phrases: None };
        let begun = in_force::begin(&first, "the school was set up");
        books.commit(&begun, &Actor::CommandLine, start).await.unwrap();
        let publisher = Publisher { profile, more, books: books.clone(), snapshot: Arc::clone(&snapshot) };
        let app = App::new(Parts {
            sign_in: SignIn::new(books.clone(), passwords.clone(), ids.clone(), Arc::new(sink.clone())),
            presence: Arc::new(Presence::new(Arc::clone(&table), Arc::new(NoCredentials), [7; 32])),
            table,
            snapshot,
            publisher: Arc::new(publisher),
            activity: Arc::clone(&recorded) as Arc<dyn Activity>,
            tally: Tally::new(books.clone(), Arc::clone(&recorded) as Arc<dyn Activity>),
            spool,
            live: Live::default(),
            desk: Desk { policies: Arc::new(kept), ..desk },
            typesetter: Arc::new(Typesetter::new(assets::typeset_fonts()).unwrap()),
            words: Arc::new(Words::english().unwrap()),
            clock: shared,
            ids,
            key: PageKey::new(&[3; 32]),
            vault: Arc::new(MasterKey::load_or_make(&folder.path().join("master.key")).unwrap()),
            token_keys: TokenKeys::at(folder.path()),
            asking: Asking::default(),
            places: Places {
                portal_origin: "https://usher.internal".into(),
                desk_origin: ORIGIN.into(),
                proxy: "usher.internal:3128".into(),
                authority_pem: String::new(),
                demonstration: false,
            },
            books: books.clone(),
        });
        let rig = Self { desk: routes::desk(&app), app, books, clock, recorded, sink, _folder: folder };
        rig.fill(&passwords).await;
        rig
    }

    async fn fill(&self, passwords: &Passwords) {
        self.add(&group(CLASS, "4 Oak", 4)).await;
        let hash = passwords.hash(SecretString::from(PASSWORD.to_owned())).await.unwrap();
        for (username, person) in people() {
            self.add(&person).await;
            let id = Id::new(50_000 + person.id.number());
            let username = Username::parse(username).unwrap();
            let asked = OpenAccount { id, username, person: Some((person.kind, person.id)), year: None };
            let (account, change) = account::open(asked).unwrap();
            self.commit(&change).await;
            let stored = self.books.get::<Account, _>(account.id).await.unwrap().unwrap();
            self.commit(&account::set_secret(&stored, &[], Hashed::Password(hash.clone()), false, now()))
                .await;
        }
    }

    pub(crate) async fn commit(&self, change: &Change) {
        self.books.commit(change, &Actor::CommandLine, now()).await.unwrap();
    }

    pub(crate) async fn add<N: Noun>(&self, noun: &N) {
        self.commit(&Change::of(Action::PersonAdded, Write::of(noun, Expect::New))).await;
    }

    /// What the journal tells, in order.
    pub(crate) async fn journal(&self) -> Vec<JournalLine> {
        let entries = self.books.store().journal(Id::new(1), 0, 10_000).await.unwrap();
        entries.iter().map(|entry| entry.read().unwrap()).collect()
    }

    /// A browser that nobody is signed in at.
    pub(crate) fn browser(&self) -> Browser<'_> {
        Browser { rig: self, cookie: None }
    }

    /// A browser with somebody signed in.
    pub(crate) async fn signed_in(&self, username: &str) -> Browser<'_> {
        let mut browser = self.browser();
        let page = browser.get("/sign-in").await;
        let form =
            format!("_form={}&username={username}&password={}", page.token(), PASSWORD.replace(' ', "+"));
        let answer = browser.send("/sign-in", &form, &[]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{username}: {}", answer.text);
        let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
        browser.cookie = Some(cookie.split(';').next().unwrap().to_owned());
        browser
    }
}

/// A browser.
pub(crate) struct Browser<'a> {
    rig: &'a Rig,
    pub(crate) cookie: Option<String>,
}

/// A page, or what came instead.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    /// The token of the page's forms.
    pub(crate) fn token(&self) -> String {
        let Some(after) = self.text.split("name=\"_form\" value=\"").nth(1) else {
            panic!("no form in {}", self.text)
        };
        after.split('"').next().unwrap().to_owned()
    }

    /// Where it leads.
    pub(crate) fn leads_to(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.text);
        self.headers[header::LOCATION].to_str().unwrap()
    }

    /// The page, which must be one, and have words for everything.
    pub(crate) fn page(&self) -> &str {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text);
        assert!(!self.text.contains('⟨'), "a key without words: {}", self.text);
        &self.text
    }
}

impl Browser<'_> {
    fn request(&self, method: Method, path: &str) -> Builder {
        let request = Request::builder().method(method).uri(path);
        let request = request.extension(Peer { address: "192.0.2.7".parse().unwrap() });
        match &self.cookie {
            Some(cookie) => request.header(header::COOKIE, cookie),
            None => request,
        }
    }

    /// Sends a request; a body that never ends is not read.
    pub(crate) async fn ask(&self, request: Request<Body>) -> axum::response::Response {
        self.rig.desk.clone().oneshot(request).await.unwrap()
    }

    async fn answer(&self, request: Request<Body>) -> Answer {
        let (parts, body) = self.ask(request).await.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status, headers: parts.headers, text }
    }

    /// Opens a page.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.answer(self.request(Method::GET, path).body(Body::empty()).unwrap()).await
    }

    /// A request whose answer is a stream.
    pub(crate) async fn stream(&self, path: &str) -> Body {
        self.ask(self.request(Method::GET, path).body(Body::empty()).unwrap()).await.into_body()
    }

    /// Sends a form as it stands.
    pub(crate) async fn send(&self, path: &str, form: &str, more: &[(&str, &str)]) -> Answer {
        let mut request = self
            .request(Method::POST, path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, ORIGIN);
        for (name, value) in more {
            let headers = request.headers_mut().unwrap();
            headers.insert(header::HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap());
        }
        self.answer(request.body(Body::from(form.to_owned())).unwrap()).await
    }

    /// Fills in a form of ours and sends it.
    pub(crate) async fn post(&self, path: &str, form: &str) -> Answer {
        let token = self.get("/").await.token();
        self.send(path, &format!("_form={token}&{form}"), &[]).await
    }

    /// Fills in a form with a file and sends it the way a browser does, a field after the other.
    pub(crate) async fn fill_in(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.get("/").await.token();
        let part = |(name, value): &(&str, &str)| {
            format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let body =
            [("_form", token.as_str())].iter().chain(fields).map(part).collect::<String>() + "--b--\r\n";
        let request = self
            .request(Method::POST, path)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
            .header(header::ORIGIN, ORIGIN);
        self.answer(request.body(Body::from(body)).unwrap()).await
    }

    /// A file as it comes, byte for byte.
    pub(crate) async fn file(&self, path: &str) -> Vec<u8> {
        let answer = self.ask(self.request(Method::GET, path).body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.into_body().collect().await.unwrap().to_bytes().to_vec()
    }

    /// Sends files the way a browser does, all under one name.
    pub(crate) async fn upload_all(&self, path: &str, name: &str, files: &[(&str, Vec<u8>)]) -> Answer {
        let token = self.get("/").await.token();
        let part = |head: String, bytes: &[u8]| {
            [format!("--b\r\ncontent-disposition: form-data; {head}\r\n\r\n").as_bytes(), bytes, b"\r\n"]
                .concat()
        };
        let mut body = part("name=\"_form\"".to_owned(), token.as_bytes());
        for (file, bytes) in files {
            body.extend(part(format!("name=\"{name}\"; filename=\"{file}\""), bytes));
        }
        body.extend(b"--b--\r\n");
        let request = self
            .request(Method::POST, path)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
            .header(header::ORIGIN, ORIGIN);
        self.answer(request.body(Body::from(body)).unwrap()).await
    }

    /// Sends a file the way a browser does.
    pub(crate) async fn upload(&self, path: &str, file: &str) -> Answer {
        let token = self.get("/").await.token();
        let body = format!(
            "--b\r\ncontent-disposition: form-data; name=\"_form\"\r\n\r\n{token}\r\n--b\r\n\
             content-disposition: form-data; name=\"file\"; filename=\"roster.csv\"\r\ncontent-type: text/csv\r\n\r\n\
             {file}\r\n--b--\r\n"
        );
        let request = self
            .request(Method::POST, path)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
            .header(header::ORIGIN, ORIGIN);
        self.answer(request.body(Body::from(body)).unwrap()).await
    }
}
