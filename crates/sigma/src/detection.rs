//! The detection section: named selections and the condition that joins them.
//!
//! Invariant: a detection that exists has at least one selection and one condition; of several
//! conditions, any suffices.

use std::sync::Arc;

use indexmap::IndexSet;
use yaml_tree::{Kind, Node};

use crate::condition::Condition;
use crate::error::Problem;
use crate::event::{Event, FieldPath};
use crate::item::Item;
use crate::location::Mark;
use crate::selection::{Body, Reader, Selection};
use crate::truth::{Partial, Truth};

/// Selections and conditions, ready to be asked.
#[derive(Debug, Clone)]
pub(crate) struct Detection {
    /// In the author's order.
    pub(crate) selections: Vec<Selection>,
    pub(crate) conditions: Vec<Condition>,
    pub(crate) condition_at: Mark,
    /// The obsolete `timeframe`, if the author wrote one.
    pub(crate) timeframe_at: Option<Mark>,
}

/// Which section is read, for messages.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Section {
    pub(crate) name: &'static str,
    pub(crate) condition: &'static str,
    /// Keys of the section that are no selections.
    pub(crate) others: &'static [&'static str],
}

impl Detection {
    pub(crate) fn matches(&self, event: &impl Event) -> bool {
        self.conditions
            .iter()
            .any(|condition| condition.matches(&self.selections, event))
    }

    pub(crate) fn truth(&self, partial: &impl Partial) -> Truth {
        Truth::any(
            self.conditions
                .iter()
                .map(|condition| condition.truth(&self.selections, partial)),
        )
    }

    /// Every field that is asked for, each once.
    pub(crate) fn fields(&self) -> Vec<Arc<FieldPath>> {
        let bodies = self.selections.iter().map(|selection| &selection.body);
        let fields: IndexSet<&Arc<FieldPath>> = bodies
            .flat_map(Body::items)
            .flat_map(Item::fields)
            .collect();
        fields.into_iter().map(Arc::clone).collect()
    }

    /// For each selection, whether a condition mentions it.
    pub(crate) fn mentioned(&self) -> Vec<bool> {
        let mut mentioned = vec![false; self.selections.len()];
        for position in self.conditions.iter().flat_map(Condition::mentioned) {
            mentioned[position] = true;
        }
        mentioned
    }
}

impl Reader<'_> {
    /// Reads a section whose mapping is `node`; `None` if anything in it is wrong.
    pub(crate) fn detection(&mut self, node: &Node, section: Section) -> Option<Detection> {
        let before = self.report.len();
        let Some(pairs) = node.map() else {
            self.report
                .wrong_type(node, section.name, "a mapping of selections");
            return None;
        };
        let is_selection = |key: &Node| {
            let name = key.text().unwrap_or_default();
            !matches!(name, "condition" | "timeframe") && !section.others.contains(&name)
        };
        let mut selections = Vec::new();
        let mut defined = 0;
        for (key, value) in pairs.iter().filter(|(key, _)| is_selection(key)) {
            defined += 1;
            selections.extend(self.selection(key, value));
        }
        if defined == 0 {
            self.report
                .add(node.at, Problem::NoSelections(section.name));
        }
        let Some((_, condition)) = node.pair("condition") else {
            let key = section.condition;
            self.report.add(
                node.at,
                Problem::Missing {
                    key,
                    example: "`condition: selection`",
                },
            );
            return None;
        };
        // A condition over selections that failed would only repeat their problems.
        if selections.len() < defined || defined == 0 {
            return None;
        }
        let conditions = self.conditions(condition, &selections);
        (self.report.len() == before).then_some(Detection {
            selections,
            conditions,
            condition_at: condition.at,
            timeframe_at: node.pair("timeframe").map(|(key, _)| key.at),
        })
    }

    fn conditions(&mut self, node: &Node, selections: &[Selection]) -> Vec<Condition> {
        let nodes = match &node.kind {
            Kind::List(nodes) if !nodes.is_empty() => nodes.as_slice(),
            _ => std::slice::from_ref(node),
        };
        nodes
            .iter()
            .filter_map(|node| self.condition(node, selections))
            .collect()
    }

    fn condition(&mut self, node: &Node, selections: &[Selection]) -> Option<Condition> {
        if node.text().is_none() || node.is_null() {
            self.report
                .wrong_type(node, "condition", "text, or a list of texts");
            return None;
        }
        match Condition::read(node, selections, self.report.source(), self.fields) {
            Ok(condition) => Some(condition),
            Err((at, problem)) => {
                self.report.add(at, problem);
                None
            }
        }
    }
}
