//! Styles, fonts, scripts and pictures, embedded in the binary, named by content so that browsers may keep them for ever.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

/// Everything `script/front` built but the typesetter's fonts.
#[derive(RustEmbed)]
#[folder = "front/dist"]
#[exclude = "typeset/*"]
struct Front;

/// The fonts documents are set in.
#[derive(RustEmbed)]
#[folder = "front/dist/typeset"]
struct TypesetFonts;

/// The files of the typesetter's fonts.
pub fn typeset_fonts() -> Vec<Vec<u8>> {
    TypesetFonts::iter()
        .filter_map(|name| TypesetFonts::get(&name))
        .map(|file| file.data.into_owned())
        .collect()
}

/// The address of a file: its name with the first digits of its digest, so that a new version has a new address.
pub fn address(name: &str) -> String {
    Front::get(name)
        .map_or_else(|| format!("/assets/none/{name}"), |file| format!("/assets/{}/{name}", tag(&file)))
}

/// The text of a small file, to stand inside a page: an icon, or the style sheet of a page that must not ask for more.
pub fn inline(name: &str) -> String {
    Front::get(name).map(|file| String::from_utf8_lossy(&file.data).into_owned()).unwrap_or_default()
}

/// An icon as it stands inside a page. It says nothing by itself: words always stand beside it.
pub fn icon(name: &str) -> String {
    drawing(&format!("icons/{name}.svg"))
}

/// A picture as it stands inside a page that must not ask for more.
pub fn picture(name: &str) -> String {
    drawing(&format!("pictures/{name}.svg"))
}

/// A picture as a file of its own, SVG, for paper.
pub fn picture_file(name: &str) -> String {
    inline(&format!("pictures/{name}.svg"))
}

/// A drawing without what only its file needs: the licence line (it is in the credits), names of its layers, line ends.
fn drawing(name: &str) -> String {
    let svg = inline(name);
    let svg = svg.find("<svg").and_then(|start| svg.get(start..)).unwrap_or_default();
    let mut text = String::with_capacity(svg.len());
    for word in svg.split_whitespace() {
        // `id="line">` leaves `>`.
        match word.strip_prefix("id=\"").and_then(|rest| rest.split_once('"')) {
            Some((_, rest)) => text.push_str(rest),
            None => {
                if !text.is_empty() {
                    text.push(' ');
                }
                text.push_str(word);
            }
        }
    }
    text.replacen("<svg", "<svg aria-hidden=\"true\" focusable=\"false\"", 1)
}

fn tag(file: &rust_embed::EmbeddedFile) -> String {
    file.metadata.sha256_hash().iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

/// Serves one file.
pub async fn serve(Path((_tag, name)): Path<(String, String)>) -> Response {
    let Some(file) = Front::get(&name) else { return StatusCode::NOT_FOUND.into_response() };
    let kind = match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    };
    let headers =
        [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    (headers, file.data.into_owned()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_records::picture::{FACES, PICTURES};

    #[test]
    fn every_picture_a_child_can_meet_is_there() {
        for name in PICTURES.iter().chain(&FACES) {
            assert!(Front::get(&format!("pictures/{name}.svg")).is_some(), "{name}");
        }
        assert!(address("app.css").starts_with("/assets/") && !address("app.css").contains("none"));
        assert_eq!(typeset_fonts().len(), 4);
    }

    #[test]
    fn a_drawing_inside_a_page_is_one_line_without_names_of_layers() {
        for drawing in [icon("shield"), picture("ear"), picture("school")] {
            assert!(drawing.starts_with("<svg aria-hidden=\"true\""), "{drawing}");
            assert!(
                drawing.ends_with("</svg>") && !drawing.contains("id=") && !drawing.contains('\n'),
                "{drawing}"
            );
        }
    }
}
