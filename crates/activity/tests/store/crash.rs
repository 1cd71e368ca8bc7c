//! What breaks off, comes twice, or is damaged.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use usher_activity::question::{Activity as _, Question};
use usher_activity::store::{Store, StoreVerdict, verify};
use usher_types::ids::Id;
use usher_types::moment::{Moment, Zone};

use crate::contract::answers;
use crate::play::{Played, ending, monday};

fn later() -> Moment {
    monday().plus_minutes(1_440 * 30)
}

fn clean(store: &Path) -> bool {
    matches!(verify(store).unwrap(), StoreVerdict::Clean { .. })
}

/// Run in a process of its own by the test below, in the folder of the play.
#[test]
#[ignore = "the child of the test that kills it"]
fn compacts_until_it_is_killed() {
    if !Path::new("spool").exists() {
        return;
    }
    let mut store = Store::open(Path::new("activity"), Zone::london()).unwrap();
    store.compact(Path::new("spool"), later()).unwrap();
}

#[test]
fn a_store_killed_in_the_middle_loses_nothing_and_takes_nothing_twice() {
    let mut played = Played::new();
    played.play(0..6, 120);
    let all = Question::all(Id::new(1), monday().plus_minutes(-60), later());
    let mut killed = 0;
    for files in [1, 2, 4, 5, 6] {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "crash::compacts_until_it_is_killed", "--ignored"])
            .current_dir(played.folder.path())
            .spawn()
            .unwrap();
        // Killed as soon as so many files are begun, or when it was quicker than this.
        while child.try_wait().unwrap().is_none() {
            if played.store().exists() && ending(&played.store(), ".parquet").len() >= files {
                child.kill().unwrap();
                killed += 1;
                break;
            }
            std::thread::yield_now();
        }
        child.wait().unwrap();
        // Asked at once, before anybody tidies up.
        let mut found = played.files().find(&all, usize::MAX).unwrap();
        found.sort_by_key(|event| event.id);
        assert_eq!(found, played.events);
    }
    assert!(killed >= 2, "it was killed {killed} times");
    let mut store = played.open();
    store.compact(&played.spool(), later()).unwrap();
    answers(&played.files(), &played.events);
    assert!(clean(&played.store()));
    let listed = ending(&played.store(), ".parquet").len();
    assert_eq!(listed, 5, "one file for each closed day, and no strays");
}

#[test]
fn a_damaged_file_is_named_and_the_others_are_answered_from() {
    let mut played = Played::new();
    played.play(0..4, 100);
    let mut store = played.open();
    store.compact(&played.spool(), later()).unwrap();
    drop(store);
    let all = Question::all(Id::new(1), monday().plus_minutes(-60), later());
    let file = ending(&played.store(), ".parquet")[1].clone();
    let name = file.file_name().unwrap().to_str().unwrap().to_owned();
    let sound = fs::read(&file).unwrap();
    assert_eq!(played.files().find(&all, usize::MAX).unwrap().len(), 400);
    for at in (0..sound.len()).step_by(sound.len() / 40) {
        let mut altered = sound.clone();
        altered[at] ^= 0x55;
        fs::write(&file, &altered).unwrap();
        let found = played.files().find(&all, usize::MAX).unwrap();
        assert!(found.len() >= 300, "byte {at}: {} events", found.len());
        assert_eq!(verify(&played.store()).unwrap(), StoreVerdict::Altered { files: vec![name.clone()] });
    }
    fs::write(&file, &sound[..sound.len() / 2]).unwrap();
    assert_eq!(played.files().find(&all, usize::MAX).unwrap().len(), 300);
    fs::remove_file(&file).unwrap();
    assert_eq!(played.files().find(&all, usize::MAX).unwrap().len(), 300);
    assert_eq!(verify(&played.store()).unwrap(), StoreVerdict::Altered { files: vec![name] });
    fs::write(&file, &sound).unwrap();
    assert!(clean(&played.store()));
}

#[test]
fn a_segment_that_cannot_be_read_to_its_end_is_put_aside_and_keeps_no_other_from_going() {
    let mut played = Played::new();
    played.play(0..4, 100);
    let first = ending(&played.spool(), ".spool")[0].clone();
    let mut bytes = fs::read(&first).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 64].fill(0x55);
    fs::write(&first, &bytes).unwrap();
    let mut store = played.open();
    store.compact(&played.spool(), later()).unwrap();
    assert_eq!(store.release(&played.spool(), later()).unwrap(), 0, "it stands before the others");
    assert_eq!(store.put_aside(&played.spool(), monday()).unwrap(), 0, "it is too new");
    assert_eq!(store.put_aside(&played.spool(), later()).unwrap(), 1);
    assert_eq!(store.release(&played.spool(), later()).unwrap(), 2, "the last one is open");
    assert_eq!(fs::read(ending(&played.spool(), ".unread")[0].clone()).unwrap(), bytes, "it is kept");
    let all = Question::all(Id::new(1), monday().plus_minutes(-60), later());
    assert!(played.files().find(&all, usize::MAX).unwrap().len() > 300, "what could be read is in the files");
}

#[test]
fn a_damaged_list_is_named_and_the_spool_is_answered_from() {
    let mut played = Played::new();
    played.play(0..3, 100);
    played.open().compact(&played.spool(), later()).unwrap();
    let list = played.store().join("manifest.json");
    let sound = fs::read_to_string(&list).unwrap();
    fs::write(&list, &sound[..sound.len() / 2]).unwrap();
    answers(&played.files(), &played.events);
    let named = StoreVerdict::Altered { files: vec!["manifest.json".into()] };
    assert_eq!(verify(&played.store()).unwrap(), named);
    let rows = sound.replacen("\"rows\": 100", "\"rows\": 101", 1);
    assert_ne!(rows, sound);
    fs::write(&list, rows).unwrap();
    assert_eq!(verify(&played.store()).unwrap(), named);
}

#[test]
fn one_process_writes() {
    let played = Played::new();
    let _held = played.open();
    let refused = Store::open(&played.store(), Zone::london()).unwrap_err();
    assert!(refused.to_string().contains("another process"), "{refused}");
}

/// A small disk of its own, for as long as the test runs. Needs to be root.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mount = ["-t", "tmpfs", "-o", "size=1m", "tmpfs"];
        let mounted = Command::new("mount").args(mount).arg(folder.path()).status();
        assert!(mounted.unwrap().success(), "only root can mount a small disk");
        Self(folder)
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg(self.0.path()).status());
    }
}

#[test]
#[ignore = "mounts a small disk, so it needs root; script/test runs it"]
fn a_full_disk_takes_nothing_in_and_loses_nothing() {
    let mut played = Played::new();
    played.play(0..4, 150);
    let disk = SmallDisk::mount();
    let folder = disk.0.path().join("activity");
    let mut store = Store::open(&folder, Zone::london()).unwrap();
    let filler = disk.0.path().join("filler");
    let mut file = fs::File::create(&filler).unwrap();
    while file.write_all(&[0; 512]).is_ok() {}
    let room = 32 * 1024;
    file.set_len(file.metadata().unwrap().len() - room).unwrap();
    drop(file);
    store.compact(&played.spool(), later()).unwrap_err();
    let files = usher_activity::files::FilesActivity::new(folder.clone(), played.spool());
    answers(&files, &played.events);
    fs::remove_file(&filler).unwrap();
    assert_eq!(store.compact(&played.spool(), later()).unwrap().events, 450);
    answers(&files, &played.events);
    assert!(clean(&folder));
}
