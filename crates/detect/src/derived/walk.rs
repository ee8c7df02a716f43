//! Through a request, however deep and long, within bounds.

use std::borrow::Cow;

use crate::cloudtrail::kind::is_account;
use crate::cloudtrail::{Json, json::Kind};

/// How deep requests are followed. Real ones are at most eight levels deep.
const MAX_DEPTH: usize = 16;

/// How many values of a request are looked at; the rest counts as absent.
const MAX_VALUES: usize = 20_000;

/// Shows `visit` every value in `json` with the key it stands under, outermost first; members of an
/// array stand under the array's key.
///
/// `visit` tells whether to go on into the value.
pub(super) fn each<'a>(json: Json<'a>, visit: &mut dyn FnMut(&str, Json<'a>) -> bool) {
    let mut left = MAX_VALUES;
    descend("", json, MAX_DEPTH, &mut left, visit);
}

fn descend<'a>(
    key: &str,
    json: Json<'a>,
    depth: usize,
    left: &mut usize,
    visit: &mut dyn FnMut(&str, Json<'a>) -> bool,
) {
    if *left == 0 || !visit(key, json) || depth == 0 {
        return;
    }
    *left -= 1;
    match json.kind() {
        Kind::Object => {
            for (key, value) in json.entries() {
                descend(&key.decoded(), value, depth - 1, left, visit);
            }
        }
        Kind::Array => {
            for value in json.elements() {
                descend(key, value, depth - 1, left, visit);
            }
        }
        _ => {}
    }
}

/// The members of an object under `key`, in any case; more than one if somebody wrote it twice.
pub(super) fn all<'a>(json: Json<'a>, key: &str) -> impl Iterator<Item = Json<'a>> {
    json.entries()
        .filter(move |(name, _)| name.decoded().eq_ignore_ascii_case(key))
        .map(|(_, value)| value)
}

/// The texts in `json`, be it one or an array of them; at most as many as are looked at anyway.
pub(super) fn texts<'a>(json: Json<'a>) -> impl Iterator<Item = Cow<'a, str>> {
    json.as_str()
        .into_iter()
        .chain(json.elements().filter_map(Json::as_str))
        .take(MAX_VALUES)
}

/// A whole number, written as one or as text.
pub(super) fn integer(json: Json<'_>) -> Option<i64> {
    match json.raw_str() {
        Some(text) => text.parse().ok(),
        None => json.raw().parse().ok(),
    }
}

/// A truth value, written as one or as text.
pub(super) fn truth(json: Json<'_>) -> Option<bool> {
    match json.raw_str().unwrap_or(json.raw()) {
        text if text.eq_ignore_ascii_case("true") => Some(true),
        text if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// The account id in a principal or ARN: twelve digits, alone or as the ARN's fifth part.
pub(super) fn account_in(text: &str) -> Option<&str> {
    let id = if text.starts_with("arn:") {
        text.split(':').nth(4)?
    } else {
        text
    };
    is_account(id).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visits_every_value_under_its_key() {
        let json = Json::new(r#"{"a":[1,{"b":"x"}],"c":{"d":null}}"#);
        let mut seen = Vec::new();
        each(json, &mut |key, value| {
            seen.push(format!("{key}={}", value.raw()));
            true
        });
        assert_eq!(
            seen,
            [
                r#"={"a":[1,{"b":"x"}],"c":{"d":null}}"#,
                r#"a=[1,{"b":"x"}]"#,
                "a=1",
                r#"a={"b":"x"}"#,
                r#"b="x""#,
                r#"c={"d":null}"#,
                "d=null",
            ]
        );
    }

    #[test]
    fn stops_at_its_bounds() {
        let long = format!("[{}]", vec!["0"; MAX_VALUES * 2].join(","));
        let deep = "[".repeat(100) + &"]".repeat(100);
        for (json, bound) in [(long, MAX_VALUES), (deep, MAX_DEPTH + 1)] {
            let mut count = 0;
            each(Json::new(&json), &mut |_, _| {
                count += 1;
                true
            });
            assert_eq!(count, bound);
        }
    }

    #[test]
    fn accounts_are_found_alone_and_in_arns() {
        for (text, expected) in [
            ("111122223333", Some("111122223333")),
            ("arn:aws-cn:iam::111122223333:root", Some("111122223333")),
            ("arn:aws:s3:::bucket", None),
            ("arn:aws:iam::*:root", None),
            ("11112222333é", None),
            ("AIDAEXAMPLE", None),
        ] {
            assert_eq!(account_in(text), expected, "{text}");
        }
    }
}
