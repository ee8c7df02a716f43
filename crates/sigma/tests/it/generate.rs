//! Strategies for rules and events that meet each other often: few fields, few letters.
//!
//! Rules are written as JSON, which is YAML. What a decision record exempts from agreeing with the
//! oracle is not generated; each such case has a test of its own beside the decision's code.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value as Json, json};

use crate::plant::{Dice, plant};

/// Text from a small alphabet with letters that are awkward to lower-case, and wildcards.
fn pattern() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[abAB]{0,3}",
        3 => r"[abAk*?]{0,4}",
        1 => r"[aA\u{212a}kKßſςΣéÉ*?\n-]{0,4}",
        1 => r"[a*?\\]{0,4}",
        1 => select(vec!["1", "5.0", "true", "no", "10.0.0.1", "2026-11-22T14:02:11Z", "c2VjcmV0"]).prop_map(String::from),
    ]
}

/// The same without wildcards.
fn plain() -> impl Strategy<Value = String> {
    pattern().prop_map(|text| text.replace(['*', '?', '\\'], "b"))
}

/// Text as events have it.
fn found_text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[abAB]{0,4}",
        2 => r"[aAbkK\u{212a}ßſςΣéÉ\n*/–-]{0,5}",
        1 => select(vec![
            "1", "5", "5.0", "-3", "1e3", "true", "FALSE", "yes", "0", "inf", "NaN", "10.0.0.1", "10.9.9.9", "fe80::1",
            "2026-11-22T14:02:11Z", "2026-11-22 03:59:00", "c2VjcmV0", "c2VjcmV0cw==", "YQBiAA==",
        ]).prop_map(String::from),
    ]
}

/// A value as events have it, lists and objects included.
fn found() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        6 => found_text().prop_map(Json::from),
        1 => Just(Json::Null),
        1 => any::<bool>().prop_map(Json::from),
        1 => (-3_i64..8).prop_map(Json::from),
        1 => select(vec![json!(0.5), json!(5.0), json!(1_795_356_131), json!(1_795_356_131_000_i64), json!(u64::MAX)]),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            3 => vec(inner.clone(), 0..3).prop_map(Json::from),
            1 => vec((select(vec!["x", "d", "e"]), inner), 0..3).prop_map(object),
        ]
    })
}

fn object<K: Into<String>>(pairs: Vec<(K, Json)>) -> Json {
    Json::Object(
        pairs
            .into_iter()
            .map(|(key, value)| (key.into(), value))
            .collect(),
    )
}

/// An event: flat, nested, and sometimes with a key that looks like a path.
pub(crate) fn event() -> impl Strategy<Value = Json> {
    let nested = vec((select(vec!["d", "e"]), found()), 0..3).prop_map(object);
    let list = vec(
        vec((select(vec!["x", "y"]), found()), 0..3).prop_map(object),
        0..3,
    );
    let parts = (
        proptest::option::of(found()),
        proptest::option::of(found()),
        proptest::option::of(nested),
        proptest::option::of(list),
        proptest::option::weighted(0.1, found()),
    );
    parts.prop_map(|(a, b, c, l, flat)| {
        let pairs = [
            ("a", a),
            ("b", b),
            ("c", c),
            ("l", l.map(Json::from)),
            ("c.d", flat),
        ];
        object(
            pairs
                .into_iter()
                .filter_map(|(key, value)| Some((key, value?)))
                .collect(),
        )
    })
}

/// Every path that generated rules ask for.
pub(crate) const PATHS: [&str; 7] = ["a", "b", "c", "c.d", "c.e", "l.x", "l.y"];

fn path() -> impl Strategy<Value = String> {
    select(PATHS.to_vec()).prop_map(String::from)
}

/// One value, or several.
fn one_or_more(value: impl Strategy<Value = Json> + Clone) -> impl Strategy<Value = Json> {
    prop_oneof![3 => value.clone(), 2 => vec(value, 1..10).prop_map(Json::from)]
}

fn several(value: impl Strategy<Value = Json>) -> impl Strategy<Value = Json> {
    vec(value, 2..4).prop_map(Json::from)
}

fn number() -> impl Strategy<Value = Json> + Clone {
    prop_oneof![
        (-3_i64..8).prop_map(Json::from),
        select(vec![json!(0.5), json!(5.0), json!("5"), json!("1e3")])
    ]
}

/// A line without null in a list: the key with its modifiers, and its value.
fn line() -> impl Strategy<Value = (String, Json)> {
    let text = |strategy: BoxedStrategy<String>| strategy.prop_map(Json::from).boxed();
    let any_value = prop_oneof![
        8 => text(pattern().boxed()),
        1 => number(),
        1 => any::<bool>().prop_map(Json::from),
    ]
    .boxed();
    let wildcards = text(pattern().boxed());
    let plain = text(plain().boxed());
    let regex = text(
        select(vec![
            "^a", "b$", "a.b", "[aB]+", "a|B", r"\d", ".*", "^$", r"^a\nb", "k", "ß", "(?i)A", "σ",
            "5",
        ])
        .prop_map(String::from)
        .boxed(),
    );
    let range = text(
        select(vec![
            "10.0.0.0/8",
            "10.0.0.1/32",
            "0.0.0.0/0",
            "fe80::/10",
            "::/0",
        ])
        .prop_map(String::from)
        .boxed(),
    );
    let clock = prop_oneof![
        (0_i64..60).prop_map(Json::from),
        select(vec![
            json!(14),
            json!("14"),
            json!(2),
            json!(22),
            json!(11),
            json!(2026),
            json!(47)
        ])
    ];
    let with = |chains: &'static [&'static str], values: BoxedStrategy<Json>| {
        (path(), select(chains.to_vec()), values)
            .prop_map(|(path, chain, value)| (format!("{path}{chain}"), value))
    };
    prop_oneof![
        6 => with(&["", "|cased", "|neq"], one_or_more(any_value.clone()).boxed()),
        1 => with(&["", "|neq"], Just(Json::Null).boxed()),
        5 => with(&["|contains", "|contains|cased", "|contains|neq"], one_or_more(wildcards.clone()).boxed()),
        2 => with(&["|startswith", "|endswith", "|cased|startswith", "|endswith|cased"], one_or_more(plain.clone()).boxed()),
        1 => with(&["|contains", "|startswith", "|endswith"], one_or_more((0_i64..60).prop_map(Json::from)).boxed()),
        2 => with(&["|all", "|contains|all", "|all|contains|cased"], several(wildcards).boxed()),
        1 => with(&["|startswith|all", "|all|endswith"], several(plain.clone()).boxed()),
        2 => with(&["|re", "|re|i", "|re|i|s", "|re|m|s", "|re|ignorecase", "|re|neq"], one_or_more(regex.clone()).boxed()),
        1 => with(&["|re|all"], several(regex).boxed()),
        1 => with(&["|cidr", "|cidr|neq"], one_or_more(range).boxed()),
        1 => with(&["|exists"], any::<bool>().prop_map(Json::from).boxed()),
        2 => with(&["|fieldref", "|fieldref|cased", "|fieldref|contains", "|fieldref|startswith|cased", "|fieldref|endswith", "|fieldref|neq"],
                  one_or_more(path().prop_map(Json::from).boxed()).boxed()),
        2 => with(&["|gt", "|gte", "|lt", "|lte", "|gt|neq"], one_or_more(number()).boxed()),
        1 => with(&["|minute", "|hour", "|day", "|week", "|month", "|year"], one_or_more(clock.boxed()).boxed()),
        1 => with(&["|base64", "|base64|contains", "|wide|base64", "|utf16|base64|cased", "|utf16be|base64|startswith"],
                  one_or_more(prop_oneof![plain.clone(), Just(json!("secret")), Just(json!("ab"))].boxed()).boxed()),
        1 => with(&["|windash", "|windash|contains", "|windash|startswith|cased", "|endswith|windash"], one_or_more(plain).boxed()),
    ]
}

fn mapping() -> impl Strategy<Value = Json> {
    vec(line(), 1..4).prop_map(object)
}

fn keywords() -> impl Strategy<Value = Json> {
    vec(pattern().prop_map(Json::from), 1..4).prop_map(Json::from)
}

fn selection() -> impl Strategy<Value = Json> {
    prop_oneof![
        6 => mapping(),
        2 => vec(mapping(), 1..3).prop_map(Json::from),
        1 => keywords(),
        1 => vec(prop_oneof![mapping(), vec(mapping(), 1..3).prop_map(Json::from), keywords()], 1..3).prop_map(Json::from),
    ]
}

const NAMES: [&str; 4] = ["s_one", "s_two", "f_one", "_hidden"];

fn condition() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        5 => select(NAMES.to_vec()).prop_map(String::from),
        2 => select(vec!["1 of s_*", "all of s_*", "any of *_one", "all of them", "2 of them", "1 of them", "3 of *", "1 of f*e", "2 of s_one", "0 of them"])
            .prop_map(String::from),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            2 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} and {b}")),
            2 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} or {b})")),
            1 => inner.clone().prop_map(|a| format!("not ({a})")),
            1 => inner.prop_map(|a| format!("not {a}")),
        ]
    })
}

/// A detection section with every selection that conditions may name.
fn detection() -> impl Strategy<Value = Json> {
    let conditions = prop_oneof![
        9 => condition().prop_map(Json::from),
        1 => vec(condition().prop_map(Json::from), 1..3).prop_map(Json::from),
    ];
    let selections = [
        selection().boxed(),
        selection().boxed(),
        selection().boxed(),
        selection().boxed(),
    ];
    (selections, conditions).prop_map(|(selections, conditions)| {
        let mut section: Map<_, _> = NAMES
            .iter()
            .map(|name| (*name).to_owned())
            .zip(selections)
            .collect();
        section.insert("condition".to_owned(), conditions);
        Json::Object(section)
    })
}

/// The text of a rule.
pub(crate) fn rule() -> impl Strategy<Value = String> {
    detection().prop_map(|detection| {
        json!({"title": "generated", "id": "r", "logsource": {"product": "aws"}, "detection": detection}).to_string()
    })
}

/// The text of a filter for any rule.
pub(crate) fn filter() -> impl Strategy<Value = String> {
    let condition = select(vec![
        "not s_one",
        "not (s_one and s_two)",
        "s_one or not s_two",
        "not s_two and not s_one",
    ]);
    (mapping(), mapping(), condition, any::<bool>()).prop_map(|(one, two, condition, any)| {
        let rules = if any { json!("any") } else { json!(["r"]) };
        json!({
            "title": "generated filter", "logsource": {"product": "aws"},
            "filter": {"rules": rules, "s_one": one, "s_two": two, "condition": condition},
        })
        .to_string()
    })
}

/// A rule, and events that have some of what it wants.
pub(crate) fn case(events: usize) -> impl Strategy<Value = (String, Vec<Json>)> {
    let luck = vec(any::<u8>(), 16..64);
    (rule(), vec((event(), luck), 1..=events)).prop_map(|(rule, events)| {
        let planted = events.into_iter().map(|(mut event, luck)| {
            plant(&rule, &mut event, &mut Dice::new(&luck));
            event
        });
        let planted = planted.collect();
        (rule, planted)
    })
}
