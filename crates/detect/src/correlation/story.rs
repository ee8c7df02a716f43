//! The alert of a correlation: who did which things in what time, and why that is one finding.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use sigma::{Correlation, CorrelationCondition, CorrelationKind, Level};

use super::entry::Entry;
use super::judge::Match;
use super::strings::Strings;
use super::windows::{BETWEEN, group};
use super::words::{duration, in_words, joined, titled};
use crate::alert::{Account, Alert, AlertId, EventRef, Kind, Response, RuleInfo, SCHEMA, Source};
use crate::case::Case;
use crate::detector::Detector;
use crate::guidance::{Guidance, Text};
use crate::language::{Language, words};
use crate::moment::Moment;
use crate::neutral::neutral;
use crate::partition::Partition;
use crate::principal::{Principal, PrincipalKind};
use crate::sentence::{quoted, subject_of};
use crate::sketch::Sketch;

/// How many deeds, names and values a sentence tells.
const TOLD: usize = 6;

/// How many characters of a value are shown.
const WIDTH: usize = 160;

/// How many characters of a user agent are kept.
const USER_AGENT: usize = 512;

/// A match of a correlation, to be told.
pub(super) struct Story<'s> {
    /// The correlation's place in the rule set.
    pub(super) at: usize,
    pub(super) detector: &'s Detector,
    pub(super) strings: &'s Strings,
    pub(super) group: &'s [u8],
    pub(super) found: &'s Match,
}

impl Story<'_> {
    /// The case of the alert, with the events that belong to it.
    pub(super) fn case(&self, seen: Sketch, below: u64, listed: &[Entry]) -> Case {
        let last = self.found.last.timestamp();
        let moment = |entry: &Entry| Moment(entry.timestamp(), entry.event);
        let events: Vec<(Moment, EventRef)> = listed
            .iter()
            .map(|entry| (moment(entry), entry.event_ref(self.strings)))
            .collect();
        let alert = Alert {
            event_count: seen.count().0 + below,
            ..self.alert()
        };
        Case::gathered(moment(&self.found.first), alert, events, seen, last)
    }

    fn correlation(&self) -> &Correlation {
        &self.detector.rules().correlations()[self.at]
    }

    fn alert(&self) -> Alert {
        let (correlation, decided) = (self.correlation(), &self.found.first);
        let guidance = self.detector.correlation_guidance(self.at);
        let text = |sym| self.strings.text(sym).map(str::to_owned);
        let region = text(decided.region);
        let partition = region
            .as_deref()
            .map_or_else(Partition::default, Partition::of_region);
        Alert {
            schema: SCHEMA.to_owned(),
            id: self.id(guidance),
            level: correlation.level(),
            rule: RuleInfo::of(correlation.header(), guidance, Kind::Correlation),
            time: decided.timestamp(),
            first_time: self
                .because()
                .next()
                .map_or(decided.timestamp(), Entry::timestamp),
            last_time: self.found.last.timestamp(),
            event_count: 1,
            event_count_is_estimate: false,
            account: Account {
                id: text(decided.account),
                name: None,
            },
            region,
            partition,
            principal: decided.principal(self.strings).unwrap_or_else(nobody),
            source: self.source(decided),
            events: Vec::new(),
            why: self.why(),
            summary: Text {
                en: self.summary(Language::En),
                zh_cn: self.summary(Language::ZhCn),
            },
            deed: None,
            replaces: correlation.risk().map(|_| Level::Low),
            anomaly: None,
            response: guidance
                .response
                .iter()
                .filter_map(|step| Response::fill(step, partition, |name| self.words(name)))
                .collect(),
        }
    }

    /// One alert for a group and a period of the calendar, as for single rules.
    fn id(&self, guidance: &Guidance) -> AlertId {
        let start = guidance.period_start(self.found.first.timestamp());
        let mut key = start.to_le_bytes().to_vec();
        key.extend(self.group.get(4..).unwrap_or_default());
        crate::group::alert(self.correlation().id_or_title(), &key)
    }

    fn source(&self, entry: &Entry) -> Source {
        let text = |sym| self.strings.text(sym);
        Source {
            ip: text(entry.ip).map(|ip| neutral(ip, USER_AGENT)),
            country: None,
            asn: None,
            network: None,
            user_agent: text(entry.agent).map(|agent| agent.chars().take(USER_AGENT).collect()),
            tool: text(entry.tool).map(str::to_owned),
        }
    }

    fn because(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.found.because.iter()
    }

    /// One entry for each rule, in order of time: what a sentence tells of a chain. Of a rule with
    /// several the last that fits before the next.
    fn chain(&self) -> Vec<&Entry> {
        let mut rules = BTreeSet::new();
        let mut chain: Vec<&Entry> = Vec::new();
        for entry in self.because().rev() {
            if rules.insert(entry.of) {
                chain.push(entry);
            }
        }
        chain.reverse();
        chain
    }

    fn is_chain(&self) -> bool {
        self.correlation().kind().is_temporal() || self.correlation().risk().is_some()
    }

    fn summary(&self, language: Language) -> String {
        let sentence = match (self.correlation().unless_followed_by(), self.is_chain()) {
            ([], true) => self.chain_summary(language),
            ([], false) => self.count_summary(language),
            (_, _) => self.absence_summary(language),
        };
        let mut letters = sentence.chars();
        let first = letters.next().map(|c| c.to_ascii_uppercase());
        first.into_iter().chain(letters).collect()
    }

    /// Who did it, and from where: ``IAM user `maria` from 203.0.113.9``.
    fn who(&self, language: Language) -> (String, String) {
        let keys: BTreeSet<_> = self.because().map(|entry| entry.principal).collect();
        let names = self
            .because()
            .filter_map(|entry| entry.principal(self.strings));
        let people: BTreeSet<String> = names.map(|principal| principal.key).collect();
        let decided = self
            .found
            .first
            .principal(self.strings)
            .unwrap_or_else(nobody);
        let who = match (people.len(), language) {
            (0 | 1, _) if keys.len() > 1 => subject_of(&without_session(decided), language),
            (0 | 1, _) => subject_of(&decided, language),
            (many, Language::En) => format!("{many} principals"),
            (many, Language::ZhCn) => format!("{many} 个主体"),
        };
        let ips: BTreeSet<_> = self.because().map(|entry| entry.ip).collect();
        let ip = self
            .strings
            .text(self.found.first.ip)
            .map(|ip| neutral(ip, WIDTH));
        let place = match (ips.len(), ip, language) {
            (0, _, _) | (1, None, _) => String::new(),
            (1, Some(ip), Language::En) => format!(" from {ip}"),
            (1, Some(ip), Language::ZhCn) => format!("从 {ip}"),
            (many, _, Language::En) => format!(" from {many} addresses"),
            (many, _, Language::ZhCn) => format!("从 {many} 个地址"),
        };
        (who, place)
    }

    fn span(&self, language: Language) -> String {
        let first = self.because().next().map_or(0, |entry| entry.time);
        duration(self.found.first.time - first, language)
    }

    fn chain_summary(&self, language: Language) -> String {
        let ((who, place), span) = (self.who(language), self.span(language));
        let deeds: Vec<String> = self
            .chain()
            .iter()
            .map(|entry| self.deed(entry, language))
            .collect();
        match language {
            Language::En => format!("{who}{place} within {span}: {}.", deeds.join(", then ")),
            Language::ZhCn => {
                let deeds = format!("在 {span}内：{}。", deeds.join("，然后"));
                joined(&[&who, &place, &deeds])
            }
        }
    }

    fn count_summary(&self, language: Language) -> String {
        let ((who, place), span) = (self.who(language), self.span(language));
        let count = self.count(language);
        let names = self.names(language);
        let values = self.values(language);
        match language {
            Language::En => {
                format!("{who} made {count} within {span}{place}: {names}{values}.")
            }
            Language::ZhCn => {
                let calls = format!("在 {span}内发起了{count}：{names}{values}。");
                joined(&[&who, &place, &calls])
            }
        }
    }

    fn absence_summary(&self, language: Language) -> String {
        let (who, place) = self.who(language);
        let correlation = self.correlation();
        let deed = self.deed(&self.found.first, language);
        let span = duration(correlation.timespan().as_secs(), language);
        let missing: Vec<String> = (correlation.rules().len()..correlation.references().len())
            .map(|position| self.title_of(position as u16, language))
            .collect();
        match language {
            Language::En => format!(
                "{who} {deed}{place}, and within {span} none of this followed: {}.",
                missing.join(", ")
            ),
            Language::ZhCn => {
                let missing = format!("，此后 {span}内未出现：{}。", missing.join("、"));
                joined(&[&who, &place, &deed, &missing])
            }
        }
    }

    /// How many calls there were: `5 calls`, or `at least 5 calls` where some were taken away.
    fn count(&self, language: Language) -> String {
        let count = self.because().count();
        match (language, self.found.is_cut) {
            (Language::En, false) if count == 1 => "1 call".to_owned(),
            (Language::En, false) => format!("{count} calls"),
            (Language::En, true) => format!("at least {count} calls"),
            (Language::ZhCn, false) => format!(" {count} 次调用"),
            (Language::ZhCn, true) => format!("至少 {count} 次调用"),
        }
    }

    /// What the call of an entry did.
    fn deed(&self, entry: &Entry, language: Language) -> String {
        let words = self
            .strings
            .text(entry.action)
            .and_then(|words| words.split_once(BETWEEN));
        let deed = words.map(|(en, zh)| if language == Language::En { en } else { zh });
        let name = || quoted(self.strings.text(entry.name).unwrap_or_default());
        deed.map_or_else(name, str::to_owned)
    }

    /// Which calls, the most frequent first: `` `GetSecretValue` 20 times``.
    fn names(&self, language: Language) -> String {
        let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for entry in self.because() {
            let text = |sym| self.strings.text(sym).unwrap_or_default();
            *counts
                .entry((text(entry.name), text(entry.error)))
                .or_default() += 1;
        }
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        let more = counts.len().saturating_sub(TOLD);
        let parts: Vec<String> = counts
            .iter()
            .take(TOLD)
            .map(|((name, error), count)| {
                let why = match (*error, language) {
                    ("", _) => String::new(),
                    (error, Language::En) => format!(" ({})", quoted(error)),
                    (error, Language::ZhCn) => format!("（{}）", quoted(error)),
                };
                match (language, count) {
                    (Language::En, 1) => format!("{}{why}", quoted(name)),
                    (Language::En, count) => format!("{}{why} {count} times", quoted(name)),
                    (Language::ZhCn, count) => {
                        joined(&[&quoted(name), &why, &format!("{count} 次")])
                    }
                }
            })
            .collect();
        let others = match language {
            _ if more == 0 => String::new(),
            Language::En => format!(", and {more} others"),
            Language::ZhCn => format!("以及其他 {more} 种"),
        };
        parts.join(words(", ", "、").to(language)) + &others
    }

    /// Which different values, of correlations that count them.
    fn values(&self, language: Language) -> String {
        if self.correlation().kind() != CorrelationKind::ValueCount {
            return String::new();
        }
        let values = self
            .because()
            .filter_map(|entry| self.strings.text(entry.value));
        let values: BTreeSet<&str> = values.collect();
        let names: BTreeSet<_> = self.because().map(|entry| entry.name).collect();
        let fields = self.fields();
        // What was named already need not be counted out once more.
        if fields.ends_with("eventName`") && names.len() == values.len() {
            return String::new();
        }
        let shown = values.iter().take(TOLD).map(|value| quoted(value));
        let shown: Vec<String> = shown.collect();
        let shown = shown.join(words(", ", "、").to(language));
        let number = values.len();
        let (en, zh) = if number > TOLD {
            (", such as ", "，例如 ")
        } else {
            (": ", "：")
        };
        match language {
            Language::En => format!("; {number} different {fields}{en}{shown}"),
            Language::ZhCn => format!("；{fields} 有 {number} 个不同的值{zh}{shown}"),
        }
    }

    fn fields(&self) -> String {
        let fields = match self.correlation().condition() {
            CorrelationCondition::Bounds { fields, .. } => fields.as_slice(),
            CorrelationCondition::AllRules | CorrelationCondition::Rules(_) => &[],
        };
        let fields: Vec<_> = fields.iter().map(|field| quoted(field.as_str())).collect();
        fields.join(", ")
    }

    /// Facts that can be looked up.
    fn why(&self) -> Vec<String> {
        let mut facts = Vec::new();
        let correlation = self.correlation();
        let span = duration(correlation.timespan().as_secs(), Language::En);
        if self.is_chain() {
            for entry in self.chain().into_iter().take(TOLD) {
                let name = quoted(self.strings.text(entry.name).unwrap_or_default());
                let rule = self.title_of(entry.of, Language::En);
                facts.push(format!("at {}: {name} matched {rule}", entry.timestamp()));
            }
            facts.push(self.asked(&span));
        } else if let CorrelationCondition::Bounds { bounds, .. } = correlation.condition() {
            let first = self
                .because()
                .next()
                .map_or(Timestamp::UNIX_EPOCH, Entry::timestamp);
            facts.push(format!(
                "{} from {first} to {}",
                self.count(Language::En),
                self.found.first.timestamp()
            ));
            let words: Vec<String> = bounds.iter().map(|bound| in_words(*bound)).collect();
            let what = match correlation.kind() {
                CorrelationKind::EventCount if bounds.iter().all(|bound| bound.value() == 1) => {
                    "event".to_owned()
                }
                CorrelationKind::EventCount => "events".to_owned(),
                CorrelationKind::ValueCount => format!("different values of {}", self.fields()),
                kind => format!("as the {} of {}", kind.as_str(), self.fields()),
            };
            facts.push(format!(
                "the correlation asks for {} {what} within {span}",
                words.join(" and ")
            ));
        }
        for (name, value) in correlation.group_by().iter().zip(group::values(self.group)) {
            if let Some(value) = value {
                facts.push(format!("`{name}` is {} in all of them", quoted(value)));
            }
        }
        facts
    }

    /// What a chain's correlation asks for.
    fn asked(&self, span: &str) -> String {
        let planned = &self.detector.plan().correlations[self.at];
        let weighed = planned.weights.as_ref();
        weighed.map_or_else(
            || format!("the correlation asks for all of this within {span}"),
            |weights| weights.in_words(&self.found.because, self.correlation(), span),
        )
    }

    /// The title of what stands at this position of the correlation.
    fn title_of(&self, position: u16, language: Language) -> String {
        let rules = self.detector.rules();
        let name = &self.correlation().references()[usize::from(position)];
        if let Some(at) = rules.position(name) {
            return titled(
                rules.rules()[at].header(),
                self.detector.guidance(at),
                language,
            );
        }
        let other = rules.correlation_position(name);
        other.map_or_else(
            || quoted(name),
            |at| {
                let guidance = self.detector.correlation_guidance(at);
                titled(rules.correlations()[at].header(), guidance, language)
            },
        )
    }

    /// What stands for a place in a command: of the event that decided, and of the group.
    fn words(&self, name: &str) -> Vec<Cow<'_, str>> {
        let decided = &self.found.first;
        let principal = decided.principal(self.strings);
        let text = |sym| self.strings.text(sym).map(Cow::Borrowed);
        let owned = |text: Option<String>| text.map(Cow::Owned);
        let groups = self
            .correlation()
            .group_by()
            .iter()
            .zip(group::values(self.group));
        let mut groups = groups.filter(|(known, _)| *known == name);
        let found = groups
            .next()
            .and_then(|(_, value)| value)
            .map(Cow::Borrowed);
        let found = found.or_else(|| match name {
            "awsRegion" => text(decided.region),
            // Of the last event: what is cut off before it must be cut off with it.
            "eventTime" => owned(Some(self.found.last.timestamp().to_string())),
            "recipientAccountId" => text(decided.account),
            "sourceIPAddress" => text(decided.ip),
            "userIdentity.accessKeyId" => owned(principal?.access_key_id),
            "userIdentity.arn" => owned(principal?.arn),
            "userIdentity.userName" => {
                let principal = principal.filter(|who| who.kind == PrincipalKind::IamUser)?;
                Some(Cow::Owned(principal.name))
            }
            "userIdentity.sessionContext.sessionIssuer.userName" => {
                let principal = principal.filter(|who| who.kind == PrincipalKind::AssumedRole)?;
                Some(Cow::Owned(principal.name))
            }
            "trailhound.principal.name" => owned(Some(principal?.name)),
            "trailhound.principal.key" => owned(Some(principal?.key)),
            _ => None,
        });
        let is_counted = matches!(
            self.correlation().condition(),
            CorrelationCondition::Bounds { fields, .. } if fields.len() == 1 && fields[0].as_str() == name
        );
        if is_counted {
            let values = self
                .because()
                .filter_map(|entry| self.strings.text(entry.value));
            let values: BTreeSet<&str> = values.collect();
            return values.into_iter().map(Cow::Borrowed).collect();
        }
        found.into_iter().collect()
    }
}

fn nobody() -> Principal {
    Principal {
        key: "unknown".to_owned(),
        kind: PrincipalKind::Unknown,
        arn: None,
        name: "unknown".to_owned(),
        session: None,
        access_key_id: None,
        account: None,
        source_identity: None,
    }
}

fn without_session(principal: Principal) -> Principal {
    Principal {
        session: None,
        ..principal
    }
}
