//! Where, from where and how often it was.

use super::super::text::name;
use super::super::words::{self, events, span};
use super::Page;
use crate::alert::Alert;
use crate::language::{Language, words as both};

impl Page<'_> {
    /// The account by its name, with its owner and its unit, and the region.
    pub(super) fn place(&self, alert: &Alert) -> String {
        let accounts = &self.order.letter.accounts;
        let id = alert.account.id.as_deref();
        let region = name(alert.region.as_deref().unwrap_or("?"));
        let account = self.account(id);
        let owner = id.and_then(|id| accounts.owner(id)).map(name);
        let account = match (owner, self.language) {
            (None, _) => account,
            (Some(owner), Language::En) => format!("{account}, owner {owner}"),
            (Some(owner), Language::ZhCn) => format!("{account}，负责人 {owner}"),
        };
        let unit = id.and_then(|id| accounts.unit(id)).map(name);
        let account = match (unit, self.language) {
            (None, _) => account,
            (Some(unit), Language::En) => format!("{account}, unit {unit}"),
            (Some(unit), Language::ZhCn) => format!("{account}，组织单元 {unit}"),
        };
        match self.language {
            Language::En => format!("account {account}, region {region}"),
            Language::ZhCn => format!("账户 {account}，区域 {region}"),
        }
    }

    /// `prod (111122223333)`, or the id alone.
    pub(super) fn account(&self, id: Option<&str>) -> String {
        let known = id.and_then(|id| self.order.letter.accounts.name(id));
        match (known, id, self.language) {
            (Some(known), Some(id), Language::En) => format!("{} ({})", name(known), name(id)),
            (Some(known), Some(id), Language::ZhCn) => format!("{}（{}）", name(known), name(id)),
            (_, id, _) => name(id.unwrap_or("?")),
        }
    }

    pub(super) fn origin(&mut self, alert: &Alert) {
        let from = [&alert.source.ip, &alert.source.tool];
        let from: Vec<_> = from.into_iter().flatten().map(|text| name(text)).collect();
        let comma = both(", ", "，").to(self.language);
        if !from.is_empty() {
            self.labelled(words::FROM, &from.join(comma));
        }
    }

    pub(super) fn how_often(&self, alert: &Alert) -> String {
        let language = self.language;
        let count = events(alert.event_count, language);
        let about = match (alert.event_count_is_estimate, language) {
            (false, _) => "",
            (true, Language::En) => "about ",
            (true, Language::ZhCn) => "约 ",
        };
        let seconds = alert.last_time.duration_since(alert.first_time).as_secs();
        let (clock, span) = (&self.order.letter.clock, span(seconds, language));
        let first = clock.of_day(alert.first_time);
        let last = clock.of_day(alert.last_time);
        match language {
            Language::En => format!(
                "{about}{count} in {span}, from {first} to {last}; the one told above weighs most"
            ),
            Language::ZhCn => {
                format!(
                    "{about}{count}，历时 {span}（{first} 至 {last}）；上文所述是其中最严重的一个"
                )
            }
        }
    }
}
