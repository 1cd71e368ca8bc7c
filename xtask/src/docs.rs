//! Pages of `docs/` that are made from the code, so that they cannot be wrong for long.

use std::path::Path;

use anyhow::{Context as _, Result, bail};

/// A page's file and what makes its text.
type Page = (&'static str, fn() -> String);

/// Every page and what makes it.
const PAGES: [Page; 3] = [
    ("docs/events.md", usher_events::catalogue::document),
    ("docs/config.md", usher_config::reference::page),
    ("docs/permissions.txt", usher_policy::access::table),
];

/// Writes the pages, or says which are not as the code says.
pub(crate) fn run(root: &Path, check: bool) -> Result<()> {
    let mut stale = Vec::new();
    for (name, make) in PAGES {
        let (path, text) = (root.join(name), make());
        if std::fs::read_to_string(&path).is_ok_and(|there| there == text) {
            continue;
        }
        if check {
            stale.push(name);
        } else {
            std::fs::write(&path, text).with_context(|| format!("{name} cannot be written"))?;
            println!("docs: {name} written");
        }
    }
    if !stale.is_empty() {
        bail!("{} is not as the code says: run `cargo xtask docs`", stale.join(", "));
    }
    Ok(())
}
