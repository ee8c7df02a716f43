//! Puts what a generated rule wants into a generated event, so that lines of every kind match often.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Map, Value as Json, json};

/// Chance, as bytes from a strategy, so that cases shrink.
pub(crate) struct Dice<'d> {
    bytes: std::iter::Cycle<std::slice::Iter<'d, u8>>,
}

impl<'d> Dice<'d> {
    /// `bytes` must not be empty.
    pub(crate) fn new(bytes: &'d [u8]) -> Self {
        Self {
            bytes: bytes.iter().cycle(),
        }
    }

    fn roll(&mut self, sides: u8) -> u8 {
        self.bytes.next().map_or(0, |byte| byte % sides)
    }
}

/// Every line of a detection section: key and value.
fn lines<'j>(json: &'j Json, found: &mut Vec<(&'j str, &'j Json)>) {
    match json {
        Json::Array(parts) => parts.iter().for_each(|part| lines(part, found)),
        Json::Object(fields) => {
            for (key, value) in fields {
                let is_line = !value.is_object() && (key != "condition") && !is_selection(key);
                if is_line {
                    found.push((key, value));
                } else {
                    lines(value, found);
                }
            }
        }
        _ => {}
    }
}

fn is_selection(key: &str) -> bool {
    key.starts_with(['s', 'f', '_'])
}

/// `event` with some of what `rule` wants.
pub(crate) fn plant(rule: &str, event: &mut Json, dice: &mut Dice<'_>) {
    let rule: Json = serde_json::from_str(rule).expect("rules are generated as JSON");
    let mut wanted = Vec::new();
    lines(&rule["detection"], &mut wanted);
    for (key, value) in wanted {
        if dice.roll(3) > 0 {
            continue;
        }
        let (path, chain) = key.split_once('|').unwrap_or((key, ""));
        let values = value
            .as_array()
            .map_or_else(|| vec![value], |values| values.iter().collect());
        let mut rendered: Vec<Json> = values
            .iter()
            .filter_map(|value| render(chain, value, event, dice))
            .collect();
        if rendered.is_empty() {
            continue;
        }
        let one = rendered.remove(usize::from(dice.roll(8)) % rendered.len());
        let many = chain.contains("all") || dice.roll(4) == 0;
        rendered.push(one.clone());
        set(event, path, if many { Json::from(rendered) } else { one });
    }
}

/// A value that a line with these modifiers may well match.
fn render(chain: &str, value: &Json, event: &Json, dice: &mut Dice<'_>) -> Option<Json> {
    let has = |name: &str| chain.split('|').any(|one| one == name);
    let text = value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned);
    if has("exists") {
        return Some(json!("b"));
    }
    if has("cidr") {
        return Some(json!(if text.contains(':') {
            "fe80::1"
        } else {
            "10.0.0.1"
        }));
    }
    if has("fieldref") {
        return event.get(&text).cloned();
    }
    if has("re") {
        let texts = ["a", "ab", "aB", "b", "5", "a\nb", "\u{212a}", "Aß", "", "Σ"];
        return Some(json!(texts[usize::from(dice.roll(10))]));
    }
    let clock = |name: &str, point: String| has(name).then(|| json!(point));
    let number = value.as_i64().unwrap_or(7);
    let points = [
        clock("minute", format!("2026-11-22T14:{number:02}:11Z")),
        clock("hour", format!("2026-11-22 {number:02}:02:11")),
        clock("day", format!("2026-11-{number:02}T14:02:11+01:00")),
        clock("week", "2026-11-22T14:02:11.5".to_owned()),
        clock("month", format!("2026-{number:02}-22T14:02:11z")),
        clock("year", format!("{number:04}-11-22t14:02:11Z")),
    ];
    if let Some(point) = points.into_iter().flatten().next() {
        return Some(point);
    }
    if !value.is_string() && dice.roll(2) == 0 {
        return Some(value.clone());
    }
    Some(Json::from(surround(chain, &encode(chain, &text), dice)))
}

fn encode(chain: &str, text: &str) -> String {
    if !chain.contains("base64") {
        return text
            .replace('*', "x\u{e9}")
            .replace('?', "y")
            .replace('\\', "");
    }
    let units = text.encode_utf16();
    let bytes: Vec<u8> = if chain.contains("utf16be") {
        units.flat_map(u16::to_be_bytes).collect()
    } else if chain.contains("utf16") {
        [0xff, 0xfe]
            .into_iter()
            .chain(units.flat_map(u16::to_le_bytes))
            .collect()
    } else if chain.contains("wide") {
        units.flat_map(u16::to_le_bytes).collect()
    } else {
        text.bytes().collect()
    };
    BASE64.encode(bytes)
}

/// More text around it, and another case, sometimes where that must not be.
fn surround(chain: &str, text: &str, dice: &mut Dice<'_>) -> String {
    let mut text = match dice.roll(4) {
        0 => text.to_uppercase(),
        1 => text.to_lowercase(),
        _ => text.to_owned(),
    };
    if chain.contains("windash") && dice.roll(2) == 0 {
        text = text.replace('-', "\u{2014}");
    }
    let free = |names: [&str; 2]| names.iter().any(|name| chain.contains(name));
    if free(["contains", "endswith"]) || dice.roll(12) == 0 {
        text.insert_str(0, ["", "b", "é", "\n"][usize::from(dice.roll(4))]);
    }
    if free(["contains", "startswith"]) || dice.roll(12) == 0 {
        text.push_str(["", "B", "ß", "\n"][usize::from(dice.roll(4))]);
    }
    text
}

/// Puts `value` at `path`, whatever stood in its way.
fn set(event: &mut Json, path: &str, value: Json) {
    let Json::Object(fields) = event else { return };
    let Some((head, rest)) = path.split_once('.') else {
        fields.insert(path.to_owned(), value);
        return;
    };
    let inner = fields
        .entry(head)
        .or_insert_with(|| Json::Object(Map::new()));
    if let Json::Array(members) = inner {
        members.push(json!({rest: value}));
    } else {
        if !inner.is_object() {
            *inner = Json::Object(Map::new());
        }
        set(inner, rest, value);
    }
}
