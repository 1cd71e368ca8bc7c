//! A running `usher`, started and stopped by a test.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use serde::Deserialize;

/// Nothing a test waits for takes longer, on the slowest machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(420);
/// How often a test looks whether what it waits for is there.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// What the demonstration's card says, as far as tests use it.
#[derive(Debug, Deserialize)]
pub(crate) struct Card {
    pub(crate) desk: String,
    pub(crate) gateway: String,
    pub(crate) certificate: PathBuf,
    pub(crate) config: PathBuf,
    pub(crate) time: String,
}

/// A program that ends with its test.
pub(crate) struct Running {
    child: Child,
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Runs a command to its end.
pub(crate) fn usher(arguments: &[&OsStr]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_usher")).args(arguments).stdin(Stdio::null()).output().unwrap()
}

/// Runs a command on the demonstration in `card`.
pub(crate) fn usher_on(config: &Path, arguments: &[&str]) -> Output {
    let mut all = vec![OsStr::new("--config"), config.as_os_str()];
    all.extend(arguments.iter().map(OsStr::new));
    usher(&all)
}

/// What a command that must succeed said.
pub(crate) fn said(output: &Output) -> String {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{}\n{out}\n{err}", output.status);
    out.into_owned()
}

impl Running {
    /// Starts the demonstration in a folder, on ports of its own.
    pub(crate) fn demo(folder: &Path, more: &[&str]) -> Self {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(folder.join("log")).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_usher"))
            .arg("demo")
            .args([OsStr::new("--data"), folder.join("data").as_os_str()])
            .args([OsStr::new("--card"), folder.join("card.json").as_os_str()])
            .args(["--gateway", "127.0.0.1:0", "--portal", "127.0.0.1:0", "--desk", "127.0.0.1:0"])
            .args(more)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        Self { child }
    }

    /// Waits until it listens.
    pub(crate) fn card(&mut self, folder: &Path) -> Card {
        let file = folder.join("card.json");
        self.until("its card", folder, || std::fs::read(&file).ok());
        let card = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        std::fs::remove_file(&file).unwrap();
        card
    }

    /// Waits for something.
    pub(crate) fn until<T>(&mut self, what: &str, folder: &Path, mut there: impl FnMut() -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = there() {
                return found;
            }
            let log = || std::fs::read_to_string(folder.join("log")).unwrap_or_default();
            assert!(Instant::now() < deadline, "{what} did not come\n{}", log());
            if let Some(ended) = self.child.try_wait().unwrap() {
                panic!("it ended with {ended} before {what} came\n{}", log());
            }
            std::thread::sleep(LOOK_AGAIN);
        }
    }

    /// Kills it without a word, as a power cut would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop, as a service manager does, and waits.
    pub(crate) fn stop(mut self) -> ExitStatus {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        self.wait()
    }

    /// Waits until it ends by itself.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(ended) = self.child.try_wait().unwrap() {
                return ended;
            }
            assert!(Instant::now() < deadline, "it did not end");
            std::thread::sleep(LOOK_AGAIN);
        }
    }
}
