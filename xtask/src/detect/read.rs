//! Sentences that were read before, beside the model: reading all texts takes minutes, training on them seconds.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use usher_detect::model::{Embedder, Sentence, WIDTH};
use usher_types::digest::Digest;

/// A digest in hexadecimal, and the numbers.
const RECORD_BYTES: usize = 64 + 4 * WIDTH;

/// Sentences by the digest of their text.
#[derive(Debug)]
pub(super) struct Read {
    path: PathBuf,
    sentences: BTreeMap<String, Sentence>,
}

impl Read {
    /// Those that were kept beside the model; none at first.
    pub(super) fn open(folder: &Path) -> Result<Self> {
        let path = folder.join("sentences.bin");
        let bytes = if path.exists() { fs::read(&path)? } else { Vec::new() };
        let mut sentences = BTreeMap::new();
        for record in bytes.chunks_exact(RECORD_BYTES) {
            let (digest, numbers) = record.split_at(64);
            let mut sentence = [0.0; WIDTH];
            for (number, bytes) in sentence.iter_mut().zip(numbers.chunks_exact(4)) {
                *number = f32::from_le_bytes(bytes.try_into()?);
            }
            sentences.insert(String::from_utf8(digest.to_vec())?, sentence);
        }
        Ok(Self { path, sentences })
    }

    /// The sentence of a text.
    pub(super) fn sentence(&mut self, embedder: &Embedder, text: &str) -> Result<Sentence> {
        let digest = Digest::of(text.as_bytes()).to_string();
        if let Some(known) = self.sentences.get(&digest) {
            return Ok(*known);
        }
        let sentence = embedder.read(text)?;
        self.sentences.insert(digest, sentence);
        Ok(sentence)
    }

    /// Keeps them for the next time.
    pub(super) fn keep(&self) -> Result<()> {
        let mut bytes = Vec::new();
        for (digest, sentence) in &self.sentences {
            bytes.extend_from_slice(digest.as_bytes());
            bytes.extend(sentence.iter().flat_map(|number| number.to_le_bytes()));
        }
        fs::write(&self.path, bytes).with_context(|| self.path.display().to_string())
    }
}
