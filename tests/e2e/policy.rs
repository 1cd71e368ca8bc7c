//! The school's policy as a file: shown, changed, checked, compared, tested, published by one, and by two.

use std::path::{Path, PathBuf};

use usher_records::change::{Action, Actor, JournalLine};
use usher_records::sealed::Way;
use usher_store::store::Store as _;
use usher_types::ids::Id;

use crate::device::Desk;
use crate::running::{Card, Running, said, usher_on};

const PASSWORD: &str = "Kettle-Bridge-26";

/// A school that ran once, and the policy it goes by as a file.
pub(crate) struct School {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) card: Card,
    pub(crate) shown: String,
}

impl School {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut demo = Running::demo(folder.path(), &[]);
        let card = demo.card(folder.path());
        assert!(demo.stop().success());
        std::fs::write(folder.path().join("password"), PASSWORD).unwrap();
        let shown = said(&usher_on(&card.config, &["policy", "show"]));
        Self { folder, card, shown }
    }

    fn file(&self, from: &str, to: &str) -> PathBuf {
        assert!(self.shown.contains(from), "{from}\n{}", self.shown);
        let file = self.folder.path().join("draft.toml");
        std::fs::write(&file, self.shown.replacen(from, to, 1)).unwrap();
        file
    }

    /// What a command said, and whether it succeeded.
    pub(crate) fn policy(&self, arguments: &[&str]) -> (bool, String) {
        self.run(&[&["policy"], arguments].concat())
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> (bool, String) {
        let output = usher_on(&self.card.config, arguments);
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        (output.status.success(), format!("{out}{err}"))
    }

    pub(crate) fn publish(&self, file: &Path, by: &str) -> (bool, String) {
        let password = self.folder.path().join("password");
        let (file, password) = (file.to_str().unwrap(), password.to_str().unwrap());
        let reason = "The governors agreed it";
        self.policy(&["publish", file, "--by", by, "--password-file", password, "--reason", reason])
    }
}

/// The last line of the journal of a school that does not run.
fn last_line(config: &Path) -> JournalLine {
    let books = config.with_file_name("books.sqlite");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = usher_store_sql::sqlite::open(&books).await.unwrap();
        store.journal(Id::new(1), 0, 10_000).await.unwrap().last().unwrap().read().unwrap()
    })
}

impl School {
    /// Brings new words of an agreement into force, or tries to.
    pub(crate) fn publish_agreement(&self, words: &str, by: &str) -> (bool, String) {
        let (file, password) = (self.folder.path().join("agreement.md"), self.folder.path().join("password"));
        std::fs::write(&file, words).unwrap();
        let (file, password) = (file.to_str().unwrap(), password.to_str().unwrap());
        self.run(&["agreement", "publish", file, "--by", by, "--password-file", password])
    }

    /// Puts a weighty policy into force, the way two people of the school do.
    pub(crate) fn publish_by_two(&self, policy: &str) {
        let file = self.folder.path().join("draft.toml");
        std::fs::write(&file, policy).unwrap();
        let (waits, told) = self.publish(&file, "head");
        assert!(waits && told.contains("waits for a second person"), "{told}");
        let draft = told.split("draft ").nth(1).unwrap().split('.').next().unwrap();
        let password = self.folder.path().join("password");
        let by = ["--by", "computing.lead", "--password-file", password.to_str().unwrap()];
        let (published, told) = self.policy(&[&["confirm", draft], by.as_slice()].concat());
        assert!(published && told.contains("Confirmed and published"), "{told}");
    }
}

/// A category rule as `policy show` writes it.
const GAMBLING: &str = "name = \"gambling\"\nverdict = \"block\"";
const ASTROLOGY: &str = "name = \"astrology\"\nverdict = \"block\"";

#[test]
fn web_31_a_policy_is_shown_checked_compared_and_tested_and_one_that_breaks_a_promise_is_not_published() {
    let school = School::new();
    let same = school.file("[[group]]", "[[group]]");
    let same = same.to_str().unwrap();
    let (fine, told) = school.policy(&["check", same]);
    assert!(fine, "{told}");
    let unscanned = "when no scanner could look: allow for staff; failures: too-large; classes: any";
    assert!(told.contains(unscanned), "{told}");
    assert!(school.policy(&["diff", same]).1.contains("Nothing changes"));
    let (kept, told) = school.policy(&["test"]);
    assert!(kept, "{told}");

    let faulty = school.file(GAMBLING, "name = \"gambling\"\nverdikt = \"block\"");
    let line = school.shown.lines().position(|line| line == "name = \"gambling\"").unwrap() + 2;
    let (fine, told) = school.policy(&["check", faulty.to_str().unwrap()]);
    assert!(!fine && told.contains(&format!("draft.toml:{line}: `verdikt`")), "{told}");

    let open = school.file(GAMBLING, &GAMBLING.replace("block", "allow"));
    let (_, told) = school.policy(&["diff", open.to_str().unwrap()]);
    assert!(
        told.contains("Gambling was blocked, is now allowed") && told.contains("take two people"),
        "{told}"
    );
    let (kept, told) = school.policy(&["test", open.to_str().unwrap()]);
    assert!(!kept && told.contains("NOT KEPT  No pupil can reach gambling at any time"), "{told}");
    assert!(told.contains("decided at categories"), "{told}");
    let (published, told) = school.publish(&open, "head");
    assert!(!published && told.contains("No pupil can reach gambling at any time"), "{told}");
    assert!(told.contains("Not published"), "{told}");
    assert_eq!(said(&usher_on(&school.card.config, &["policy", "show"])), school.shown);
}

#[test]
fn the_head_publishes_what_is_light_alone_and_what_is_weighty_waits_for_a_second_office() {
    let school = School::new();
    let light = school.file(ASTROLOGY, &ASTROLOGY.replace("block", "allow"));
    let (published, told) = school.publish(&light, "head");
    assert!(published && told.contains("Published."), "{told}");
    let shown = said(&usher_on(&school.card.config, &["policy", "show"]));
    assert!(shown.contains(&ASTROLOGY.replace("block", "allow")), "{shown}");

    let school = School { shown, ..school };
    let weighty = school.file("upper-ks2 = 80", "upper-ks2 = 70");
    assert!(!school.publish(&weighty, "teacher.y4").0);
    let (waits, told) = school.publish(&weighty, "head");
    assert!(waits && told.contains("waits for a second person") && told.contains("computing lead"), "{told}");
    assert_eq!(said(&usher_on(&school.card.config, &["policy", "show"])), school.shown);
    let draft = told.split("draft ").nth(1).unwrap().split('.').next().unwrap().to_owned();
    assert!(school.policy(&["waiting"]).1.contains(&draft));

    let password = school.folder.path().join("password");
    let password = password.to_str().unwrap();
    let confirm = |by| school.policy(&["confirm", &draft, "--by", by, "--password-file", password]);
    let (own, told) = confirm("head");
    assert!(!own && told.contains("another person"), "{told}");
    let (second, told) = confirm("computing.lead");
    assert!(second && told.contains("Confirmed and published"), "{told}");
    assert!(said(&usher_on(&school.card.config, &["policy", "show"])).contains("upper-ks2 = 70"));
    assert!(!confirm("computing.lead").0, "once");
    said(&usher_on(&school.card.config, &["verify"]));
}

#[test]
fn what_waits_from_the_command_line_is_confirmed_at_the_desk_and_the_filter_goes_by_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut demo = Running::demo(folder.path(), &[]);
    let card = demo.card(folder.path());
    std::fs::write(folder.path().join("password"), PASSWORD).unwrap();
    let shown = said(&usher_on(&card.config, &["policy", "show"]));
    let school = School { folder, card, shown };
    let weighty = school.file("upper-ks2 = 80", "upper-ks2 = 70");
    let (waits, told) = school.publish(&weighty, "head");
    assert!(waits, "{told}");
    let draft = told.split("draft ").nth(1).unwrap().split('.').next().unwrap().to_owned();

    let lead = Desk::sign_in(&school.card, "computing.lead", PASSWORD);
    let page = format!("/policy/drafts/{draft}");
    assert!(lead.get("/").text.contains(&page), "{}", lead.get("/").text);
    let shown = lead.get(&page);
    assert!(
        shown.text.contains("The governors agreed it") && shown.text.contains("upper ks2 70"),
        "{}",
        shown.text
    );
    let sent = lead.send(&page, &format!("{page}/confirm"), &[]);
    assert_eq!(sent.status, 303, "{}", sent.text);
    assert!(said(&usher_on(&school.card.config, &["policy", "show"])).contains("upper-ks2 = 70"));
    assert!(school.policy(&["waiting"]).1.contains("No policy waits"));
    let in_use = lead.get("/policy");
    assert!(in_use.text.contains("The governors agreed it"), "{}", in_use.text);
    assert!(demo.stop().success());
    said(&usher_on(&school.card.config, &["verify"]));
}

#[test]
fn fm_27_a_policy_without_the_sealed_categories_is_not_published_and_who_tried_is_in_the_journal() {
    let school = School::new();
    let open = school.file("\"illegal-images\"", "\"unlawful-terrorist\"");
    let before = last_line(&school.card.config);
    let (fine, told) = school.policy(&["check", open.to_str().unwrap()]);
    assert!(!fine && told.contains("`illegal-images`, which nobody can open"), "{told}");
    assert_eq!(last_line(&school.card.config), before, "looking for faults tries nothing");

    let (published, told) = school.publish(&open, "head");
    assert!(!published && told.contains("`illegal-images`, which nobody can open"), "{told}");
    assert!(
        told.contains("That this was tried is in the journal") && told.contains("Not published"),
        "{told}"
    );
    let head = last_line(&school.card.config);
    assert_eq!((head.action, head.reason.as_deref()), (Action::SealedTried, Some(Way::Policy.words())));
    assert!(matches!(head.actor, Actor::Person(_)), "{:?}", head.actor);

    // Whoever does not show who they are is whoever has the command line.
    std::fs::write(school.folder.path().join("password"), "guessed").unwrap();
    assert!(!school.publish(&open, "head").0);
    let nobody = last_line(&school.card.config);
    assert_eq!((nobody.action, nobody.actor), (Action::SealedTried, Actor::CommandLine));
    assert_eq!(said(&usher_on(&school.card.config, &["policy", "show"])), school.shown);
    said(&usher_on(&school.card.config, &["verify"]));
}
