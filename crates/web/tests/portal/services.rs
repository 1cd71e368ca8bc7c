//! Signing in to other services, as a service and a browser see it.

use axum::http::{Method, StatusCode, header};
use serde_json::Value;
use usher_records::account::{Account, Hashed};
use usher_records::change::{Action, Stored};
use usher_records::person::{self, Person};
use usher_records::sanction::{self, Restriction, Sanction};
use usher_records::service::entry::Entry;
use usher_records::service::{self, Audience, Details, ReturnAddress, Service};
use usher_records::session::{EndReason, Session};
use usher_testkit::school::{person as a_person, pupil};
use usher_types::digest::Digest;
use usher_types::ids::Id;
use usher_types::moment::Moment;
use usher_types::role::{PersonKind, Year};
use usher_web::security::base64;

use crate::device::{Device, PORTAL, device};
use crate::rig::{ADA, Answer, CLASS, PASSWORD, Rig, id, now};

const SECRET: &str = "a secret of the service";
const HOME: &str = "https://reads.example/back?shelf=1";
const BYE: &str = "https://reads.example/bye";
const VERIFIER: &str = "0123456789012345678901234567890123456789abc";

/// Otter Reads, for Year 4 and staff.
fn reads() -> Service {
    let address = |text| ReturnAddress::parse(text).unwrap();
    Service {
        id: Id::new(8_001),
        details: Details {
            name: "Otter Reads".into(),
            returns: vec![address(HOME)],
            after: vec![address(BYE)],
            audience: Audience {
                kinds: vec![PersonKind::Pupil, PersonKind::Staff],
                years: Year::new(4).into_iter().collect(),
            },
            email: false,
            owner: Id::new(5),
            review: jiff::civil::date(2027, 9, 1),
        },
        secret: Some(Digest::of(SECRET.as_bytes())),
        salt: Digest::of(b"salt"),
        saved: (Id::new(5), now()),
        ended: None,
    }
}

/// A school that asks no agreement, with the service.
async fn school() -> Rig {
    let rig = Rig::of("numbered", |settings| settings.agreements.audiences.clear()).await;
    rig.commit(&service::add(reads(), jiff::civil::date(2026, 11, 24)).unwrap()).await;
    rig
}

fn escaped(text: &str) -> String {
    text.bytes()
        .map(
            |byte| {
                if byte.is_ascii_alphanumeric() {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            },
        )
        .collect()
}

fn challenge() -> String {
    base64::encode_for_addresses(Digest::of(VERIFIER.as_bytes()).as_bytes())
}

/// A request as a client library writes it, with more or other parameters.
fn ask(more: &[(&str, &str)]) -> String {
    let (client, challenge) = (reads().id.to_string(), challenge());
    let mut all = vec![
        ("client_id", client.as_str()),
        ("redirect_uri", HOME),
        ("response_type", "code"),
        ("scope", "openid profile email"),
        ("state", "s&1"),
        ("nonce", "n1"),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];
    for (name, value) in more {
        all.retain(|(key, _)| key != name);
        if !value.is_empty() {
            all.push((name, value));
        }
    }
    all.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect::<Vec<_>>().join("&")
}

/// A browser with a cookie of its own.
struct Browser<'a> {
    at: Device<'a>,
    cookie: String,
}

impl<'a> Browser<'a> {
    fn new(rig: &'a Rig) -> Self {
        Self { at: device(rig, 9), cookie: String::new() }
    }

    async fn get(&self, path: &str) -> Answer {
        self.at
            .ask(Method::GET, path, "", &[("cookie", &self.cookie), ("sec-fetch-site", "cross-site")])
            .await
    }

    async fn post(&mut self, path: &str, form: &str) -> Answer {
        let more = [("cookie", self.cookie.as_str()), ("origin", PORTAL), ("sec-fetch-site", "same-origin")];
        let answer = self.at.ask(Method::POST, path, form, &more).await;
        if let Some(set) = answer.headers.get(header::SET_COOKIE) {
            let set = set.to_str().unwrap();
            for told in ["HttpOnly", "SameSite=Lax", "Secure", "__Host-usher-services="] {
                assert!(set.contains(told), "{set}");
            }
            self.cookie = set.split(';').next().unwrap().to_owned();
        }
        answer
    }

    /// Comes from the service and types a user name and everybody's password.
    async fn sign_in(&mut self, username: &str, ask: &str) -> Answer {
        let page = self.get(&format!("/services/authorize?{ask}")).await;
        let form = format!(
            "_form={}&ask={}&username={username}&password={}",
            page.token(),
            escaped(ask),
            PASSWORD.replace(' ', "+")
        );
        self.post("/services/sign-in", &form).await
    }

    async fn agree(&mut self, page: &Answer, ask: &str) -> Answer {
        let form = format!("_form={}&ask={}", page.token(), escaped(ask));
        self.post("/services/agree", &form).await
    }

    /// Ada goes in for the first time; gives the code.
    async fn goes_in(&mut self, username: &str) -> String {
        let page = self.sign_in(username, &ask(&[])).await;
        page.page();
        parameter(self.agree(&page, &ask(&[])).await.leads_to(), "code").unwrap()
    }
}

/// A parameter of the address somebody is led back to.
fn parameter(address: &str, name: &str) -> Option<String> {
    assert!(address.starts_with("https://reads.example/back?shelf=1&"), "{address}");
    let query = address.split_once('?').unwrap().1;
    query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}="))).map(str::to_owned)
}

/// The service's server asks with its secret in a header.
async fn token(rig: &Rig, code: &str, more: &[(&str, &str)]) -> (StatusCode, Value) {
    let basic = format!("{}:{}", reads().id, escaped(SECRET));
    let basic = format!("Basic {}", base64::encode(basic.as_bytes()));
    token_with(rig, code, more, &[("authorization", &basic)]).await
}

async fn token_with(
    rig: &Rig,
    code: &str,
    more: &[(&str, &str)],
    headers: &[(&str, &str)],
) -> (StatusCode, Value) {
    let mut all = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", HOME),
        ("code_verifier", VERIFIER),
    ];
    all.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
    all.extend(more.iter().filter(|(_, value)| !value.is_empty()));
    let form =
        all.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect::<Vec<_>>().join("&");
    let answer = device(rig, 200).ask(Method::POST, "/services/token", &form, headers).await;
    assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
    (answer.status, serde_json::from_str(&answer.text).unwrap())
}

async fn who(rig: &Rig, token: &str) -> (StatusCode, Value) {
    let bearer = format!("Bearer {token}");
    let answer = device(rig, 200).ask(Method::GET, "/services/who", "", &[("authorization", &bearer)]).await;
    (answer.status, serde_json::from_str(&answer.text).unwrap())
}

/// What a token says, checked with the keys that are published.
async fn read(rig: &Rig, id_token: &str) -> Value {
    use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
    let keys: Value = serde_json::from_str(device(rig, 200).get("/services/keys").await.page()).unwrap();
    let (message, signature) = id_token.rsplit_once('.').unwrap();
    let (head, claims) = message.split_once('.').unwrap();
    let json = |part| serde_json::from_slice::<Value>(&base64::decode_from_addresses(part).unwrap()).unwrap();
    let (head, key): (Value, &Value) = (json(head), &keys["keys"][0]);
    assert_eq!((&head["alg"], &head["kid"]), (&Value::from("RS256"), &key["kid"]));
    let bytes = |name: &str| base64::decode_from_addresses(key[name].as_str().unwrap()).unwrap();
    RsaPublicKeyComponents { n: bytes("n"), e: bytes("e") }
        .verify(
            &RSA_PKCS1_2048_8192_SHA256,
            message.as_bytes(),
            &base64::decode_from_addresses(signature).unwrap(),
        )
        .unwrap();
    json(claims)
}

async fn change_ada(rig: &Rig, change: impl FnOnce(&mut Person)) {
    let before: Stored<Person> =
        rig.books.get(Id::<usher_types::ids::Person>::new(ADA)).await.unwrap().unwrap();
    let mut after = before.value.clone();
    change(&mut after);
    rig.commit(&person::change(&before, &after)).await;
}

#[tokio::test]
async fn acc_15_a_year_groups_sign_in_is_refused_and_ones_own_is_accepted() {
    let rig = school().await;
    let hash = Hashed::Password(rig.hash(PASSWORD).await);
    rig.account("year4", None, Year::new(4), hash).await;
    let mut browser = Browser::new(&rig);
    let refused = browser.sign_in("year4", &ask(&[])).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(
        refused.text.contains("needs your own sign-in") && !refused.text.contains('⟨'),
        "{}",
        refused.text
    );
    assert!(browser.cookie.is_empty() && rig.books.values::<Session>().await.unwrap().is_empty());

    let page = browser.sign_in("ada", &ask(&[])).await;
    for told in ["Otter Reads", "Ada Bell", "Year 4"] {
        assert!(page.page().contains(told), "{told}: {}", page.text);
    }
    assert!(!page.text.contains("mail address"), "nothing about mail: {}", page.text);
    let back = browser.agree(&page, &ask(&[])).await.leads_to().to_owned();
    assert_eq!(parameter(&back, "state").unwrap(), "s%261");
    assert_eq!(parameter(&back, "iss").unwrap(), escaped(PORTAL).replace("%2E", "."));
    let (status, given) = token(&rig, &parameter(&back, "code").unwrap(), &[]).await;
    assert_eq!((status, &given["token_type"]), (StatusCode::OK, &Value::from("Bearer")), "{given}");
    let said = read(&rig, given["id_token"].as_str().unwrap()).await;
    assert_eq!(said["iss"], PORTAL);
    assert_eq!(said["aud"], reads().id.to_string());
    assert_eq!(said["nonce"], "n1");
    assert_eq!(said["auth_time"], now().unix_ms() / 1_000);
    assert_eq!(
        (&said["name"], &said["year"], &said["role"]),
        (&"Ada Bell".into(), &4.into(), &"pupil".into())
    );
    assert_eq!(said["sub"], reads().subject(Id::new(ADA)));
    assert!(said.get("email").is_none() && !said.to_string().contains(&id(ADA)), "{said}");
    let (status, told) = who(&rig, given["access_token"].as_str().unwrap()).await;
    assert_eq!((status, &told["sub"], &told["given_name"]), (StatusCode::OK, &said["sub"], &"Ada".into()));

    // The second time nothing is asked.
    assert!(
        parameter(browser.get(&format!("/services/authorize?{}", ask(&[]))).await.leads_to(), "code")
            .is_some()
    );
    let entries: Vec<Entry> = rig.books.values().await.unwrap();
    assert!(entries.len() == 2 && entries.iter().all(|entry| entry.person == Id::new(ADA)));
    let journal = rig.journal().await;
    let noted = |action| {
        journal.iter().filter(|line| line.action == action && line.about == Some(Id::new(ADA))).count()
    };
    assert_eq!(
        (noted(Action::ServiceEntered), noted(Action::ServiceConsented), noted(Action::ServiceTold)),
        (2, 1, 1)
    );
    let pc = device(&rig, 1);
    pc.sign_in("ada").await.leads_to();
    let mine = pc.get("/services/mine").await;
    assert_eq!(mine.page().matches("Otter Reads").count(), 2, "{}", mine.text);
    pc.sign_out().await.leads_to();
    pc.sign_in("teacher").await.leads_to();
    assert!(!pc.get("/services/mine").await.page().contains("Otter Reads"));
}

#[tokio::test]
async fn acc_15_whoever_may_not_is_told_why_and_what_to_do() {
    let rig = school().await;
    rig.enrol("ben", &pupil(72, "Ben Low", 5, CLASS)).await;
    rig.enrol("pia", &a_person(81, PersonKind::Parent, "Pia Bell")).await;
    let told = async |username: &str, words: &str| {
        let answer = Browser::new(&rig).sign_in(username, &ask(&[])).await;
        assert!(
            matches!(answer.status, StatusCode::FORBIDDEN | StatusCode::UNPROCESSABLE_ENTITY),
            "{}",
            answer.text
        );
        assert!(answer.text.contains(words) && !answer.text.contains('⟨'), "{words}: {}", answer.text);
    };
    told("ben", "is for others at your school").await;
    told("pia", "is for others at your school").await;
    let mut inside = Browser::new(&rig);
    let page = inside.sign_in("ada", &ask(&[])).await;
    inside.agree(&page, &ask(&[])).await.leads_to();
    let address = format!("/services/authorize?{}", ask(&[]));
    let silent = format!("/services/authorize?{}", ask(&[("prompt", "none")]));
    let now_no = async |words: &str| {
        let answer = inside.get(&address).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{words}: {}", answer.text);
        assert!(answer.text.contains(words) && !answer.text.contains('⟨'), "{words}: {}", answer.text);
        assert!(answer.text.contains("error=access_denied"), "a way back: {}", answer.text);
        let quiet = inside.get(&silent).await;
        assert_eq!(parameter(quiet.leads_to(), "error").unwrap(), "access_denied");
    };
    change_ada(&rig, |ada| ada.joined = Some(jiff::civil::date(2026, 12, 1))).await;
    now_no("from 1 December 2026").await;
    told("ada", "account is closed").await;
    change_ada(&rig, |ada| (ada.joined, ada.left) = (None, Some(jiff::civil::date(2026, 11, 24)))).await;
    now_no("You have left the school").await;
    change_ada(&rig, |ada| ada.left = None).await;

    let until = now().plus_minutes(60);
    let sanction = Sanction {
        id: Id::new(9_001),
        person: Id::new(ADA),
        restriction: Restriction::NoWeb,
        reason: "Said something nasty.".into(),
        by: Id::new(1),
        from: now(),
        until,
        lifted_at: None,
        case: None,
    };
    rig.commit(&sanction::begin(&sanction, now()).unwrap()).await;
    now_no("The web is shut for you until").await;
    let held: Stored<Sanction> = rig.books.get(sanction.id).await.unwrap().unwrap();
    rig.commit(&sanction::lift(&held, "It is mended.", now()).unwrap()).await;

    let account =
        async || -> Stored<Account> { rig.books.find_one("owner", id(ADA)).await.unwrap().unwrap() };
    let mut lapsed = account().await.value;
    lapsed.must_change = true;
    let change = account().await.replace(&lapsed);
    rig.commit(&usher_records::change::Change::of(Action::PasswordLapsed, change)).await;
    now_no("password has to be changed").await;
    told("ada", "password has to be changed").await;
    lapsed.must_change = false;
    let change = account().await.replace(&lapsed);
    rig.commit(&usher_records::change::Change::of(Action::PasswordSet, change)).await;
    assert!(parameter(inside.get(&address).await.leads_to(), "code").is_some(), "all is well again");

    rig.commit(&usher_records::account::close(&account().await, now(), "long absence")).await;
    now_no("account is closed").await;
    told("ada", "account is closed").await;
}

#[tokio::test]
async fn acc_15_an_unsigned_agreement_and_a_service_that_ended_shut_it() {
    let rig = Rig::new().await;
    rig.publish_all().await;
    rig.commit(&service::add(reads(), jiff::civil::date(2026, 11, 24)).unwrap()).await;
    let unsigned = Browser::new(&rig).sign_in("teacher", &ask(&[])).await;
    assert_eq!(unsigned.status, StatusCode::FORBIDDEN);
    assert!(unsigned.text.contains("not signed the school"), "{}", unsigned.text);
    let stored: Stored<Service> = rig.books.get(reads().id).await.unwrap().unwrap();
    rig.commit(&service::end(&stored, Id::new(5), now()).unwrap()).await;
    let ended = device(&rig, 9).get(&format!("/services/authorize?{}", ask(&[]))).await;
    assert_eq!(ended.status, StatusCode::FORBIDDEN);
    assert!(ended.text.contains("does not use Otter Reads any more"), "{}", ended.text);
}

#[tokio::test]
async fn acc_15_a_request_that_is_wrong_leads_nowhere_or_back_with_the_reason() {
    let rig = school().await;
    let browser = Browser::new(&rig);
    for wrong in [
        ask(&[("client_id", "nobody")]),
        ask(&[("client_id", "")]),
        ask(&[("redirect_uri", "https://reads.example/back?shelf=2")]),
        ask(&[("redirect_uri", "https://reads.example/back?shelf=1#x")]),
        ask(&[("redirect_uri", "https://evil.example/back?shelf=1")]),
        ask(&[("redirect_uri", "")]),
        format!("{}&x={}", ask(&[]), "a".repeat(8_001)),
    ] {
        let answer = browser.get(&format!("/services/authorize?{wrong}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}: {}", answer.text);
        assert!(answer.headers.get(header::LOCATION).is_none());
    }
    for (wrong, error) in [
        (ask(&[("code_challenge", "")]), "invalid_request"),
        (ask(&[("code_challenge", "short")]), "invalid_request"),
        (ask(&[("code_challenge_method", "plain")]), "invalid_request"),
        (ask(&[("code_challenge_method", "")]), "invalid_request"),
        (ask(&[("response_type", "token")]), "unsupported_response_type"),
        (ask(&[("response_type", "")]), "invalid_request"),
        (ask(&[("response_mode", "fragment")]), "invalid_request"),
        (ask(&[("scope", "profile")]), "invalid_scope"),
        (ask(&[("prompt", "none login")]), "invalid_request"),
        (ask(&[("max_age", "soon")]), "invalid_request"),
        (ask(&[("request", "eyJ")]), "request_not_supported"),
        (ask(&[("request_uri", "https://reads.example/r")]), "request_uri_not_supported"),
        (format!("{}&state=2", ask(&[])), "invalid_request"),
        (ask(&[("prompt", "none")]), "login_required"),
    ] {
        let answer = browser.get(&format!("/services/authorize?{wrong}")).await;
        assert_eq!(parameter(answer.leads_to(), "error").unwrap(), error, "{wrong}");
        assert!(
            parameter(answer.leads_to(), "code").is_none() && parameter(answer.leads_to(), "iss").is_some()
        );
    }
}

#[tokio::test]
async fn acc_15_a_code_is_for_one_service_once_and_coming_twice_it_ends_what_it_gave() {
    let rig = school().await;
    let mut browser = Browser::new(&rig);
    let code = browser.goes_in("ada").await;
    let name = reads().id.to_string();
    let in_form = [("client_id", name.as_str()), ("client_secret", SECRET)];
    for more in [
        vec![("redirect_uri", "https://reads.example/back")],
        vec![("code_verifier", "0123456789012345678901234567890123456789abd")],
        vec![("code", "0")],
    ] {
        let (status, said) = token(&rig, &code, &more).await;
        assert_eq!((status, &said["error"]), (StatusCode::BAD_REQUEST, &"invalid_grant".into()), "{more:?}");
    }
    for (more, error) in [
        (("grant_type", "password"), "unsupported_grant_type"),
        (("code_verifier", ""), "invalid_request"),
        (("grant_type", ""), "invalid_request"),
    ] {
        assert_eq!(token(&rig, &code, &[more]).await.1["error"], error);
    }
    for (more, headers) in [
        (vec![("client_id", name.as_str())], vec![]),
        (vec![("client_id", name.as_str()), ("client_secret", "other")], vec![]),
        (vec![("client_id", "999"), ("client_secret", SECRET)], vec![]),
        (vec![], vec![]),
        (vec![], vec![("authorization", "Basic !!")]),
        (in_form.to_vec(), vec![("authorization", "Basic YTpi")]),
    ] {
        let (status, said) = token_with(&rig, &code, &more, &headers).await;
        assert_eq!(
            (status, &said["error"]),
            (StatusCode::UNAUTHORIZED, &"invalid_client".into()),
            "{more:?}"
        );
    }
    let (status, given) = token_with(&rig, &code, &in_form, &[]).await;
    assert_eq!(status, StatusCode::OK, "{given}");
    let access = given["access_token"].as_str().unwrap();
    assert_eq!(who(&rig, access).await.0, StatusCode::OK);
    assert_eq!(token(&rig, &code, &[]).await.1["error"], "invalid_grant");
    assert_eq!(who(&rig, access).await.0, StatusCode::UNAUTHORIZED, "a code that came twice was stolen");

    let address = format!("/services/authorize?{}", ask(&[]));
    let late = parameter(browser.get(&address).await.leads_to(), "code").unwrap();
    rig.clock.set(Moment::from_unix_ms(now().unix_ms() + 60_000));
    assert_eq!(token(&rig, &late, &[]).await.1["error"], "invalid_grant", "a minute is over");
    let code = parameter(browser.get(&address).await.leads_to(), "code").unwrap();
    let (_, given) = token(&rig, &code, &[]).await;
    rig.clock.set(now().plus_minutes(11));
    assert_eq!(who(&rig, given["access_token"].as_str().unwrap()).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(who(&rig, "x").await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn acc_15_an_app_without_a_secret_shows_the_challenge_alone_and_wrong_secrets_are_counted() {
    let rig = school().await;
    let stored: Stored<Service> = rig.books.get(reads().id).await.unwrap().unwrap();
    let app = Service { secret: None, ..stored.value.clone() };
    rig.commit(&usher_records::change::Change::of(Action::ServiceSaved, stored.replace(&app))).await;
    let code = Browser::new(&rig).goes_in("ada").await;
    let name = reads().id.to_string();
    let with = [("client_id", name.as_str()), ("client_secret", SECRET)];
    for _ in 0..20 {
        assert_eq!(token_with(&rig, &code, &with, &[]).await.0, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(token_with(&rig, &code, &with, &[]).await.0, StatusCode::TOO_MANY_REQUESTS);
    let other =
        [("client_id", name.as_str()), ("code_verifier", "0123456789012345678901234567890123456789abd")];
    assert_eq!(token_with(&rig, &code, &other, &[]).await.1["error"], "invalid_grant");
    let (status, given) = token_with(&rig, &code, &[("client_id", name.as_str())], &[]).await;
    assert_eq!(status, StatusCode::OK, "{given}");
}

#[tokio::test]
async fn acc_15_the_password_is_asked_again_when_the_service_wants_it_and_signing_out_ends_all() {
    let rig = school().await;
    let mut browser = Browser::new(&rig);
    let code = browser.goes_in("ada").await;
    let (_, given) = token(&rig, &code, &[]).await;
    rig.clock.set(now().plus_minutes(2));
    let asks = async |browser: &Browser<'_>, more: &[(&str, &str)]| {
        let answer = browser.get(&format!("/services/authorize?{}", ask(more))).await;
        answer.status == StatusCode::OK && answer.page().contains("name=\"password\"")
    };
    assert!(asks(&browser, &[("prompt", "login")]).await && asks(&browser, &[("max_age", "60")]).await);
    assert!(!asks(&browser, &[("max_age", "600")]).await);
    let again = browser.sign_in("ada", &ask(&[("prompt", "login")])).await;
    assert!(parameter(again.leads_to(), "code").is_some(), "typed again, and nothing new to agree to");
    let sessions: Vec<Session> = rig.books.values().await.unwrap();
    let why = |session: &Session| session.ended.map(|(_, why)| why);
    assert_eq!(sessions.iter().map(why).collect::<Vec<_>>(), [Some(EndReason::Replaced), None]);
    assert_eq!(who(&rig, given["access_token"].as_str().unwrap()).await.0, StatusCode::UNAUTHORIZED);
    let now_only = ask(&[("max_age", "0")]);
    let mut first = Browser::new(&rig);
    let page = first.sign_in("teacher", &now_only).await;
    rig.clock.set(now().plus_minutes(3));
    let back = first.agree(&page, &now_only).await;
    assert!(parameter(back.leads_to(), "code").is_some(), "reading what it will know takes a while");
    let consent = browser.get(&format!("/services/authorize?{}", ask(&[("prompt", "consent")]))).await;
    assert!(consent.page().contains("/services/agree"));

    let hint = given["id_token"].as_str().unwrap();
    let path =
        format!("/services/sign-out?id_token_hint={hint}&post_logout_redirect_uri={}&state=z", escaped(BYE));
    let page = browser.get(&path).await;
    assert!(page.page().contains("Sign out"), "asked first: any page can lead here");
    let form = format!(
        "_form={}&id_token_hint={hint}&post_logout_redirect_uri={}&state=z",
        page.token(),
        escaped(BYE)
    );
    assert_eq!(browser.post("/services/sign-out", &form).await.leads_to(), format!("{BYE}?state=z"));
    let hers = |session: &&Session| session.person() == Some(Id::new(ADA));
    let sessions: Vec<Session> = rig.books.values().await.unwrap();
    assert!(sessions.iter().filter(hers).all(|session| session.ended.is_some()));
    assert!(asks(&browser, &[]).await);
    let forged = format!("{}x", hint.rsplit_once('.').unwrap().0);
    for lost in [
        format!("/services/sign-out?id_token_hint={forged}.AAAA&post_logout_redirect_uri={}", escaped(BYE)),
        format!(
            "/services/sign-out?client_id={}&post_logout_redirect_uri=https%3A%2F%2Fevil.example",
            reads().id
        ),
        "/services/sign-out".to_owned(),
    ] {
        assert!(browser.get(&lost).await.page().contains("You are signed out"), "{lost}");
    }
}

#[tokio::test]
async fn acc_15_forms_are_taken_from_our_own_pages_alone_and_the_cookie_opens_no_desk() {
    let rig = school().await;
    let mut browser = Browser::new(&rig);
    let page = browser.sign_in("teacher", &ask(&[])).await;
    let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.contains("form-action 'self' https://reads.example;"), "{policy}");
    let (own, cookie) = (page.token(), browser.cookie.clone());
    let mut other = Browser::new(&rig);
    let foreign = other.sign_in("headteacher", &ask(&[])).await.token();
    for path in ["/services/agree", "/services/sign-in", "/services/sign-out"] {
        for (token, site) in
            [("", "same-origin"), (foreign.as_str(), "same-origin"), (own.as_str(), "cross-site")]
        {
            let form = format!("_form={token}&ask={}&username=ada&password=x", escaped(&ask(&[])));
            let more = [("cookie", cookie.as_str()), ("sec-fetch-site", site)];
            let answer = browser.at.ask(Method::POST, path, &form, &more).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {site}");
        }
    }
    assert!(rig.books.values::<Entry>().await.unwrap().is_empty(), "nobody went in");
    let mut desk = rig.browser();
    desk.cookie = Some(cookie.replace("__Host-usher-services", "__Host-usher"));
    assert!(desk.get("/").await.leads_to().starts_with("/sign-in"), "another door");
}

#[tokio::test]
async fn acc_15_every_route_answers_and_says_what_is_understood() {
    let rig = school().await;
    let source = include_str!("../../src/pages/portal/services/mod.rs");
    let paths: Vec<&str> =
        source.split(".route(\"").skip(1).map(|line| line.split_once('"').unwrap().0).collect();
    assert_eq!(paths.len(), 9);
    for path in &paths {
        for username in [None, Some("ada"), Some("teacher")] {
            let pc = device(&rig, 1);
            if let Some(username) = username {
                pc.sign_in(username).await.leads_to();
            }
            for answer in [pc.get(path).await, pc.send(path, "").await] {
                let odd = answer.status.is_server_error() || answer.text.contains('⟨');
                assert!(!odd, "{username:?} {path}: {}", answer.text);
            }
        }
    }
    let said: Value =
        serde_json::from_str(device(&rig, 1).get("/.well-known/openid-configuration").await.page()).unwrap();
    assert_eq!(said["issuer"], PORTAL);
    for (name, value) in said.as_object().unwrap() {
        let place = value.as_str().and_then(|text| text.strip_prefix(PORTAL)).unwrap_or_default();
        assert!(place.is_empty() || paths.contains(&place), "{name}: {value}");
    }
}
