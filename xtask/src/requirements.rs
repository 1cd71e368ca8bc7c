//! `docs/requirements.md` and `docs/standards.md`: one line for each row of what schools' policies and regulators ask for. A
//! row is `kept` only where the tests it names passed in this build; being configured keeps nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use usher_policy::ledger::controls;

/// Whose rows, and the name of their file and of the page made of it, in `docs`.
const PAGES: [(&str, &str); 2] =
    [("What the policies ask for", "requirements"), ("What the standards ask of a filter", "standards")];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows {
    row: BTreeMap<String, Row>,
}

/// A row: how far software can carry it out, what does it here, and the tests that prove it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    level: String,
    #[serde(default)]
    control: String,
    #[serde(default)]
    tests: Vec<String>,
    /// What an open row still wants.
    #[serde(default)]
    missing: String,
}

/// Test reports of this build.
#[derive(Debug, clap::Args)]
pub(crate) struct Reports {
    /// JUnit files of this build's tests
    #[arg(required = true)]
    junit: Vec<PathBuf>,
    /// Only say whether the page is as it should be
    #[arg(long)]
    check: bool,
}

/// Makes the pages of this build's test reports.
pub(crate) fn run(root: &Path, reports: &Reports) -> Result<()> {
    let mut passed = BTreeSet::new();
    for file in &reports.junit {
        let text =
            std::fs::read_to_string(file).with_context(|| format!("{} is not there", file.display()))?;
        passed.extend(passed_in(&text).with_context(|| format!("{} cannot be read", file.display()))?);
    }
    PAGES.into_iter().try_for_each(|(title, name)| make(root, (title, name), &passed, reports.check))
}

fn make(root: &Path, (title, name): (&str, &str), passed: &BTreeSet<String>, check: bool) -> Result<()> {
    let (file, made) = (format!("docs/{name}.toml"), format!("docs/{name}.md"));
    let text = std::fs::read_to_string(root.join(&file)).with_context(|| format!("{file} cannot be read"))?;
    let rows: Rows = toml::from_str(&text).with_context(|| format!("{file} cannot be read"))?;
    let missing: Vec<String> = rows
        .row
        .iter()
        .flat_map(|(id, row)| {
            row.tests.iter().filter(|test| !passed.contains(*test)).map(move |test| format!("{id}: {test}"))
        })
        .collect();
    let controlled = controlled(&rows)?;
    println!("requirements: {controlled} of {} rows of {file} have a control", rows.row.len());
    let page = page(title, &file, &rows, (passed, controlled));
    let path = root.join(&made);
    if !check {
        std::fs::write(&path, &page)?;
        println!("requirements: {made} written");
    }
    if !missing.is_empty() {
        bail!("these rows name tests that did not pass in this build:\n  {}", missing.join("\n  "));
    }
    if check && std::fs::read_to_string(&path).is_ok_and(|there| there != page) {
        bail!("{made} is not what this build's tests show: run `cargo xtask requirements …` and commit it");
    }
    Ok(())
}

/// How many rows have a control that stands: one of the catalogue that clauses rest on, or one that only the row names
/// and tests try.
fn controlled(rows: &Rows) -> Result<usize> {
    let known = controls().map_err(|fault| anyhow::anyhow!("controls.toml: {fault:?}"))?;
    let served: BTreeSet<&String> =
        known.iter().filter(|control| control.stands).flat_map(|control| &control.rows).collect();
    let own = |row: &Row| !row.control.is_empty() && !row.tests.is_empty();
    Ok(rows.row.iter().filter(|(id, row)| own(row) || served.contains(id)).count())
}

/// The tests that passed: `binary test`, as nextest and the browser tests report them.
fn passed_in(junit: &str) -> Result<BTreeSet<String>> {
    let report = roxmltree::Document::parse(junit)?;
    let cases = report.descendants().filter(|node| node.has_tag_name("testcase"));
    Ok(cases
        .filter(|case| {
            !case
                .children()
                .any(|part| ["failure", "error", "skipped"].iter().any(|tag| part.has_tag_name(*tag)))
        })
        .filter_map(|case| Some(format!("{} {}", case.attribute("classname")?, case.attribute("name")?)))
        .collect())
}

fn page(title: &str, file: &str, rows: &Rows, (passed, controlled): (&BTreeSet<String>, usize)) -> String {
    let kept = |row: &Row| !row.tests.is_empty() && row.tests.iter().all(|test| passed.contains(test));
    let count = rows.row.values().filter(|row| kept(row)).count();
    let mut page = format!(
        "# {title}\n\nMade by `cargo xtask requirements` from `{file}` and the test \
         reports of a build. A row is\nkept only where every test it names passed in that build. {count} of {} rows are \
         kept;\n{controlled} have a control that stands: one of `profiles/controls.toml` on which clauses rest, or one of their \
         own that tests try.\n\n| row | level | control | test | state |\n|---|---|---|---|---|\n",
        rows.row.len()
    );
    for (id, row) in &rows.row {
        let tests: Vec<String> = row.tests.iter().map(|test| format!("`{test}`")).collect();
        let state = if kept(row) { "kept" } else { "open" };
        let wanted = if row.missing.is_empty() { String::new() } else { format!(": {}", row.missing) };
        let line =
            format!("| {id} | {} | {} | {} | {state}{wanted} |", row.level, row.control, tests.join("<br>"));
        page.push_str(&line);
        page.push('\n');
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    const JUNIT: &str = r#"<testsuites><testsuite name="usher-policy">
        <testcase name="a" classname="usher-policy"/>
        <testcase name="b" classname="usher-policy"><failure message="no"/></testcase>
        </testsuite></testsuites>"#;

    #[test]
    fn a_row_has_a_control_by_the_catalogue_or_by_its_own_tests() {
        let of = |rows: &str| controlled(&toml::from_str(rows).unwrap()).unwrap();
        let stands = controls().unwrap().iter().find(|control| control.stands).unwrap();
        assert_eq!(of(&format!("[row.{}]\nlevel='RECORD'", stands.rows[0])), 1);
        assert_eq!(of("[row.A-01]\nlevel='RECORD'\ncontrol='Words'"), 0, "words without a test");
        assert_eq!(of("[row.A-01]\nlevel='RECORD'\ncontrol='Words'\ntests=['a b']"), 1);
        assert_eq!(of("[row.A-01]\nlevel='RECORD'\ntests=['a b']"), 0, "a test of nothing named");
    }

    #[test]
    fn a_row_is_kept_only_while_all_its_tests_pass() {
        let passed = passed_in(JUNIT).unwrap();
        assert_eq!(passed.iter().collect::<Vec<_>>(), ["usher-policy a"]);
        let rows = toml::from_str(
            "[row.A-01]\nlevel='ENFORCE'\ntests=['usher-policy a']\n[row.A-02]\nlevel='RECORD'\ntests=['usher-policy a', \
             'usher-policy b']\n[row.A-03]\nlevel='INFORM'\nmissing='A thing'\n",
        )
        .unwrap();
        let page = page("Rows", "rows.toml", &rows, (&passed, 2));
        assert!(page.contains("1 of 3 rows") && page.contains("2 have a control"), "{page}");
        assert!(page.contains("| A-01 | ENFORCE |  | `usher-policy a` | kept |"), "{page}");
        assert!(
            page.contains("`usher-policy b` | open |")
                && page.contains("| A-03 | INFORM |  |  | open: A thing |"),
            "{page}"
        );
    }
}
