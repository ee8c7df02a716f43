//! Reads selections, line by line; every problem is told, not only the first.

use rsigma_parser::SigmaValue;
use yaml_tree::{Kind, Node};

use super::{Body, Lines, Selection};
use crate::compile::{article, extent, field_name, value_test};
use crate::error::Problem;
use crate::item::{FieldRefs, Item, Question, Wanted};
use crate::location::Mark;
use crate::modifier::{Modifiers, Operator};
use crate::report::{Fields, Report};
use crate::value_list::{Link, ValueList};

/// Reads selections; problems go to the report, and what has one is left out.
pub(crate) struct Reader<'r> {
    pub(crate) report: &'r mut Report,
    pub(crate) fields: &'r mut Fields,
}

impl Reader<'_> {
    pub(crate) fn selection(&mut self, key: &Node, node: &Node) -> Option<Selection> {
        let name = key.text()?;
        if is_empty(node) {
            return self.refuse(key.at, Problem::EmptySelection(name.to_owned()));
        }
        let body = self.body(node)?;
        Some(Selection {
            at: key.at,
            name: name.into(),
            body,
        })
    }

    fn body(&mut self, node: &Node) -> Option<Body> {
        match &node.kind {
            Kind::Map(pairs) => {
                // Every line is read even if one is bad, so that all problems are told at once.
                let items: Vec<_> = pairs
                    .iter()
                    .map(|(key, value)| self.item(key, value))
                    .collect();
                let items: Option<Vec<_>> = items.into_iter().collect();
                items.map(|items| Body::All(Lines::new(items)))
            }
            Kind::List(parts) if parts.iter().all(|part| part.text().is_some()) => {
                self.keywords(node.at, parts)
            }
            Kind::List(parts) => {
                let bodies: Vec<_> = parts.iter().map(|part| self.part(part)).collect();
                bodies
                    .into_iter()
                    .collect::<Option<Vec<_>>>()
                    .map(Body::Any)
            }
            Kind::Scalar { .. } => self.keywords(node.at, std::slice::from_ref(node)),
        }
    }

    fn part(&mut self, node: &Node) -> Option<Body> {
        if is_empty(node) {
            return self.refuse(node.at, Problem::EmptySelection("-".to_owned()));
        }
        self.body(node)
    }

    fn keywords(&mut self, at: Mark, values: &[Node]) -> Option<Body> {
        let item = self.keyword_item(at, &[], values)?;
        Some(Body::All(Lines::new(vec![item])))
    }

    fn item(&mut self, key: &Node, value: &Node) -> Option<Item> {
        let text = key.text()?;
        let mut names = text.split('|');
        let field = names.next().unwrap_or_default();
        let chain: Vec<_> = names.collect();
        let values = self.values(text, value)?;
        if field.is_empty() {
            return self.keyword_item(key.at, &chain, values);
        }
        self.check_field(key, field)?;
        let modifiers = self.modifiers(key, field, &chain)?;
        let wanted = self.wanted(values, modifiers.operator, field)?;
        if modifiers.all && wanted.len() < 2 {
            return self.refuse(key.at, Problem::AllNeedsTwo);
        }
        let question = self.question(&modifiers, &chain, &wanted)?;
        Some(Item {
            at: key.at,
            field: Some(self.fields.get(field)),
            modifiers: chain.iter().map(|name| (*name).into()).collect(),
            wanted,
            negated: modifiers.negated,
            question,
        })
    }

    fn keyword_item(&mut self, at: Mark, chain: &[&str], values: &[Node]) -> Option<Item> {
        let mut modifiers = match Modifiers::parse(chain) {
            Ok(modifiers) => modifiers,
            Err(bad) => return self.refuse(at, bad.problem),
        };
        let without_field = modifiers.operator.is_text()
            || matches!(modifiers.operator, Operator::Regex(_) | Operator::Cidr);
        if !without_field || modifiers.field_ref || modifiers.negated {
            return self.refuse(at, Problem::ModifierNeedsField(chain.join("|")));
        }
        if modifiers.operator == Operator::Equals {
            modifiers.operator = Operator::Contains;
        }
        if modifiers.all && values.len() < 2 {
            return self.refuse(at, Problem::AllNeedsTwo);
        }
        let wanted = self.wanted(values, modifiers.operator, "keywords")?;
        for keyword in &wanted {
            if !matches!(keyword.value, SigmaValue::String(_)) {
                let found = article(&keyword.value);
                return self.refuse(keyword.at, Problem::KeywordNotText(found));
            }
        }
        let question = self.question(&modifiers, chain, &wanted)?;
        Some(Item {
            at,
            field: None,
            modifiers: chain.iter().map(|name| (*name).into()).collect(),
            wanted,
            negated: false,
            question,
        })
    }

    fn question(
        &mut self,
        modifiers: &Modifiers,
        chain: &[&str],
        wanted: &[Wanted],
    ) -> Option<Question> {
        let link = if modifiers.all { Link::All } else { Link::Any };
        if modifiers.operator == Operator::Exists {
            return self.exists(wanted).map(Question::Exists);
        }
        if modifiers.field_ref {
            let names = self.each(wanted, |wanted| field_name(&wanted.value, chain))?;
            let others = names.iter().map(|name| self.fields.get(name)).collect();
            let extent = extent(modifiers.operator);
            return Some(Question::Fields(FieldRefs {
                extent,
                cased: modifiers.cased,
                link,
                others,
            }));
        }
        if matches!(modifiers.operator, Operator::Regex(_))
            && let Err(problem) = self.report.count_regexes(wanted.len())
        {
            let at = wanted.first().map_or_else(Mark::default, |first| first.at);
            return self.refuse(at, problem);
        }
        let tests = self.each(wanted, |wanted| value_test(&wanted.value, modifiers, chain))?;
        Some(Question::Values(ValueList::new(link, tests)))
    }

    fn exists(&mut self, wanted: &[Wanted]) -> Option<bool> {
        let one = match wanted {
            [one] => one,
            [_, second, ..] => return self.refuse(second.at, Problem::ExistsNeedsBool),
            [] => return None,
        };
        let text = one.value.to_string();
        match text.as_str() {
            "true" | "yes" => Some(true),
            "false" | "no" => Some(false),
            _ => self.refuse(one.at, Problem::ExistsNeedsBool),
        }
    }

    /// Turns every value into something, or reports each that cannot be.
    fn each<T>(
        &mut self,
        wanted: &[Wanted],
        mut make: impl FnMut(&Wanted) -> Result<T, Problem>,
    ) -> Option<Vec<T>> {
        let mut made = Vec::with_capacity(wanted.len());
        for one in wanted {
            match make(one) {
                Ok(one) => made.push(one),
                Err(problem) => self.report.add(one.at, problem),
            }
        }
        (made.len() == wanted.len()).then_some(made)
    }

    /// The values on the right of a field, one or a list of them.
    fn values<'n>(&mut self, key: &str, node: &'n Node) -> Option<&'n [Node]> {
        let name = || key.split('|').next().unwrap_or_default().to_owned();
        match &node.kind {
            Kind::List(values) if values.is_empty() => {
                self.refuse(node.at, Problem::NoValues(key.to_owned()))
            }
            Kind::List(values) => Some(values),
            Kind::Map(_) => self.refuse(node.at, Problem::NestedMapping(name())),
            Kind::Scalar { .. } => Some(std::slice::from_ref(node)),
        }
    }

    fn wanted(&mut self, values: &[Node], operator: Operator, field: &str) -> Option<Vec<Wanted>> {
        let mut wanted = Vec::with_capacity(values.len());
        for node in values {
            let value = match &node.kind {
                Kind::List(_) => {
                    return self.refuse(node.at, Problem::NestedList(field.to_owned()));
                }
                Kind::Map(_) => {
                    return self.refuse(node.at, Problem::NestedMapping(field.to_owned()));
                }
                Kind::Scalar { .. } => node.to_value(),
            };
            let value = match (&value, operator) {
                (yaml_serde::Value::String(text), Operator::Regex(_)) => {
                    SigmaValue::from_raw_string(text)
                }
                _ => SigmaValue::from_yaml(&value),
            };
            wanted.push(Wanted { at: node.at, value });
        }
        Some(wanted)
    }

    fn modifiers(&mut self, key: &Node, field: &str, chain: &[&str]) -> Option<Modifiers> {
        match Modifiers::parse(chain) {
            Ok(modifiers) => Some(modifiers),
            Err(bad) => {
                let before = chain[..bad.index]
                    .iter()
                    .map(|name| name.chars().count() + 1);
                let columns = field.chars().count() + 1 + before.sum::<usize>();
                self.refuse(inside(key, columns), bad.problem)
            }
        }
    }

    /// Refuses the quantifiers of a later specification, which would ask something else here.
    fn check_field(&mut self, key: &Node, field: &str) -> Option<()> {
        const QUANTIFIERS: [&str; 4] = ["any", "all", "all_or_empty", "none"];
        for segment in field.split('.') {
            let bracketed = segment
                .strip_suffix(']')
                .and_then(|rest| rest.rsplit_once('['));
            if let Some((_, inner)) = bracketed
                && QUANTIFIERS.contains(&inner)
            {
                return self.refuse(key.at, Problem::ArrayQuantifier(inner.to_owned()));
            }
        }
        Some(())
    }

    fn refuse<T>(&mut self, at: Mark, problem: Problem) -> Option<T> {
        self.report.add(at, problem);
        None
    }
}

/// Nothing, an empty list or an empty mapping.
fn is_empty(node: &Node) -> bool {
    match &node.kind {
        Kind::List(parts) => parts.is_empty(),
        Kind::Map(pairs) => pairs.is_empty(),
        Kind::Scalar { .. } => node.is_null(),
    }
}

/// The place `columns` characters into a scalar on one line, past its quote if it has one.
pub(crate) fn inside(node: &Node, columns: usize) -> Mark {
    let quote = usize::from(matches!(&node.kind, Kind::Scalar { plain: false, .. }));
    node.at.right(columns + quote)
}
