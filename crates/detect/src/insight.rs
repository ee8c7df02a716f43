//! What CloudTrail Insights noticed: a call that was made, or failed, unusually often.
//!
//! An Insights record has no caller. It has averages a minute: of the time in which something was unusual,
//! and of about a week before; and who, with what tool and what error had how much of both. Its two halves,
//! `Start` and `End`, share an id. Only the end knows how long it took.
//!
//! Source: CloudTrail user guide, *CloudTrail record contents for Insights events for trails*.

use crate::cloudtrail::{Json, Record, json::Number};
use crate::language::Language;
use crate::neutral::neutral;
use crate::sentence::{quoted, service_name};

/// How many of those that an Insight names are told, of each kind.
const NAMED: usize = 3;

/// How many characters of a name are shown.
const WIDTH: usize = 160;

/// No average of calls a minute is as high as this.
const ABSURD: f64 = 1e9;

/// One half of an Insight.
pub(crate) struct Insight<'r> {
    record: &'r Record<'r>,
    details: Option<Json<'r>>,
}

/// Averages a minute.
#[derive(Clone, Copy)]
struct Averages {
    usual: Option<f64>,
    unusual: f64,
}

impl<'r> Insight<'r> {
    /// What `record` says, if it is such a record.
    pub(crate) fn of(record: &'r Record<'r>) -> Option<Self> {
        let details = record.get("insightDetails");
        let is_one = details.is_some() || record.event_category().as_deref() == Some("Insight");
        is_one.then_some(Self { record, details })
    }

    /// Whether it is over, and so all of it is known.
    pub(crate) fn is_over(&self) -> bool {
        self.text("state").as_deref() == Some("End")
    }

    fn text(&self, name: &str) -> Option<std::borrow::Cow<'r, str>> {
        self.details?.get(name)?.as_str()
    }

    fn statistic(&self, path: &[&str]) -> Option<f64> {
        let context = self.details?.at(&["insightContext", "statistics"])?;
        average(context.at(path)?)
    }

    fn averages(&self) -> Option<Averages> {
        Some(Averages {
            usual: self.statistic(&["baseline", "average"]),
            unusual: self.statistic(&["insight", "average"])?,
        })
    }

    /// What it is about: `` `RunInstances` calls (EC2) ``, with the error where it is about one.
    fn about(&self, language: Language) -> String {
        let name = quoted(&self.record.plain_event_name());
        let service = service_name(&self.record.event_source());
        let fails = self.text("insightType").as_deref() == Some("ApiErrorRateInsight");
        let error = self.text("errorCode").map(|code| quoted(&code));
        match (language, fails, error) {
            (Language::En, false, _) => format!("an unusual rate of {name} calls ({service})"),
            (Language::En, true, Some(error)) => {
                format!("an unusual rate of {name} calls ({service}) that fail with {error}")
            }
            (Language::En, true, None) => {
                format!("an unusual rate of {name} calls ({service}) that fail")
            }
            (Language::ZhCn, false, _) => format!("{service} 的 {name} 调用频率异常"),
            (Language::ZhCn, true, Some(error)) => {
                format!("{service} 的 {name} 调用以 {error} 失败的频率异常")
            }
            (Language::ZhCn, true, None) => format!("{service} 的 {name} 调用失败频率异常"),
        }
    }

    /// In a few words.
    pub(crate) fn headline(&self, language: Language) -> String {
        let about = self.about(language);
        match (language, self.is_over()) {
            (Language::En, false) => format!("CloudTrail Insights noticed {about}."),
            (Language::En, true) => format!("CloudTrail Insights saw the end of {about}."),
            (Language::ZhCn, false) => format!("CloudTrail Insights 发现 {about}。"),
            (Language::ZhCn, true) => format!("CloudTrail Insights 发现 {about}，现已恢复正常。"),
        }
    }

    /// The same with its figures.
    pub(crate) fn sentence(&self, language: Language) -> String {
        let mut sentence = self.headline(language);
        let Some(averages) = self.averages() else {
            return sentence;
        };
        sentence.pop();
        sentence += &match language {
            Language::En => format!(": {}{}.", averages.in_english(), self.lasting()),
            Language::ZhCn => format!("：{}{}。", averages.in_chinese(), self.lasting_in_chinese()),
        };
        sentence
    }

    /// Minutes that it took, once that is known.
    fn minutes(&self) -> Option<f64> {
        self.statistic(&["insightDuration"])
            .filter(|minutes| self.is_over() && *minutes >= 1.0)
    }

    fn lasting(&self) -> String {
        match self.minutes() {
            Some(minutes) if minutes < 1.5 => ", for a minute".to_owned(),
            Some(minutes) => format!(", for {minutes:.0} minutes"),
            None => String::new(),
        }
    }

    fn lasting_in_chinese(&self) -> String {
        let minutes = self.minutes();
        minutes.map_or_else(String::new, |minutes| format!("，持续 {minutes:.0} 分钟"))
    }

    /// The figures, and who and what had how much of them; each can be looked up in the record.
    pub(crate) fn why(&self) -> Vec<String> {
        let mut why = Vec::new();
        if let Some(averages) = self.averages() {
            let times = averages.times().map_or_else(String::new, |times| {
                format!(": {} times as many", figure(times))
            });
            let days = self.statistic(&["baselineDuration"]);
            let days = days.map(|minutes| minutes / 1440.0);
            let base = match days {
                Some(days) if days >= 1.5 => format!(", by the {days:.0} days before"),
                _ => String::new(),
            };
            let (figures, lasting) = (averages.in_english(), self.lasting());
            why.push(format!(
                "`insightContext` has {figures}{lasting}{base}{times}"
            ));
        }
        for (attribute, words) in [
            ("userIdentityArn", "by"),
            ("userAgent", "with the user agent"),
            ("errorCode", "with the error"),
        ] {
            why.extend(self.shares(attribute, words));
        }
        why
    }

    fn shares(&self, attribute: &str, words: &str) -> Vec<String> {
        let all = self.attributions();
        let of = all.into_iter().find(|of| {
            let named = of.get("attribute").and_then(Json::as_str);
            named.as_deref() == Some(attribute)
        });
        let side = |side: &str| of.and_then(|of| of.get(side));
        let members = |side: Option<Json<'r>>| side.into_iter().flat_map(Json::elements);
        let usual = |value: Option<&str>| {
            let known = members(side("baseline")).find(|known| name(*known).as_deref() == value);
            known.and_then(|known| average(known.get("average")?))
        };
        members(side("insight"))
            .filter_map(|share| {
                let value = name(share);
                let averages = Averages {
                    usual: usual(value.as_deref()),
                    unusual: average(share.get("average")?)?,
                };
                let whose = match value {
                    Some(value) => format!("{words} `{}`", neutral(&value, WIDTH)),
                    None if attribute == "errorCode" => "without an error".to_owned(),
                    None => return None,
                };
                Some(format!("Of these {whose}: {}", averages.in_english()))
            })
            .take(NAMED)
            .collect()
    }

    fn attributions(&self) -> Vec<Json<'r>> {
        let path = ["insightContext", "attributions"];
        let all = self.details.and_then(|details| details.at(&path));
        all.into_iter().flat_map(Json::elements).collect()
    }
}

impl Averages {
    /// How many times as many as usual, where there are any usually.
    fn times(self) -> Option<f64> {
        let times = self.unusual / self.usual.filter(|usual| *usual > 0.0)?;
        (1.0..ABSURD).contains(&times).then_some(times)
    }

    fn in_english(self) -> String {
        let unusual = figure(self.unusual);
        match self.usual {
            None => format!("{unusual} a minute"),
            Some(usual) if usual <= 0.0 => format!("{unusual} a minute, where none are usual"),
            Some(usual) => format!("{unusual} a minute, where {} are usual", figure(usual)),
        }
    }

    fn in_chinese(self) -> String {
        let unusual = figure(self.unusual);
        match self.usual {
            None => format!("每分钟 {unusual} 次"),
            Some(usual) if usual <= 0.0 => format!("每分钟 {unusual} 次，平时没有"),
            Some(usual) => format!("每分钟 {unusual} 次，平时 {} 次", figure(usual)),
        }
    }
}

/// The value that a share is of; none of the calls without an error.
fn name<'r>(share: Json<'r>) -> Option<std::borrow::Cow<'r, str>> {
    share.get("value")?.as_str()
}

fn average(number: Json<'_>) -> Option<f64> {
    let average = match number.as_number()? {
        Number::Int(whole) => whole as f64,
        Number::Float(float) => float,
    };
    (0.0..ABSURD).contains(&average).then_some(average)
}

/// As many digits as say something: a rate of 0.0003 a minute is one call in two days.
fn figure(number: f64) -> String {
    match number {
        number if number >= 10.0 => format!("{number:.0}"),
        number if number >= 0.01 => {
            let text = format!("{number:.2}");
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        number if number > 0.0 => format!("{number:.0e}")
            .parse::<f64>()
            .map_or_else(|_| number.to_string(), |rounded| rounded.to_string()),
        _ => "0".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with<T>(details: &str, ask: impl FnOnce(&Insight<'_>) -> T) -> T {
        let text = format!(
            r#"{{"eventTime":"2026-11-22T14:02:11Z","eventCategory":"Insight","insightDetails":{details}}}"#
        );
        let record = Record::of_text(&text).expect("a record");
        ask(&Insight::of(&record).expect("an Insight"))
    }

    const CALLS: &str = r#"{"state":"End","eventSource":"ec2.amazonaws.com","eventName":"RunInstances","insightType":"ApiCallRateInsight","insightContext":{"statistics":{"baseline":{"average":0.0004},"insight":{"average":12.6},"insightDuration":6,"baselineDuration":10080},"attributions":[{"attribute":"userIdentityArn","insight":[{"value":"arn:aws:iam::111122223333:user/`ev\nil","average":12.1},{"value":"b","average":0.3},{"value":"c","average":0.1},{"value":"d","average":0.1}],"baseline":[{"value":"b","average":0.0004}]},{"attribute":"errorCode","insight":[{"value":null,"average":12.6}],"baseline":[]}]}}"#;

    #[test]
    fn what_is_over_has_all_its_figures() {
        with(CALLS, |insight| {
            assert_eq!(
                insight.sentence(Language::En),
                "CloudTrail Insights saw the end of an unusual rate of `RunInstances` calls (EC2): 13 a minute, \
                 where 0.0004 are usual, for 6 minutes."
            );
            assert_eq!(
                insight.sentence(Language::ZhCn),
                "CloudTrail Insights 发现 EC2 的 `RunInstances` 调用频率异常，现已恢复正常：每分钟 13 次，\
                 平时 0.0004 次，持续 6 分钟。"
            );
            assert_eq!(
                insight.why(),
                [
                    "`insightContext` has 13 a minute, where 0.0004 are usual, for 6 minutes, by the 7 days before: 31500 times as many",
                    "Of these by `arn:aws:iam::111122223333:user/'ev␊il`: 12 a minute",
                    "Of these by `b`: 0.3 a minute, where 0.0004 are usual",
                    "Of these by `c`: 0.1 a minute",
                    "Of these without an error: 13 a minute",
                ]
            );
        });
    }

    #[test]
    fn errors_that_begin_say_which() {
        let details = r#"{"state":"Start","eventSource":"ecs.amazonaws.com","eventName":"UpdateService","insightType":"ApiErrorRateInsight","errorCode":"Oops","insightContext":{"statistics":{"baseline":{"average":0},"insight":{"average":2.3333333},"insightDuration":1}}}"#;
        with(details, |insight| {
            assert_eq!(
                insight.sentence(Language::En),
                "CloudTrail Insights noticed an unusual rate of `UpdateService` calls (ECS) that fail with \
                 `Oops`: 2.33 a minute, where none are usual."
            );
        });
    }

    #[test]
    fn what_makes_no_sense_is_left_out() {
        for details in [
            r#"{"eventSource":"x","eventName":"y"}"#,
            r#"{"eventSource":"x","eventName":"y","insightContext":{"statistics":{"insight":{"average":1e300}}}}"#,
            r#"{"eventSource":"x","eventName":"y","insightContext":{"statistics":{"insight":{"average":-3}}}}"#,
            r#"{"eventSource":"x","eventName":"y","insightContext":{"attributions":[{"attribute":"userAgent","insight":{"average":7}}]}}"#,
        ] {
            with(details, |insight| {
                assert_eq!(insight.why(), Vec::<String>::new(), "{details}");
                assert_eq!(
                    insight.sentence(Language::En),
                    insight.headline(Language::En),
                    "{details}"
                );
            });
        }
    }
}
