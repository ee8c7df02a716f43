//! From a value and its modifiers to a test.
//!
//! Invariant: a value that a modifier cannot use is refused here, so that every test which exists can
//! pass for some event.
//!
//! Source: Sigma specification 2.1, appendix "Modifiers".

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use rsigma_parser::value::StringPart;
use rsigma_parser::{SigmaString, SigmaValue};

use crate::error::Problem;
use crate::lazy_regex::LazyRegex;
use crate::modifier::{Encoding, Modifiers, Operator, Utf16};
use crate::text::Needle;
use crate::value_test::{TextTest, ValueTest};
use crate::wildcard::{self, Extent, Glob};

/// The longest value, in bytes.
const MAX_VALUE: usize = 16 * 1024;

/// How many wildcards a value may have. Each may become a part of an expression that takes a kilobyte.
const MAX_WILDCARDS: usize = 256;

/// Prepares `value` for a field, under modifiers whose names are `chain`.
pub(crate) fn value_test(
    value: &SigmaValue,
    modifiers: &Modifiers,
    chain: &[&str],
) -> Result<ValueTest, Problem> {
    if let SigmaValue::String(text) = value
        && text.original.len() > MAX_VALUE
    {
        return Err(Problem::ValueTooLong(text.original.len(), MAX_VALUE));
    }
    match modifiers.operator {
        Operator::TimePart(part) => Ok(ValueTest::TimePart(part, number(value, chain)?)),
        Operator::Compare(bound) => Ok(ValueTest::Compare(bound, number(value, chain)?)),
        Operator::Regex(flags) => {
            let regex = LazyRegex::new(&spelled(value, chain)?, flags)?;
            Ok(ValueTest::Text(TextTest::Regex(Box::new(regex))))
        }
        Operator::Cidr => cidr(&spelled(value, chain)?),
        _ => text_test(value, modifiers, chain),
    }
}

/// The name of another field, for `fieldref`.
pub(crate) fn field_name(value: &SigmaValue, chain: &[&str]) -> Result<String, Problem> {
    match value {
        SigmaValue::String(text) => text
            .as_plain()
            .ok_or_else(|| Problem::NoWildcards("fieldref".to_owned())),
        other => spelled(other, chain),
    }
}

/// How far into a text a value reaches under this operator.
pub(crate) fn extent(operator: Operator) -> Extent {
    match operator {
        Operator::Contains => Extent::Anywhere,
        Operator::StartsWith => Extent::Start,
        Operator::EndsWith => Extent::End,
        _ => Extent::Whole,
    }
}

fn text_test(
    value: &SigmaValue,
    modifiers: &Modifiers,
    chain: &[&str],
) -> Result<ValueTest, Problem> {
    let extent = extent(modifiers.operator);
    let rewritten = modifiers.encoding.is_some() || modifiers.windash;
    let needs_text = rewritten || extent != Extent::Whole;
    match value {
        SigmaValue::String(text) => string_test(text, extent, modifiers, chain),
        SigmaValue::Integer(number) if needs_text && !rewritten => {
            Ok(plain(&number.to_string(), extent, modifiers.cased))
        }
        SigmaValue::Float(number) if needs_text && !rewritten => {
            Ok(plain(&number.to_string(), extent, modifiers.cased))
        }
        other if needs_text => Err(not_text(other, chain)),
        #[expect(
            clippy::cast_precision_loss,
            reason = "rules compare as floats, beyond 2⁵³ too"
        )]
        SigmaValue::Integer(number) => Ok(ValueTest::Number(*number as f64)),
        SigmaValue::Float(number) => Ok(ValueTest::Number(*number)),
        SigmaValue::Bool(bool) => Ok(ValueTest::Bool(*bool)),
        SigmaValue::Null => Ok(ValueTest::Null),
    }
}

fn string_test(
    text: &SigmaString,
    extent: Extent,
    modifiers: &Modifiers,
    chain: &[&str],
) -> Result<ValueTest, Problem> {
    let Modifiers {
        cased,
        windash,
        encoding,
        ..
    } = *modifiers;
    let Some(literal) = text.as_plain() else {
        if encoding.is_some() {
            return Err(Problem::NoWildcards(last_of(
                chain,
                &["base64", "base64offset"],
            )));
        }
        let parts = wildcard::simplified(text);
        let wildcards = parts
            .iter()
            .filter(|part| matches!(part, StringPart::Special(_)))
            .count();
        if wildcards > MAX_WILDCARDS {
            return Err(Problem::TooManyWildcards(wildcards, MAX_WILDCARDS));
        }
        let glob = Glob::new(&parts, extent, cased, windash);
        return Ok(ValueTest::Text(TextTest::Glob(Box::new(glob))));
    };
    match encoding {
        Some(Encoding {
            utf16,
            any_offset: false,
        }) => Ok(plain(&BASE64.encode(bytes(&literal, utf16)), extent, cased)),
        Some(Encoding {
            utf16,
            any_offset: true,
        }) => at_offsets(&bytes(&literal, utf16), cased),
        None if windash && literal.contains('-') => {
            let glob = Glob::new(&text.parts, extent, cased, true);
            Ok(ValueTest::Text(TextTest::Glob(Box::new(glob))))
        }
        None => Ok(plain(&literal, extent, cased)),
    }
}

fn plain(text: &str, extent: Extent, cased: bool) -> ValueTest {
    ValueTest::Text(TextTest::Plain(extent, Needle::new(text, cased)))
}

fn bytes(text: &str, utf16: Option<Utf16>) -> Vec<u8> {
    let units = text.encode_utf16();
    match utf16 {
        None => text.as_bytes().to_vec(),
        Some(Utf16::Little) => units.flat_map(u16::to_le_bytes).collect(),
        Some(Utf16::Big) => units.flat_map(u16::to_be_bytes).collect(),
        Some(Utf16::Marked) => [0xff, 0xfe]
            .into_iter()
            .chain(units.flat_map(u16::to_le_bytes))
            .collect(),
    }
}

/// The three ways in which `value` can appear inside the base64 of something longer.
///
/// Each character of base64 carries six bits, so those at the edges also carry bits of the neighbours
/// and are left out.
fn at_offsets(value: &[u8], cased: bool) -> Result<ValueTest, Problem> {
    let mut needles = Vec::with_capacity(3);
    for offset in 0..3 {
        let mut padded = vec![0; offset];
        padded.extend_from_slice(value);
        let encoded = BASE64.encode(&padded);
        let first = (offset * 8).div_ceil(6);
        let end = padded.len() * 8 / 6;
        let own = encoded.get(first..end).filter(|own| !own.is_empty());
        let own = own.ok_or(Problem::TooShortForOffset)?;
        needles.push(Needle::new(own, cased));
    }
    Ok(ValueTest::Text(TextTest::AnyOf(needles.into())))
}

fn cidr(text: &str) -> Result<ValueTest, Problem> {
    match text.parse() {
        Ok(range) => Ok(ValueTest::Text(TextTest::Cidr(range))),
        Err(_) => Err(Problem::BadCidr(text.to_owned())),
    }
}

fn number(value: &SigmaValue, chain: &[&str]) -> Result<f64, Problem> {
    let parsed = match value {
        #[expect(
            clippy::cast_precision_loss,
            reason = "rules compare as floats, beyond 2⁵³ too"
        )]
        SigmaValue::Integer(number) => Some(*number as f64),
        SigmaValue::Float(number) => Some(*number),
        SigmaValue::String(text) => text.as_plain().and_then(|plain| plain.parse().ok()),
        SigmaValue::Bool(_) | SigmaValue::Null => None,
    };
    parsed.ok_or_else(|| Problem::NotANumber {
        modifier: chain.last().copied().unwrap_or_default().to_owned(),
        value: value.to_string(),
    })
}

/// The characters of a value that is meant as text, escapes left to whoever reads them.
fn spelled(value: &SigmaValue, chain: &[&str]) -> Result<String, Problem> {
    match value {
        SigmaValue::String(text) => Ok(text.as_plain().unwrap_or_else(|| text.original.clone())),
        SigmaValue::Null => Err(not_text(value, chain)),
        other => Ok(other.to_string()),
    }
}

fn not_text(value: &SigmaValue, chain: &[&str]) -> Problem {
    let found = article(value);
    Problem::NotText {
        modifier: chain.last().copied().unwrap_or_default().to_owned(),
        found,
    }
}

/// What a value is, with an article, for messages.
pub(crate) fn article(value: &SigmaValue) -> &'static str {
    match value {
        SigmaValue::String(_) => "text",
        SigmaValue::Integer(_) | SigmaValue::Float(_) => "a number",
        SigmaValue::Bool(_) => "a boolean",
        SigmaValue::Null => "null",
    }
}

fn last_of(chain: &[&str], names: &[&str]) -> String {
    let last = chain.iter().rev().find(|name| names.contains(name));
    last.copied().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::event::Value;

    fn test(chain: &str, value: &str) -> Result<ValueTest, Problem> {
        let chain: Vec<_> = chain.split('|').filter(|name| !name.is_empty()).collect();
        let modifiers = Modifiers::parse(&chain).expect("a chain that makes sense");
        let value = match modifiers.operator {
            Operator::Regex(_) => SigmaValue::from_raw_string(value),
            _ => SigmaValue::from_yaml(&yaml_serde::from_str(value).expect("YAML")),
        };
        value_test(&value, &modifiers, &chain)
    }

    #[test]
    fn modifiers_decide_what_a_value_asks() {
        for (chain, value, found, expected) in [
            ("", "Root", "ROOT", true),
            ("cased", "Root", "ROOT", false),
            ("contains", "oo", "ROOT", true),
            ("startswith", "ro*t", "rooot and more", true),
            ("endswith", "ro?t", "a root", true),
            ("endswith", "ro?t", "a root!", false),
            ("re", "^ro+t$", "rooot", true),
            ("re", "^ro+t$", "ROOT", false),
            ("re|i", "^ro+t$", "ROOT", true),
            ("re|s", "a.b", "a\nb", true),
            ("re|m", "^b$", "a\nb", true),
            ("cidr", "10.0.0.0/8", "10.1.1.1", true),
            ("gte", "5", "5", true),
            ("lt", "5", "5", false),
            ("hour", "14", "2026-11-22T14:02:11Z", true),
            ("windash|contains", "'-enc x'", "powershell –ENC x", true),
            ("windash|contains", "'-e*x'", "/enc x", true),
            ("base64", "secret", "c2VjcmV0", true),
            ("base64offset|contains", "secret", "eHNlY3JldHg=", true),
            ("wide|base64", "ab", "YQBiAA==", true),
            ("utf16be|base64", "ab", "AGEAYg==", true),
            ("utf16|base64", "ab", "//5hAGIA", true),
            ("contains", "80", "8080", true),
        ] {
            let test =
                test(chain, value).unwrap_or_else(|problem| panic!("{chain} {value}: {problem}"));
            assert_eq!(
                test.matches(&Value::Str(found.into())),
                expected,
                "{chain} {value} {found}"
            );
        }
    }

    #[test]
    fn values_that_a_modifier_cannot_use_are_refused() {
        for (chain, value, why) in [
            ("re", "(", "an open group"),
            ("re", "(?=x)", "look-around"),
            ("re", "(a{1000}){1000}", "a bomb"),
            ("cidr", "10.0.0.1", "an address is no range"),
            ("cidr", "10.0.0.0/33", "no such prefix"),
            ("gt", "many", "not a number"),
            ("gt", "true", "nor is a boolean"),
            ("contains", "true", "no text"),
            ("startswith", "null", "no text"),
            ("base64", "5", "no text"),
            ("base64", "a*", "a wildcard inside base64"),
            ("base64offset", "a", "too short"),
            ("hour", "noon", "not a number"),
            ("re", &"x".repeat(20_000), "too long"),
            ("contains", &"a?".repeat(300), "too many wildcards"),
            ("contains", &"a*".repeat(8_000), "too many wildcards"),
        ] {
            assert!(test(chain, value).is_err(), "{why}: {chain} {value}");
        }
    }

    #[test]
    fn the_longest_values_are_compared() {
        for (chain, value) in [
            ("contains", "*".repeat(MAX_VALUE)),
            ("contains", "a*".repeat(MAX_WILDCARDS)),
            ("contains", "é*".repeat(MAX_WILDCARDS)),
            ("contains", "*".to_owned() + &"k".repeat(MAX_VALUE - 1)),
            ("contains", "*".to_owned() + &"ſ".repeat(MAX_VALUE / 2 - 1)),
            (
                "windash|contains",
                "*".to_owned() + &"-".repeat(MAX_VALUE - 1),
            ),
        ] {
            let test = test(chain, &format!("'{value}'"))
                .unwrap_or_else(|problem| panic!("{chain}: {problem}"));
            let text = value.replace('*', "é");
            assert!(
                test.matches(&Value::Str(text.into())),
                "{chain} {}",
                &value[..9]
            );
        }
    }

    proptest! {
        #[test]
        fn a_value_is_found_in_the_base64_of_whatever_surrounds_it(
            before: Vec<u8>, value in "[ -~é]{2,12}", after: Vec<u8>, wide: bool
        ) {
            let chain = if wide { "wide|base64offset|contains" } else { "base64offset|contains" };
            let utf16 = wide.then_some(Utf16::Little);
            let whole = [before, bytes(&value, utf16), after].concat();
            let quoted = serde_json::to_string(&value.replace(['*', '?', '\\'], "x")).expect("text");
            let plain: String = serde_json::from_str(&quoted).expect("text");
            prop_assume!(plain == value);
            let found = test(chain, &quoted)?.matches(&Value::Str(BASE64.encode(whole).into()));
            prop_assert!(found);
        }
    }
}
