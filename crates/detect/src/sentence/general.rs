//! The phrase for a call that has none of its own: its name, its service, and what it was about.

use crate::cloudtrail::{Json, Record, json::Kind};
use crate::language::Language;
use crate::neutral::neutral;

use super::services::service_name;
use super::template::{MAX_NAME, quoted, short};

/// `call DescribeInstances (EC2)` and the like, in the base form; `done` as in [`super::template`].
pub(super) fn phrase(record: &Record<'_>, language: Language, done: bool) -> String {
    let name = neutral(&record.plain_event_name(), MAX_NAME);
    let service = service_name(&record.event_source());
    let own = record.account();
    let object = object(record).map(|object| quoted(short(&object, own.as_deref())));
    let by_itself = record.event_type().as_deref() == Some("AwsServiceEvent");
    match (language, object) {
        (Language::En, object) => {
            let verb = if by_itself {
                "report the event"
            } else {
                "call"
            };
            let about = object.map_or_else(String::new, |object| format!(" on {object}"));
            format!("{verb} {name} ({service}){about}")
        }
        (Language::ZhCn, object) => {
            let past = if done { "了" } else { "" };
            let about = object.map_or_else(String::new, |object| format!("（对象：{object}）"));
            if by_itself {
                format!("报告{past} {service} 的事件 {name}{about}")
            } else {
                format!("调用{past} {service} 的 {name}{about}")
            }
        }
    }
}

/// The main thing a call was about: the parameter that best fits the name of the call, or else the
/// first resource that the record lists.
fn object(record: &Record<'_>) -> Option<String> {
    let noun = noun(&record.plain_event_name()).to_ascii_lowercase();
    let parameters = record
        .request_parameters()
        .into_iter()
        .flat_map(Json::entries);
    parameters
        .filter_map(|(key, value)| {
            let fit = fit(&key.decoded(), &noun)?;
            Some((fit, named(value)?))
        })
        .min_by_key(|(fit, _)| *fit)
        .map(|(_, name)| name)
        .or_else(|| first_resource(record))
}

/// `DescribeInstances` is about `Instance`.
fn noun(event_name: &str) -> &str {
    let after_verb = event_name
        .char_indices()
        .skip(1)
        .find(|(_, c)| c.is_ascii_uppercase())
        .map_or("", |(at, _)| &event_name[at..]);
    after_verb.strip_suffix('s').unwrap_or(after_verb)
}

/// How well a parameter names what a call is about, best first; `None` if it names nothing.
fn fit(key: &str, noun: &str) -> Option<u8> {
    const ENDINGS: [&str; 8] = [
        "name",
        "arn",
        "id",
        "identifier",
        "ids",
        "names",
        "arns",
        "set",
    ];
    let key = key.to_ascii_lowercase();
    let ending = ENDINGS.iter().any(|ending| key.ends_with(ending));
    let paging = ["token", "clienttoken", "requestid", "marker"].contains(&&*key);
    let names_noun = !noun.is_empty() && key.starts_with(noun);
    match (names_noun, ending) {
        _ if paging => None,
        (true, true) => Some(0),
        (true, false) if key == noun => Some(1),
        (false, true) if key == "bucketname" => Some(1),
        (false, true) => Some(2),
        _ => None,
    }
}

/// A name in `json`: the text itself, or the first text in the lists that EC2 wraps them in.
fn named(json: Json<'_>) -> Option<String> {
    let mut json = json;
    for _ in 0..4 {
        json = match json.kind() {
            Kind::String => {
                return Some(json.as_str()?.into_owned()).filter(|name| !name.is_empty());
            }
            Kind::Array => json.elements().next()?,
            Kind::Object => {
                let (key, inner) = json.entries().next()?;
                let known = key.is("items") || key.decoded().to_ascii_lowercase().ends_with("id");
                known.then_some(inner)?
            }
            _ => return None,
        };
    }
    None
}

fn first_resource(record: &Record<'_>) -> Option<String> {
    let first = record.resources()?.elements().next()?;
    let name = |key: &str| first.get(key).and_then(Json::as_str);
    let arn = name("ARN")
        .or_else(|| name("arn"))
        .or_else(|| name("resourceName"))?;
    Some(arn.into_owned()).filter(|arn| !arn.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloudtrail::layout;

    #[test]
    fn the_parameter_that_fits_the_call_is_its_object() {
        for (name, fields, expected) in [
            (
                "DescribeInstances",
                r#""requestParameters":{"instancesSet":{"items":[{"instanceId":"i-1"}]},"filterSet":{}}"#,
                Some("i-1"),
            ),
            (
                "DeleteGizmo",
                r#""requestParameters":{"ownerId":"o","gizmoName":"g"}"#,
                Some("g"),
            ),
            (
                "DeleteGizmo",
                r#""requestParameters":{"ownerId":"o","force":true}"#,
                Some("o"),
            ),
            (
                "DeleteGizmo",
                r#""requestParameters":{"gizmo":"g","ownerId":"o"}"#,
                Some("g"),
            ),
            (
                "ListGizmos",
                r#""requestParameters":{"nextToken":"t"}"#,
                None,
            ),
            (
                "ListGizmos",
                r#""requestParameters":null,"resources":[{"ARN":"arn:aws:x"}]"#,
                Some("arn:aws:x"),
            ),
            ("X", r#""requestParameters":{"aId":{"b":1},"bId":7}"#, None),
        ] {
            let text = format!(
                r#"{{"eventSource":"a","eventName":"{name}","eventTime":"2026-11-22T14:02:11Z",{fields}}}"#
            );
            let record = Record::new(&text, layout::of(&text).unwrap()).unwrap();
            assert_eq!(object(&record).as_deref(), expected, "{name} {fields}");
        }
    }
}
