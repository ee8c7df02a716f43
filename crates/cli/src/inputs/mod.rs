//! From paths as typed to the files to read: folders walked, patterns expanded, buckets listed, strangers
//! told apart, each file once, in the order of their paths.

pub mod bucket;
mod source;
mod stranger;

use std::collections::{BTreeMap, HashSet};
use std::fs::{self, FileType, Metadata};
use std::io;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use detect::cloudtrail::kind;
use jiff::{SignedDuration, Timestamp};
use walkdir::{DirEntry, WalkDir};

pub use self::bucket::Object;
pub use self::source::{Meter, Metered, Source};
pub use self::stranger::Stranger;
use crate::asking::AT_ONCE;
use crate::complaint::Complaint;
use crate::cores::cores;
use crate::exit::Exit;

/// The clocks of CloudTrail and of the services it records need not agree to the second.
const CLOCK_SLACK: SignedDuration = SignedDuration::from_hours(1);

/// All that is to be read, and what came up while it was looked for.
#[derive(Debug, Default)]
pub struct Inputs {
    /// What to read, by path; standard input first.
    pub sources: Vec<Source>,
    /// Size of all files in bytes, as stored, if that was asked for; standard input counts as nothing.
    pub bytes: u64,
    /// Files passed over, by reason.
    pub skipped: BTreeMap<Stranger, u64>,
    /// What could not be found or listed.
    pub complaints: Vec<Complaint>,
}

impl Inputs {
    /// Looks up `paths`: files, folders, patterns, `s3://bucket/prefix`, `-`.
    ///
    /// A file named by itself is read whatever it is called; in folders, and behind patterns, only
    /// what is called like a log file, and not delivered before `since`. Whether they are `measured`
    /// makes a difference where there are many files: the system must be asked about each.
    #[must_use]
    pub fn find(paths: &[PathBuf], since: Option<Timestamp>, measured: bool) -> Self {
        let mut search = Search {
            since,
            measured,
            ..Search::default()
        };
        for path in paths {
            search.argument(path);
        }
        let mut found = search.found;
        found.sources.sort();
        found
    }

    /// How a search for inputs ends that has found these.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self.complaints.is_empty() {
            true => Exit::Quiet,
            false => Exit::Unreadable,
        }
    }

    /// On how many threads to read them, unless the user says.
    #[must_use]
    pub fn threads(&self, asked: Option<NonZeroUsize>) -> usize {
        let in_bucket = |source: &Source| matches!(source, Source::Object(_));
        let usual = || match self.sources.iter().any(in_bucket) {
            true => cores().max(AT_ONCE),
            false => cores(),
        };
        asked.map_or_else(usual, Into::into)
    }
}

#[derive(Default)]
struct Search {
    found: Inputs,
    seen: HashSet<FileId>,
    objects: HashSet<Box<str>>,
    since: Option<Timestamp>,
    measured: bool,
    /// The devices of the folders above the entry that the walk has come to.
    devices: Vec<Option<u64>>,
}

impl Search {
    fn argument(&mut self, path: &Path) {
        if path.as_os_str() == "-" {
            return self.stdin();
        }
        if let Some((bucket, prefix)) = bucket::parts(path) {
            return self.bucket(bucket, prefix);
        }
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => self.folder(path),
            Ok(metadata) => self.file(path, FileId::of(path, &metadata), Some(&metadata)),
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

    /// An object that is named by itself is read whatever it is called.
    fn bucket(&mut self, bucket: &str, prefix: &str) {
        let objects = match bucket::list(bucket, prefix) {
            Ok(objects) => objects,
            Err(complaint) => return self.found.complaints.push(complaint),
        };
        let whole = format!("s3://{bucket}/{prefix}");
        let named = objects.iter().find(|object| *object.url == *whole).cloned();
        let before = self.found.sources.len();
        let is_empty = objects.is_empty();
        for object in named.map_or(objects, |named| vec![named]) {
            let stranger = match *object.url == *whole {
                true => None,
                false => self.stranger(Path::new(&*object.url)),
            };
            match stranger {
                Some(stranger) => self.skip(stranger),
                None if self.objects.insert(object.url.clone()) => {
                    self.found.bytes += object.bytes;
                    self.found.sources.push(Source::Object(object));
                }
                None => {}
            }
        }
        if is_empty || before == self.found.sources.len() && self.found.skipped.is_empty() {
            let what = "no CloudTrail log files under this prefix";
            let complaint = Complaint::unreadable(whole, what).help(
                "name the bucket and what keys begin with: s3://bucket/AWSLogs/111122223333/",
            );
            self.found.complaints.push(complaint);
        }
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
        let before = self.come_upon();
        for entry in WalkDir::new(folder).follow_links(true) {
            match entry {
                Ok(entry) => self.walked(&entry),
                Err(error) => self.unwalkable(folder, &error),
            }
        }
        if before == self.come_upon() {
            self.found.complaints.push(without_logs(folder));
        }
    }

    /// What grows with each log file, be it passed over for its age, and with each complaint.
    fn come_upon(&self) -> (usize, usize, u64, usize) {
        let old = self.found.skipped.get(&Stranger::TooOld);
        let (sources, complaints) = (self.found.sources.len(), self.found.complaints.len());
        (sources, self.seen.len(), *old.unwrap_or(&0), complaints)
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
                    Ok(metadata) => {
                        self.candidate(&path, metadata.file_type(), None, || Some(metadata));
                    }
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

    /// What the walk through a folder has come to.
    fn walked(&mut self, entry: &DirEntry) {
        if entry.file_type().is_dir() {
            self.devices.truncate(entry.depth());
            self.devices.push(device(entry));
            return;
        }
        let above = self.devices.get(entry.depth().wrapping_sub(1));
        let known = FileId::listed(entry, above.copied().flatten()).filter(|_| !self.measured);
        self.candidate(entry.path(), entry.file_type(), known, || {
            entry.metadata().ok()
        });
    }

    /// What is called like this, and is this; a log file is taken.
    fn candidate(
        &mut self,
        path: &Path,
        kind: FileType,
        known: Option<FileId>,
        metadata: impl FnOnce() -> Option<Metadata>,
    ) {
        let stranger = if kind.is_file() {
            self.stranger(path)
        } else {
            Some(Stranger::NotAFile)
        };
        if let Some(stranger) = stranger {
            return self.skip(stranger);
        }
        if let Some(id) = known {
            return self.file(path, id, None);
        }
        match metadata() {
            Some(metadata) => self.file(path, FileId::of(path, &metadata), Some(&metadata)),
            // Gone since it was listed; opening it will say so.
            None => self.found.sources.push(Source::File(path.to_owned())),
        }
    }

    /// Why what is called like this is passed over, if it is.
    fn stranger(&self, path: &Path) -> Option<Stranger> {
        kind::neighbour(path)
            .map(Stranger::Neighbour)
            .or_else(|| self.too_old(path))
    }

    fn too_old(&self, path: &Path) -> Option<Stranger> {
        let since = self.since?.saturating_sub(CLOCK_SLACK).ok()?;
        (kind::delivered(path)? < since).then_some(Stranger::TooOld)
    }

    fn file(&mut self, path: &Path, id: FileId, metadata: Option<&Metadata>) {
        if self.seen.insert(id) {
            let size = metadata.filter(|metadata| metadata.is_file());
            self.found.bytes += size.map_or(0, Metadata::len);
            self.found.sources.push(Source::File(path.to_owned()));
        }
    }
}

fn without_logs(folder: &Path) -> Complaint {
    Complaint::unreadable(
        folder.display(),
        "no CloudTrail log files in this folder or below it",
    )
    .help(
        "log files end in .json, .jsonl or .ndjson, perhaps with .gz; a file of another name is read if you name it",
    )
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

    /// What the listing of a folder on this device already tells.
    #[cfg(unix)]
    fn listed(entry: &DirEntry, device: Option<u64>) -> Option<Self> {
        use walkdir::DirEntryExt as _;
        let device = device.filter(|_| !entry.path_is_symlink())?;
        Some(Self::Inode(device, entry.ino()))
    }

    #[cfg(not(unix))]
    fn listed(_: &DirEntry, _: Option<u64>) -> Option<Self> {
        None
    }
}

#[cfg(unix)]
fn device(folder: &DirEntry) -> Option<u64> {
    use std::os::unix::fs::MetadataExt as _;
    folder.metadata().ok().map(|metadata| metadata.dev())
}

#[cfg(not(unix))]
fn device(_: &DirEntry) -> Option<u64> {
    None
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
        let found = Inputs::find(&[folder.path().to_owned()], None, true);
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
        let found = Inputs::find(
            &[root.to_owned(), root.join("./a.json"), pattern],
            None,
            true,
        );
        assert_eq!(found.sources.len(), 2);
        assert!(found.complaints.is_empty(), "{:?}", found.complaints);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_is_the_same_by_listing_and_by_asking() {
        let folder = tree(&["a/a.json", "b/b.json"]);
        let root = folder.path();
        std::os::unix::fs::symlink(root.join("a/a.json"), root.join("b/link.json")).unwrap();
        let named = [root.join("b/b.json"), root.to_owned(), root.join("a")];
        for measured in [true, false] {
            let found = Inputs::find(&named, None, measured);
            assert_eq!(found.sources.len(), 2, "{:?}", found.sources);
            assert!(!measured || found.bytes == 4, "{}", found.bytes);
        }
    }

    #[test]
    fn files_delivered_before_the_time_asked_for_stay_closed() {
        let folder = tree(&[
            "111122223333_CloudTrail_us-east-2_20260801T0210Z_a.json.gz",
            "111122223333_CloudTrail_us-east-2_20260901T0210Z_b.json.gz",
            "undated.json",
        ]);
        let since = Some("2026-08-15T00:00:00Z".parse().unwrap());
        let found = Inputs::find(&[folder.path().to_owned()], since, true);
        assert_eq!(found.sources.len(), 2);
        assert_eq!(found.skipped, BTreeMap::from([(Stranger::TooOld, 1)]));
    }
}
