//! Collects what is wrong with a file while the rest of it is read on.

use std::collections::HashMap;
use std::sync::Arc;

use yaml_tree::Node;

use crate::error::{Problem, RuleError};
use crate::event::FieldPath;
use crate::location::{Location, Mark, Source};
use rsigma_parser::{ConditionExpr, SigmaParserError, parse_condition};

/// The problems found so far in one file.
#[derive(Debug)]
pub(crate) struct Report {
    source: Arc<Source>,
    problems: Vec<RuleError>,
    regexes: usize,
}

/// The most regular expressions in one file: each may take milliseconds to compile.
pub(crate) const MAX_REGEXES: usize = 200;

impl Report {
    pub(crate) fn new(source: Arc<Source>) -> Self {
        Self {
            source,
            problems: Vec::new(),
            regexes: 0,
        }
    }

    pub(crate) fn source(&self) -> &Arc<Source> {
        &self.source
    }

    pub(crate) fn add(&mut self, at: Mark, problem: Problem) {
        self.problems
            .push(RuleError::new(&self.source, at, problem));
    }

    /// Adds that what stands under `key` is not of the `expected` kind.
    pub(crate) fn wrong_type(&mut self, node: &Node, key: &str, expected: &'static str) {
        let (key, found) = (key.to_owned(), node.article());
        self.add(
            node.at,
            Problem::WrongType {
                key,
                expected,
                found,
            },
        );
    }

    /// Counts regular expressions that are about to be compiled.
    ///
    /// # Errors
    /// If the file then has too many.
    pub(crate) fn count_regexes(&mut self, more: usize) -> Result<(), Problem> {
        self.regexes = self.regexes.saturating_add(more);
        if self.regexes > MAX_REGEXES {
            return Err(Problem::TooManyRegexes(MAX_REGEXES));
        }
        Ok(())
    }

    /// How many problems there are; a document that adds none may be used.
    pub(crate) fn len(&self) -> usize {
        self.problems.len()
    }

    pub(crate) fn locate(&self, mark: Mark) -> Location {
        self.source.locate(mark)
    }

    pub(crate) fn into_problems(self) -> Vec<RuleError> {
        self.problems
    }
}

/// What rules have in common, read once: field paths, which they share, and the forms of conditions.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    paths: HashMap<Box<str>, Arc<FieldPath>>,
    conditions: HashMap<Box<str>, Arc<ConditionExpr>>,
}

impl Fields {
    pub(crate) fn get(&mut self, path: &str) -> Arc<FieldPath> {
        if let Some(known) = self.paths.get(path) {
            return Arc::clone(known);
        }
        let split = Arc::new(FieldPath::new(path));
        self.paths.insert(path.into(), Arc::clone(&split));
        split
    }

    /// Parses a condition, unless another rule had it word for word.
    pub(crate) fn condition(&mut self, text: &str) -> Result<Arc<ConditionExpr>, SigmaParserError> {
        if let Some(known) = self.conditions.get(text) {
            return Ok(Arc::clone(known));
        }
        let parsed = Arc::new(parse_condition(text)?);
        self.conditions.insert(text.into(), Arc::clone(&parsed));
        Ok(parsed)
    }
}
