//! What the language costs: loading the rules of this repository, and asking one line.
//!
//! Every start pays for loading, so it is measured per file as well as for all of them.

use divan::Bencher;
use serde_json::{Value, json};
use sigma::{RuleSet, SourceFile};

fn main() {
    divan::main();
}

/// Name and text of every rule file in the repository.
fn files() -> Vec<(String, String)> {
    outside::rule_files(&outside::repository().join("rules"))
}

#[divan::bench]
fn load_every_rule(bencher: Bencher<'_, '_>) {
    let files = files();
    bencher
        .counter(divan::counter::ItemsCount::new(files.len()))
        .bench(|| RuleSet::load(files.iter().map(|(name, text)| SourceFile { name, text })));
}

#[divan::bench]
fn load_every_rule_without_its_tests(bencher: Bencher<'_, '_>) {
    let files = files();
    bencher
        .counter(divan::counter::ItemsCount::new(files.len()))
        .bench(|| {
            let texts: Vec<_> = files
                .iter()
                .map(|(_, text)| sigma::without_tests(text))
                .collect();
            let named = files.iter().zip(&texts);
            RuleSet::load(named.map(|((name, _), text)| SourceFile { name, text }))
        });
}

/// Lines as rules have them, each asked about an event that it narrowly misses.
#[divan::bench(args = [
    "eventName: DeleteTrail",
    "eventName: [A, B, C, D, E, F, G, H, I, J]",
    "userAgent|contains: kali",
    "userAgent|contains: [kali, parrot, pentoo, s3 browser, trufflehog]",
    "userAgent: 'aws-cli/1.*kali'",
    "userAgent|re: 'aws-cli/1\\..*kali'",
    "sourceIPAddress|cidr: 10.0.0.0/8",
    "errorCode|exists: true",
])]
fn ask_one_line(bencher: Bencher<'_, '_>, line: &str) {
    let text = format!(
        "title: x\nlogsource: {{ product: aws }}\ndetection:\n  s:\n    {line}\n  condition: s\n"
    );
    let loaded = RuleSet::load([SourceFile {
        name: "bench.yml",
        text: &text,
    }]);
    let rule = &loaded.rules.rules()[0];
    let event = event();
    bencher.bench(|| rule.matches(divan::black_box(&event)));
}

fn event() -> Value {
    json!({
        "eventName": "DescribeTrails",
        "sourceIPAddress": "203.0.113.7",
        "userAgent": "aws-cli/2.15.30 md/awscrt#0.19.19 ua/2.0 os/linux#6.1 lang/python#3.11",
    })
}
