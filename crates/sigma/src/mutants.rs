//! Rules with one mistake in them, to see whether their tests notice.
//!
//! A test that passes whatever the rule says proves nothing. So each line of a rule's detection is left
//! out and turned round, each value is left out and widened to anything, and the condition's `and`, `or`
//! and `not` are exchanged. A mutant that no test tells from the rule survives: either a test is missing,
//! or that part of the rule does nothing.
//!
//! Source: R. DeMillo, R. Lipton, F. Sayward, *Hints on Test Data Selection*, Computer 11 (1978).

use serde::Deserialize as _;
use yaml_serde::{Deserializer, Mapping, Value};

use crate::rule::Rule;

/// A rule with one mistake in it.
#[derive(Debug, Clone)]
pub struct Mutant {
    /// What was changed, such as ``selection: `eventName` left out``.
    pub change: String,
    /// The document, tests left out.
    pub document: String,
}

/// The keys of a rule that decide what it matches, and those that it cannot do without.
const KEPT: [&str; 4] = ["title", "id", "logsource", "detection"];

/// All mutants of `rule`, which stands in the rule file `text`; not each of them need be a sound rule.
#[must_use]
pub fn mutants(text: &str, rule: &Rule) -> Vec<Mutant> {
    let documents = Deserializer::from_str(text).filter_map(|one| Value::deserialize(one).ok());
    let says = |document: &Value, key: &str, expected: Option<&str>| {
        document.get(key).and_then(Value::as_str) == expected
    };
    let mut same = documents.filter(|document| {
        says(document, "title", Some(rule.title())) && says(document, "id", rule.id())
    });
    same.next()
        .map_or_else(Vec::new, |document| of_document(&document))
}

fn of_document(document: &Value) -> Vec<Mutant> {
    let Some(Value::Mapping(detection)) = document.get("detection") else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (name, body) in detection {
        let Some(name) = name.as_str() else { continue };
        for (change, body) in changes(name, body) {
            let mut detection = detection.clone();
            detection.insert(name.into(), body);
            let mut rule: Mapping = document.as_mapping().cloned().unwrap_or_default();
            rule.retain(|key, _| key.as_str().is_some_and(|key| KEPT.contains(&key)));
            rule.insert("detection".into(), detection.into());
            if let Ok(document) = yaml_serde::to_string(&rule) {
                let change = format!("{name}: {change}");
                found.push(Mutant { change, document });
            }
        }
    }
    found
}

/// What can be changed in a selection or in the condition, each change by itself.
fn changes(name: &str, body: &Value) -> Vec<(String, Value)> {
    match body {
        Value::String(condition) if name == "condition" => conditions(condition),
        Value::Mapping(lines) => selection(lines)
            .into_iter()
            .map(|(change, lines)| (change, lines.into()))
            .collect(),
        Value::Sequence(parts) => list(parts),
        _ => Vec::new(),
    }
}

/// A list of selections, or of keywords, or of conditions.
fn list(parts: &[Value]) -> Vec<(String, Value)> {
    let with = |at: usize, part: Option<Value>| {
        let mut parts = parts.to_vec();
        match part {
            Some(part) => parts[at] = part,
            None => drop(parts.remove(at)),
        }
        Value::Sequence(parts)
    };
    let mut found = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        if parts.len() > 1 {
            found.push((format!("{} left out", shown(part, at)), with(at, None)));
        }
        if let Value::Mapping(lines) = part {
            for (change, lines) in selection(lines) {
                found.push((change, with(at, Some(lines.into()))));
            }
        }
    }
    found
}

fn shown(part: &Value, at: usize) -> String {
    match part {
        Value::Mapping(_) => format!("part {}", at + 1),
        value => format!("`{}`", words(value)),
    }
}

fn selection(lines: &Mapping) -> Vec<(String, Mapping)> {
    let mut found = Vec::new();
    for (key, value) in lines {
        let Some(key) = key.as_str() else { continue };
        let with = |key_now: Option<&str>, value: Value| {
            // The order of lines does not matter to what a rule means.
            let mut lines = lines.clone();
            lines.remove(key);
            if let Some(key) = key_now {
                lines.insert(key.into(), value);
            }
            lines
        };
        if lines.len() > 1 {
            found.push((format!("`{key}` left out"), with(None, Value::Null)));
        }
        let opposite = match value {
            Value::Bool(there) if key.ends_with("|exists") => with(Some(key), Value::Bool(!there)),
            value => with(Some(&turned_round(key)), value.clone()),
        };
        found.push((format!("`{key}` turned round"), opposite));
        match value {
            Value::Sequence(values) if values.len() > 1 => {
                for at in 0..values.len() {
                    let mut fewer = values.clone();
                    let value = fewer.remove(at);
                    let change = format!("`{key}`: `{}` left out", words(&value));
                    found.push((change, with(Some(key), Value::Sequence(fewer))));
                }
            }
            Value::Null => {}
            _ => {
                let field = key.split('|').next().unwrap_or(key);
                let change = format!("`{key}` widened to any value");
                found.push((
                    change,
                    with(Some(&format!("{field}|exists")), Value::Bool(true)),
                ));
            }
        }
    }
    // What is there anyway is not wider.
    found.retain(|(_, mutant)| mutant != lines);
    found
}

/// `field|neq` for `field`, and the other way round.
fn turned_round(key: &str) -> String {
    match key.split_once("|neq") {
        Some((field, rest)) => format!("{field}{rest}"),
        None => format!("{key}|neq"),
    }
}

fn words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => yaml_serde::to_string(value)
            .unwrap_or_default()
            .trim_end()
            .to_owned(),
    }
}

/// Each `and` as `or` and the other way round, each operand with a `not` more or less.
fn conditions(condition: &str) -> Vec<(String, Value)> {
    let spaced = condition.replace('(', " ( ").replace(')', " ) ");
    let tokens: Vec<&str> = spaced.split_whitespace().collect();
    let is = |at: usize, word: &str| {
        tokens
            .get(at)
            .is_some_and(|token| token.eq_ignore_ascii_case(word))
    };
    let mut found = Vec::new();
    let mut push = |change: String, tokens: Vec<&str>| {
        found.push((change, Value::String(tokens.join(" "))));
    };
    for at in 0..tokens.len() {
        let exchanged = |by| {
            let mut tokens = tokens.clone();
            tokens[at] = by;
            tokens
        };
        if is(at, "and") {
            push("`and` made `or`".to_owned(), exchanged("or"));
        } else if is(at, "or") {
            push("`or` made `and`".to_owned(), exchanged("and"));
        } else if is(at, "not") {
            let mut fewer = tokens.clone();
            fewer.remove(at);
            push(
                format!("`not {}` without its `not`", operand(&tokens, at + 1)),
                fewer,
            );
        } else if begins_operand(&tokens, at)
            && !at.checked_sub(1).is_some_and(|before| is(before, "not"))
        {
            let mut more = tokens.clone();
            more.insert(at, "not");
            push(format!("`{}` turned round", operand(&tokens, at)), more);
        }
    }
    found
}

/// Whether a selection's name, `1 of …` or the like begins here.
fn begins_operand(tokens: &[&str], at: usize) -> bool {
    let within_of = at >= 1 && tokens[at - 1].eq_ignore_ascii_case("of")
        || tokens[at].eq_ignore_ascii_case("of");
    !within_of && !matches!(tokens[at], "(" | ")")
}

fn operand(tokens: &[&str], at: usize) -> String {
    match tokens.get(at..at + 3) {
        Some([quantifier, of, pattern]) if of.eq_ignore_ascii_case("of") => {
            format!("{quantifier} of {pattern}")
        }
        _ => tokens.get(at).copied().unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes_of(detection: &str) -> Vec<String> {
        let rule = format!("title: x\ndetection:\n{detection}");
        let document = yaml_serde::from_str(&rule).expect("YAML");
        of_document(&document)
            .into_iter()
            .map(|mutant| mutant.change)
            .collect()
    }

    #[test]
    fn every_line_and_value_has_its_mutants() {
        let detection = "  a: { x: 1, y|contains: [p, q] }\n  condition: a";
        assert_eq!(
            changes_of(detection),
            [
                "a: `x` left out",
                "a: `x` turned round",
                "a: `x` widened to any value",
                "a: `y|contains` left out",
                "a: `y|contains` turned round",
                "a: `y|contains`: `p` left out",
                "a: `y|contains`: `q` left out",
                "condition: `a` turned round",
            ]
        );
    }

    #[test]
    fn the_condition_has_mutants_of_its_own() {
        let detection = "  a: { x: 1 }\n  condition: a and not (1 of f_* or b)";
        let changes = changes_of(detection);
        assert_eq!(
            changes[2..],
            [
                "condition: `a` turned round",
                "condition: `and` made `or`",
                "condition: `not (` without its `not`",
                "condition: `1 of f_*` turned round",
                "condition: `or` made `and`",
                "condition: `b` turned round",
            ]
        );
    }

    #[test]
    fn lists_lose_their_parts() {
        let detection = "  a: [{ x: 1 }, { y: 2 }]\n  k: [one, two]\n  condition: a or k";
        let changes = changes_of(detection);
        assert_eq!(changes[0], "a: part 1 left out");
        assert!(
            changes.contains(&"k: `two` left out".to_owned()),
            "{changes:?}"
        );
    }

    #[test]
    fn a_mutant_is_a_rule_without_tests() {
        let rule = "title: x\nid: y\nlogsource: { product: aws }\nlevel: high\ndetection:\n  a: { x: 'no', z: null }\n  condition: a\ntests: []";
        let document = yaml_serde::from_str(rule).expect("YAML");
        let first = &of_document(&document)[0];
        assert!(!first.document.contains("tests") && !first.document.contains("level"));
        let loaded = crate::RuleSet::load([crate::SourceFile {
            name: "mutant",
            text: &first.document,
        }]);
        assert!(loaded.problems.is_empty(), "{:?}", loaded.problems);
    }
}
