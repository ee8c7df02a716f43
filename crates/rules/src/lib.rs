//! The built-in rules, compiled in: the files of the repository's `rules` folder as they were
//! written, so that the command line and the Lambda functions judge by the same ones and need no
//! file beside them.

/// Every built-in rule file, as its path from the root of the repository and its text; sorted by
/// path.
pub static FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// A built-in rule for whoever only judges by it. Most of a rule's text is for its readers and its tests;
/// to read it would be most of the time that it takes to start.
#[derive(Debug, Clone, Copy)]
pub struct ForJudging {
    /// The path from the root of the repository.
    pub name: &'static str,
    /// The rule's id.
    pub id: &'static str,
    /// Where its document lies in [`READ`].
    place: (usize, usize),
    /// The block, to be read when the rule has matched.
    pub block: &'static str,
}

/// The documents of all of them, one behind the other, in the short form of `yaml-tree`.
static READ: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/judging.bin"));

impl ForJudging {
    /// The rule without its block `trailhound`, and without what is neither judged by nor told, in the short
    /// form of `yaml-tree`.
    #[must_use]
    pub fn document(&self) -> &'static [u8] {
        &READ[self.place.0..self.place.1]
    }
}

/// Every built-in rule and correlation in these parts, one document each, in the order of [`FILES`].
pub static FOR_JUDGING: &[ForJudging] = include!(concat!(env!("OUT_DIR"), "/judging.rs"));

/// The block for the reader of alerts, of the built-in rule or correlation with this id.
#[must_use]
pub fn block(id: &str) -> Option<&'static str> {
    let known = FOR_JUDGING.iter().find(|known| known.id == id);
    known.map(|known| known.block)
}

/// A ready filter for what is normal in many accounts, which users may switch on.
#[derive(Debug, Clone, Copy)]
pub struct Exclusion {
    /// By which it is switched on.
    pub name: &'static str,
    /// What it excludes, in a few words.
    pub title: &'static str,
    /// The filter document.
    pub text: &'static str,
}

/// All of them, sorted by name.
pub static EXCLUSIONS: &[Exclusion] = include!(concat!(env!("OUT_DIR"), "/exclusions.rs"));

#[cfg(test)]
mod tests {
    use super::{FILES, FOR_JUDGING};

    #[test]
    fn files_are_named_from_the_root_and_sorted() {
        assert!(FILES.is_sorted_by(|a, b| a.0 < b.0));
        for (path, text) in FILES {
            assert!(path.starts_with("rules/"), "{path}");
            assert!(!text.is_empty(), "{path} is empty");
        }
    }

    #[test]
    fn the_parts_are_parts_of_the_whole() {
        for (path, whole) in FILES {
            let documents = whole.lines().filter(|line| *line == "---").count() + 1;
            let parts = FOR_JUDGING.iter().filter(|parts| parts.name == *path);
            assert_eq!(parts.count(), documents, "{path}");
        }
        for parts in FOR_JUDGING {
            let path = parts.name;
            let whole = FILES
                .iter()
                .find(|(name, _)| *name == path)
                .map(|(_, text)| text);
            let whole = whole.expect("a part of a file");
            assert!(whole.contains(parts.block), "{path}");
            let read = yaml_tree::Node::from_bytes(parts.document()).expect("a document");
            let documents = yaml_tree::documents(whole);
            let mut documents = documents.iter().flatten();
            let id = |document: &yaml_tree::Node| document.get("id").cloned();
            let written = documents.find(|one| id(one) == id(&read));
            let written = written.expect("what was read is written");
            for (key, value) in read.map().expect("a mapping") {
                let key = key.text().expect("a name");
                let written = written.get(key).expect("it is written");
                assert_eq!(written.at, value.at, "{path}: {key}");
                assert_eq!(written.to_value(), value.to_value(), "{path}: {key}");
            }
            assert!(read.get("title").is_some(), "{path}");
            for key in ["tests", "trailhound", "description"] {
                assert!(read.get(key).is_none(), "{path}: {key}");
            }
        }
    }
}
