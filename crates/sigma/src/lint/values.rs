//! Values that say more than they need to.

use std::collections::HashMap;

use rsigma_parser::value::{SpecialChar, StringPart};
use rsigma_parser::{SigmaString, SigmaValue};

use crate::detection::Detection;
use crate::item::{Item, Wanted};

use super::{LintCode, Linter};

pub(super) fn check(detection: &Detection, linter: &mut Linter<'_>) {
    for item in detection
        .selections
        .iter()
        .flat_map(|selection| selection.body.items())
    {
        duplicates(item, linter);
        for wanted in &item.wanted {
            let SigmaValue::String(text) = &wanted.value else {
                continue;
            };
            if item.has("re") {
                regex(wanted, &text.original, linter);
            } else {
                wildcards(item, wanted, text, linter);
            }
        }
    }
}

impl Item {
    fn has(&self, modifier: &str) -> bool {
        self.modifiers.iter().any(|name| &**name == modifier)
    }
}

fn duplicates(item: &Item, linter: &mut Linter<'_>) {
    let case_counts = item.has("cased") || item.has("re") || item.has("fieldref");
    let mut seen = HashMap::new();
    for wanted in &item.wanted {
        let text = wanted.value.to_string();
        let key = if case_counts {
            text.clone()
        } else {
            text.to_lowercase()
        };
        // Text and number of the same spelling are told apart.
        let key = (std::mem::discriminant(&wanted.value), key);
        if let Some(first) = seen.insert(key, text.clone()) {
            let message = if first == text {
                format!("`{text}` stands in this list twice")
            } else {
                format!("`{text}` and `{first}` differ only in case, which does not count")
            };
            linter.add(LintCode::DuplicateValue, wanted.at, message, "remove one");
        }
    }
}

/// A star at an end that the modifier leaves free anyway; it only excludes line breaks there.
fn wildcards(item: &Item, wanted: &Wanted, text: &SigmaString, linter: &mut Linter<'_>) {
    let star =
        |part: Option<&StringPart>| part == Some(&StringPart::Special(SpecialChar::WildcardMulti));
    let (leading, trailing) = (star(text.parts.first()), star(text.parts.last()));
    let keyword = item.field.is_none();
    let (free, name) = if item.has("contains") || keyword {
        (
            leading || trailing,
            if keyword { "a keyword" } else { "`contains`" },
        )
    } else if item.has("startswith") {
        (trailing, "`startswith`")
    } else if item.has("endswith") {
        (leading, "`endswith`")
    } else {
        (false, "")
    };
    if free && text.parts.len() > 1 {
        let message = format!("the `*` at the end of the text adds nothing to {name}");
        linter.add(
            LintCode::NeedlessWildcard,
            wanted.at,
            message,
            "remove the `*`",
        );
    }
}

fn regex(wanted: &Wanted, pattern: &str, linter: &mut Linter<'_>) {
    let body = pattern.strip_prefix('^').unwrap_or(pattern);
    let body = body
        .strip_suffix('$')
        .filter(|_| !body.ends_with("\\$"))
        .unwrap_or(body);
    let inner = body.strip_prefix(".*").unwrap_or(body);
    let inner = inner.strip_suffix(".*").unwrap_or(inner);
    let needless = |dots: bool, anchored: bool| dots && !anchored;
    let front = needless(pattern.starts_with(".*"), pattern.starts_with('^'));
    let back = needless(
        pattern.ends_with(".*") && !pattern.ends_with("\\.*"),
        pattern.ends_with('$'),
    );
    if let Some(literal) = literal(inner) {
        let from_start = pattern.starts_with('^') && !body.starts_with(".*");
        let to_end = pattern.ends_with('$') && !body.ends_with(".*");
        let instead = match (from_start, to_end) {
            (true, true) => "no operator".to_owned(),
            (true, false) => "`startswith`".to_owned(),
            (false, true) => "`endswith`".to_owned(),
            (false, false) => "`contains`".to_owned(),
        };
        let message = format!("this regular expression only looks for `{literal}`");
        let remedy = format!("use {instead} with that text, and `cased` if case counts");
        linter.add(LintCode::PlainRegex, wanted.at, message, remedy);
    } else if front || back {
        let message = "`.*` at an end adds nothing: the expression may match any part of the text";
        linter.add(
            LintCode::NeedlessAnchor,
            wanted.at,
            message,
            "remove the `.*`",
        );
    }
}

/// The text that an expression without any operators looks for.
fn literal(expression: &str) -> Option<String> {
    let mut text = String::new();
    let mut rest = expression.chars();
    while let Some(one) = rest.next() {
        match one {
            '\\' => text.push(rest.next().filter(char::is_ascii_punctuation)?),
            '.' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | '^' | '$' => {
                return None;
            }
            plain => text.push(plain),
        }
    }
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_without_operators_is_text() {
        for (expression, expected) in [
            (r"sts\.amazonaws\.com", Some("sts.amazonaws.com")),
            ("plain", Some("plain")),
            (r"a\d", None),
            ("a.b", None),
            ("a|b", None),
            ("", None),
        ] {
            assert_eq!(literal(expression).as_deref(), expected, "{expression}");
        }
    }
}
