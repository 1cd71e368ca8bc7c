//! One page as a grey picture: its codes, and a small copy to keep.

use image::codecs::jpeg::JpegEncoder;
use image::imageops::{FilterType, resize};
use image::{ExtendedColorType, GrayImage, ImageEncoder as _};
use rqrr::PreparedImage;

use crate::{Page, Unread};

/// Longer edges codes are looked for at, in pixels: 170 dots an inch on A4, and half of it for pictures that are blurred.
const LOOKED_AT: [u32; 2] = [2_000, 1_000];
/// The longer edge of the picture that is kept: handwriting is read at it.
const KEPT: u32 = 1_400;
/// A grey page is some 150 kB at this.
const QUALITY: u8 = 70;
/// Codes of one page. More of them are no slips.
const MOST_CODES: usize = 16;

/// What a page says.
pub(crate) fn of(grey: &GrayImage) -> Result<Page, Unread> {
    let mut codes: Vec<String> = Vec::new();
    for edge in LOOKED_AT {
        for found in look(&within(grey, edge)) {
            if !codes.contains(&found) && codes.len() < MOST_CODES {
                codes.push(found);
            }
        }
        if !codes.is_empty() {
            break;
        }
    }
    Ok(Page { codes, picture: kept(&within(grey, KEPT))? })
}

fn look(grey: &GrayImage) -> Vec<String> {
    let (width, height) = grey.dimensions();
    let (Ok(wide), Ok(high)) = (usize::try_from(width), usize::try_from(height)) else { return Vec::new() };
    let mut prepared = PreparedImage::prepare_from_greyscale(wide, high, |x, y| {
        let at = u32::try_from(x).ok().zip(u32::try_from(y).ok());
        at.and_then(|(x, y)| grey.get_pixel_checked(x, y)).map_or(u8::MAX, |pixel| pixel.0[0])
    });
    let grids = prepared.detect_grids();
    grids.iter().filter_map(|grid| grid.decode().ok()).map(|(_, text)| text).collect()
}

/// The picture, made smaller if it is larger.
fn within(grey: &GrayImage, edge: u32) -> GrayImage {
    let (width, height) = grey.dimensions();
    let longer = width.max(height);
    if longer <= edge {
        return grey.clone();
    }
    let scaled = |side: u32| {
        let scaled = u64::from(side) * u64::from(edge) / u64::from(longer);
        u32::try_from(scaled).unwrap_or(edge).max(1)
    };
    resize(grey, scaled(width), scaled(height), FilterType::Triangle)
}

fn kept(grey: &GrayImage) -> Result<Vec<u8>, Unread> {
    let mut out = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut out, QUALITY);
    encoder
        .write_image(grey.as_raw(), grey.width(), grey.height(), ExtendedColorType::L8)
        .map_err(|_unwritable| Unread::Damaged)?;
    Ok(out)
}
