//! Finds every `.ftl` file under `locales/en-GB/<reader>/` and embeds it, so that adding a file needs no code.
#![expect(
    clippy::disallowed_methods,
    reason = "cargo hands a build script its folder through the environment"
)]

use std::path::Path;
use std::{env, fs};

fn main() {
    // Read when it runs: a target folder may serve several checkouts, and a path compiled in is the first one's.
    let here = env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let root = Path::new(&here).join("../../locales/en-GB");
    println!("cargo:rerun-if-changed={}", root.display());
    let readers = [("KS1", "ks1"), ("KS2", "ks2"), ("ADULT", "adult")];
    let code: String = readers.iter().map(|(name, folder)| constant(name, &root.join(folder))).collect();
    let out = Path::new(&env::var("OUT_DIR").unwrap_or_default()).join("files.rs");
    if let Err(error) = fs::write(&out, code) {
        println!("cargo:warning=cannot write {}: {error}", out.display());
    }
}

/// One constant: the files of a folder, by name.
fn constant(name: &str, folder: &Path) -> String {
    println!("cargo:rerun-if-changed={}", folder.display());
    let mut files: Vec<_> =
        fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "ftl"));
    files.sort();
    if files.is_empty() {
        println!("cargo::error=there are no words in {}", folder.display());
    }
    let mut code = format!("pub(crate) const {name}: &[(&str, &str)] = &[\n");
    for file in files {
        let path = file.canonicalize().unwrap_or(file);
        println!("cargo:rerun-if-changed={}", path.display());
        let short = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        code.push_str(&format!("    ({short:?}, include_str!({:?})),\n", path.display().to_string()));
    }
    code.push_str("];\n");
    code
}
