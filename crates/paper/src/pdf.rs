//! PDFs as scanners make them: each page is drawn in grey.

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::Pdf;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{RenderCache, RenderSettings, render};
use image::GrayImage;

use crate::{MOST_PAGES, Page, Unread, page};

/// The longer edge a page is drawn at, in pixels: 150 dots an inch on A4, where a slip's code has six pixels a square.
const DRAWN: f32 = 1_754.0;

/// Every page, until the time is over.
pub(crate) fn pages(
    bytes: Vec<u8>,
    go_on: &dyn Fn() -> bool,
    give: &mut dyn FnMut(Result<Page, Unread>),
) -> Result<(), Unread> {
    let pdf = Pdf::new(bytes).map_err(|_unreadable| Unread::Damaged)?;
    let pages = pdf.pages();
    if pages.len() > MOST_PAGES {
        return Err(Unread::TooManyPages);
    }
    if pages.is_empty() {
        return Err(Unread::Damaged);
    }
    let (cache, settings) = (RenderCache::new(), InterpreterSettings::default());
    let read = |page| {
        if !go_on() {
            return Err(Unread::NoTime);
        }
        drawn(page, &cache, &settings).and_then(|grey| page::of(&grey))
    };
    pages.iter().map(read).for_each(give);
    Ok(())
}

fn drawn<'a>(
    page: &'a hayro::hayro_syntax::page::Page<'a>,
    cache: &RenderCache<'a>,
    settings: &InterpreterSettings,
) -> Result<GrayImage, Unread> {
    let (width, height) = page.render_dimensions();
    let scale = DRAWN / width.max(height);
    if !scale.is_normal() || scale <= 0.0 {
        return Err(Unread::Damaged);
    }
    let how = RenderSettings { x_scale: scale, y_scale: scale, bg_color: WHITE, ..RenderSettings::default() };
    let drawn = render(page, cache, settings, &how);
    let (wide, high) = (u32::from(drawn.width()), u32::from(drawn.height()));
    // On white nothing is transparent; green is most of what an eye calls bright.
    let grey = drawn.data().iter().map(|pixel| pixel.g).collect();
    GrayImage::from_raw(wide, high, grey)
        .filter(|grey| wide > 0 && high > 0 && !grey.is_empty())
        .ok_or(Unread::Damaged)
}
