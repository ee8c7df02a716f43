//! The built-in rules, compiled in: the files of the repository's `rules` folder as they were
//! written, so that the command line and the Lambda functions judge by the same ones and need no
//! file beside them.

/// Every built-in rule file, as its path from the root of the repository and its text; sorted by
/// path.
pub static FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// The same files without the tests that they carry, for whoever only judges by them: tests are most of
/// the text, and reading them would be most of the time that it takes to start.
pub static FOR_JUDGING: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/judging.rs"));

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
    fn only_tests_are_left_out() {
        assert_eq!(FILES.len(), FOR_JUDGING.len());
        for ((path, whole), (_, judging)) in FILES.iter().zip(FOR_JUDGING) {
            let rest = whole.strip_prefix(judging).expect(path);
            assert!(
                rest.is_empty() || rest.starts_with("tests:\n"),
                "{path}: {rest}"
            );
        }
    }
}
