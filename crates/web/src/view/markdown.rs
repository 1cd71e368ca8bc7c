//! Markdown that people of the school wrote, as HTML: headings, lists, links, emphasis. Raw HTML and pictures in it are
//! shown as text, or not at all, so a text cannot bring anything into a page but words.

use pulldown_cmark::{CowStr, Event, HeadingLevel, Parser, Tag, TagEnd, html};

/// A whole text: its first heading, which is the page's own, and the HTML of the rest.
pub fn page(markdown: &str) -> (Option<String>, String) {
    let mut title: Option<String> = None;
    let mut in_title = false;
    let mut rest = Vec::new();
    for event in safe(markdown) {
        match event {
            Event::Start(Tag::Heading { level: HeadingLevel::H1, .. }) if title.is_none() => {
                in_title = true;
                title = Some(String::new());
            }
            Event::End(TagEnd::Heading(HeadingLevel::H1)) if in_title => in_title = false,
            Event::Text(words) | Event::Code(words) if in_title => {
                if let Some(title) = title.as_mut() {
                    title.push_str(&words);
                }
            }
            _ if in_title => {}
            event => rest.push(event),
        }
    }
    (title, write(rest))
}

/// A sentence or two that stand in a line of a page, without a paragraph of their own.
pub fn inline(markdown: &str) -> String {
    let kept = safe(markdown)
        .filter(|event| !matches!(event, Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph)));
    write(kept)
}

/// The words alone, as they are read aloud.
pub fn words(markdown: &str) -> String {
    let mut words = String::new();
    for event in safe(markdown) {
        match event {
            Event::Text(text) | Event::Code(text) => words.push_str(&text),
            Event::SoftBreak | Event::HardBreak => words.push(' '),
            _ => {}
        }
    }
    words
}

fn write<'a>(events: impl IntoIterator<Item = Event<'a>>) -> String {
    let mut text = String::new();
    html::push_html(&mut text, events.into_iter());
    text.trim().to_owned()
}

fn safe(markdown: &str) -> impl Iterator<Item = Event<'_>> {
    Parser::new(markdown).filter_map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
        Event::Start(Tag::HtmlBlock | Tag::Image { .. }) | Event::End(TagEnd::HtmlBlock | TagEnd::Image) => {
            None
        }
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let dest_url = if is_web(&dest_url) { dest_url } else { CowStr::Borrowed("#") };
            Some(Event::Start(Tag::Link { link_type, dest_url, title, id }))
        }
        event => Some(event),
    })
}

/// Whether a link leads to a page of the web or of ours, and not to a script.
fn is_web(address: &str) -> bool {
    let own = address.starts_with('/') && !address.starts_with("//");
    own || ["https://", "http://", "mailto:", "tel:"].iter().any(|scheme| address.starts_with(scheme))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_heading_is_the_title_and_the_rest_is_the_page() {
        let (title, html) = page("# What *may* follow\n\nWe **listen**.\n\n## Steps\n\n1. A talk\n2. Help\n");
        assert_eq!(title.as_deref(), Some("What may follow"));
        assert_eq!(
            html,
            "<p>We <strong>listen</strong>.</p>\n<h2>Steps</h2>\n<ol>\n<li>A talk</li>\n<li>Help</li>\n</ol>"
        );
    }

    #[test]
    fn nothing_but_words_comes_in() {
        let html = inline(
            "Look <script>alert(1)</script> [x](javascript:alert(1)) ![y](https://spy.example/p.png) **z**",
        );
        assert!(
            !html.contains("<script") && !html.contains("javascript") && !html.contains("<img"),
            "{html}"
        );
        assert!(html.contains("<strong>z</strong>") && html.contains("&lt;script&gt;"), "{html}");
        let block = inline("<script>alert(1)</script>");
        assert!(!block.contains("<script") && block.contains("&lt;script&gt;"), "{block}");
        assert_eq!(words("I *ask* first."), "I ask first.");
    }
}
