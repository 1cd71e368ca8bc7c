//! Scanned files are read by a child of the program: one that breaks its reader breaks nothing else.

use std::time::Duration;

use usher_paper::Unread;
use usher_web::desk::reading::{Pages, Reader};

/// A grey picture of 64 by 64.
const PNG: &str = "89504e470d0a1a0a0000000d49484452000000400000004008000000008f022e020000002a4944415478daedcc411100000c0220fba7358221f6db4100d2a308040281402010080402814020f81e0c34c900e281aad6440000000049454e44ae426082";

async fn read(bytes: Vec<u8>) -> Pages {
    let reader = Reader::child(env!("CARGO_BIN_EXE_usher").into());
    reader.turn(Duration::from_secs(30)).await.unwrap().read(bytes).await
}

fn png() -> Vec<u8> {
    let pairs = PNG.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
    pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}

#[tokio::test]
async fn a_pdf_that_overflows_its_reader_is_a_damaged_file_and_the_next_one_is_read() {
    let mut nested = b"%PDF-1.7\n1 0 obj ".to_vec();
    nested.resize(4_000_000, b'[');
    assert_eq!(read(nested).await, Err(Unread::Damaged));
    let pages = read(png()).await.unwrap();
    assert!(pages[0].as_ref().unwrap().picture.starts_with(&[0xFF, 0xD8]));
    assert_eq!(read(b"letter".to_vec()).await, Ok(vec![Err(Unread::OtherKind)]));
}

/// A limit of memory below what the allocator reserves failed about one reading in forty.
#[tokio::test]
async fn a_sound_picture_is_read_every_time() {
    for _ in 0..100 {
        assert!(read(png()).await.is_ok_and(|pages| pages[0].is_ok()));
    }
}
