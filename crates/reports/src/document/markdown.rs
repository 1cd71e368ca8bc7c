//! Markdown into blocks. HTML in it is shown as it is written, pictures as their words.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::block::{Block, Run, Tone};

/// The blocks of a text.
pub(super) fn blocks(markdown: &str) -> Vec<Block> {
    let mut reader = Reader::default();
    reader.open.push(Container::Top(Vec::new()));
    for event in Parser::new_ext(markdown, Options::empty()) {
        reader.take(event);
    }
    reader.end_text();
    match reader.open.into_iter().next() {
        Some(Container::Top(blocks)) => blocks,
        _ => Vec::new(),
    }
}

/// The text of the first heading if the text begins with one, and the blocks of the rest.
pub(super) fn titled(markdown: &str) -> (Option<String>, Vec<Block>) {
    let mut blocks = blocks(markdown);
    let Some(Block::Heading { level: 1, runs }) = blocks.first() else { return (None, blocks) };
    let title = runs.iter().map(|run| run.text.as_str()).collect();
    blocks.remove(0);
    (Some(title), blocks)
}

/// What is being filled.
#[derive(Debug)]
enum Container {
    Top(Vec<Block>),
    Quote(Vec<Block>),
    List(Option<u64>, Vec<Vec<Block>>),
    Item(Vec<Block>),
}

#[derive(Debug, Default)]
struct Reader {
    open: Vec<Container>,
    runs: Vec<Run>,
    heading: Option<u8>,
    strong: usize,
    slanted: usize,
    link: Option<String>,
}

impl Reader {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.run(&text, false),
            Event::Code(text) => self.run(&text, true),
            Event::SoftBreak | Event::HardBreak => self.run(" ", false),
            Event::Rule => self.end_text(),
            Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::FootnoteReference(_)
            | Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Heading { level, .. } => {
                self.end_text();
                self.heading = Some(if level == HeadingLevel::H1 { 1 } else { level as u8 });
            }
            Tag::BlockQuote(_) => self.open(Container::Quote(Vec::new())),
            Tag::List(start) => self.open(Container::List(start, Vec::new())),
            Tag::Item => self.open(Container::Item(Vec::new())),
            Tag::Strong => self.strong += 1,
            Tag::Emphasis => self.slanted += 1,
            Tag::Link { dest_url, .. } => self.link = safe_link(&dest_url),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Strong => self.strong = self.strong.saturating_sub(1),
            TagEnd::Emphasis => self.slanted = self.slanted.saturating_sub(1),
            TagEnd::Link => self.link = None,
            TagEnd::Image => {}
            TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item => self.close(),
            _ => self.end_text(),
        }
    }

    fn run(&mut self, text: &str, code: bool) {
        let slanted = self.slanted > 0;
        let run = Run { strong: self.strong > 0, slanted, code, link: self.link.clone(), ..Run::new(text) };
        self.runs.push(run);
    }

    /// Ends the paragraph or heading under way.
    fn end_text(&mut self) {
        let (runs, heading) = (std::mem::take(&mut self.runs), self.heading.take());
        if runs.iter().all(|run| run.text.trim().is_empty()) {
            return;
        }
        let block = match heading {
            Some(level) => Block::Heading { level, runs },
            None => Block::Text { tone: Tone::Body, runs },
        };
        self.put(block);
    }

    fn put(&mut self, block: Block) {
        match self.open.last_mut() {
            Some(Container::Top(blocks) | Container::Quote(blocks) | Container::Item(blocks)) => {
                blocks.push(block);
            }
            Some(Container::List(_, items)) => items.push(vec![block]),
            None => {}
        }
    }

    fn open(&mut self, container: Container) {
        self.end_text();
        self.open.push(container);
    }

    fn close(&mut self) {
        self.end_text();
        if self.open.len() < 2 {
            return;
        }
        match self.open.pop() {
            Some(Container::Quote(blocks)) => self.put(Block::Aside { blocks }),
            Some(Container::List(start, items)) => self.put(Block::List { start, items }),
            Some(Container::Item(blocks)) => {
                if let Some(Container::List(_, items)) = self.open.last_mut() {
                    items.push(blocks);
                }
            }
            Some(Container::Top(_)) | None => {}
        }
    }
}

/// A link that paper or a reader may follow; others are left as words.
fn safe_link(address: &str) -> Option<String> {
    let known = ["https://", "http://", "mailto:", "tel:"];
    known.iter().any(|scheme| address.starts_with(scheme)).then(|| address.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(markdown: &str) -> String {
        serde_json::to_string(&blocks(markdown)).unwrap()
    }

    #[test]
    fn the_parts_of_markdown_become_blocks() {
        assert_eq!(
            json("## A *b*\n\nOne\ntwo **three** `four`.\n\n3. x\n   - y\n4. z\n\n> note"),
            concat!(
                r#"[{"is":"heading","level":2,"runs":[{"text":"A "},{"text":"b","slanted":true}]},"#,
                r#"{"is":"text","tone":"body","runs":[{"text":"One"},{"text":" "},{"text":"two "},"#,
                r#"{"text":"three","strong":true},{"text":" "},{"text":"four","code":true},{"text":"."}]},"#,
                r#"{"is":"list","start":3,"items":[[{"is":"text","tone":"body","runs":[{"text":"x"}]},"#,
                r#"{"is":"list","start":null,"items":[[{"is":"text","tone":"body","runs":[{"text":"y"}]}]]}],"#,
                r#"[{"is":"text","tone":"body","runs":[{"text":"z"}]}]]},"#,
                r#"{"is":"aside","blocks":[{"is":"text","tone":"body","runs":[{"text":"note"}]}]}]"#
            )
        );
    }

    #[test]
    fn links_are_followed_only_where_that_is_safe_and_html_is_words() {
        let blocks = json("[a](https://a.example/) [b](javascript:alert) <b>c</b>\n\n<script>d</script>");
        assert!(blocks.contains(r#"{"text":"a","link":"https://a.example/"}"#), "{blocks}");
        assert!(blocks.contains(r#"{"text":"b"}"#) && blocks.contains("<b>") && blocks.contains("<script>"));
    }

    #[test]
    fn the_first_heading_is_the_title() {
        let (title, rest) = titled("# Safe at *home*\n\nText");
        assert_eq!(title.as_deref(), Some("Safe at home"));
        assert_eq!(rest.len(), 1);
        assert_eq!(titled("Text").0, None);
    }
}
