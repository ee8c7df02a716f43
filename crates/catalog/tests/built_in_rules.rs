//! The rules of this repository, read, linted and checked for what every one of them must have.

use std::fs;
use std::path::{Path, PathBuf};

use catalog::controls::CIS;
use detect::Guidance;
use detect::attack::{tactic, technique};
use detect::selectors::selectors;
use sigma::{Correlation, Header, Level, Loaded, Rule, RuleSet, SourceFile, Targets};

#[test]
fn built_in_rules_fit_the_language_and_cloudtrail() {
    let files = rule_files();
    let loaded = load(&files);
    assert!(loaded.problems.is_empty(), "{:#?}", loaded.problems);
    let is_rule = |file: &&(String, String)| !is_of_correlations(&file.0);
    let rules = loaded.rules.rules().iter();
    let alone = rules.filter(|rule| !is_of_correlations(&rule.location().file));
    assert_eq!(
        alone.count(),
        files.iter().filter(is_rule).count(),
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

        if !is_of_correlations(&rule.location().file) {
            assert_speaks(rule.header());
        }
    }
}

#[test]
fn what_is_only_counted_by_correlations_is_quiet_and_has_a_name() {
    let rules = load(&rule_files()).rules;
    for (rule, only_counted) in rules.rules().iter().zip(rules.only_counted()) {
        let (title, of_them) = (rule.title(), is_of_correlations(&rule.location().file));
        assert_eq!(only_counted, of_them, "{title}");
        if of_them {
            assert_eq!(rule.level(), Level::Informational, "{title}");
            assert!(rule.header().name().is_some(), "{title}: a name");
        }
    }
}

#[test]
fn every_correlation_proves_itself_by_stories_and_says_what_to_do() {
    for correlation in load(&rule_files()).rules.correlations() {
        let (header, title) = (correlation.header(), correlation.title());
        assert!(
            header.has_level() && header.description().is_some(),
            "{title}"
        );
        assert!(!header.falsepositives().is_empty(), "{title}");
        assert_speaks(header);
        assert_has_technique(header);
        let matches = correlation.tests().iter();
        let matches = matches.filter(|story| story.expects_match()).count();
        assert!(matches >= 1, "{title}: a story that matches");
        assert!(correlation.tests().len() > matches, "{title}: a near miss");
    }
}

/// What the person needs who gets the alert.
fn assert_speaks(header: &Header) {
    let title = header.title();
    let block = header
        .extension("trailhound")
        .expect("a block `trailhound`");
    let text = |path: &[&str]| {
        let found = path.iter().try_fold(block, |block, key| block.get(*key));
        found
            .and_then(|value| value.as_str())
            .unwrap_or_default()
            .to_owned()
    };
    let file = Path::new(&*header.location().file)
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
        &["theme"],
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

fn assert_has_technique(header: &Header) {
    let (title, tags) = (header.title(), header.tags());
    let techniques: Vec<_> = tags.iter().filter_map(|tag| technique(tag)).collect();
    assert!(!techniques.is_empty(), "{title}: no technique");
    for id in techniques {
        assert!(
            catalog::technique(&id).is_some(),
            "{title}: {id} is unknown"
        );
    }
    let tactics = tags.iter().filter_map(|tag| tactic(tag));
    assert!(tactics.count() > 0, "{title}: no tactic");
}

/// Whether a file is one of correlations, with the rules that only they count.
fn is_of_correlations(file: &str) -> bool {
    file.replace('\\', "/").contains("/rules/correlations/")
}

/// The guide's tables hold every rule and correlation; `UPDATE_DOCS=1` writes them anew.
#[test]
fn the_guide_lists_every_built_in_rule() {
    let rules = load(&rule_files()).rules;
    let alone = rules.rules().iter().map(Rule::header);
    let alone = alone.filter(|header| !is_of_correlations(&header.location().file));
    let correlations = rules.correlations().iter().map(Correlation::header);
    let expected = with_table(&guide(), "rules", &table(alone));
    let expected = with_table(&expected, "correlations", &table(correlations));
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(GUIDE, &expected).expect("a guide that can be written");
    }
    assert!(
        guide() == expected,
        "docs/rules.md is out of date: run the tests with UPDATE_DOCS=1"
    );
}

/// The guide with `table` in the place that is marked for it.
fn with_table(guide: &str, mark: &str, table: &str) -> String {
    let begin = format!("<!-- {mark}: written by the tests with UPDATE_DOCS=1 -->\n");
    let end = format!("<!-- /{mark} -->");
    let (before, rest) = guide.split_once(&begin).expect("the table begins");
    let (_, after) = rest.split_once(&end).expect("the table ends");
    format!("{before}{begin}{table}{end}{after}")
}

fn table<'a>(headers: impl Iterator<Item = &'a Header>) -> String {
    let mut table = "| rule | level | what | ATT&CK |\n|---|---|---|---|\n".to_owned();
    for header in headers {
        let path = header.location().file.replace('\\', "/");
        let (_, path) = path.rsplit_once("/rules/").expect("below rules/");
        let name = path.rsplit('/').next().expect("a file name");
        let name = header.name().unwrap_or(name.trim_end_matches(".yml"));
        let techniques = header.tags().iter().filter_map(|tag| technique(tag));
        let techniques: Vec<_> = techniques.collect();
        let (level, title) = (header.level(), header.title());
        let techniques = techniques.join(", ");
        table += &format!("| [`{name}`](../rules/{path}) | {level} | {title} | {techniques} |\n");
    }
    table
}

#[test]
fn every_technique_has_a_name_and_every_rule_a_theme() {
    for rule in load(&rule_files()).rules.rules() {
        let title = rule.title();
        assert_has_technique(rule.header());
        let guidance = Guidance::of(rule.header()).expect("a block");
        assert!(
            guidance.theme.is_some() || is_of_correlations(&rule.location().file),
            "{title}: no theme"
        );
        for control in guidance.cis {
            let known = CIS.iter().any(|(id, _)| *id == control);
            assert!(known, "{title}: CIS {control} is unknown");
        }
    }
}

#[test]
fn every_rule_says_what_the_trail_must_record() {
    for rule in load(&rule_files()).rules.rules() {
        assert!(!selectors(rule).is_empty(), "{}", rule.title());
    }
}

#[test]
fn the_ready_exclusions_name_rules_that_exist_and_end_one_day() {
    let mut files = rule_files();
    let rules = files.len();
    files.extend(yaml_files("exclusions"));
    let loaded = load(&files);
    assert!(loaded.problems.is_empty(), "{:#?}", loaded.problems);
    assert_eq!(loaded.rules.filters().len(), files.len() - rules);
    for filter in loaded.rules.filters() {
        let Targets::Named(targets) = filter.targets() else {
            panic!("{}: for every rule", filter.title());
        };
        for target in targets {
            let mut ids = loaded.rules.rules().iter().filter_map(|rule| rule.id());
            assert!(ids.any(|id| id == target), "{}: {target}", filter.title());
        }
        assert!(filter.vouched().until.is_some(), "{}", filter.title());
    }
}

/// They hold example values; the shape around them must be right.
#[test]
fn the_rules_to_fill_in_are_sound() {
    let files = yaml_files("examples/rules");
    let loaded = load(&files);
    assert!(loaded.problems.is_empty(), "{:#?}", loaded.problems);
    assert_eq!(loaded.rules.rules().len(), files.len());
    for rule in loaded.rules.rules() {
        assert_eq!(rule.lint(), [], "{}", rule.title());
        assert_eq!(catalog::lint(rule), [], "{}", rule.title());
        assert_speaks(rule.header());
        assert_has_technique(rule.header());
        assert!(rule.tests().len() >= 4, "{}", rule.title());
    }
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
    let correlation = blocks.iter().find(|block| block.contains("\ncorrelation:"));
    let correlation = *correlation.expect("a correlation");
    let mut files = rule_files();
    files.push(("guide: correlation".to_owned(), correlation.to_owned()));
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

const GUIDE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/rules.md");

fn guide() -> String {
    fs::read_to_string(GUIDE).expect("docs/rules.md")
}

/// The files below `rules/`, with their text.
fn rule_files() -> Vec<(String, String)> {
    yaml_files("rules")
}

fn yaml_files(folder: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(folder);
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
