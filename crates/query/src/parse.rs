//! From text to meaning, by descent: one function for each line of the grammar.

use std::cmp::Ordering;

use ipnet::IpNet;
use jiff::Timestamp;
use sigma::FieldPath;

use crate::compare::{Check, Operand};
use crate::error::{Problem, QueryError};
use crate::expr::{Expr, Test, all};
use crate::pattern::Pattern;

/// How deep brackets and `not` may stand in each other.
const DEPTH: usize = 64;

/// The operators, the longer before their beginnings.
const OPERATORS: [&str; 9] = ["!=", "!~", "<=", ">=", "==", "=", "<", ">", "~"];

/// The meaning of `text`.
pub(crate) fn query(text: &str, now: Timestamp) -> Result<Expr, QueryError> {
    let mut parser = Parser { text, at: 0, now };
    if parser.is_over() {
        return Ok(Expr::All(Vec::new()));
    }
    let expr = parser.any(0)?;
    if parser.is_over() {
        return Ok(expr);
    }
    // Whatever could go on would have: only a bracket ends a condition.
    parser.fail(Problem::Closed)
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    now: Timestamp,
}

/// A word, and whether it was in quotes: then it is never an operator.
struct Word {
    text: String,
    quoted: bool,
}

impl<'t> Parser<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn skip_blanks(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    fn is_over(&mut self) -> bool {
        self.skip_blanks();
        self.rest().is_empty()
    }

    fn fail<T>(&self, problem: Problem) -> Result<T, QueryError> {
        self.fail_at(self.at, problem)
    }

    fn fail_at<T>(&self, at: usize, problem: Problem) -> Result<T, QueryError> {
        Err(QueryError::at(self.text, at, problem))
    }

    /// Takes `sign` if it comes next.
    fn sign(&mut self, sign: &str) -> bool {
        self.skip_blanks();
        let found = self.rest().starts_with(sign);
        self.at += if found { sign.len() } else { 0 };
        found
    }

    /// Takes the bare word `wanted`, in any case, if it comes next.
    fn word_is(&mut self, wanted: &str) -> bool {
        self.skip_blanks();
        let end = self.bare_end();
        let found = self.rest()[..end].eq_ignore_ascii_case(wanted);
        self.at += if found { end } else { 0 };
        found
    }

    /// Where the bare word that begins here ends.
    fn bare_end(&self) -> usize {
        let rest = self.rest();
        let ends = |c: char| c.is_whitespace() || "()=<>~,\"'".contains(c);
        let end = rest.find(ends).unwrap_or(rest.len());
        // `a!=b` and `a!~b` end before the mark.
        match rest[..end].strip_suffix('!') {
            Some(word) if rest[end..].starts_with(['=', '~']) => word.len(),
            _ => end,
        }
    }

    fn any(&mut self, depth: usize) -> Result<Expr, QueryError> {
        let mut parts = vec![self.all(depth)?];
        while self.word_is("or") || self.sign("||") {
            parts.push(self.all(depth)?);
        }
        Ok(match parts.len() {
            1 => parts.remove(0),
            _ => Expr::Any(parts),
        })
    }

    fn all(&mut self, depth: usize) -> Result<Expr, QueryError> {
        let mut parts = vec![self.not(depth)?];
        loop {
            let said = self.word_is("and") || self.sign("&&");
            if !said && self.ends_here() {
                return Ok(all(parts));
            }
            parts.push(self.not(depth)?);
        }
    }

    /// Whether the conditions side by side are over: at the end, a bracket, or an `or`.
    fn ends_here(&mut self) -> bool {
        let before = self.at;
        let ends = self.is_over() || self.sign(")") || self.sign("||") || self.word_is("or");
        self.at = before;
        ends
    }

    fn not(&mut self, depth: usize) -> Result<Expr, QueryError> {
        if depth > DEPTH {
            return self.fail(Problem::Deep(DEPTH));
        }
        if self.word_is("not") || self.sign("!") {
            return Ok(Expr::Not(Box::new(self.not(depth + 1)?)));
        }
        self.primary(depth)
    }

    fn primary(&mut self, depth: usize) -> Result<Expr, QueryError> {
        self.skip_blanks();
        let open = self.at;
        if self.sign("(") {
            let inner = self.any(depth + 1)?;
            return match self.sign(")") {
                true => Ok(inner),
                false if self.is_over() => self.fail_at(open, Problem::Open),
                false => self.fail(Problem::NoCondition),
            };
        }
        let reserved = ["and", "or", "&&", "||"]
            .iter()
            .any(|word| self.word_is(word));
        if reserved {
            return self.fail_at(open, Problem::NoCondition);
        }
        let Some(word) = self.word(false)? else {
            return self.fail(Problem::NoCondition);
        };
        self.comparison(&word)
    }

    fn comparison(&mut self, word: &Word) -> Result<Expr, QueryError> {
        let path = || FieldPath::new(&word.text);
        let test = |check| {
            Expr::Test(Test {
                path: path(),
                check,
            })
        };
        let not = |expr| Expr::Not(Box::new(expr));
        if let Some(operator) = OPERATORS.into_iter().find(|sign| self.sign(sign)) {
            let value = self.value(operator)?;
            return Ok(match operator {
                "!=" => not(test(Check::AnyOf(vec![self.operand(&value)]))),
                "=" | "==" => test(Check::AnyOf(vec![self.operand(&value)])),
                "~" => test(Check::Like(Pattern::new(&value))),
                "!~" => not(test(Check::Like(Pattern::new(&value)))),
                order => test(Check::Order {
                    side: match order.starts_with('<') {
                        true => Ordering::Less,
                        false => Ordering::Greater,
                    },
                    or_equal: order.ends_with('='),
                    operand: self.operand(&value),
                }),
            });
        }
        let before = self.at;
        if self.word_is("in") {
            return Ok(test(Check::AnyOf(self.list()?)));
        }
        if self.word_is("not") && self.word_is("in") {
            return Ok(not(test(Check::AnyOf(self.list()?))));
        }
        self.at = before;
        if !word.quoted && self.word_is("exists") {
            return Ok(test(Check::Exists));
        }
        Ok(Expr::Keyword(Pattern::new(&word.text)))
    }

    fn operand(&self, value: &str) -> Operand {
        Operand::new(value, self.now)
    }

    /// `value`, or `( value, … )`.
    fn list(&mut self) -> Result<Vec<Operand>, QueryError> {
        self.skip_blanks();
        let open = self.at;
        if !self.sign("(") {
            return Ok(vec![self.member()?]);
        }
        let mut members = vec![self.member()?];
        while self.sign(",") {
            members.push(self.member()?);
        }
        match self.sign(")") {
            true => Ok(members),
            false if self.is_over() => self.fail_at(open, Problem::Open),
            false => self.fail(Problem::List),
        }
    }

    fn member(&mut self) -> Result<Operand, QueryError> {
        self.skip_blanks();
        let at = self.at;
        let value = match self.rest().starts_with([',', ')']) {
            true => return self.fail(Problem::NoValue("in")),
            false => self.value("in")?,
        };
        let mut operand = self.operand(&value);
        operand.network = value.parse::<IpNet>().ok();
        let looks_like_one = value.contains('/')
            && value.contains(['.', ':'])
            && value
                .bytes()
                .all(|b| b.is_ascii_hexdigit() || b".:/".contains(&b));
        if operand.network.is_none() && looks_like_one {
            return self.fail_at(at, Problem::Network);
        }
        Ok(operand)
    }

    fn value(&mut self, operator: &'static str) -> Result<String, QueryError> {
        match self.word(true)? {
            Some(word) => Ok(word.text),
            None => self.fail(Problem::NoValue(operator)),
        }
    }

    /// The next word, if one comes; a `value` may hold the signs of operators.
    fn word(&mut self, value: bool) -> Result<Option<Word>, QueryError> {
        self.skip_blanks();
        if let Some(quote) = self
            .rest()
            .chars()
            .next()
            .filter(|c| matches!(c, '"' | '\''))
        {
            let text = self.quoted(quote)?;
            return Ok(Some(Word { text, quoted: true }));
        }
        let rest = self.rest();
        let ends = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',');
        let end = match value {
            true => rest.find(ends).unwrap_or(rest.len()),
            false => self.bare_end(),
        };
        self.at += end;
        let text = rest[..end].to_owned();
        Ok((end > 0).then_some(Word {
            text,
            quoted: false,
        }))
    }

    /// Text up to the same quote again; a backslash keeps one from ending it.
    fn quoted(&mut self, quote: char) -> Result<String, QueryError> {
        let open = self.at;
        let mut text = String::new();
        let mut chars = self.rest().char_indices().skip(1).peekable();
        while let Some((at, c)) = chars.next() {
            let escapes = c == '\\' && chars.peek().is_some_and(|(_, next)| *next == quote);
            if escapes {
                text.extend(chars.next().map(|(_, c)| c));
            } else if c == quote {
                self.at = open + at + 1;
                return Ok(text);
            } else {
                text.push(c);
            }
        }
        self.fail_at(open, Problem::Quote)
    }
}
