//! Rule files from where the user keeps them, and the built-in ones.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use sigma::{Header, Loaded, ReadDocument, RuleSet, SourceFile};
use walkdir::WalkDir;

use crate::complaint::Complaint;

/// More than the rule loader takes, so that it is the loader that says so.
const MAX_BYTES: u64 = 2 << 20;

/// Rule files as read, not yet understood.
#[derive(Debug, Default)]
pub struct Rulebook {
    /// Documents that were read when the program was built; they come first.
    read: Vec<ReadDocument<'static>>,
    files: Vec<RuleFile>,
    /// Files that are copies of built-in ones, and the names of those: they are not there twice.
    copies: Vec<(String, &'static str)>,
    /// What could not be read.
    pub complaints: Vec<Complaint>,
}

#[derive(Debug)]
struct RuleFile {
    name: String,
    text: String,
}

impl Rulebook {
    /// The built-in rules.
    #[must_use]
    pub fn builtin() -> Self {
        let file = |&(name, text): &(&str, &str)| RuleFile {
            name: name.to_owned(),
            text: text.to_owned(),
        };
        Self {
            files: rules::FILES.iter().map(file).collect(),
            ..Self::default()
        }
    }

    /// The built-in rules without what only readers need, which take a tenth of the time to load. Their
    /// blocks for alerts are [`block`]s.
    #[must_use]
    pub fn for_judging() -> Self {
        let read = rules::FOR_JUDGING.iter().map(|rule| ReadDocument {
            name: rule.name,
            bytes: rule.document(),
        });
        Self {
            read: read.collect(),
            ..Self::default()
        }
    }

    /// The rules at `paths`, files or folders; the built-in ones if there are none.
    #[must_use]
    pub fn at(paths: &[PathBuf]) -> Self {
        if paths.is_empty() {
            Self::builtin()
        } else {
            Self::default().with(paths)
        }
    }

    /// Adds all rules at `paths`: files as they are, folders searched for `.yml` and `.yaml`.
    #[must_use]
    pub fn with(mut self, paths: &[PathBuf]) -> Self {
        for path in paths {
            let met = |book: &Self| book.files.len() + book.copies.len() + book.complaints.len();
            let before = met(&self);
            self.add(path);
            if met(&self) == before {
                self.complaints.push(
                    Complaint::bad_rule(path.display(), "no rules in this folder or below it")
                        .help("rule files end in .yml or .yaml"),
                );
            }
        }
        self
    }

    /// Adds the ready exclusions of these names.
    #[must_use]
    pub fn excluding(mut self, names: &[String]) -> Self {
        for exclusion in rules::EXCLUSIONS {
            if names.iter().any(|name| name == exclusion.name) {
                self.files.push(RuleFile {
                    name: format!("exclusions/{}.yml", exclusion.name),
                    text: exclusion.text.to_owned(),
                });
            }
        }
        self
    }

    /// Adds a document that lies in no file.
    #[must_use]
    pub fn and(mut self, name: &str, text: &str) -> Self {
        self.files.push(RuleFile {
            name: name.to_owned(),
            text: text.to_owned(),
        });
        self
    }

    fn add(&mut self, path: &Path) {
        for entry in WalkDir::new(path).follow_links(true).sort_by_file_name() {
            match entry {
                Ok(entry) if entry.file_type().is_dir() => {}
                Ok(entry) if entry.depth() == 0 || is_rule_file(entry.path()) => {
                    self.file(entry.path());
                }
                Ok(_) => {}
                Err(error) => self.complaints.push(unfound(path, &error)),
            }
        }
    }

    fn file(&mut self, path: &Path) {
        let name = path.display().to_string();
        match read(path) {
            Ok(text) => match self.builtin_twin(&text) {
                Some(twin) => self.copies.push((name, twin)),
                None => self.files.push(RuleFile { name, text }),
            },
            Err(error) if error.kind() == io::ErrorKind::InvalidData => self.complaints.push(
                Complaint::bad_rule(path.display(), "not UTF-8 text")
                    .help("save the file as UTF-8"),
            ),
            Err(error) => self
                .complaints
                .push(Complaint::bad_rule(path.display(), error)),
        }
    }

    /// The name of the built-in file with this text, if those are there.
    fn builtin_twin(&self, text: &str) -> Option<&'static str> {
        let same = |(_, builtin): &&(&str, &str)| *builtin == text;
        let (name, _) = rules::FILES.iter().find(same)?;
        let is_read = self.read.iter().any(|read| read.name == *name);
        let is_here = |file: &RuleFile| file.name == *name && file.text == text;
        (is_read || self.files.iter().any(is_here)).then_some(*name)
    }

    /// The name that the rules in the file `name` go by: another one, if it is a copy of a built-in file.
    #[must_use]
    pub fn name_of<'n>(&self, name: &'n str) -> &'n str {
        let copy = self.copies.iter().find(|(copy, _)| copy == name);
        copy.map_or(name, |(_, builtin)| builtin)
    }

    /// Understands the rules: what is good, and what is wrong with the others.
    #[must_use]
    pub fn load(&self) -> Loaded {
        let files = self.files.iter().map(|file| SourceFile {
            name: &file.name,
            text: &file.text,
        });
        RuleSet::load_with(self.read.iter().copied(), files)
    }

    /// The text of the file that goes by this name; empty if there is none.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        let file = self.files.iter().find(|file| file.name == name);
        file.map_or("", |file| &file.text)
    }

    /// How many files there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.read.len() + self.files.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The block for the reader of alerts of the built-in rule or correlation with this header's id, which
/// [`Rulebook::for_judging`] leaves out.
#[must_use]
pub fn block(header: &Header) -> Option<&'static str> {
    rules::block(header.id()?)
}

fn is_rule_file(path: &Path) -> bool {
    path.extension()
        .is_some_and(|end| end == "yml" || end == "yaml")
}

fn read(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?
        .take(MAX_BYTES)
        .read_to_string(&mut text)?;
    Ok(text)
}

fn unfound(path: &Path, error: &walkdir::Error) -> Complaint {
    let path = error.path().unwrap_or(path).display();
    match error.io_error() {
        Some(cause) if cause.kind() == io::ErrorKind::NotFound => {
            Complaint::bad_rule(path, "no such rule file or folder").help("check the spelling")
        }
        Some(cause) => Complaint::bad_rule(path, cause),
        None => Complaint::bad_rule(path, error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use detect::Detector;
    use sigma::Rule;

    #[test]
    fn judging_needs_no_more_than_a_part_of_each_rule() {
        let (whole, judging) = (Rulebook::builtin().load(), Rulebook::for_judging().load());
        assert!(judging.problems.is_empty(), "{:?}", judging.problems);
        let (whole, problems) = Detector::new(whole.rules);
        assert!(problems.is_empty(), "{problems:?}");
        let (judging, _) = Detector::with_blocks(judging.rules, block);
        let rules = whole.rules().rules().iter().zip(judging.rules().rules());
        for (at, (rule, part)) in rules.enumerate() {
            let nothing = serde_json::json!({});
            assert_eq!(rule.explain(&nothing), part.explain(&nothing));
            assert_eq!(whole.guidance(at), judging.guidance(at), "{}", rule.title());
            let alert = |rule: &Rule| (rule.level(), rule.tags().to_vec(), rule.date());
            assert_eq!(alert(rule), alert(part), "{}", rule.title());
        }
    }
}
