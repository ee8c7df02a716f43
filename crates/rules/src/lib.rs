//! The built-in rules, compiled in: the files of the repository's `rules` folder as they were
//! written, so that the command line and the Lambda functions judge by the same ones and need no
//! file beside them.

/// Every built-in rule file, as its path from the root of the repository and its text; sorted by
/// path.
pub static FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/files.rs"));

#[cfg(test)]
mod tests {
    use super::FILES;

    #[test]
    fn files_are_named_from_the_root_and_sorted() {
        assert!(FILES.is_sorted_by(|a, b| a.0 < b.0));
        for (path, text) in FILES {
            assert!(path.starts_with("rules/"), "{path}");
            assert!(!text.is_empty(), "{path} is empty");
        }
    }
}
