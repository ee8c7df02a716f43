//! What a value is held against.

use std::cmp::Ordering;
use std::net::IpAddr;

use ipnet::IpNet;
use jiff::Timestamp;
use sigma::Value;

use crate::fold::same;
use crate::instant::Span;
use crate::pattern::Pattern;

/// What is asked about the values of a field; one that fits is enough.
#[derive(Debug, Clone, PartialEq)]
pub enum Check {
    /// The field is there, and not null.
    Exists,
    /// The same, or a member of these.
    AnyOf(Vec<Operand>),
    /// As `~` means it.
    Like(Pattern),
    /// Smaller or greater, or the same too.
    Order {
        /// `Less` for `<` and `<=`, `Greater` for `>` and `>=`.
        side: Ordering,
        /// Whether equal counts.
        or_equal: bool,
        /// What it is held against.
        operand: Operand,
    },
}

/// A value as typed, and all that it could mean.
#[derive(Debug, Clone, PartialEq)]
pub struct Operand {
    /// As typed, without quotes.
    pub text: String,
    /// Where it is a number.
    pub number: Option<f64>,
    /// Where it is a time.
    pub span: Option<Span>,
    /// Where it is a network behind `in`.
    pub network: Option<IpNet>,
}

impl Operand {
    /// What `text` could mean; a network only as a member of a list.
    #[must_use]
    pub fn new(text: &str, now: Timestamp) -> Self {
        let is_plain = text
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'e' | b'E' | b'+'));
        Self {
            number: text.parse().ok().filter(|_| is_plain),
            span: Span::parse(text, now),
            network: None,
            text: text.to_owned(),
        }
    }

    /// Whether it means that there is nothing.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.text == "null"
    }

    fn is(&self, value: &Value<'_>) -> bool {
        match value {
            Value::Null => self.is_null(),
            Value::Bool(truth) => same(&self.text, if *truth { "true" } else { "false" }),
            Value::Int(whole) => {
                self.text.parse() == Ok(*whole) || self.number == Some(*whole as f64)
            }
            Value::Float(float) => self.number == Some(*float),
            Value::Str(text) => {
                same(text, &self.text) || self.network.is_some_and(|network| holds(network, text))
            }
            Value::List(_) | Value::Map(_) => false,
        }
    }

    /// How `value` stands to it; `None` where the two cannot be compared.
    fn order(&self, value: &Value<'_>) -> Option<Ordering> {
        match value {
            Value::Int(whole) => (*whole as f64).partial_cmp(&self.number?),
            Value::Float(float) => float.partial_cmp(&self.number?),
            Value::Str(text) => self.order_text(text),
            _ => None,
        }
    }

    fn order_text(&self, text: &str) -> Option<Ordering> {
        if let Some(number) = self.number {
            return text.parse::<f64>().ok()?.partial_cmp(&number);
        }
        if let Some(span) = self.span {
            return Some(span.order(text.parse().ok()?));
        }
        Some(text.to_lowercase().cmp(&self.text.to_lowercase()))
    }
}

impl Span {
    /// How `time` stands to it: before, in, or after.
    #[must_use]
    pub fn order(&self, time: Timestamp) -> Ordering {
        if time < self.start {
            Ordering::Less
        } else if time > self.last {
            Ordering::Greater
        } else {
            Ordering::Equal
        }
    }
}

/// Whether `text` is an address in `network`.
fn holds(network: IpNet, text: &str) -> bool {
    let address = text.parse::<IpAddr>().map(|address| address.to_canonical());
    address.is_ok_and(|address| network.contains(&address))
}

impl Check {
    /// Whether what stands at the field, if anything does, fits.
    #[must_use]
    pub fn holds(&self, value: Option<&Value<'_>>) -> bool {
        match (self, value) {
            (Self::AnyOf(operands), None) => operands.iter().any(Operand::is_null),
            (_, None) => false,
            (_, Some(Value::List(members))) => {
                members.iter().any(|member| self.holds(Some(member)))
            }
            (Self::Exists, Some(value)) => *value != Value::Null,
            (Self::AnyOf(operands), Some(value)) => {
                operands.iter().any(|operand| operand.is(value))
            }
            (Self::Like(pattern), Some(value)) => like(pattern, value),
            (
                Self::Order {
                    side,
                    or_equal,
                    operand,
                },
                Some(value),
            ) => operand
                .order(value)
                .is_some_and(|found| found == *side || (*or_equal && found == Ordering::Equal)),
        }
    }

    /// The same, of the time of an event.
    #[must_use]
    pub fn holds_time(&self, time: Timestamp) -> Option<bool> {
        match self {
            Self::AnyOf(operands) => {
                let spans: Option<Vec<_>> = operands.iter().map(|operand| operand.span).collect();
                Some(spans?.iter().any(|span| span.contains(time)))
            }
            Self::Order {
                side,
                or_equal,
                operand,
            } => {
                let found = operand.span?.order(time);
                Some(found == *side || (*or_equal && found == Ordering::Equal))
            }
            Self::Exists => Some(true),
            Self::Like(_) => None,
        }
    }
}

fn like(pattern: &Pattern, value: &Value<'_>) -> bool {
    match value {
        Value::Str(text) => pattern.like(text),
        Value::Int(_) | Value::Float(_) | Value::Bool(_) => pattern.like(&crate::shown(value)),
        Value::Null | Value::List(_) => false,
        // What an object holds, wherever in it.
        Value::Map(members) => members.iter().any(|(_, member)| match member {
            Value::List(inner) => inner.iter().any(|value| like(pattern, value)),
            member => like(pattern, member),
        }),
    }
}
