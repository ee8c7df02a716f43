//! What the fleet notices by itself, made into an alert like any other.
//!
//! No record says that something did not come. Whoever knows that it was due tells it in this form, so that it
//! goes the way of all alerts: claimed once, routed, mailed, in the reader's language.

use jiff::Timestamp;
use sigma::Level;

use crate::alert::{Account, Alert, Deed, EventRef, Kind, Response, RuleInfo, SCHEMA, Source};
use crate::group;
use crate::guidance::Text;
use crate::neutral::neutral;
use crate::partition::Partition;
use crate::principal::{Principal, PrincipalKind};

/// Who notices: stands where others have the service that was called and the one who called.
pub const WHO: &str = "trailhound";

/// The longest name of an account that is kept, in characters.
const NAME: usize = 200;

/// Something that the fleet noticed by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Names what was noticed, as rules are named: `trailhound-region-silent`.
    pub rule: &'static str,
    /// The same as the call of a record would be named: `RegionSilent`.
    pub event: &'static str,
    /// The same for people.
    pub title: Text,
    /// Why it matters.
    pub threat: Text,
    /// Tags of ATT&CK, such as `attack.t1562.008`.
    pub tags: Vec<String>,
    /// How bad it is.
    pub level: Level,
    /// Since when it is so.
    pub time: Timestamp,
    /// Tells it from others of its rule: of the same parts it is the same alert, whoever notices and however often.
    pub which: Vec<String>,
    /// The account that it is about.
    pub account: Option<String>,
    /// What people call that account.
    pub name: Option<String>,
    /// The region that it is about.
    pub region: Option<String>,
    /// In a few words.
    pub headline: Text,
    /// In a sentence or two.
    pub summary: Text,
    /// Facts that can be checked, of the form `` `what` is `value` ``.
    pub why: Vec<String>,
    /// What to do.
    pub response: Vec<Response>,
}

impl From<Notice> for Alert {
    fn from(notice: Notice) -> Self {
        let mut key = Vec::new();
        for part in &notice.which {
            key.extend((part.len() as u64).to_le_bytes());
            key.extend(part.as_bytes());
        }
        let region = notice.region.as_deref();
        Self {
            schema: SCHEMA.to_owned(),
            id: group::alert(notice.rule, &key),
            level: notice.level,
            rule: RuleInfo {
                id: notice.rule.to_owned(),
                title: notice.title.en,
                title_zh_cn: Some(notice.title.zh_cn),
                kind: Kind::Watch,
                version: None,
                tags: notice.tags,
                period_seconds: None,
                threat: Some(notice.threat),
            },
            time: notice.time,
            first_time: notice.time,
            last_time: notice.time,
            event_count: 1,
            event_count_is_estimate: false,
            partition: region.map_or_else(Partition::default, Partition::of_region),
            principal: Principal {
                key: WHO.to_owned(),
                kind: PrincipalKind::Service,
                arn: None,
                name: WHO.to_owned(),
                session: None,
                access_key_id: None,
                account: notice.account.clone(),
                source_identity: None,
            },
            account: Account {
                id: notice.account,
                name: notice.name.map(|name| neutral(&name, NAME)),
            },
            region: notice.region,
            source: Source::default(),
            events: vec![EventRef {
                event_time: notice.time,
                event_id: None,
                shared_event_id: None,
                event_source: WHO.into(),
                event_name: notice.event.into(),
                error_code: None,
                log_file: None,
            }],
            why: notice.why,
            summary: notice.summary,
            deed: Some(Deed {
                headline: notice.headline,
                meaning: None,
                worked: true,
                target: None,
            }),
            replaces: None,
            anomaly: None,
            response: notice.response,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notice(which: &[&str]) -> Notice {
        let text = Text::new::<&str, &str>;
        Notice {
            rule: "trailhound-region-silent",
            event: "RegionSilent",
            title: text("A region fell silent", "区域静默"),
            threat: text("Why.", "原因。"),
            tags: vec!["attack.t1562.008".to_owned()],
            level: Level::High,
            time: "2026-11-28T05:01:31Z".parse().unwrap(),
            which: which.iter().map(|part| (*part).to_owned()).collect(),
            account: Some("111122223333".to_owned()),
            name: Some("prod\u{202e}\ngnp".to_owned()),
            region: Some("cn-north-1".to_owned()),
            headline: text("Nothing comes.", "没有日志。"),
            summary: text("Nothing comes.", "没有日志。"),
            why: Vec::new(),
            response: Vec::new(),
        }
    }

    #[test]
    fn it_is_one_alert_however_often_it_is_noticed() {
        let id = |which: &[&str], later: i64| {
            let mut notice = notice(which);
            notice.time += jiff::SignedDuration::from_hours(later);
            Alert::from(notice).id
        };
        assert_eq!(id(&["1", "a"], 0), id(&["1", "a"], 5));
        assert_ne!(id(&["1", "a"], 0), id(&["1a", ""], 0));
    }

    #[test]
    fn it_is_where_it_says_and_names_stay_on_their_line() {
        let alert = Alert::from(notice(&["1"]));
        assert_eq!(alert.partition, Partition::of_region("cn-north-1"));
        assert_eq!(alert.account.name.as_deref(), Some("prod<U+202E>␊gnp"));
        assert!(alert.decided().is_some());
    }
}
