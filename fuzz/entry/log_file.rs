//! A log file of any bytes: read, and every record asked for all that anything asks.

use std::hint::black_box;
use std::sync::LazyLock;

use detect::cloudtrail::{LogFileReader, Record};
use detect::principal::Principal;
use detect::sentence::{Language, action, facts, sentence};
use detect::{Detector, Screener, derived};
use sigma::{Event, FieldPath, RuleSet, SourceFile};

/// Rules that use the index, both gates, keywords, derived fields and paths of every kind.
const RULES: &str = r"
title: By service and name
logsource: { product: aws, service: cloudtrail }
detection:
  selection: { eventSource: cloudtrail.amazonaws.com, eventName|startswith: Stop }
  filter: { errorCode|exists: true }
  condition: selection and not filter
level: high
---
title: By agent
logsource: { product: aws, service: cloudtrail }
detection:
  selection: { userAgent|contains: [cli, Mozilla] }
  condition: selection
level: low
---
title: By identity
logsource: { product: aws, service: cloudtrail }
detection:
  selection: { userIdentity.type: [Root, IAMUser], userIdentity.arn|endswith: [':root', s] }
  other: { userIdentity.type: null }
  condition: 1 of them
level: low
---
title: By word
logsource: { product: aws, service: cloudtrail }
detection:
  keywords: ['*admin*', public]
  condition: keywords
level: low
---
title: By what it means
logsource: { product: aws, service: cloudtrail }
detection:
  grants: { trailhound.grants: [public, admin] }
  opens: { trailhound.opens: world }
  failed: { trailhound.outcome: failure, trailhound.calledByAws: false }
  condition: 1 of them
level: low
";

const PATHS: [&str; 9] = [
    "requestParameters",
    "requestParameters.policyDocument.Statement.Effect",
    "requestParameters.ipPermissions.items.ipRanges.items[0].cidrIp",
    "requestParameters.a.b.c",
    "responseElements[-1]",
    "resources.ARN",
    "resources[0].type",
    "userIdentity.sessionContext.sessionIssuer.arn",
    "x.y",
];

static DETECTOR: LazyLock<Detector> = LazyLock::new(|| {
    let loaded = RuleSet::load([SourceFile {
        name: "fuzz.yml",
        text: RULES,
    }]);
    assert!(loaded.problems.is_empty(), "{:?}", loaded.problems);
    Detector::new(loaded.rules).0
});

static ASKED: LazyLock<Vec<FieldPath>> =
    LazyLock::new(|| PATHS.iter().map(|path| FieldPath::new(path)).collect());

/// Reads `bytes` as a log file.
pub(crate) fn read(bytes: &[u8]) {
    let mut screener = DETECTOR.screener();
    let mut handed_over = 0;
    let report = LogFileReader::default().read(bytes, |record| {
        handed_over += 1;
        ask(record, &mut screener);
    });
    assert_eq!(report.records, handed_over);
    assert!(report.repaired <= report.records);
    assert!(report.failures.len() as u64 <= report.failed);
    assert!(report.failed == 0 || !report.failures.is_empty());
}

fn ask(record: &Record<'_>, screener: &mut Screener<'_>) {
    for path in &*ASKED {
        black_box(record.field(path));
    }
    for field in derived::FIELDS {
        black_box(derived::field(record, field.name()));
    }
    for language in Language::ALL {
        let told = sentence(record, language);
        assert!(!told.chars().any(char::is_control), "{told:?}");
        black_box((action(record, language), facts(record, language)));
    }
    assert_eq!(Principal::of(record).key, Principal::key_of(record));
    screen(record, screener);
}

/// The index must change no verdict, whatever the record.
fn screen(record: &Record<'_>, screener: &mut Screener<'_>) {
    screener.screen(record, None);
    let found = screener.take();
    let rules = DETECTOR.rules().rules().iter();
    let matches = rules.filter(|rule| rule.matches(record)).count();
    assert_eq!(found.matches, matches as u64, "{}", record.text());
}
