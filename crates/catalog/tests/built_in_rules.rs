//! The rules of this repository, read, linted and checked for what every one of them must have.

use std::fs;
use std::path::{Path, PathBuf};

use sigma::{Loaded, RuleSet, SourceFile};

#[test]
fn built_in_rules_fit_the_language_and_cloudtrail() {
    let files = rule_files();
    let loaded = load(&files);
    assert!(loaded.problems.is_empty(), "{:#?}", loaded.problems);
    assert_eq!(
        loaded.rules.rules().len(),
        files.len(),
        "one rule in each file"
    );
    for rule in loaded.rules.rules() {
        assert_eq!(rule.lint(), [], "{}", rule.title());
        assert_eq!(catalog::lint(rule), [], "{}", rule.title());
    }
}

#[test]
fn every_built_in_rule_proves_itself_and_says_what_to_do() {
    let files = rule_files();
    for rule in load(&files).rules.rules() {
        let title = rule.title();
        let matches = rule
            .tests()
            .iter()
            .filter(|test| test.expects_match())
            .count();
        assert!(matches >= 2, "{title}: two matches at least");
        assert!(
            rule.tests().len() - matches >= 2,
            "{title}: two near misses at least"
        );

        let block = rule.extension("trailhound").expect("a block `trailhound`");
        let text = |path: &[&str]| {
            let found = path.iter().try_fold(block, |block, key| block.get(*key));
            found
                .and_then(|value| value.as_str())
                .unwrap_or_default()
                .to_owned()
        };
        let file = Path::new(&*rule.location().file)
            .file_stem()
            .and_then(|name| name.to_str());
        assert_eq!(
            Some(text(&["behaviour"]).as_str()),
            file,
            "{title}: the file has its name"
        );
        for path in [
            &["title", "zh-CN"][..],
            &["threat", "en"],
            &["threat", "zh-CN"],
            &["period"],
        ] {
            assert!(!text(path).is_empty(), "{title}: {path:?}");
        }
        let steps = block.get("response").and_then(|steps| steps.as_sequence());
        assert!(
            steps.is_some_and(|steps| !steps.is_empty()),
            "{title}: a step to take"
        );
    }
}

#[test]
fn the_guide_lists_every_built_in_rule_with_its_level() {
    let guide = guide();
    let files = rule_files();
    let loaded = load(&files);
    for rule in loaded.rules.rules() {
        let file = Path::new(&*rule.location().file)
            .file_stem()
            .expect("a file name");
        let row = format!("[`{}`]", file.display());
        let row = guide
            .lines()
            .find(|line| line.starts_with("| ") && line.contains(&row));
        let told = format!("| {} | {} |", rule.level(), rule.title());
        assert!(
            row.is_some_and(|row| row.contains(&told)),
            "{}: {told}",
            rule.title()
        );
    }
    let rows = guide
        .lines()
        .filter(|line| line.starts_with("| [`"))
        .count();
    assert_eq!(rows, files.len(), "no row without a rule");
}

#[test]
fn the_examples_of_the_guide_are_sound() {
    let guide = guide();
    let blocks: Vec<_> = guide
        .split("```yaml\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect();
    let rule = format!("{}{}", blocks[0], blocks[1]);
    let filter = *blocks
        .iter()
        .find(|block| block.contains("\nfilter:"))
        .expect("an exclusion");
    let mut files = rule_files();
    files.push(("guide: rule".to_owned(), rule));
    files.push(("guide: filter".to_owned(), filter.to_owned()));
    let loaded = load(&files);
    assert!(loaded.problems.is_empty(), "{:#?}", loaded.problems);
    let rule = loaded
        .rules
        .rules()
        .iter()
        .find(|rule| &*rule.location().file == "guide: rule");
    let rule = rule.expect("the example");
    assert_eq!(rule.tests().len(), 2);
    assert_eq!(catalog::lint(rule), []);
    assert!(
        loaded.rules.filters()[0].vouched().until.is_some(),
        "an exclusion ends"
    );
}

fn guide() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rules.md");
    fs::read_to_string(path).expect("docs/rules.md")
}

/// The files below `rules/`, with their text.
fn rule_files() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules");
    let mut files = Vec::new();
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a readable folder") {
            let path: PathBuf = entry.expect("a readable entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "yml") {
                files.push((
                    path.display().to_string(),
                    fs::read_to_string(&path).expect("readable text"),
                ));
            }
        }
    }
    files.sort();
    files
}

fn load(files: &[(String, String)]) -> Loaded {
    RuleSet::load(files.iter().map(|(name, text)| SourceFile { name, text }))
}
