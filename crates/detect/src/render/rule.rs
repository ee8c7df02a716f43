//! One rule, or correlation, for a person: what it looks for, why that matters, what to do, how it was tried.

use std::io::{self, Write};

use anstyle::Style;
use sigma::{Correlation, CorrelationCondition, CountBound, Header, Rule, RuleExpression};

use super::clauses::Clauses;
use super::level_style;
use super::text::{lines, sentence};
use crate::guidance::{Guidance, Step};
use crate::language::{Language, Words, words};
use crate::selectors::{Selector, selectors};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// How a rule is shown.
#[derive(Debug, Clone, Copy)]
pub struct RulePage {
    /// Columns to fill.
    pub width: usize,
    /// The language of the words around what the author wrote, and of what the author translated.
    pub language: Language,
}

impl RulePage {
    /// Writes `rule` in ANSI colours.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(self, rule: &Rule, guidance: &Guidance, out: &mut dyn Write) -> io::Result<()> {
        self.opening(rule.header(), guidance, out)?;
        self.section(MATCHES, out)?;
        self.clauses(rule, out)?;
        let needs: Vec<_> = selectors(rule).into_iter().map(Selector::as_str).collect();
        self.list(NEEDS, needs.into_iter(), out)?;
        self.meaning(rule.header(), guidance, out)?;
        let tests = rule.tests().iter();
        let tests = tests.map(|test| self.test(test.expects_match(), test.name()));
        self.tests(&tests.collect::<Vec<_>>(), out)
    }

    /// Writes `correlation` in ANSI colours.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_correlation(
        self,
        correlation: &Correlation,
        guidance: &Guidance,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        self.opening(correlation.header(), guidance, out)?;
        let terms = terms(correlation);
        self.list(TOGETHER, terms.iter().map(String::as_str), out)?;
        self.meaning(correlation.header(), guidance, out)?;
        let tests = correlation.tests().iter();
        let tests = tests.map(|story| self.test(story.expects_match(), story.name()));
        self.tests(&tests.collect::<Vec<_>>(), out)
    }

    fn opening(self, header: &Header, guidance: &Guidance, out: &mut dyn Write) -> io::Result<()> {
        self.title(header, guidance, out)?;
        if let Some(description) = header.description() {
            writeln!(out)?;
            self.paragraph(description, 0, out)?;
        }
        Ok(())
    }

    fn meaning(self, header: &Header, guidance: &Guidance, out: &mut dyn Write) -> io::Result<()> {
        if let Some(threat) = &guidance.threat {
            self.section(THREAT, out)?;
            self.paragraph(threat.to(self.language), 2, out)?;
        }
        let harmless = header.falsepositives().iter().map(String::as_str);
        self.list(HARMLESS, harmless, out)?;
        self.response(&guidance.response, out)?;
        let references = header.references().iter().map(String::as_str);
        self.list(READ_ON, references, out)
    }

    fn title(self, rule: &Header, guidance: &Guidance, out: &mut dyn Write) -> io::Result<()> {
        let translated = guidance
            .title
            .zh_cn
            .as_deref()
            .filter(|_| self.language == Language::ZhCn);
        let title = sentence(translated.unwrap_or(rule.title()));
        let style = level_style(rule.level());
        writeln!(
            out,
            "{style}{}{style:#}  {BOLD}{title}{BOLD:#}",
            rule.level()
        )?;
        let id = sentence(rule.id().unwrap_or("-"));
        let tags = rule.tags().join(" ");
        writeln!(
            out,
            "{DIM}{id}  {}{DIM:#}",
            sentence(&rule.location().to_string())
        )?;
        if tags.is_empty() {
            return Ok(());
        }
        writeln!(out, "{DIM}{}{DIM:#}", sentence(&tags))
    }

    /// Asked about an empty event, a rule tells its clauses; the verdicts are of no interest.
    fn clauses(self, rule: &Rule, out: &mut dyn Write) -> io::Result<()> {
        let clauses = Clauses {
            width: self.width,
            language: self.language,
            verdicts: false,
        };
        clauses.write(&rule.explain(&serde_json::json!({})), out)
    }

    fn response(self, steps: &[Step], out: &mut dyn Write) -> io::Result<()> {
        if steps.is_empty() {
            return Ok(());
        }
        self.section(RESPONSE, out)?;
        for (at, step) in steps.iter().enumerate() {
            self.paragraph(
                &format!("{}. {}", at + 1, step.title.to(self.language)),
                2,
                out,
            )?;
            writeln!(out, "     {}", sentence(&step.command))?;
            if let Some(undo) = &step.undo {
                writeln!(
                    out,
                    "     {DIM}{}{DIM:#} {}",
                    UNDO.to(self.language),
                    sentence(undo)
                )?;
            }
        }
        Ok(())
    }

    fn test(self, expects_match: bool, name: &str) -> String {
        let verdict = if expects_match { MATCH } else { NO_MATCH };
        format!("{}: {name}", verdict.to(self.language))
    }

    fn tests(self, tests: &[String], out: &mut dyn Write) -> io::Result<()> {
        self.list(TESTS, tests.iter().map(String::as_str), out)
    }

    fn list<'a>(
        self,
        heading: Words,
        items: impl Iterator<Item = &'a str>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        for (at, item) in items.enumerate() {
            if at == 0 {
                self.section(heading, out)?;
            }
            self.paragraph(&format!("- {item}"), 2, out)?;
        }
        Ok(())
    }

    fn section(self, heading: Words, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "\n{BOLD}{}{BOLD:#}", heading.to(self.language))
    }

    fn paragraph(self, text: &str, indent: usize, out: &mut dyn Write) -> io::Result<()> {
        let text = sentence(text.trim_end());
        lines(&text, self.width.saturating_sub(indent))
            .into_iter()
            .try_for_each(|line| writeln!(out, "{:indent$}{line}", ""))
    }
}

/// What a correlation counts or orders, in the words of its document.
fn terms(correlation: &Correlation) -> Vec<String> {
    let list = |names: &[String]| names.join(", ");
    let mut terms = vec![
        format!("type: {}", correlation.kind().as_str()),
        format!("rules: {}", list(correlation.rules())),
        format!("group-by: {}", list(correlation.group_by())),
        format!("timespan: {:#}", correlation.timespan()),
    ];
    terms.extend(condition(correlation));
    if !correlation.unless_followed_by().is_empty() {
        let names = list(correlation.unless_followed_by());
        terms.push(format!("unless-followed-by: {names}"));
    }
    terms
}

/// The condition, unless it is that all rules match.
fn condition(correlation: &Correlation) -> Option<String> {
    let (bounds, fields) = match correlation.condition() {
        CorrelationCondition::AllRules => return None,
        CorrelationCondition::Rules(all) => {
            return Some(format!("condition: {}", expression(all, correlation)));
        }
        CorrelationCondition::Bounds { bounds, fields, .. } => (bounds, fields),
    };
    let fields = fields
        .iter()
        .map(|field| format!("field: {}", field.as_str()));
    let bounds = bounds.iter().map(|bound| {
        let relation = match bound {
            CountBound::Gt(_) => "gt",
            CountBound::Gte(_) => "gte",
            CountBound::Lt(_) => "lt",
            CountBound::Lte(_) => "lte",
            CountBound::Eq(_) => "eq",
            CountBound::Neq(_) => "neq",
        };
        format!("{relation}: {}", bound.value())
    });
    let all: Vec<_> = fields.chain(bounds).collect();
    Some(format!("condition: {}", all.join(", ")))
}

fn expression(of: &RuleExpression, correlation: &Correlation) -> String {
    let all = |parts: &[RuleExpression], word: &str| {
        let parts: Vec<_> = parts
            .iter()
            .map(|part| expression(part, correlation))
            .collect();
        format!("({})", parts.join(word))
    };
    match of {
        RuleExpression::Rule(at) => correlation.rules()[*at].clone(),
        RuleExpression::All(parts) => all(parts, " and "),
        RuleExpression::Any(parts) => all(parts, " or "),
        RuleExpression::Not(inner) => format!("not {}", expression(inner, correlation)),
    }
}

const TOGETHER: Words = words("Matches what rules find together", "匹配规则结果的组合");
const MATCHES: Words = words("Matches records where", "匹配以下记录");
const NEEDS: Words = words("What the trail must record", "跟踪须记录的事件类型");
const THREAT: Words = words("Why it matters", "为何重要");
const HARMLESS: Words = words("When it is harmless", "何时无害");
const RESPONSE: Words = words("What to do", "如何应对");
const READ_ON: Words = words("Read on", "延伸阅读");
const TESTS: Words = words("Tests", "测试");
const UNDO: Words = words("undo:", "撤销：");
const MATCH: Words = words("matches", "应匹配");
const NO_MATCH: Words = words("does not match", "不应匹配");
