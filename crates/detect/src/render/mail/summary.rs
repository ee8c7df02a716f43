//! What a day or a week was like, as a mail.
//!
//! It comes also when nothing was: then it says that somebody has looked.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sigma::Level;

use super::blocks::Block;
use super::body::level_tag;
use super::text::{ascii, line, name};
use super::words::{self, counted};
use super::{Letter, Mail, SUBJECT, html, level_number};
use crate::alert::{Alert, AlertId};
use crate::guidance::Text;
use crate::language::{Language, Words, words};
use crate::render::chat;

/// How long a headline is kept, in characters.
const HEADLINE: usize = 200;

/// How many of each list a mail shows.
const SHOWN: usize = 10;

/// How many alerts a chat room is shown.
const SHOWN_IN_ROOM: usize = 5;

const DAY: Words = words("THE DAY", "当日概况");
const WEEK: Words = words("THE WEEK", "本周概况");
const WORST: Words = words("WHAT WAS NEW, THE WORST FIRST", "新告警（最严重的在前）");
const QUIET: Words = words("QUIET ACCOUNTS", "没有日志的账户");
const SILENCED: Words = words("WHAT EXCLUSIONS HAVE SILENCED", "被排除项屏蔽的匹配");
const COST: Words = words("WHAT IT COSTS", "费用");
const NOTHING: Words = words("Nothing new.", "没有新告警。");
const NO_QUIET: Words = words(
    "None: every account that was heard of in the last seven days was heard of.",
    "无：过去七天内有日志的账户，这段时间都有日志。",
);
const NOT_SILENCED: Words = words("Nothing.", "无。");

/// An alert, as short as a summary needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Headline {
    /// Which.
    pub id: AlertId,
    /// How bad it is.
    pub level: Level,
    /// Where.
    pub account: Option<String>,
    /// What.
    pub said: Text,
}

impl Headline {
    /// That of `alert`.
    #[must_use]
    pub fn of(alert: &Alert) -> Self {
        let said = |language| {
            let said = alert.headline(language);
            said.chars().take(HEADLINE).collect()
        };
        Self {
            id: alert.id,
            level: alert.level,
            account: alert.account.id.clone(),
            said: Text {
                en: said(Language::En),
                zh_cn: said(Language::ZhCn),
            },
        }
    }
}

/// What was, from the first day to the last, both whole days in UTC.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// The first day.
    pub first: Date,
    /// The last day; the same for a day.
    pub last: Date,
    /// New alerts by level.
    pub alerts: BTreeMap<Level, u64>,
    /// Some of them, the worst first.
    pub worst: Vec<Headline>,
    /// Records in log files.
    pub records: u64,
    /// Log files.
    pub files: u64,
    /// Their size as stored, in bytes.
    pub bytes: u64,
    /// Accounts that wrote no log file, and the last day on which they did.
    pub quiet: Vec<(String, Date)>,
    /// Matches that exclusions have silenced, by the title of the exclusion.
    pub silenced: BTreeMap<String, u64>,
    /// What the fleet costs a month at this pace, in dollars, and where and when these prices held.
    pub cost: Option<(f64, String)>,
}

impl Summary {
    fn is_week(&self) -> bool {
        self.first != self.last
    }

    fn new_alerts(&self, language: Language) -> String {
        let sum: u64 = self.alerts.values().sum();
        let all = counted(sum, words("new alert", "条新告警"), language);
        let levels: Vec<_> = self
            .alerts
            .iter()
            .rev()
            .map(|(level, count)| match language {
                Language::En => format!("{count} {}", words::level(*level, language)),
                Language::ZhCn => format!("{} {count} 条", words::level(*level, language)),
            })
            .collect();
        match (levels.as_slice(), language) {
            ([], _) => all,
            (_, Language::En) => format!("{all}: {}", levels.join(", ")),
            (_, Language::ZhCn) => format!("{all}：{}", levels.join("，")),
        }
    }
}

impl Letter {
    /// The mail that tells `summary`.
    #[must_use]
    pub fn summarise(&self, summary: &Summary) -> Mail {
        let level = summary.alerts.keys().max().copied();
        let level = level.unwrap_or(Level::Informational);
        let what = match summary.is_week() {
            true => format!("Week to {}", summary.last),
            false => format!("Day {}", summary.last),
        };
        let records = counted(summary.records, words("record", "条记录"), Language::En);
        let subject = format!(
            "[trailhound] {what}: {}; {records}",
            summary.new_alerts(Language::En)
        );
        let title = self.summary_title(summary);
        let parts = self.in_each(|language| self.summary_in(language, summary));
        Mail {
            subject: ascii(&subject, SUBJECT - 1),
            body: self.as_text(&parts),
            html: html::page(&title, level, &parts),
            room: self.summary_room(&title, summary),
            title,
            attributes: BTreeMap::from([
                ("kind", "summary".to_owned()),
                ("level", level.to_string()),
                ("level_num", level_number(level).to_string()),
                ("language", self.tags()),
            ]),
            notification: None,
        }
    }

    /// The subject in the language that the mail begins in.
    fn summary_title(&self, summary: &Summary) -> String {
        let language = self.language();
        let records = counted(summary.records, words("record", "条记录"), language);
        let (alerts, last) = (summary.new_alerts(language), summary.last);
        match (language, summary.is_week()) {
            (Language::En, true) => format!("[trailhound] Week to {last}: {alerts}; {records}"),
            (Language::En, false) => format!("[trailhound] Day {last}: {alerts}; {records}"),
            (Language::ZhCn, true) => {
                format!("[trailhound] 截至 {last} 的一周：{alerts}；{records}")
            }
            (Language::ZhCn, false) => format!("[trailhound] {last} 当日：{alerts}；{records}"),
        }
    }

    fn summary_in(&self, language: Language, summary: &Summary) -> Vec<Block> {
        let mut blocks = Vec::new();
        let title = if summary.is_week() { WEEK } else { DAY };
        let (title, days) = (title.to(language), days(summary, language));
        blocks.push(Block::Heading(match language {
            Language::En => format!("{title}: {days} (UTC)"),
            Language::ZhCn => format!("{title}：{days}（UTC）"),
        }));
        blocks.push(Block::Line(summary.new_alerts(language)));
        let records = counted(summary.records, words("record", "条记录"), language);
        let files = counted(summary.files, words("log file", "个日志文件"), language);
        let megabytes = summary.bytes as f64 / 1e6;
        blocks.push(Block::Line(match language {
            Language::En => format!("{records} in {files}, {megabytes:.1} MB as stored"),
            Language::ZhCn => format!("{records}，来自 {files}，存储大小 {megabytes:.1} MB"),
        }));
        self.worst(&mut blocks, language, summary);
        self.quiet(&mut blocks, language, summary);
        silenced(&mut blocks, language, summary);
        if let Some((dollars, prices)) = &summary.cost {
            blocks.push(Block::Heading(COST.to(language).to_owned()));
            blocks.push(Block::Line(match language {
                Language::En => {
                    format!("About ${dollars:.2} a month at this pace, at list prices of {prices}.")
                }
                Language::ZhCn => {
                    format!("按此用量，每月约 {dollars:.2} 美元（{prices} 的标价）。")
                }
            }));
        }
        blocks
    }

    fn worst(&self, blocks: &mut Vec<Block>, language: Language, summary: &Summary) {
        blocks.push(Block::Heading(WORST.to(language).to_owned()));
        if summary.worst.is_empty() {
            blocks.push(Block::Line(NOTHING.to(language).to_owned()));
        }
        for headline in summary.worst.iter().take(SHOWN) {
            let account = self.account_of(headline.account.as_deref());
            let said = line(headline.said.to(language));
            let id = headline.id;
            let id = match language {
                Language::En => format!("alert {id}"),
                Language::ZhCn => format!("告警 {id}"),
            };
            let said = format!("{account}: {said}");
            blocks.push(Block::Mention(headline.level, said, Some(id)));
        }
        let all: u64 = summary.alerts.values().sum();
        blocks.extend(more(summary.worst.len(), all, language));
    }

    fn quiet(&self, blocks: &mut Vec<Block>, language: Language, summary: &Summary) {
        blocks.push(Block::Heading(QUIET.to(language).to_owned()));
        if summary.quiet.is_empty() {
            blocks.push(Block::Line(NO_QUIET.to(language).to_owned()));
        }
        for (account, last) in summary.quiet.iter().take(SHOWN) {
            let account = self.account_of(Some(account));
            let said = match language {
                Language::En => format!("{account}: last log file on {last}"),
                Language::ZhCn => format!("{account}：最后一个日志文件在 {last}"),
            };
            blocks.push(Block::Item("- ".to_owned(), said));
        }
        let all = summary.quiet.len();
        blocks.extend(more(all, all as u64, language));
    }

    /// The summary in a few lines, for a chat room.
    fn summary_room(&self, title: &str, summary: &Summary) -> String {
        let language = self.language();
        let worst = summary.worst.iter().take(SHOWN_IN_ROOM).map(|headline| {
            let account = self.account_of(headline.account.as_deref());
            let level = level_tag(headline.level);
            format!("[{level}] {account}: {}", headline.said.to(language))
        });
        chat::few_lines(std::iter::once(title.to_owned()).chain(worst))
    }

    /// An account as people call it, with its id.
    fn account_of(&self, id: Option<&str>) -> String {
        let id = id.unwrap_or("?");
        match self.accounts.name(id) {
            Some(called) => format!("{} ({})", name(called), name(id)),
            None => name(id),
        }
    }
}

fn silenced(blocks: &mut Vec<Block>, language: Language, summary: &Summary) {
    blocks.push(Block::Heading(SILENCED.to(language).to_owned()));
    if summary.silenced.is_empty() {
        blocks.push(Block::Line(NOT_SILENCED.to(language).to_owned()));
    }
    let mut silenced: Vec<_> = summary.silenced.iter().collect();
    silenced.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    for (title, count) in silenced.iter().take(SHOWN) {
        let count = counted(**count, words("match", "次匹配"), language);
        let colon = words(": ", "：").to(language);
        let said = format!("{count}{colon}{}", name(title));
        blocks.push(Block::Item("- ".to_owned(), said));
    }
    blocks.extend(more(silenced.len(), silenced.len() as u64, language));
}

/// That there are more than are shown of those that are listed.
fn more(listed: usize, all: u64, language: Language) -> Option<Block> {
    let more = all.saturating_sub(listed.min(SHOWN) as u64);
    (more > 0).then(|| {
        Block::Line(match language {
            Language::En => format!("and {more} more"),
            Language::ZhCn => format!("以及另外 {more} 项"),
        })
    })
}

fn days(summary: &Summary, language: Language) -> String {
    let day = |date: Date| match language {
        Language::En => date.strftime("%a %-d %b %Y").to_string(),
        Language::ZhCn => date.strftime("%Y年%-m月%-d日").to_string(),
    };
    let (first, last) = (day(summary.first), day(summary.last));
    match (summary.is_week(), language) {
        (false, _) => last,
        (true, Language::En) => format!("{first} to {last}"),
        (true, Language::ZhCn) => format!("{first}至{last}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(first: &str) -> Summary {
        let date = |text: &str| text.parse().unwrap();
        let headline = |level, text: &str| Headline {
            id: AlertId::try_from(format!("th-{:024x}", text.len())).unwrap(),
            level,
            account: Some("111122223333".to_owned()),
            said: Text {
                en: text.to_owned(),
                zh_cn: text.to_owned(),
            },
        };
        Summary {
            first: date(first),
            last: date("2026-11-29"),
            alerts: BTreeMap::from([(Level::Critical, 1), (Level::Medium, 12)]),
            worst: vec![
                headline(
                    Level::Critical,
                    "user `tom.becker` shared a snapshot with everybody",
                ),
                headline(Level::Medium, "see https://evil.example/\u{202e}now"),
            ],
            records: 81_846,
            files: 8_781,
            bytes: 20_510_000,
            quiet: vec![("444455556666".to_owned(), date("2026-11-25"))],
            silenced: BTreeMap::from([("Terraform".to_owned(), 430), ("Backup".to_owned(), 1)]),
            cost: Some((13.5, "us-east-1 of 2025-06".to_owned())),
        }
    }

    #[test]
    fn a_week_in_both_languages() {
        let accounts = "111122223333 = prod, platform team".parse().unwrap();
        let letter = Letter::new(&Language::ALL).with_accounts(accounts);
        let mail = letter.summarise(&summary("2026-11-23"));
        insta::assert_snapshot!(format!("{}\n\n{}", mail.subject, mail.body));
        assert_eq!(mail.attributes["kind"], "summary");
        assert!(mail.subject.is_ascii() && mail.subject.len() < SUBJECT);
    }

    #[test]
    fn a_day_on_which_nothing_was_says_so() {
        let mail = Letter::new(&[Language::En]).summarise(&Summary {
            alerts: BTreeMap::new(),
            worst: Vec::new(),
            quiet: Vec::new(),
            silenced: BTreeMap::new(),
            cost: None,
            ..summary("2026-11-29")
        });
        assert_eq!(
            mail.subject,
            "[trailhound] Day 2026-11-29: 0 new alerts; 81,846 records"
        );
        for said in [
            "THE DAY: Sun 29 Nov 2026 (UTC)",
            NOTHING.en,
            NO_QUIET.en,
            NOT_SILENCED.en,
        ] {
            assert!(mail.body.contains(said), "{said}");
        }
    }
}
