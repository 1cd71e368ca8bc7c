//! Answers that are called gRPC: a call passes bit by bit, and nothing else does under its name.

use std::sync::Arc;

use tokio::io::AsyncWriteExt;
use tokio::sync::Notify;
use usher_events::event::What;

use crate::origin::{Origin, Stream, file, program, read_head};
use crate::rig::Rig;

/// An archive with a program in it, which is read from its end: what stands before it counts for nothing.
fn archive_behind_a_frame() -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("game.exe", zip::write::SimpleFileOptions::default()).unwrap();
    std::io::Write::write_all(&mut zip, &program()).unwrap();
    [b"\0\0\0\0\x04game".to_vec(), zip.finish().unwrap().into_inner()].concat()
}

fn ask(method: &str) -> String {
    format!(
        "{method} http://plain.example/v1.Notes/Watch HTTP/1.1\r\nHost: plain.example\r\nContent-Type: application/grpc\r\n\
         Content-Length: 0\r\nConnection: close\r\n\r\n"
    )
}

#[tokio::test]
async fn no_download_passes_unread_because_its_site_calls_it_grpc() {
    let attached = "Content-Disposition: attachment; filename=\"game.exe\"\r\n";
    let looked_into = "Carries(\"no-programs\")";
    // What is never held is cut at its first bytes instead.
    let cut = "Unscanned(Partial)";
    for (method, kind, more, body, reason) in [
        ("GET", "application/grpc", attached, program(), looked_into),
        ("POST", "application/grpc", attached, program(), looked_into),
        ("POST", "application/grpc", attached, archive_behind_a_frame(), looked_into),
        ("POST", "application/grpc+proto", "", program(), cut),
        ("POST", "application/grpc-web+proto", "", program(), cut),
        ("GET", "application/grpc", "", program(), looked_into),
        ("GET", "application/grpcs", "", program(), looked_into),
        // Browsers save what a link leads to, and no call is made with GET.
        ("GET", "application/grpc", "", archive_behind_a_frame(), looked_into),
    ] {
        let fields = format!("Content-Type: {kind}\r\n{more}");
        let origin = Origin::http1(move |_| file(&fields, &body)).await;
        let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
        let mut wire = rig.wire().await;
        wire.send(ask(method)).await;
        let got = wire.rest().await;
        assert!(!got.windows(2).any(|two| two == b"MZ" || two == b"PK"), "{method} {kind} {more}");
        let What::Web(web) = &rig.events(1).await[0].what else { panic!("{method} {kind}") };
        assert_eq!(format!("{:?}", web.decision.reason), reason, "{method} {kind} {more}");
    }
}

#[tokio::test]
async fn a_call_that_answers_bit_by_bit_waits_for_nothing() {
    for (kind, frame) in [
        ("application/grpc", &b"\0\0\0\0\x05hello"[..]),
        ("application/grpc+json", b"\x01\0\0\0\x05hello"),
        ("application/grpc-web", b"\0\0\0\0\x05hello"),
        ("application/grpc-web+proto", b"\x80\0\0\0\x05hello"),
        ("application/grpc-web-text", b"AAAAAAVoZWxsbw=="),
        // What comes in bits of a byte each is judged by the first.
        ("application/grpc", b"\0"),
    ] {
        let go_on = Arc::new(Notify::new());
        let gate = Arc::clone(&go_on);
        let origin = Origin::raw(move |mut stream: Stream, _| {
            let gate = Arc::clone(&gate);
            async move {
                read_head(&mut stream).await;
                let length = frame.len() * 2;
                let head =
                    format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n");
                stream.write_all(&[head.as_bytes(), frame].concat()).await.unwrap();
                gate.notified().await;
                stream.write_all(frame).await.unwrap();
            }
        })
        .await;
        let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
        let mut wire = rig.wire().await;
        wire.send(ask("POST")).await;
        let head = wire.head().await.unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{kind}: {head}");
        assert_eq!(wire.exactly(frame.len()).await, frame, "{kind}");
        go_on.notify_one();
        assert_eq!(wire.exactly(frame.len()).await, frame, "{kind}");
        drop(wire);
        rig.events(1).await;
    }
}
