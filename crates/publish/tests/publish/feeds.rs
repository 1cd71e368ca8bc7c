//! Lists that are kept fresh: what a keeper's site may do, and what is in use meanwhile.

use std::time::Duration;

use usher_events::event::{System, What};
use usher_lists::category::Category;
use usher_lists::format::Format;
use usher_lists::source::SourceId;
use usher_policy::verdict::Verdict;
use usher_publish::compile;
use usher_publish::feeds::fetch::{Fetcher, Limits};
use usher_publish::feeds::refresh::{self, Refreshed};
use usher_publish::feeds::{Age, Feed, State};
use usher_types::digest::Digest;
use usher_types::moment::Moment;

use super::server::{Does, Site, bare, ok};
use super::{AT, School};

/// Short, so that a site that stands still is given up within the test.
const LIMITS: Limits = Limits {
    connect: Duration::from_secs(20),
    still: Duration::from_millis(500),
    whole: Duration::from_secs(60),
    bytes: 64 * 1024,
    itself: true,
};

struct Kept {
    school: School,
    site: Site,
    fetcher: Fetcher,
    feed: Feed,
}

impl Kept {
    /// A school in whose lists `names` names are, fetched from a site.
    async fn of(names: usize) -> Self {
        let (school, site) = (School::new().await, Site::open().await);
        let fetcher = Fetcher::new(std::slice::from_ref(&site.root), LIMITS).unwrap();
        let feed = Feed {
            id: SourceId::parse("test-adult").unwrap(),
            title: "A list".into(),
            category: Category::parse("adult").unwrap(),
            licence: "CC0-1.0".into(),
            credit: "nobody".into(),
            url: site.url.clone(),
            format: None,
            digest: None,
            inside: true,
            every_hours: 6,
            since: AT,
            state: State::default(),
        };
        school.lists.feeds.put(&feed).unwrap();
        let mut kept = Self { school, site, fetcher, feed };
        kept.site
            .will([ok("ETag: \"one\"\r\nLast-Modified: Mon, 23 Nov 2026 09:00:00 GMT\r\n", list(names))]);
        assert!(matches!(kept.refresh().await, Refreshed::New(_)));
        kept.school.begin().await;
        kept.school.publisher.publish(AT).await.unwrap();
        kept.watch(AT.plus_minutes(60)).await;
        kept.feed = kept.kept();
        kept
    }

    async fn refresh(&mut self) -> Refreshed {
        refresh::one(&self.school.lists, &self.fetcher, &mut self.feed, AT.plus_minutes(60)).await.unwrap()
    }

    /// Compiles, publishes, and says what becomes of one name.
    async fn verdict(&self, number: usize) -> Verdict {
        self.school.compile().await;
        self.school.publisher.publish(AT).await.unwrap();
        self.school.verdict(&format!("https://name{number}.example/"))
    }

    /// The subscription as it is kept.
    fn kept(&self) -> Feed {
        self.school.lists.feeds.one(&self.feed.id).unwrap().unwrap()
    }

    /// Looks at the ages of lists; gives those that are too old.
    async fn watch(&self, at: Moment) -> Vec<Age> {
        let (lists, sink, school) = (&self.school.lists, &self.school.sink, self.school.books.school());
        let old = refresh::watch(lists, &[], sink, school, at).await.unwrap();
        old.into_iter().map(|(_, age)| age).collect()
    }

    /// Subscribes to the list at another address.
    fn subscribe(&mut self, url: &str) {
        self.feed.url = url.into();
        self.school.lists.feeds.put(&self.feed).unwrap();
    }

    async fn fails_with(&mut self, says: &[&str]) -> String {
        let Refreshed::Failed(why) = self.refresh().await else { panic!("it came through") };
        assert!(says.iter().all(|says| why.contains(says)), "{why}");
        why
    }

    /// What went wrong; the list as it was is in use.
    async fn fails(&mut self, does: Does) -> String {
        self.site.will([does]);
        let Refreshed::Failed(why) = self.refresh().await else { panic!("it came through") };
        assert_eq!(self.feed.state.good_at, Some(AT.plus_minutes(60)), "a failure is no sign of its keeper");
        assert_eq!(
            self.school.lists.feeds.one(&self.feed.id).unwrap().unwrap().state.fault,
            Some(why.clone())
        );
        assert_eq!(self.verdict(7).await, Verdict::Block, "the list before stays in use");
        why
    }
}

fn list(names: usize) -> String {
    (0..names).map(|number| format!("name{number}.example\n")).collect()
}

#[tokio::test]
async fn what_has_not_changed_is_not_fetched_and_what_has_is_taken() {
    let mut kept = Kept::of(10).await;
    assert_eq!(kept.verdict(9).await, Verdict::Block);
    kept.site.will([bare("304 Not Modified", "")]);
    assert_eq!(kept.refresh().await, Refreshed::Same);
    let asked = kept.site.last();
    assert!(asked.contains("if-none-match: \"one\"\r\n"), "{asked}");
    assert!(asked.contains("if-modified-since: mon, 23 nov 2026 09:00:00 gmt\r\n"), "{asked}");
    kept.site.will([ok("", list(10))]);
    assert_eq!(kept.refresh().await, Refreshed::Same, "the same bytes under no mark");
    kept.site.will([ok("ETag: \"two\"\r\n", list(12))]);
    assert!(matches!(kept.refresh().await, Refreshed::New(info) if info.counts.entries.total() == 12));
    assert_eq!(kept.verdict(11).await, Verdict::Block);
    assert_eq!(kept.feed.state.etag.as_deref(), Some("\"two\""));
    // A list that somebody took out is asked for whole.
    kept.school.lists.sources.remove(&kept.feed.id).unwrap();
    kept.site.will([ok("", list(12))]);
    assert!(matches!(kept.refresh().await, Refreshed::New(_)));
    assert!(!kept.site.last().contains("if-none-match"));
}

#[tokio::test]
async fn a_site_that_fails_leaves_the_list_as_it_was() {
    let mut kept = Kept::of(10).await;
    assert_eq!(kept.fails(bare("500 Sorry", "")).await, "it answered 500 Internal Server Error");
    let cut = b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\nname1.example\n".to_vec();
    let why = kept.fails(Does::Says(cut.clone())).await;
    assert!(why.starts_with("it broke off"), "{why}");
    assert_eq!(kept.fails(Does::Stalls(cut)).await, "it took longer than 0 s without a byte");
    assert_eq!(kept.fails(Does::Stalls(Vec::new())).await, "it took longer than 0 s to answer");
    assert!(kept.fails(Does::Says(b"220 mail ready\r\n".to_vec())).await.starts_with("it broke off"));
    assert_eq!(kept.fails(ok("", list(10_000))).await, "it is longer than 65536 bytes");
    let endless = [b"HTTP/1.1 200 OK\r\n\r\n".as_slice(), list(10_000).as_bytes()].concat();
    assert_eq!(
        kept.fails(Does::Says(endless)).await,
        "it is longer than 65536 bytes",
        "also without a length"
    );
    let coded = kept.fails(ok("Content-Encoding: gzip\r\n", "x")).await;
    assert_eq!(coded, "it comes as gzip, which was not asked for");
    // Then it is well again.
    kept.site.will([bare("304 Not Modified", "")]);
    assert_eq!(kept.refresh().await, Refreshed::Same);
    assert_eq!(kept.feed.state.fault, None);
}

#[tokio::test]
async fn what_is_no_list_is_not_taken() {
    let mut kept = Kept::of(10).await;
    let page = "<html><body>This list has moved, please visit us</body></html>\n";
    assert!(kept.fails(ok("", page)).await.contains("no list format"));
    assert!(kept.fails(ok("", "")).await.contains("no list format"));
    // What it is written in is not found out by looking, so all of it is read.
    kept.feed.format = Some(Format::Domains);
    let mostly = list(5) + &"?? not a name at all ??\n".repeat(50);
    let why = kept.fails(ok("", mostly)).await;
    assert!(why.contains("50 of its lines cannot be read, beside 5 entries"), "{why}");
    kept.feed.digest = Some(Digest::of(b"another"));
    assert!(kept.fails(ok("", list(11))).await.contains("and must be"));
}

#[tokio::test]
async fn peers_case_9_a_list_cut_short_or_a_hundred_times_longer_waits_for_a_person() {
    let mut kept = Kept::of(20).await;
    for names in [3, 2_000] {
        kept.site.will([ok("", list(names))]);
        assert!(matches!(kept.refresh().await, Refreshed::New(_)));
        assert_eq!(kept.verdict(19).await, Verdict::Block, "{names}");
        assert_ne!(kept.verdict(1_999).await, Verdict::Block, "{names}");
        let said = compile::compiled(&kept.school.books).await.unwrap();
        assert_eq!(said.held_sources.len(), 1, "{names}");
    }
    kept.school.lists.sources.use_new(&kept.feed.id).unwrap();
    assert_eq!(kept.verdict(1_999).await, Verdict::Block, "somebody believed it");
}

#[tokio::test]
async fn lines_of_every_ending_and_remark_are_read_and_repeated_ones_counted() {
    let mut kept = Kept::of(4).await;
    let odd = "\u{feff}# a remark\r\n; another\r\n! a third\r\n\r\nname0.example\r\nname1.example   # why\r\n\
               NAME1.example.\r\nname2.example\r\nname3.example\nname4.example";
    kept.site.will([ok("", odd)]);
    let Refreshed::New(info) = kept.refresh().await else { panic!("it was not taken") };
    assert_eq!((info.counts.entries.total(), info.counts.duplicates), (5, 1), "{:?}", info.counts);
    assert_eq!(kept.verdict(4).await, Verdict::Block);
}

#[tokio::test]
async fn nothing_is_fetched_from_inside_or_over_what_anybody_can_change() {
    let mut kept = Kept::of(10).await;
    let asked = kept.site.asked();
    kept.feed.inside = false;
    assert!(kept.fails(bare("304 Not Modified", "")).await.contains("is inside the school"));
    assert_eq!(kept.site.asked(), asked, "nobody was even asked");
    kept.feed.inside = true;
    kept.site.will([bare("304 Not Modified", "")]);
    kept.refresh().await;
    let url = kept.feed.url.clone();
    kept.subscribe("http://127.0.0.1:9/list");
    assert!(kept.fails(bare("304 Not Modified", "")).await.contains("not fetched over http"));
    kept.subscribe(&url);
    kept.site.will([bare("302 Found", "Location: http://lists.example/\r\n")]);
    let Refreshed::Failed(why) = kept.refresh().await else { panic!("it followed") };
    assert!(why.contains("leads to http://lists.example/"), "{why}");
    kept.site.will((0..5).map(|_| bare("302 Found", "Location: /list\r\n")));
    let Refreshed::Failed(why) = kept.refresh().await else { panic!("it went round") };
    assert!(why.contains("leads to https://127.0.0.1"), "{why}");
}

#[tokio::test]
async fn an_old_list_is_told_after_a_day_and_a_sealed_one_again_after_two() {
    let kept = Kept::of(10).await;
    let (lists, sink, school) = (&kept.school.lists, &kept.school.sink, kept.school.books.school());
    let begun = kept.feed.good_at();
    let adult = [Category::parse("adult").unwrap()];
    let told = || {
        let events = sink.events().into_iter();
        events
            .filter_map(|event| match event.what {
                What::System(System::ListOld { sealed, red, good_at, .. }) if good_at == begun => {
                    Some((sealed, red))
                }
                _ => None,
            })
            .collect::<Vec<_>>()
    };
    for (hours, old, expected) in [
        (23, None, vec![]),
        (24, Some(Age::Old), vec![(true, false)]),
        (30, Some(Age::Old), vec![(true, false)]),
        (48, Some(Age::Red), vec![(true, false), (true, true)]),
        (72, Some(Age::Red), vec![(true, false), (true, true)]),
    ] {
        let at = begun.plus_minutes(hours * 60);
        let found = refresh::watch(lists, &adult, sink, school, at).await.unwrap();
        assert_eq!(found.first().map(|(_, age)| *age), old, "{hours} h");
        assert_eq!(told(), expected, "{hours} h");
    }
}

/// What came while a later list failed, compiling failed or the server stopped is answered with 304 for ever after.
#[tokio::test]
async fn a_list_that_came_and_was_not_compiled_waits_and_is_not_fresh_until_it_is() {
    let mut kept = Kept::of(10).await;
    let feeds = [kept.feed.clone()];
    let lists = std::sync::Arc::clone(&kept.school.lists);
    let books = kept.school.books.clone();
    let waits = async || compile::waits(&lists, &books, &feeds).await.unwrap();
    assert!(!waits().await);
    let good_at = kept.feed.good_at();
    kept.site.will([ok("ETag: \"two\"\r\n", list(12))]);
    let later = AT.plus_minutes(600);
    let refreshed = refresh::one(&lists, &kept.fetcher, &mut kept.feed, later).await.unwrap();
    assert!(matches!(refreshed, Refreshed::New(_)));
    kept.site.will([bare("304 Not Modified", "")]);
    assert_eq!(refresh::one(&lists, &kept.fetcher, &mut kept.feed, later).await.unwrap(), Refreshed::Same);
    assert!(waits().await, "nobody compiled it");
    assert_eq!(kept.feed.good_at(), good_at, "and what is in force is no fresher");
    kept.school.compile().await;
    assert!(!waits().await);
    kept.watch(later).await;
    assert_eq!(kept.kept().good_at(), later, "now it is");
}

#[tokio::test]
async fn a_list_that_is_held_waits_for_a_person_and_grows_old() {
    let mut kept = Kept::of(20).await;
    let feeds = [kept.feed.clone()];
    let lists = std::sync::Arc::clone(&kept.school.lists);
    let books = kept.school.books.clone();
    let waits = async || compile::waits(&lists, &books, &feeds).await.unwrap();
    let good_at = kept.feed.good_at();
    for names in [3, 2] {
        kept.site.will([ok("", list(names))]);
        let at = AT.plus_minutes(600);
        let refreshed = refresh::one(&lists, &kept.fetcher, &mut kept.feed, at).await.unwrap();
        assert!(matches!(refreshed, Refreshed::New(_)));
        assert!(waits().await, "another came, with {names} names");
        kept.school.compile().await;
        assert!(!waits().await, "it is held: compiling it again changes nothing");
        kept.watch(at).await;
        assert_eq!(kept.kept().good_at(), good_at, "what is in force is as old as it was");
    }
    lists.sources.use_new(&kept.feed.id).unwrap();
    kept.watch(AT.plus_minutes(660)).await;
    assert_eq!(kept.kept().good_at(), AT.plus_minutes(600));
}

#[tokio::test]
async fn a_list_that_was_unsubscribed_meanwhile_stays_away() {
    let mut kept = Kept::of(10).await;
    let (feeds, id) = (kept.school.lists.feeds.clone(), kept.feed.id.clone());
    feeds.remove(&id).unwrap();
    kept.site.will([ok("", list(12))]);
    assert!(matches!(kept.refresh().await, Refreshed::Failed(why) if why.contains("not subscribed to")));
    assert_eq!(feeds.one(&id).unwrap(), None);
    let used = compile::listed(&kept.school.lists.sources).unwrap();
    assert_eq!(used[0].new, None, "nor is the list another");
    // Subscribed to anew elsewhere, it has its own state.
    let elsewhere = Feed { url: "https://elsewhere.example/list".into(), ..kept.feed.clone() };
    feeds.put(&elsewhere).unwrap();
    kept.site.will([bare("500 Sorry", "")]);
    kept.refresh().await;
    assert_eq!(feeds.one(&id).unwrap(), Some(elsewhere));
}

#[tokio::test]
async fn a_file_that_cannot_be_read_stops_no_other_list() {
    let mut kept = Kept::of(10).await;
    let folder = kept.school.folder.path().join("lists/feeds");
    std::fs::write(folder.join("another.json"), "{").unwrap();
    std::fs::write(folder.join("test-adult.77.part"), "half").unwrap();
    kept.school.lists.feeds.sweep().unwrap();
    assert!(!folder.join("test-adult.77.part").exists(), "what a broken-off fetch left");
    kept.site.will([ok("ETag: \"two\"\r\n", list(12))]);
    let at = AT.plus_minutes(600);
    let (feeds, faults) = refresh::due(&kept.school.lists, &kept.fetcher, at).await;
    assert_eq!(feeds[0].state.etag.as_deref(), Some("\"two\""));
    assert!(faults.len() == 1 && faults[0].contains("another.json"), "{faults:?}");
    kept.feed = kept.kept();
    let old = kept.watch(kept.feed.good_at().plus_minutes(25 * 60)).await;
    assert_eq!(old, [Age::Old], "and how old the others are is told");
}

#[tokio::test]
async fn a_list_inside_leads_nowhere_else_inside_and_nothing_is_fetched_from_the_server_itself() {
    let mut kept = Kept::of(10).await;
    let other = Site::open().await;
    kept.site.will([bare("302 Found", &format!("Location: {}\r\n", other.url))]);
    let why = kept.fails_with(&["127.0.0.1 is inside the school"]).await;
    assert_eq!(other.asked(), 0, "{why}");
    // Another path of its own site is where the list is.
    kept.site.will([bare("302 Found", "Location: /elsewhere\r\n"), ok("", list(10))]);
    assert_eq!(kept.refresh().await, Refreshed::Same);
    kept.site.will([bare("304 Not Modified", "")]);
    kept.feed.state.etag = None;
    kept.feed.state.last_modified = None;
    kept.fails_with(&["was not asked whether it has"]).await;
    // As a server runs.
    let limits = Limits { itself: false, ..LIMITS };
    kept.fetcher = Fetcher::new(std::slice::from_ref(&kept.site.root), limits).unwrap();
    let asked = kept.site.asked();
    for host in ["127.0.0.1", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254", "[fe80::1]"] {
        kept.subscribe(&format!("https://{host}:9/list"));
        kept.fails_with(&["this server's own address"]).await;
    }
    assert_eq!(kept.site.asked(), asked, "nobody was even asked");
}

/// While the command line writes in the folder, whoever else runs on the same thread goes on.
#[tokio::test]
async fn a_folder_that_somebody_holds_holds_up_nobody_but_the_list() {
    let mut kept = Kept::of(10).await;
    for does in [ok("ETag: \"two\"\r\n", list(12)), bare("500 Sorry", "")] {
        kept.site.will([does]);
        let lock = std::fs::File::create(kept.school.folder.path().join("lists/sources.lock")).unwrap();
        lock.lock().unwrap();
        let (free, freed) = std::sync::mpsc::channel();
        let holder = std::thread::spawn(move || {
            // A thread that waits for the lock never says so.
            let said = freed.recv_timeout(Duration::from_secs(5)).is_ok();
            lock.unlock().unwrap();
            said
        });
        let waiting = tokio::time::timeout(Duration::from_millis(300), kept.refresh()).await;
        let _in_time = free.send(());
        assert!(holder.join().unwrap(), "the thread stood still");
        assert!(waiting.is_err(), "{waiting:?}");
    }
}
