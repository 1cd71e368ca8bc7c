//! Pictures of codes, as cameras and scanners make them, and files that are none.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop where something is wrong")]

use std::io::Cursor;

use fast_qr::qr::QRBuilder;
use image::imageops::{blur, overlay, rotate90};
use image::{GrayImage, ImageFormat, Luma};
use usher_paper::{LARGEST_BYTES, Unread, read};

/// A code as it stands on a page, `square` pixels a square.
fn code(text: &str, square: u32) -> GrayImage {
    let code = QRBuilder::new(text).build().unwrap();
    let size = u32::try_from(code.size).unwrap();
    GrayImage::from_fn((size + 8) * square, (size + 8) * square, |x, y| {
        let (x, y) = ((x / square).wrapping_sub(4), (y / square).wrapping_sub(4));
        let dark = x < size && y < size && code[y as usize][x as usize].value();
        Luma([if dark { 30 } else { 240 }])
    })
}

/// A page with codes on it.
fn sheet(codes: &[(&str, i64, i64)]) -> GrayImage {
    let mut page = GrayImage::from_pixel(1240, 1754, Luma([240]));
    for (text, x, y) in codes {
        overlay(&mut page, &code(text, 6), *x, *y);
    }
    page
}

fn file(picture: &GrayImage, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    picture.write_to(&mut out, format).unwrap();
    out.into_inner()
}

fn codes(bytes: Vec<u8>) -> Vec<String> {
    let pages = read(bytes, &|| true).unwrap();
    let mut codes: Vec<String> = pages.into_iter().flat_map(|page| page.unwrap().codes).collect();
    codes.sort();
    codes
}

#[test]
fn codes_are_read_from_scans_and_photos_askew_and_blurred() {
    let page = sheet(&[("USHER:AAAA-BBBB-CCCC", 100, 200)]);
    for picture in [page.clone(), rotate90(&page), blur(&page, 1.5)] {
        for format in [ImageFormat::Png, ImageFormat::Jpeg] {
            assert_eq!(codes(file(&picture, format)), ["USHER:AAAA-BBBB-CCCC"]);
        }
    }
}

#[test]
fn several_on_one_page_are_all_read_and_one_twice_is_one() {
    let page = sheet(&[("ONE", 60, 60), ("TWO", 600, 700), ("ONE", 60, 1300)]);
    assert_eq!(codes(file(&page, ImageFormat::Png)), ["ONE", "TWO"]);
}

#[test]
fn a_page_without_a_code_is_a_page() {
    let blank = read(file(&sheet(&[]), ImageFormat::Png), &|| true).unwrap();
    let page = blank[0].as_ref().unwrap();
    assert!(page.codes.is_empty());
    assert!(page.picture.starts_with(&[0xFF, 0xD8]), "and has a picture to look at");
}

#[test]
fn what_is_no_page_is_named_and_never_a_panic() {
    let png = file(&sheet(&[("ONE", 60, 60)]), ImageFormat::Png);
    assert_eq!(read(vec![0; LARGEST_BYTES + 1], &|| true), Err(Unread::TooLarge));
    assert_eq!(read(b"hello".to_vec(), &|| true).unwrap(), [Err(Unread::OtherKind)]);
    assert_eq!(read(b"GIF89a".to_vec(), &|| true).unwrap(), [Err(Unread::OtherKind)]);
    assert_eq!(read(png[..png.len() / 2].to_vec(), &|| true).unwrap(), [Err(Unread::Damaged)]);
    assert_eq!(read(b"%PDF-1.7 nothing".to_vec(), &|| true), Err(Unread::Damaged));
}

/// A PNG that says it is a hundred thousand pixels wide.
#[test]
fn a_picture_that_unpacks_to_more_than_a_page_is_not_unpacked() {
    let mut png = file(&GrayImage::new(8, 8), ImageFormat::Png);
    png[16..24].copy_from_slice(&[0, 1, 134, 160, 0, 1, 134, 160]);
    assert_eq!(read(png, &|| true).unwrap(), [Err(Unread::Damaged)]);
}
