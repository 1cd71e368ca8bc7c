//! Pages of a site, read from its content file: a heading of the first rank begins a page, lines of `name: value` follow,
//! then a blank line and the text in Markdown.

use pulldown_cmark::{Options, Parser, html};

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Page {
    /// Its path on the site.
    pub(crate) path: String,
    /// Its title.
    pub(crate) title: String,
    /// The picture beside it, without its ending.
    pub(crate) picture: String,
    /// Its text, as written.
    pub(crate) text: String,
    /// Title and text in small letters, for searching.
    small: (String, String),
}

impl Page {
    fn empty(title: &str) -> Self {
        let (title, picture) = (title.to_owned(), "book".to_owned());
        Self { path: String::new(), title, picture, text: String::new(), small: Default::default() }
    }

    /// Its text as HTML.
    pub(crate) fn html(&self) -> String {
        let mut out = String::new();
        html::push_html(&mut out, Parser::new_ext(&self.text, Options::ENABLE_TABLES));
        out
    }

    /// Its first sentence, plain, for cards and search results.
    pub(crate) fn summary(&self) -> String {
        let plain: String =
            self.text.chars().filter(|&letter| !matches!(letter, '*' | '#' | '[' | ']')).collect();
        let first = plain.split("\n\n").next().unwrap_or_default().replace('\n', " ");
        let end = first.find(". ").map_or(first.len(), |at| at + 1);
        first.get(..end).unwrap_or_default().to_owned()
    }

    /// How well it fits these words (small letters, no plural s): a title counts most.
    pub(super) fn score(&self, words: &[String]) -> usize {
        let (title, text) = &self.small;
        let of_word = |word: &String| {
            // Little words are everywhere and say nothing.
            if word.chars().count() < 3 {
                return 0;
            }
            let in_title = if title.contains(word.as_str()) { 10 } else { 0 };
            in_title + text.matches(word.as_str()).take(5).count()
        };
        words.iter().map(of_word).sum()
    }
}

/// Reads a content file. A site without a page at `/` gets one with its title and nothing else.
pub(super) fn read_pages(content: &str, title: &str) -> Vec<Page> {
    let mut pages: Vec<Page> = Vec::new();
    let mut in_head = false;
    for line in content.lines() {
        if let Some(title) = line.strip_prefix("# ") {
            pages.push(Page::empty(title));
            in_head = true;
            continue;
        }
        let Some(page) = pages.last_mut() else { continue };
        match line.split_once(": ") {
            _ if in_head && line.is_empty() => in_head = false,
            Some(("path", path)) if in_head => path.clone_into(&mut page.path),
            Some(("picture", picture)) if in_head => picture.clone_into(&mut page.picture),
            _ => {
                page.text.push_str(line);
                page.text.push('\n');
            }
        }
    }
    for page in &mut pages {
        page.text.truncate(page.text.trim_end().len());
        page.small = (page.title.to_lowercase(), page.text.to_lowercase());
    }
    match pages.iter().position(|page| page.path == "/") {
        Some(home) => pages.swap(0, home),
        None => {
            let picture = pages.first().map_or_else(|| "book".to_owned(), |page| page.picture.clone());
            pages.insert(0, Page { path: "/".into(), picture, ..Page::empty(title) });
        }
    }
    pages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_becomes_pages() {
        let pages = read_pages(
            "# One\npath: /one\npicture: bee\n\nFirst *sentence*. Second.\n\nMore.\n# Two\npath: /\n\nHome.\n",
            "Site",
        );
        assert_eq!(pages.len(), 2);
        assert_eq!((pages[0].path.as_str(), pages[0].title.as_str()), ("/", "Two"));
        let one = &pages[1];
        assert_eq!((one.path.as_str(), one.picture.as_str()), ("/one", "bee"));
        assert_eq!(one.summary(), "First sentence.");
        assert!(one.html().contains("<em>sentence</em>"));
        assert!(one.score(&["one".into()]) > one.score(&["more".into()]));
    }

    #[test]
    fn a_site_without_a_home_page_gets_one() {
        let pages = read_pages("# A\npath: /a\n\nText.\n", "Site");
        assert_eq!((pages[0].path.as_str(), pages[0].title.as_str()), ("/", "Site"));
    }
}
