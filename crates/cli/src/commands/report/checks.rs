//! What auditors ask first, answered from the logs; and the controls of frameworks, with what was found.

use std::collections::HashMap;

use catalog::controls::{CIS, FRAMEWORKS};
use detect::alert::Alert;
use detect::guidance::Theme;
use detect::{Detector, Guidance};
use report::{Check, Control, Framework, Words};

use super::completeness::Completeness;
use super::stats::Stats;
use crate::commands::scan::Tally;
use crate::numbers::count;

/// The blocks of all rules that report, by the name that alerts give the rule.
pub(super) fn guidance(detector: &Detector) -> HashMap<&str, &Guidance> {
    let set = detector.rules();
    let single = set
        .alone()
        .map(|(at, rule)| (rule.header(), detector.guidance(at)));
    let correlations = set.correlations().iter().enumerate();
    let correlated =
        correlations.map(|(at, one)| (one.header(), detector.correlation_guidance(at)));
    let named = single.chain(correlated);
    named
        .map(|(header, guidance)| (header.id().unwrap_or(header.title()), guidance))
        .collect()
}

/// The questions and answers.
pub(super) fn checks(
    stats: &Stats,
    tally: &Tally,
    completeness: &Completeness,
    alerts: &[Alert],
    guidance: &HashMap<&str, &Guidance>,
) -> Vec<Check> {
    let days = super::assemble::length(stats);
    let with_records = stats.days.len() as u64;
    let signs = stats.signs;
    let about = |theme: Theme| {
        let of_it = |alert: &&Alert| {
            let guidance = guidance.get(alert.rule.id.as_str());
            guidance.is_some_and(|guidance| guidance.theme == Some(theme))
        };
        alerts.iter().filter(of_it).count() as u64
    };
    let unread = tally.failed + tally.complaints.len() as u64;
    let none = |count: u64| Some(count == 0);
    let (trail, public) = (about(Theme::AuditLogs), about(Theme::DataExposure));
    vec![
        check(
            (
                "Are there logs of every day, and all of them?",
                "每天的日志都有，并且完整吗？",
            ),
            completeness.words(days, with_records),
            completeness.good(days, with_records),
        ),
        check(
            ("Could everything be read?", "所有内容都能读取吗？"),
            (
                format!("{unread} files or records could not be read"),
                format!("有 {unread} 个文件或记录无法读取"),
            ),
            none(unread),
        ),
        check(
            ("Was the root user used to sign in?", "是否有根用户登录？"),
            (
                format!("{} root sign-ins in {days} days", signs.root_sign_ins),
                format!("{days} 天内根用户登录 {} 次", signs.root_sign_ins),
            ),
            none(signs.root_sign_ins),
        ),
        check(
            ("Did the root user change anything?", "根用户是否做过更改？"),
            (
                format!("{} changing calls by root", signs.root_changes),
                format!("根用户的更改类调用 {} 次", signs.root_changes),
            ),
            none(signs.root_changes),
        ),
        check(
            (
                "Did people sign in to the console with a second factor?",
                "控制台登录是否使用了多重验证？",
            ),
            (
                format!(
                    "{} of {} sign-ins without",
                    signs.without_mfa, signs.sign_ins
                ),
                format!(
                    "{} 次登录中有 {} 次未使用",
                    signs.sign_ins, signs.without_mfa
                ),
            ),
            none(signs.without_mfa),
        ),
        check(
            (
                "Was anything done to the audit logs?",
                "审计日志是否被改动？",
            ),
            (format!("{trail} findings"), format!("{trail} 个发现")),
            none(trail),
        ),
        check(
            (
                "Was data made public, or shared with others?",
                "是否有数据被公开或共享给外部？",
            ),
            (format!("{public} findings"), format!("{public} 个发现")),
            none(public),
        ),
        check(
            ("How many calls failed?", "有多少调用失败？"),
            (
                format!("{} of {}", count(signs.denied), count(stats.records)),
                format!(
                    "{} 次调用中的 {} 次",
                    count(stats.records),
                    count(signs.denied)
                ),
            ),
            None,
        ),
    ]
}

fn check(question: (&str, &str), answer: (String, String), good: Option<bool>) -> Check {
    Check {
        question: Words {
            en: question.0.to_owned(),
            zh: question.1.to_owned(),
        },
        answer: Words {
            en: answer.0,
            zh: answer.1,
        },
        good,
    }
}

/// The frameworks, each control with the rules that watch over it and what they found.
pub(super) fn frameworks(alerts: &[Alert], guidance: &HashMap<&str, &Guidance>) -> Vec<Framework> {
    let control = |id: &str, name: &str, wanted: &dyn Fn(&Guidance) -> bool| {
        let found = alerts.iter().filter(|alert| {
            guidance
                .get(alert.rule.id.as_str())
                .is_some_and(|guidance| wanted(guidance))
        });
        Control {
            id: id.to_owned(),
            name: name.to_owned(),
            rules: guidance
                .values()
                .filter(|guidance| wanted(guidance))
                .count() as u64,
            findings: found.count() as u64,
        }
    };
    let cis = CIS.iter().map(|&(id, name)| {
        control(id, name, &|guidance| {
            guidance.cis.iter().any(|one| one == id)
        })
    });
    let mut frameworks = vec![Framework {
        name: "CIS AWS Foundations Benchmark".to_owned(),
        controls: cis.collect(),
    }];
    for framework in FRAMEWORKS {
        let families = framework.families.iter().map(|family| {
            control(family.id, family.name, &|guidance| {
                guidance
                    .theme
                    .is_some_and(|theme| family.themes.contains(&theme))
            })
        });
        frameworks.push(Framework {
            name: framework.name.to_owned(),
            controls: families.collect(),
        });
    }
    frameworks
}
