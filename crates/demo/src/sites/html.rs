//! Pages as HTML: one frame for all sites, cards for the home page, results for searches.

use crate::sites::catalogue::{Kind, Site};
use crate::sites::page::Page;

macro_rules! pictures {
    ($($name:literal)*) => {
        [$(($name, include_str!(concat!("../../content/pictures/", $name, ".svg")))),*]
    };
}

/// The pictures, by name.
const PICTURES: [(&str, &str); 37] = pictures!(
    "ball" "bank" "basket" "bee" "book" "bridge" "bubbles" "castle" "cloud" "dice" "film" "fire" "fossil" "fox" "gift"
    "hammer" "heart" "hourglass" "joystick" "key" "lamp" "magnet" "map" "newspaper" "phone" "planets" "pyramid"
    "rainforest" "river" "robot" "shield" "ship" "train" "tree" "tunnel" "volcano" "whale"
);

/// The style of every site.
pub(super) const STYLE: &str = include_str!("../../content/sites/style.css");

/// The script of every site.
pub(super) const SCRIPT: &str = include_str!("../../content/sites/site.js");

/// How many other pages a page points to.
const POINTED_TO: usize = 3;

/// The picture with this name, SVG.
pub(super) fn picture(name: &str) -> Option<&'static str> {
    PICTURES.iter().find(|(known, _)| *known == name).map(|(_, svg)| *svg)
}

/// Text made safe to stand in HTML and in attributes.
pub(super) fn safe(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A whole page of a site: `main` is HTML already.
pub(super) fn frame(site: &Site, title: &str, main: &str) -> String {
    let Site { title: name, tagline, hue, .. } = site;
    let title = if title == *name { safe(title) } else { format!("{} – {}", safe(title), safe(name)) };
    let search = match site.kind {
        Kind::Encyclopaedia => search_form("/search", "q", "Search the encyclopaedia"),
        Kind::Finder => search_form("/find", "words", "Search"),
        _ => String::new(),
    };
    let advert = if site.has_adverts() {
        "<aside class=\"advert\"><img src=\"http://adverts.example/banner.svg?size=wide\" alt=\"An advert\" width=\"380\"></aside>"
    } else {
        ""
    };
    format!(
        "<!doctype html>\n<html lang=\"en-GB\" style=\"--hue:{hue}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <title>{title}</title>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <link rel=\"stylesheet\" href=\"/style.css\">\n<script src=\"/site.js\" defer></script>\n</head>\n<body>\n\
         <header><a href=\"/\">{name}</a><p>{tagline}</p>{search}</header>\n<main>\n{main}\n{advert}</main>\n\
         <footer>This site is part of a demonstration. It is invented, and it is only on this computer.</footer>\n\
         </body>\n</html>\n",
        name = safe(name),
        tagline = safe(tagline),
    )
}

fn search_form(action: &str, field: &str, label: &str) -> String {
    format!(
        "<form action=\"{action}\"><input name=\"{field}\" type=\"search\" aria-label=\"{label}\"><button>Search</button></form>"
    )
}

/// A page's own part: heading, picture, text, what the site adds, and where to go next.
pub(super) fn page(site: &Site, page: &Page, added: &str) -> String {
    let figure = match site.kind {
        // The cards below have pictures enough.
        _ if page.text.is_empty() => String::new(),
        // Inside the page, so that there is a site whose pictures no filter of pictures sees go by.
        Kind::Encyclopaedia => format!("<figure>{}</figure>", picture(&page.picture).unwrap_or_default()),
        _ => format!(
            "<figure><img src=\"/pictures/{}.svg\" alt=\"\" width=\"420\" height=\"262\"></figure>",
            page.picture
        ),
    };
    let others = site.pages.iter().filter(|other| other.path != page.path);
    let next: Vec<&Page> =
        if page.path == "/" { others.collect() } else { others.take(POINTED_TO).collect() };
    let main = format!(
        "<article><h1>{}</h1>\n{figure}\n{}{added}</article>\n{}",
        safe(&page.title),
        page.html(),
        cards(&next),
    );
    frame(site, &page.title, &main)
}

fn cards(pages: &[&Page]) -> String {
    let card = |page: &&Page| {
        format!(
            "<li class=\"card\"><img src=\"/pictures/{}.svg\" alt=\"\" width=\"320\" height=\"200\" loading=\"lazy\">\
             <h3><a href=\"{}\">{}</a></h3><p>{}</p></li>\n",
            page.picture,
            safe(&page.path),
            safe(&page.title),
            safe(&page.summary()),
        )
    };
    if pages.is_empty() {
        return String::new();
    }
    format!("<ul class=\"cards\">\n{}</ul>", pages.iter().map(card).collect::<String>())
}

/// Results of a search.
pub(super) fn results(site: &Site, words: &str, found: &[(&Site, &Page)]) -> String {
    let result = |(from, page): &(&Site, &Page)| {
        let address = if from.name == site.name { page.path.clone() } else { from.address(&page.path) };
        format!(
            "<li><a href=\"{}\">{}</a><br><small>{}</small><br>{}</li>\n",
            safe(&address),
            safe(&page.title),
            safe(&from.address(&page.path)),
            safe(&page.summary()),
        )
    };
    let list: String = found.iter().map(result).collect();
    let told = if found.is_empty() { "<p>Nothing was found. Try another word.</p>".to_owned() } else { list };
    let title = format!("Results for “{words}”");
    frame(site, &title, &format!("<h1>{}</h1>\n<ul class=\"results\">\n{told}</ul>", safe(&title)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sites::catalogue::Catalogue;

    #[test]
    fn every_page_has_a_picture_that_is_there() {
        for site in &Catalogue::load().sites {
            for page in &site.pages {
                assert!(picture(&page.picture).is_some(), "{}{}: {}", site.name, page.path, page.picture);
            }
        }
    }

    #[test]
    fn what_a_visitor_types_is_shown_and_not_run() {
        let catalogue = Catalogue::load();
        let finder = catalogue.site("finder.example").unwrap();
        let shown = results(finder, "<script>alert(1)</script>", &[]);
        assert!(!shown.contains("<script>alert") && shown.contains("&lt;script&gt;"));
    }
}
