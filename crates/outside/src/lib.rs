//! Where tests and measurements find files that are not their crate's own.
//!
//! Real logs and other people's rules are no part of this repository. They lie in the folder that the
//! environment variable `TRAILHOUND_SHARED` names, or in `shared/data` beside the repository. Without
//! it whatever needs them is skipped, and says so where the test runner does not swallow it.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The folder of this repository.
#[must_use]
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The folder `name` of what is not part of the repository; `None`, loudly, if it is not here.
#[must_use]
pub fn shared(name: &str) -> Option<PathBuf> {
    let named = std::env::var_os("TRAILHOUND_SHARED").map(PathBuf::from);
    let folder = named
        .unwrap_or_else(|| repository().join("../shared/data"))
        .join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    // Not `eprintln!`, which the test runner would swallow.
    let (mut loud, place) = (std::io::stderr(), folder.display());
    let _ = writeln!(
        loud,
        "SKIPPED: there is no {place}; TRAILHOUND_SHARED may name another place"
    );
    None
}

/// Every file below `folder`, sorted.
///
/// # Panics
/// If a folder cannot be read.
#[must_use]
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder that can be read") {
        let path = entry.expect("an entry that can be read").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Name and text of every rule file below `folder`, sorted.
///
/// # Panics
/// If one cannot be read.
#[must_use]
pub fn rule_files(folder: &Path) -> Vec<(String, String)> {
    let rules = files(folder)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|end| end == "yml"));
    let named = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a rule file that can be read");
        (path.display().to_string(), text)
    };
    rules.map(named).collect()
}
