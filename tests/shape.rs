//! The shape of the house: what the pure crates must not know, and how long a chapter may be.
//!
//! `cargo clippy` holds the pure crates to their `clippy.toml`; here is checked that these bans are
//! in place, and what a dependency could bring in behind their backs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::corpus::{files, repository};

/// The crates without I/O, clock, runtime or cloud.
const PURE: [&str; 8] = [
    "yaml-tree",
    "sigma",
    "detect",
    "pipeline",
    "integrity",
    "checkup",
    "response",
    "watch",
];

/// How dependencies begin that would bring the world in.
const WORLDLY: [&str; 10] = [
    "aws-",
    "lambda",
    "tokio",
    "async-std",
    "smol",
    "hyper",
    "reqwest",
    "ureq",
    "rusqlite",
    "redb",
];

/// What no source of a pure crate may name.
const BANNED: [&str; 10] = [
    "jiff::Timestamp::now",
    "jiff::Zoned::now",
    "std::time::SystemTime::now",
    "std::time::Instant::now",
    "std::env::var",
    "std::env::var_os",
    "std::fs::read",
    "std::fs::read_to_string",
    "std::fs::write",
    "std::fs::File::open",
];

/// Lines that a source may have; at this length ask which two ideas it holds.
const LONGEST: usize = 500;

/// Those that may be longer, and why.
const LONGER: [(&str, &str); 1] = [(
    "sigma/src/correlation.rs",
    "correlation documents: their shape and how they are read",
)];

#[test]
fn the_pure_crates_depend_on_nothing_worldly() {
    for name in PURE {
        let tree = Command::new(env!("CARGO"))
            .args([
                "tree",
                "--offline",
                "--edges",
                "normal",
                "--prefix",
                "none",
                "-p",
                name,
            ])
            .current_dir(repository())
            .output()
            .unwrap();
        let tree = String::from_utf8(tree.stdout).unwrap();
        assert!(tree.starts_with(name), "cargo tree says: {tree}");
        let worldly: Vec<_> = tree
            .lines()
            .filter(|line| WORLDLY.iter().any(|world| line.starts_with(world)))
            .collect();
        assert!(worldly.is_empty(), "{name} depends on {worldly:?}");
    }
}

#[test]
fn the_linter_keeps_clock_environment_and_files_out_of_the_pure_crates() {
    for name in PURE {
        let path = repository().join("crates").join(name).join("clippy.toml");
        let bans = fs::read_to_string(&path).unwrap();
        for banned in BANNED {
            assert!(
                bans.contains(&format!("{{ path = \"{banned}\", reason = ")),
                "{} does not ban {banned}",
                path.display()
            );
        }
    }
}

fn sources() -> impl Iterator<Item = PathBuf> {
    let crates = fs::read_dir(repository().join("crates")).unwrap();
    let sources = crates.map(|one| one.unwrap().path().join("src"));
    sources
        .flat_map(|folder| files(&folder))
        .filter(|path| path.extension().is_some_and(|end| end == "rs"))
}

#[test]
fn no_source_is_a_dumping_ground() {
    let excused = |path: &Path| LONGER.iter().any(|(name, _)| path.ends_with(name));
    let mut seen = 0;
    let too_long: Vec<_> = sources()
        .inspect(|_| seen += 1)
        .filter(|path| !excused(path))
        .map(|path| (fs::read_to_string(&path).unwrap().lines().count(), path))
        .filter(|(lines, _)| *lines > LONGEST)
        .collect();
    assert!(too_long.is_empty(), "{too_long:#?}");
    assert!(seen > 100, "{seen} sources");
}

#[test]
fn every_source_says_what_it_is_for() {
    let is_test = |path: &PathBuf| {
        path.iter()
            .any(|part| part == "tests" || part == "tests.rs")
    };
    for path in sources().filter(|path| !is_test(path)) {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("//!"), "{}", path.display());
    }
}
