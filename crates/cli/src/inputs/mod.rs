//! From paths as typed to the files to read: folders walked, patterns expanded, strangers told
//! apart, each file once, in the order of their paths.

pub mod kind;
mod source;

use std::collections::{BTreeMap, HashSet};
use std::fs::{self, FileType, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use walkdir::WalkDir;

pub use self::kind::Stranger;
pub use self::source::{Meter, Metered, Source};
use crate::complaint::Complaint;

/// The clocks of CloudTrail and of the services it records need not agree to the second.
const CLOCK_SLACK: SignedDuration = SignedDuration::from_hours(1);

/// All that is to be read, and what came up while it was looked for.
#[derive(Debug, Default)]
pub struct Inputs {
    /// What to read, by path; standard input first.
    pub sources: Vec<Source>,
    /// Size of all files in bytes, as stored; standard input counts as nothing.
    pub bytes: u64,
    /// Files passed over, by reason.
    pub skipped: BTreeMap<Stranger, u64>,
    /// What could not be found or listed.
    pub complaints: Vec<Complaint>,
}

impl Inputs {
    /// Looks up `paths`: files, folders, patterns, `-`.
    ///
    /// A file named by itself is read whatever it is called; in folders, and behind patterns, only
    /// what is called like a log file, and not delivered before `since`.
    #[must_use]
    pub fn find(paths: &[PathBuf], since: Option<Timestamp>) -> Self {
        let mut search = Search {
            since,
            ..Search::default()
        };
        for path in paths {
            search.argument(path);
        }
        let mut found = search.found;
        found.sources.sort();
        found
    }
}

#[derive(Default)]
struct Search {
    found: Inputs,
    seen: HashSet<FileId>,
    since: Option<Timestamp>,
}

impl Search {
    fn argument(&mut self, path: &Path) {
        if path.as_os_str() == "-" {
            return self.stdin();
        }
        if let Some(url) = path.to_str().filter(|path| path.starts_with("s3://")) {
            return self.bucket(url);
        }
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => self.folder(path),
            Ok(metadata) => self.file(path.to_owned(), &metadata),
            Err(error) => match path.to_str().filter(|path| path.contains(['*', '?', '['])) {
                Some(pattern) => self.pattern(pattern),
                None => self.missing(path, &error),
            },
        }
    }

    fn stdin(&mut self) {
        if !self.found.sources.contains(&Source::Stdin) {
            self.found.sources.push(Source::Stdin);
        }
    }

    fn bucket(&mut self, url: &str) {
        self.found.complaints.push(
            Complaint::unreadable(url, "buckets cannot be read directly").help(format!(
                "copy the logs first: aws s3 sync {url} logs && trailhound scan logs"
            )),
        );
    }

    fn missing(&mut self, path: &Path, error: &io::Error) {
        let complaint = if error.kind() == io::ErrorKind::NotFound {
            Complaint::unreadable(path.display(), "no such file or folder")
                .help("check the spelling; a relative path starts at the current folder")
        } else {
            source::refused(path, error)
        };
        self.found.complaints.push(complaint);
    }

    fn folder(&mut self, folder: &Path) {
        let before = (
            self.found.sources.len(),
            self.seen.len(),
            self.found.complaints.len(),
        );
        for entry in WalkDir::new(folder).follow_links(true) {
            match entry {
                Ok(entry) => self.entry(entry.path(), entry.file_type(), entry.metadata().ok()),
                Err(error) => self.unwalkable(folder, &error),
            }
        }
        if before
            == (
                self.found.sources.len(),
                self.seen.len(),
                self.found.complaints.len(),
            )
        {
            self.found.complaints.push(without_logs(folder));
        }
    }

    fn unwalkable(&mut self, folder: &Path, error: &walkdir::Error) {
        if error.loop_ancestor().is_some() {
            return self.skip(Stranger::LinkBack);
        }
        let path = error.path().unwrap_or(folder);
        self.found.complaints.push(match error.io_error() {
            Some(cause) => source::refused(path, cause),
            None => Complaint::unreadable(path.display(), error),
        });
    }

    fn skip(&mut self, stranger: Stranger) {
        *self.found.skipped.entry(stranger).or_default() += 1;
    }

    fn pattern(&mut self, pattern: &str) {
        let paths = match glob::glob(pattern) {
            Ok(paths) => paths,
            Err(error) => {
                let what = format!(
                    "not a pattern: {} at character {}",
                    error.msg,
                    error.pos + 1
                );
                let complaint = Complaint::unreadable(pattern, what);
                return self
                    .found
                    .complaints
                    .push(complaint.help("see `*`, `?`, `[a-z]` and `**`"));
            }
        };
        let mut matches = 0;
        for path in paths {
            matches += 1;
            match path.map_err(|error| (error.path().to_owned(), io::Error::from(error))) {
                Ok(path) if path.is_dir() => self.folder(&path),
                Ok(path) => match fs::metadata(&path) {
                    Ok(metadata) => self.entry(&path, metadata.file_type(), Some(metadata)),
                    Err(error) => self.found.complaints.push(source::refused(&path, &error)),
                },
                Err((path, error)) => self.found.complaints.push(source::refused(&path, &error)),
            }
        }
        if matches == 0 {
            self.found.complaints.push(
                Complaint::unreadable(pattern, "no file matches this pattern")
                    .help("`*` stays within a folder, `**` goes down; or name the folder itself"),
            );
        }
    }

    /// A file or folder met on the way.
    fn entry(&mut self, path: &Path, kind: FileType, metadata: Option<Metadata>) {
        if kind.is_dir() {
            return;
        }
        let stranger = if kind.is_file() {
            kind::stranger(path).or_else(|| self.too_old(path))
        } else {
            Some(Stranger::NotAFile)
        };
        match (stranger, metadata) {
            (Some(stranger), _) => self.skip(stranger),
            (None, Some(metadata)) => self.file(path.to_owned(), &metadata),
            // Gone since it was listed; opening it will say so.
            (None, None) => self.found.sources.push(Source::File(path.to_owned())),
        }
    }

    fn too_old(&self, path: &Path) -> Option<Stranger> {
        let since = self.since?.saturating_sub(CLOCK_SLACK).ok()?;
        (kind::delivered(path)? < since).then_some(Stranger::TooOld)
    }

    fn file(&mut self, path: PathBuf, metadata: &Metadata) {
        if self.seen.insert(FileId::of(&path, metadata)) {
            self.found.bytes += if metadata.is_file() {
                metadata.len()
            } else {
                0
            };
            self.found.sources.push(Source::File(path));
        }
    }
}

fn without_logs(folder: &Path) -> Complaint {
    Complaint::unreadable(
        folder.display(),
        "no CloudTrail log files in this folder or below it",
    )
    .help("log files end in .json.gz or .json; a file of another name is read if you name it")
}

/// What makes a file the same although two paths lead to it.
#[derive(PartialEq, Eq, Hash)]
enum FileId {
    #[cfg(unix)]
    Inode(u64, u64),
    #[cfg(not(unix))]
    Path(PathBuf),
}

impl FileId {
    #[cfg(unix)]
    fn of(_: &Path, metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        Self::Inode(metadata.dev(), metadata.ino())
    }

    #[cfg(not(unix))]
    fn of(path: &Path, _: &Metadata) -> Self {
        Self::Path(path.canonicalize().unwrap_or_else(|_| path.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "{}").unwrap();
        }
        folder
    }

    #[test]
    fn a_folder_gives_its_log_files_sorted_and_counts_the_rest() {
        let folder = tree(&[
            "b.json",
            "a/c.json.gz",
            "a/notes.txt",
            "AWSLogs/111122223333/Config/x.json",
        ]);
        let found = Inputs::find(&[folder.path().to_owned()], None);
        let names: Vec<_> = found.sources.iter().map(ToString::to_string).collect();
        assert!(
            names[0].ends_with("a/c.json.gz") && names[1].ends_with("b.json"),
            "{names:?}"
        );
        assert_eq!(found.skipped.len(), 2);
        assert_eq!(found.bytes, 4);
        assert!(found.complaints.is_empty());
    }

    #[test]
    fn a_file_reached_twice_is_read_once() {
        let folder = tree(&["a.json", "b.json"]);
        let root = folder.path();
        let pattern = root.join("*.json");
        let found = Inputs::find(&[root.to_owned(), root.join("./a.json"), pattern], None);
        assert_eq!(found.sources.len(), 2);
        assert!(found.complaints.is_empty(), "{:?}", found.complaints);
    }

    #[test]
    fn files_delivered_before_the_time_asked_for_stay_closed() {
        let folder = tree(&[
            "111122223333_CloudTrail_us-east-2_20260801T0210Z_a.json.gz",
            "111122223333_CloudTrail_us-east-2_20260901T0210Z_b.json.gz",
            "undated.json",
        ]);
        let since = Some("2026-08-15T00:00:00Z".parse().unwrap());
        let found = Inputs::find(&[folder.path().to_owned()], since);
        assert_eq!(found.sources.len(), 2);
        assert_eq!(found.skipped, BTreeMap::from([(Stranger::TooOld, 1)]));
    }
}
