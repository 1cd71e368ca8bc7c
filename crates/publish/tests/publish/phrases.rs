//! Phrase lists of others: from a folder to the pages they refuse, and out again.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use usher_lists::category::Catalogue;
use usher_lists::source::SourceId;
use usher_policy::decide::decide_web;
use usher_publish::phrases::import::{self, PhraseFault};
use usher_publish::phrases::{PhraseSource, book};
use usher_publish::publisher::PublishFault;
use usher_records::change::Actor;
use usher_records::in_force::{self, InForce};
use usher_scan::page::{PageScan, TextKind};
use usher_scan::phrase::book::PhraseBook;
use usher_scan::phrase::mapping::{E2GUARDIAN, Mapping};
use usher_types::digest::Digest;

use super::{AT, School, someone};

/// A small collection in e2guardian's form, with what real ones have: byte-order mark, CRLF, remarks, lines of no form,
/// another charset, a subject nobody knows.
fn collection(folder: &Path) {
    let write = |name: &str, content: &[u8]| {
        let file = folder.join("phraselists").join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, content).unwrap();
    };
    write(
        "gambling/weighted",
        b"\xef\xbb\xbf#listcategory: \"Gambling (Invented)\"\r\n# a remark\r\n<zanzibar whirligig><200>\r\n\
          <zanzibar whirligig><150>\r\n<lucky>,<wheel><20>\r\nno phrase\r\n<open<5>\r\n<without weight>\r\n\
          #time: 9 0 17 0 01234\r\n.Include</etc/e2guardian/lists/x>\r\n<a><5>\r\n",
    );
    write("goodphrases/exception", b"<times table>\n");
    write("goodphrases/weighted", b"<times table><-40>\n");
    write("sport/weighted", b"#listcategory: \"Sport\"\n<goal keeper><10>\n");
    write("quilting/weighted", b"<patchwork><10>\n<bobbin><10>\n");
    write("pornography/weighted_japanese", b"#listcategory: \"Pornography\"\n<kitsune><10>\n");
    write("chat/weighted_old", &[b"#listcategory: \"Chat\"\n<caf".as_slice(), b"\xe9 chat><10>\n"].concat());
    // What stands beside the folder is no phrase list.
    std::fs::write(folder.join("bannedsitelist"), "games.example\n").unwrap();
}

fn imported(folder: &Path) -> PhraseSource {
    let mapping = Mapping::parse(E2GUARDIAN).unwrap();
    import::folder(folder, &mapping, &Catalogue::ours().unwrap().table(), AT).unwrap()
}

/// What a page scores under a subject.
fn score(book: &Arc<PhraseBook>, subject: &str, page: &str) -> i32 {
    let mut scan = PageScan::new(Arc::clone(book), TextKind::Plain, &[], Some("utf-8"));
    scan.push(page.as_bytes()).unwrap();
    let found = scan.finish().categories.into_iter().find(|category| category.category == subject);
    found.map_or(0, |category| category.score)
}

#[test]
fn a_folder_is_counted_to_the_last_line_and_an_unknown_subject_is_named() {
    let folder = tempfile::tempdir().unwrap();
    collection(folder.path());
    let PhraseSource { info, lists } = imported(folder.path());
    let counts = info.counts;
    let of = |table: &std::collections::BTreeMap<String, usize>| {
        table.iter().map(|(name, count)| format!("{name}: {count}")).collect::<Vec<_>>()
    };
    assert_eq!((counts.files, counts.phrases, counts.repeated, counts.unusable), (6, 6, 1, 1));
    assert_eq!(of(&counts.subjects), ["chat-and-messaging: 1", "context: 1", "gambling: 4"]);
    assert_eq!(of(&counts.unknown), ["quilting: 2"]);
    assert_eq!(of(&counts.files_left_out), ["its own keepers leave it out: it refuses too much: 1"]);
    assert_eq!(
        of(&counts.left_out),
        ["a subject that no class is kept from by its words: 1", "it would let a whole page through: 1"]
    );
    assert_eq!(of(&counts.bad_lines), ["a bracket is not closed: 1", "no weight: 1", "not a phrase: 1"]);
    assert_eq!((counts.time_limits, counts.includes), (1, 1));
    assert_eq!(counts.charsets.values().sum::<usize>(), 1);
    assert_eq!((info.licence.as_str(), info.imported_at), ("GPL-2.0-or-later", AT));
    let sources: Vec<_> = lists.iter().map(|list| list.source.as_str()).collect();
    assert_eq!(
        sources,
        ["e2guardian/chat/weighted_old", "e2guardian/gambling/weighted", "e2guardian/goodphrases/weighted"]
    );
}

#[test]
fn a_wrong_folder_and_a_wrong_mapping_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    collection(folder.path());
    let table = Catalogue::ours().unwrap().table();
    let read = |path: &Path, text: &str| import::folder(path, &Mapping::parse(text).unwrap(), &table, AT);
    let head = "id = \"x\"\ntitle = \"X\"\nlicence = \"MIT\"\ncredit = \"x\"\norigin = \"x\"\n[place]\n";
    let nothing = read(folder.path(), head).unwrap_err().to_string();
    assert!(
        nothing.contains("none of 7 files") && nothing.contains("the mapping does not know"),
        "{nothing}"
    );
    let wrong = read(folder.path(), &format!("{head}chat = \"chatter\"\n")).unwrap_err();
    assert_eq!(wrong.to_string(), "the mapping sends `chat` to `chatter`, which is no category");
    assert!(matches!(read(Path::new("/nowhere/lists"), E2GUARDIAN), Err(PhraseFault::Disk { .. })));
}

#[tokio::test]
async fn imported_phrases_are_taken_into_use_named_by_the_generation_and_taken_back() {
    let school = School::new().await;
    school.import("test-games", "adult", "games.example\n");
    school.begin().await;
    let before = school.publisher.publish(AT).await.unwrap();
    let (page, facts) = ("The Zanzibar whirligig is here", someone("https://games.example/"));
    let decision = decide_web(&school.snapshot.load_full().unwrap(), &facts, AT);
    let held = school.phrases.load_full();
    assert_eq!(score(&held, "gambling", page), 0);

    let folder = tempfile::tempdir().unwrap();
    collection(folder.path());
    school.lists.phrases.put(&imported(folder.path())).unwrap();
    assert_eq!(
        school.publisher.publish(AT).await.unwrap(),
        before,
        "nothing is in force before it is compiled"
    );
    assert!(school.compile().await);
    let after = school.publisher.publish(AT).await.unwrap();
    assert_ne!(after, before);
    assert_eq!(score(&school.phrases.load_full(), "gambling", page), 200, "the greater weight counts");
    assert_eq!(
        score(&held, "gambling", page),
        0,
        "whoever reads a page goes on with the book they began with"
    );
    // The earlier generation, which had no imported phrases, is made again as it was.
    let remade = school.generations.remake(before).await.unwrap();
    assert_eq!(decide_web(&remade, &facts, AT), decision);
    assert_eq!(remade.generation.phrases, None);
    let remade = school.generations.remake(after).await.unwrap();
    let (named, used) = (remade.generation.phrases, school.phrases.load_full().digest());
    assert_eq!(book(&school.books, named).await.unwrap().digest(), used, "the generation names the phrases");
    assert!(!school.compile().await, "compiled again, nothing is new");

    let id = SourceId::parse("e2guardian").unwrap();
    school.lists.phrases.remove(&id).unwrap();
    assert!(school.compile().await);
    assert_eq!(school.publisher.publish(AT).await.unwrap(), before, "as if it had never been there");
    assert_eq!(score(&school.phrases.load_full(), "gambling", page), 0);
    school.lists.phrases.undo(&id).unwrap();
    assert!(school.compile().await);
    assert_eq!(school.publisher.publish(AT).await.unwrap(), after);
    assert_eq!(score(&school.phrases.load_full(), "gambling", page), 200);
}

#[tokio::test]
async fn an_import_can_be_taken_back_to_the_one_before() {
    let school = School::new().await;
    let folder = tempfile::tempdir().unwrap();
    collection(folder.path());
    let (first, phrases) = (imported(folder.path()), &school.lists.phrases);
    phrases.put(&first).unwrap();
    std::fs::write(folder.path().join("phraselists/chat/more"), "#listcategory: \"Chat\"\n<pen pal><5>\n")
        .unwrap();
    let second = imported(folder.path());
    assert_ne!(first.info.digest, second.info.digest);
    phrases.put(&second).unwrap();
    assert_eq!(phrases.all().unwrap(), std::slice::from_ref(&second));
    phrases.undo(&first.info.id).unwrap();
    assert_eq!(phrases.all().unwrap(), std::slice::from_ref(&first));
    phrases.undo(&first.info.id).unwrap();
    assert_eq!(phrases.all().unwrap(), [second]);
    let other = SourceId::parse("other").unwrap();
    let none = phrases.undo(&other).unwrap_err().to_string();
    assert_eq!(none, "there is no list `other` of phrases to go back to");
    let none = phrases.remove(&other).unwrap_err().to_string();
    assert_eq!(none, "there is no list `other` of phrases");
}

/// Whoever compiles meanwhile compiles with the one or the other.
#[tokio::test]
async fn taking_an_import_back_leaves_no_moment_without_phrases() {
    let school = School::new().await;
    let folder = tempfile::tempdir().unwrap();
    collection(folder.path());
    let first = imported(folder.path());
    let second = PhraseSource { lists: first.lists[..1].to_vec(), ..first.clone() };
    for source in [&first, &second] {
        school.lists.phrases.put(source).unwrap();
    }
    let done = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let (reader, read) = (school.lists.phrases.clone(), Arc::clone(&done));
    let looking = std::thread::spawn(move || {
        let mut looks = 0;
        while !read.load(std::sync::atomic::Ordering::Acquire) {
            assert_eq!(reader.all().unwrap().len(), 1, "after {looks} looks");
            looks += 1;
        }
        looks
    });
    for _ in 0..2_000 {
        school.lists.phrases.undo(&first.info.id).unwrap();
    }
    done.store(true, std::sync::atomic::Ordering::Release);
    assert!(looking.join().unwrap() > 0);
    assert_eq!(school.lists.phrases.all().unwrap(), [second], "as often there as back");
}

#[tokio::test]
async fn an_import_that_cannot_be_kept_leaves_what_was_there() {
    let school = School::new().await;
    let folder = tempfile::tempdir().unwrap();
    collection(folder.path());
    let (first, phrases) = (imported(folder.path()), &school.lists.phrases);
    phrases.put(&first).unwrap();
    // The new one cannot be written, whoever asks.
    let there = school.folder.path().join("lists/phrases/e2guardian");
    std::fs::create_dir(there.join("next.part")).unwrap();
    let second = PhraseSource { lists: Vec::new(), ..first.clone() };
    assert!(phrases.put(&second).is_err());
    assert_eq!(phrases.all().unwrap(), std::slice::from_ref(&first), "it is still in use");
    std::fs::remove_dir(there.join("next.part")).unwrap();
    phrases.put(&second).unwrap();
    assert_eq!(phrases.all().unwrap(), std::slice::from_ref(&second));
    phrases.undo(&first.info.id).unwrap();
    assert_eq!(phrases.all().unwrap(), [first]);
}

#[tokio::test]
async fn phrases_that_are_lost_leave_the_book_and_the_snapshot_in_use() {
    let school = School::new().await;
    school.import("test-games", "adult", "games.example\n");
    school.begin().await;
    let before = school.publisher.publish(AT).await.unwrap();
    let used = school.phrases.load_full().digest();
    let stored = school.books.get::<InForce, _>(school.books.school()).await.unwrap().unwrap();
    let (lists, compiled) = (stored.value.lists, stored.value.compiled);
    let lost = in_force::compiled(&stored, lists, compiled, Some(Digest::of(b"lost"))).unwrap();
    school.books.commit(&lost, &Actor::CommandLine, AT).await.unwrap();
    assert!(matches!(school.publisher.publish(AT).await, Err(PublishFault::Phrases(_))));
    assert_eq!(school.snapshot.load_full().unwrap().digest(), before);
    assert_eq!(school.phrases.load_full().digest(), used);
}

/// The lists that Debian ships, as its package has them.
#[test]
#[ignore = "downloads Debian's e2guardian package: script/test runs it where packages can be had"]
fn debians_collection_is_read_whole() {
    let folder = tempfile::tempdir().unwrap();
    if let Err(why) = fetch(folder.path()) {
        println!("SKIPPED: Debian's e2guardian package cannot be fetched: {why}");
        return;
    }
    let source = imported(&folder.path().join("package/etc/e2guardian/lists"));
    let counts = &source.info.counts;
    let files = counts.files + counts.files_left_out.values().sum::<usize>();
    println!("{files} files; {counts:#?}");
    assert_eq!(files, 136);
    assert_eq!(
        counts.unknown,
        std::collections::BTreeMap::default(),
        "every subject of theirs has its place"
    );
    assert!(counts.phrases > 12_000, "{}", counts.phrases);
    let bad: usize = counts.bad_lines.values().sum();
    assert!(bad * 100 < counts.phrases, "{bad} bad lines");
}

fn fetch(folder: &Path) -> Result<(), String> {
    let run = |program: &str, arguments: &[&str]| {
        let told = Command::new(program).args(arguments).current_dir(folder).output();
        let told = told.map_err(|error| format!("{program}: {error}"))?;
        told.status.success().then_some(()).ok_or_else(|| String::from_utf8_lossy(&told.stderr).into_owned())
    };
    let brief = ["-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=10"];
    run("apt-get", &[&brief[..], &["download", "e2guardian"]].concat())?;
    let package = std::fs::read_dir(folder).map_err(|error| error.to_string())?.flatten().next();
    let package = package.ok_or("nothing came")?.path();
    run("dpkg", &["-x", &package.to_string_lossy(), "package"])
}
