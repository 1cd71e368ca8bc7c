//! Photos and scans: PNG and JPEG, told apart by their bytes and never by their names.

use std::io::Cursor;

use image::{DynamicImage, GrayImage, ImageDecoder as _, ImageFormat, ImageReader, Limits};

use crate::Unread;

/// The longest side of a picture in pixels; a telephone's is half of it.
const LONGEST_SIDE: u32 = 12_000;
/// What unpacking may take.
const MOST_MEMORY: u64 = 256 * 1024 * 1024;
/// Pixels of a picture. A reader of JPEG keeps its own numbers beside them, up to six bytes for each.
const MOST_PIXELS: u64 = 40_000_000;

/// The picture, grey and the right way up.
pub(crate) fn grey(bytes: &[u8]) -> Result<GrayImage, Unread> {
    let mut reader =
        ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_short| Unread::OtherKind)?;
    if !matches!(reader.format(), Some(ImageFormat::Png | ImageFormat::Jpeg)) {
        return Err(Unread::OtherKind);
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let damaged = |_fault| Unread::Damaged;
    let mut decoder = reader.into_decoder().map_err(damaged)?;
    let (width, height) = decoder.dimensions();
    if decoder.total_bytes() > MOST_MEMORY || u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(Unread::Damaged);
    }
    let orientation = decoder.orientation().map_err(damaged)?;
    // Grey first: turning copies it.
    let mut picture =
        DynamicImage::ImageLuma8(DynamicImage::from_decoder(decoder).map_err(damaged)?.into_luma8());
    picture.apply_orientation(orientation);
    Ok(picture.into_luma8())
}
