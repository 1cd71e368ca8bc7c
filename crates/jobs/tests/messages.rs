//! Messages to the school's own address go out beside mails.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop where something is wrong")]

use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use usher_jobs::hook::Hook;
use usher_jobs::outbox::Outbox;
use usher_jobs::post::Folder;
use usher_jobs::runner::Job;
use usher_records::change::{Action, Actor, Change, Expect, Mail, To, Write};
use usher_records::person::Person;
use usher_records::school::{School, set_up};
use usher_store::books::Books;
use usher_store::store::Store;
use usher_testkit::school::{school, staff};
use usher_types::email::EmailAddress;
use usher_types::ids::Id;
use usher_types::moment::Zone;
use usher_types::role::Role;

/// An address for messages that answers with one status after another, and what it was sent.
async fn address(answers: Vec<u16>) -> (String, tokio::task::JoinHandle<Vec<String>>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/in", listener.local_addr().unwrap());
    let taken = tokio::spawn(async move {
        let mut requests = Vec::new();
        for status in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            // The body is JSON, whose brace is the last byte.
            while !request.ends_with(b"}") {
                assert_ne!(stream.read_buf(&mut request).await.unwrap(), 0);
            }
            let head = format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            stream.write_all(head.as_bytes()).await.unwrap();
            requests.push(String::from_utf8(request).unwrap());
        }
        requests
    });
    (url, taken)
}

#[tokio::test]
async fn fm_48_a_message_is_sent_until_it_is_taken_and_holds_up_no_mail() {
    let folder = tempfile::tempdir().unwrap();
    let store = usher_store_sql::sqlite::open(&folder.path().join("books.sqlite")).await.unwrap();
    let store: Arc<dyn Store> = Arc::new(store);
    let when = Zone::london().parse("2026-11-23T10:00").unwrap();
    store.add_school(Id::new(1), when).await.unwrap();
    let books = Books::new(Arc::clone(&store), Id::new(1));
    books
        .commit(&set_up(&School { set_up_at: when, ..school("comprehensive") }), &Actor::CommandLine, when)
        .await
        .unwrap();
    let to = |to: To, text: &str| Mail { to, subject: "Look".into(), text: text.into(), attachment: None };
    let email = Some(EmailAddress::parse("head@rowanhill.example").unwrap());
    let head = Person { email, ..staff(1, "Alan Whitlock", &[Role::Headteacher]) };
    let mut change = Change::of(Action::PersonAdded, Write::of(&head, Expect::New));
    change.mails = vec![to(To::Hook, "one"), to(To::Hook, "two"), to(To::Person(head.id), "three")];
    books.commit(&change, &Actor::CommandLine, when).await.unwrap();
    let (url, taken) = address(vec![503, 200, 204]).await;
    let mails = folder.path().join("mail");
    let outbox = Outbox {
        books,
        post: Arc::new(Folder(mails.clone())),
        from: EmailAddress::parse("usher@rowanhill.example").unwrap(),
        hook: Some(Hook::new(&url, None, &[]).unwrap()),
    };
    outbox.run(when).await.unwrap();
    assert_eq!(std::fs::read_dir(&mails).unwrap().count(), 1, "the mail goes, whatever becomes of messages");
    let waits = store.outbox(Id::new(1)).await.unwrap();
    assert_eq!((waits.waiting, waits.failing), (2, 2), "the second was not tried, and waits like the first");
    outbox.run(when.plus_minutes(1)).await.unwrap();
    assert_eq!(store.outbox(Id::new(1)).await.unwrap().waiting, 0);
    let requests = taken.await.unwrap();
    let says = |place: usize, text: &str| requests[place].contains(&format!("\"text\":\"Look\\n\\n{text}\""));
    assert!(says(0, "one") && says(1, "one") && says(2, "two"), "{requests:?}");
    let id = |place: usize| {
        requests[place].lines().find(|line| line.starts_with("webhook-id")).unwrap().to_owned()
    };
    assert_eq!(id(0), id(1), "whoever takes it twice can tell");
    assert_ne!(id(1), id(2));
}
