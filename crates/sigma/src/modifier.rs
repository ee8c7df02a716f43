//! The chain of modifiers after a field: `requestParameters.policy|base64offset|contains`.
//!
//! Invariant: a chain that is accepted has one meaning. What contradicts itself, or has no effect, is
//! refused with the modifier's place, because a rule that silently asks something else is worse than
//! one that does not load.
//!
//! Source: Sigma specification 2.1, appendix "Modifiers".

use rsigma_parser::Modifier;

use crate::error::Problem;
use crate::suggest::nearest;
use crate::timestamp::TimePart;

/// How a value is compared with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    /// The same, or by wildcard.
    Equals,
    Contains,
    StartsWith,
    EndsWith,
    Regex(RegexFlags),
    Cidr,
    Exists,
    Compare(Bound),
    TimePart(TimePart),
}

/// `|re|i|m|s`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct RegexFlags {
    pub(crate) ignore_case: bool,
    pub(crate) multi_line: bool,
    pub(crate) dot_all: bool,
}

/// An order relation between numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    Gt,
    Gte,
    Lt,
    Lte,
}

/// UTF-16 in one of its byte orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Utf16 {
    Little,
    Big,
    /// Little-endian with a byte order mark.
    Marked,
}

/// How a value is encoded before it is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Encoding {
    pub(crate) utf16: Option<Utf16>,
    /// At any of the three byte offsets.
    pub(crate) any_offset: bool,
}

/// A chain of modifiers, understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Modifiers {
    pub(crate) operator: Operator,
    /// The value names another field.
    pub(crate) field_ref: bool,
    /// Every value must match, not any.
    pub(crate) all: bool,
    /// The values must not match.
    pub(crate) negated: bool,
    pub(crate) cased: bool,
    pub(crate) windash: bool,
    pub(crate) encoding: Option<Encoding>,
}

/// A problem with one modifier of a chain, counted from 0.
#[derive(Debug, PartialEq)]
pub(crate) struct BadModifier {
    pub(crate) index: usize,
    pub(crate) problem: Problem,
}

/// What a single modifier does to the chain.
enum Part {
    Operator(Operator),
    FieldRef,
    All,
    Negated,
    Cased,
    WinDash,
    Utf16(Utf16),
    Base64 { any_offset: bool },
    Flag(fn(&mut RegexFlags)),
    Expand,
}

impl Modifiers {
    /// Understands a chain, in the order as written.
    pub(crate) fn parse(chain: &[&str]) -> Result<Self, BadModifier> {
        let mut reader = Reader::new(chain);
        for index in 0..chain.len() {
            reader
                .take(index)
                .map_err(|problem| BadModifier { index, problem })?;
        }
        reader.finish()
    }
}

/// Reads a chain; remembers where each kind of modifier stood, to point at the one in the wrong.
struct Reader<'c> {
    chain: &'c [&'c str],
    read: Modifiers,
    operator_at: Option<usize>,
    field_ref_at: Option<usize>,
    utf16: Option<(usize, Utf16)>,
    base64_at: Option<usize>,
    windash_at: Option<usize>,
    all_at: Option<usize>,
}

impl<'c> Reader<'c> {
    fn new(chain: &'c [&'c str]) -> Self {
        let read = Modifiers {
            operator: Operator::Equals,
            field_ref: false,
            all: false,
            negated: false,
            cased: false,
            windash: false,
            encoding: None,
        };
        Self {
            chain,
            read,
            operator_at: None,
            field_ref_at: None,
            utf16: None,
            base64_at: None,
            windash_at: None,
            all_at: None,
        }
    }

    fn take(&mut self, index: usize) -> Result<(), Problem> {
        match part(self.chain[index])? {
            Part::Operator(operator) => self.set_operator(index, operator),
            Part::FieldRef => self.set_field_ref(index),
            Part::All => {
                self.all_at = Some(index);
                self.read.all = true;
                Ok(())
            }
            Part::Negated => {
                self.read.negated = true;
                Ok(())
            }
            Part::Cased => {
                self.read.cased = true;
                Ok(())
            }
            Part::WinDash => {
                self.windash_at = Some(index);
                self.read.windash = true;
                Ok(())
            }
            Part::Utf16(order) => self.set_utf16(index, order),
            Part::Base64 { any_offset } => self.set_base64(index, any_offset),
            Part::Flag(set) => self.set_flag(index, set),
            Part::Expand => Err(Problem::Expand),
        }
    }

    fn set_operator(&mut self, index: usize, operator: Operator) -> Result<(), Problem> {
        if let Some(other) = self.operator_at {
            return Err(self.conflict(other, index));
        }
        self.operator_at = Some(index);
        self.read.operator = operator;
        Ok(())
    }

    fn set_field_ref(&mut self, index: usize) -> Result<(), Problem> {
        match self.operator_at {
            // `contains|fieldref` would put wildcards around the name of the field.
            Some(other) if self.read.operator.is_text() => {
                Err(Problem::ModifierOrder(self.owned(other), self.owned(index)))
            }
            Some(other) => Err(self.conflict(other, index)),
            None => {
                self.field_ref_at = Some(index);
                self.read.field_ref = true;
                Ok(())
            }
        }
    }

    fn set_utf16(&mut self, index: usize, order: Utf16) -> Result<(), Problem> {
        if let Some((other, _)) = self.utf16 {
            return Err(self.conflict(other, index));
        }
        if let Some(base64) = self.base64_at {
            return Err(Problem::ModifierOrder(
                self.owned(base64),
                self.owned(index),
            ));
        }
        self.utf16 = Some((index, order));
        Ok(())
    }

    fn set_base64(&mut self, index: usize, any_offset: bool) -> Result<(), Problem> {
        if let Some(other) = self.base64_at {
            return Err(self.conflict(other, index));
        }
        self.base64_at = Some(index);
        let utf16 = self.utf16.map(|(_, order)| order);
        self.read.encoding = Some(Encoding { utf16, any_offset });
        Ok(())
    }

    fn set_flag(&mut self, index: usize, set: fn(&mut RegexFlags)) -> Result<(), Problem> {
        let Operator::Regex(flags) = &mut self.read.operator else {
            let modifier = self.owned(index);
            return Err(Problem::ModifierNeeds {
                modifier,
                needs: "re",
            });
        };
        set(flags);
        Ok(())
    }

    /// What can only be judged once the whole chain is known.
    fn finish(self) -> Result<Modifiers, BadModifier> {
        let bad = |index, problem| Err(BadModifier { index, problem });
        if let (Some((index, _)), None) = (self.utf16, self.base64_at) {
            return bad(index, Problem::Utf16NeedsBase64(self.owned(index)));
        }
        if let (Some(windash), Some(base64)) = (self.windash_at, self.base64_at) {
            return bad(windash, self.conflict(windash, base64));
        }
        let rewrite = self.base64_at.or(self.windash_at);
        let other = self
            .field_ref_at
            .or_else(|| self.operator_at.filter(|_| !self.read.operator.is_text()));
        if let (Some(rewrite), Some(other)) = (rewrite, other) {
            return bad(rewrite, self.conflict(rewrite, other));
        }
        if let (Some(operator), Some(field_ref)) = (self.operator_at, self.field_ref_at)
            && !self.read.operator.is_text()
        {
            return bad(operator, self.conflict(field_ref, operator));
        }
        // A fragment at any offset can stand anywhere, never at a known end.
        if let (Some(base64), Some(operator)) = (self.base64_at, self.operator_at)
            && self
                .read
                .encoding
                .is_some_and(|encoding| encoding.any_offset)
            && self.read.operator != Operator::Contains
        {
            return bad(operator, self.conflict(base64, operator));
        }
        if let (Some(all), Operator::Exists) = (self.all_at, self.read.operator) {
            return bad(all, self.conflict(all, self.operator_at.unwrap_or(all)));
        }
        Ok(self.read)
    }

    fn conflict(&self, one: usize, other: usize) -> Problem {
        Problem::ModifierConflict(self.owned(one), self.owned(other))
    }

    fn owned(&self, index: usize) -> String {
        self.chain[index].to_owned()
    }
}

impl Operator {
    /// Whether it compares text with text.
    pub(crate) fn is_text(self) -> bool {
        matches!(
            self,
            Operator::Equals | Operator::Contains | Operator::StartsWith | Operator::EndsWith
        )
    }
}

fn part(name: &str) -> Result<Part, Problem> {
    let modifier = name.parse::<Modifier>().map_err(|()| unknown(name))?;
    Ok(match modifier {
        Modifier::Contains => Part::Operator(Operator::Contains),
        Modifier::StartsWith => Part::Operator(Operator::StartsWith),
        Modifier::EndsWith => Part::Operator(Operator::EndsWith),
        Modifier::Re => Part::Operator(Operator::Regex(RegexFlags::default())),
        Modifier::Cidr => Part::Operator(Operator::Cidr),
        Modifier::Exists => Part::Operator(Operator::Exists),
        Modifier::Gt => Part::Operator(Operator::Compare(Bound::Gt)),
        Modifier::Gte => Part::Operator(Operator::Compare(Bound::Gte)),
        Modifier::Lt => Part::Operator(Operator::Compare(Bound::Lt)),
        Modifier::Lte => Part::Operator(Operator::Compare(Bound::Lte)),
        Modifier::Minute => Part::Operator(Operator::TimePart(TimePart::Minute)),
        Modifier::Hour => Part::Operator(Operator::TimePart(TimePart::Hour)),
        Modifier::Day => Part::Operator(Operator::TimePart(TimePart::Day)),
        Modifier::Week => Part::Operator(Operator::TimePart(TimePart::Week)),
        Modifier::Month => Part::Operator(Operator::TimePart(TimePart::Month)),
        Modifier::Year => Part::Operator(Operator::TimePart(TimePart::Year)),
        Modifier::FieldRef => Part::FieldRef,
        Modifier::All => Part::All,
        Modifier::Neq => Part::Negated,
        Modifier::Cased => Part::Cased,
        Modifier::WindAsh => Part::WinDash,
        Modifier::Wide => Part::Utf16(Utf16::Little),
        Modifier::Utf16be => Part::Utf16(Utf16::Big),
        Modifier::Utf16 => Part::Utf16(Utf16::Marked),
        Modifier::Base64 => Part::Base64 { any_offset: false },
        Modifier::Base64Offset => Part::Base64 { any_offset: true },
        Modifier::IgnoreCase => Part::Flag(|flags| flags.ignore_case = true),
        Modifier::Multiline => Part::Flag(|flags| flags.multi_line = true),
        Modifier::DotAll => Part::Flag(|flags| flags.dot_all = true),
        Modifier::Expand => Part::Expand,
    })
}

/// Every modifier there is, for suggestions.
const KNOWN: [&str; 30] = [
    "contains",
    "startswith",
    "endswith",
    "all",
    "re",
    "cidr",
    "cased",
    "exists",
    "fieldref",
    "gt",
    "gte",
    "lt",
    "lte",
    "neq",
    "base64",
    "base64offset",
    "wide",
    "utf16",
    "utf16le",
    "utf16be",
    "windash",
    "expand",
    "minute",
    "hour",
    "day",
    "week",
    "month",
    "year",
    "ignorecase",
    "dotall",
];

fn unknown(name: &str) -> Problem {
    if name == "not" {
        return Problem::NotIsNoModifier;
    }
    let suggestion = nearest(name, KNOWN).map(str::to_owned);
    Problem::UnknownModifier {
        modifier: name.to_owned(),
        suggestion,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(chain: &str) -> Result<Modifiers, BadModifier> {
        let chain: Vec<_> = chain.split('|').filter(|name| !name.is_empty()).collect();
        Modifiers::parse(&chain)
    }

    #[test]
    fn a_chain_that_makes_sense_is_understood() {
        for (chain, operator) in [
            ("", Operator::Equals),
            ("contains|all", Operator::Contains),
            ("windash|contains", Operator::Contains),
            ("wide|base64offset|contains", Operator::Contains),
            ("base64offset", Operator::Equals),
            ("utf16|base64", Operator::Equals),
            ("fieldref|endswith", Operator::EndsWith),
            ("cased|startswith", Operator::StartsWith),
            ("gte", Operator::Compare(Bound::Gte)),
            ("hour", Operator::TimePart(TimePart::Hour)),
            ("neq", Operator::Equals),
        ] {
            assert_eq!(
                parse(chain).map(|read| read.operator),
                Ok(operator),
                "{chain}"
            );
        }
        let flags = RegexFlags {
            ignore_case: true,
            multi_line: false,
            dot_all: true,
        };
        assert_eq!(
            parse("re|i|s").map(|read| read.operator),
            Ok(Operator::Regex(flags))
        );
    }

    #[test]
    fn a_chain_that_contradicts_itself_is_refused_where_it_does() {
        for (chain, index, why) in [
            ("contains|startswith", 1, "two operators"),
            ("cidr|contains", 1, "two operators"),
            ("exists|all", 1, "all of one"),
            ("i|re", 0, "a flag before its expression"),
            ("contains|i", 1, "a flag without an expression"),
            ("contains|fieldref", 1, "wrong order"),
            ("fieldref|re", 1, "no text operator"),
            ("base64|wide", 1, "encoded too early"),
            ("wide|contains", 0, "UTF-16 alone"),
            ("wide|utf16be|base64", 1, "two byte orders"),
            ("base64|base64offset", 1, "two encodings"),
            ("base64offset|startswith", 1, "an offset has no start"),
            ("base64|re", 0, "an encoded expression"),
            ("windash|base64", 0, "dashes in base64"),
            ("windash|cidr", 0, "dashes in addresses"),
            ("expand", 0, "no placeholders here"),
            ("not", 0, "a condition's word"),
            ("containss", 0, "a typing error"),
        ] {
            let bad = parse(chain).expect_err(why);
            assert_eq!(bad.index, index, "{why}: {chain}: {}", bad.problem);
        }
    }

    #[test]
    fn every_suggestion_is_a_modifier() {
        for name in KNOWN {
            assert!(name.parse::<Modifier>().is_ok(), "{name}");
        }
    }
}
