//! A rule file of any bytes: loaded, linted, and asked about an event.

use std::hint::black_box;
use std::sync::LazyLock;

use detect::Detector;
use detect::cloudtrail::{Record, layout};
use serde_json::Value;
use sigma::{RuleSet, SourceFile};

const EVENT: &str = r#"{"eventVersion":"1.11","eventID":"e","eventTime":"2026-11-22T14:02:11Z","recipientAccountId":"111122223333","eventSource":"iam.amazonaws.com","eventName":"PutUserPolicy","awsRegion":"us-east-1","sourceIPAddress":"198.51.100.7","userAgent":"aws-cli/2.15 Python/3.11","errorCode":null,"readOnly":false,"userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/eve","accountId":"111122223333","userName":"eve"},"requestParameters":{"userName":"eve","policyDocument":"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}","list":[{"a":1},{"a":"x"}]},"responseElements":null}"#;

static JSON: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(EVENT).expect("the event is JSON"));

/// Reads `bytes` as a rule file.
pub(crate) fn read(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let loaded = RuleSet::load([SourceFile {
        name: "rule.yml",
        text: &text,
    }]);
    for problem in &loaded.problems {
        assert!(!problem.to_string().is_empty());
    }
    black_box(loaded.rules.lint());
    for (at, rule) in loaded.rules.rules().iter().enumerate() {
        black_box(catalog::lint(rule));
        let explained = rule.explain(&*JSON);
        assert_eq!(explained.matched, rule.matches(&*JSON), "{}", rule.title());
        black_box(loaded.rules.suppressed_by(at, &*JSON));
        for test in rule.tests() {
            black_box(rule.matches(test.event()));
        }
    }
    screen(loaded.rules);
}

/// The index must change no verdict, whatever the rules.
fn screen(rules: RuleSet) {
    let layout = layout::of(EVENT).expect("the event is an object");
    let record = Record::new(EVENT, layout).expect("the event is a record");
    let (detector, _) = Detector::new(rules);
    let mut screener = detector.screener();
    screener.screen(&record, None);
    let found = screener.take();
    let rules = detector.rules().rules().iter();
    let matches = rules.filter(|rule| rule.matches(&record)).count();
    assert_eq!(found.matches, matches as u64);
}
