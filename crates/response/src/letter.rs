//! What people are told of a plan: where it stands, the exact calls, and what takes them back.
//!
//! The same text is shown at a terminal and mailed. Names in it may be an attacker's choice, and are neutralised.

use std::fmt::Write as _;

use detect::guidance::Text;
use detect::language::Language;
use detect::neutral::neutral;
use detect::render::mail::level_number;
use jiff::Timestamp;

use crate::docket::{Docket, Progress, Status, Step};
use crate::manner::Manner;

/// How many characters of what others wrote are shown in one place.
const SAID: usize = 400;

/// A mail about a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// In ASCII, less than a hundred characters.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// What subscriptions filter by: names and values.
    pub attributes: Vec<(&'static str, String)>,
}

impl Letter {
    /// The letter about a plan as it stands.
    #[must_use]
    pub fn of(docket: &Docket, manner: &Manner, now: Timestamp) -> Self {
        let plan = &docket.plan;
        let pages: Vec<_> = manner
            .languages
            .iter()
            .map(|language| page(docket, *language, now))
            .collect();
        let level = plan.level.as_str();
        Self {
            subject: format!(
                "[{}] Trailhound plan {}: {}",
                level.to_uppercase(),
                plan.id,
                standing(docket, now).en
            ),
            body: pages.join("\n----\n\n"),
            attributes: vec![
                ("kind", "response".to_owned()),
                ("level", level.to_owned()),
                ("level_num", level_number(plan.level).to_string()),
                ("account", manner.account.clone()),
                ("status", docket.status.as_str().to_owned()),
            ],
        }
    }
}

/// Where a plan stands, in a few words; the English ones fit a subject.
#[must_use]
pub fn standing(docket: &Docket, now: Timestamp) -> Text {
    let (en, zh_cn) = match docket.status {
        Status::Planned => ("only planned", "仅为计划，不会执行"),
        Status::Waiting if docket.is_overdue(now) => ("expired", "已过期"),
        Status::Waiting => ("waits for approval", "等待批准"),
        Status::Rejected => ("rejected", "已被拒绝"),
        Status::Expired => ("expired", "已过期"),
        Status::Carrying => ("being carried out", "正在执行"),
        Status::Done if docket.failed() > 0 => ("carried out in part", "已部分执行"),
        Status::Done => ("carried out", "已执行"),
        Status::Undoing => ("being taken back", "正在撤销"),
        Status::Undone if docket.left() > 0 => ("taken back in part", "已部分撤销"),
        Status::Undone => ("taken back", "已撤销"),
    };
    Text {
        en: en.to_owned(),
        zh_cn: zh_cn.to_owned(),
    }
}

/// All that is known of a plan, as a page of text.
#[must_use]
pub fn page(docket: &Docket, language: Language, now: Timestamp) -> String {
    let say = |en: &'static str, zh: &'static str| match language {
        Language::En => en,
        Language::ZhCn => zh,
    };
    let plan = &docket.plan;
    let mut out = String::new();
    let mut line = |text: String| {
        // Writing to a string does not fail.
        let _ = writeln!(out, "{text}");
    };
    let standing = standing(docket, now);
    line(format!(
        "{} {}: {}",
        say("PLAN", "计划"),
        plan.id,
        standing.to(language)
    ));
    line(neutral(plan.headline.to(language), SAID));
    line(format!(
        "{} {}, {}",
        say("alert", "警报"),
        plan.alert,
        plan.level
    ));
    line(format!(
        "{} {}",
        say("who", "主体"),
        neutral(&plan.principal, SAID)
    ));
    if docket.status == Status::Waiting && !docket.is_overdue(now) {
        line(String::new());
        if let Some(until) = docket.until {
            line(format!("{} {}", say("Until", "有效期至"), moment(until)));
        }
        line(format!("  $ trailhound respond approve {}", plan.id));
        line(format!("  $ trailhound respond reject {}", plan.id));
    }
    if docket.last_acted().is_some() {
        line(String::new());
        line(say("To take it back:", "如需撤销：").to_owned());
        line(format!("  $ trailhound respond undo {}", plan.id));
    }
    for (at, step) in docket.steps.iter().enumerate() {
        line(String::new());
        of_step(at + 1, step, language)
            .into_iter()
            .for_each(&mut line);
    }
    if !plan.refusals.is_empty() {
        line(String::new());
        line(say("NOT DONE", "不执行的措施").to_owned());
        for refusal in &plan.refusals {
            line(format!("- {}", refusal.says().to(language)));
        }
    }
    if !docket.remarks.is_empty() {
        line(String::new());
        line(say("WHAT HAPPENED TO IT", "经过").to_owned());
        for remark in &docket.remarks {
            let (who, what) = (neutral(&remark.who, SAID), neutral(&remark.what, SAID));
            line(format!("- {} {who}: {what}", moment(remark.at)));
        }
    }
    out
}

fn of_step(number: usize, step: &Step, language: Language) -> Vec<String> {
    let say = |en: &'static str, zh: &'static str| match language {
        Language::En => en,
        Language::ZhCn => zh,
    };
    let (action, undo) = (&step.action, step.action.undo());
    vec![
        format!("{number}. {}", action.does().to(language)),
        format!("   {} {}", say("call", "调用"), action.call()),
        format!(
            "   {} {} ({})",
            say("undo", "撤销"),
            undo.call(),
            undo.by().to(language)
        ),
        format!("   {}", action.limits().to(language)),
        format!(
            "   {} {}",
            say("so far", "状态"),
            progress(&step.progress, language)
        ),
    ]
}

fn progress(progress: &Progress, language: Language) -> String {
    let (en, zh, why) = match progress {
        Progress::Open => ("nothing", "尚未执行", None),
        Progress::Begun { .. } => ("begun, not known to be done", "已开始，结果未知", None),
        Progress::Done { at } => ("done", "已完成", Some(moment(*at))),
        Progress::Unneeded { why } => ("not needed", "无需执行", Some(neutral(why, SAID))),
        Progress::Failed { why } => ("FAILED", "失败", Some(neutral(why, SAID))),
        Progress::Undone { at } => ("taken back", "已撤销", Some(moment(*at))),
        Progress::Left { why } => ("NOT TAKEN BACK", "未撤销", Some(neutral(why, SAID))),
    };
    let said = match language {
        Language::En => en,
        Language::ZhCn => zh,
    };
    match why {
        Some(why) => format!("{said}: {why}"),
        None => said.to_owned(),
    }
}

fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}
