//! All rules, filters and correlations, checked together.
//!
//! Invariants: one bad document never sinks its file or the others, and none vanishes: whatever is not
//! in the set is among the problems. Positions in [`RuleSet::rules`] never change.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::civil::Date;
use yaml_tree::Node;

use crate::completeness::{Fate, fates, names};
use crate::correlation::{self, Correlation};
use crate::error::{Problem, RuleError};
use crate::event::Event;
use crate::filter::{self, Filter, Targets};
use crate::header::Header;
use crate::location::{Location, Mark, Source};
use crate::report::{Fields, Report};
use crate::rule::{self, Rule};
use crate::suggest::nearest;

/// A file to load; the caller has read it.
#[derive(Debug, Clone, Copy)]
pub struct SourceFile<'a> {
    /// Shown in errors: its path, by custom.
    pub name: &'a str,
    /// What it says, one or more YAML documents.
    pub text: &'a str,
}

/// A document that was read before, such as when a program was built.
#[derive(Debug, Clone, Copy)]
pub struct ReadDocument<'a> {
    /// The name of the file that it stood in.
    pub name: &'a str,
    /// Its short form, [`yaml_tree::Node::to_bytes`].
    pub bytes: &'a [u8],
}

/// What could be loaded, and what could not.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// All that is good.
    pub rules: RuleSet,
    /// All that is not, and some doubts ([`RuleError::is_warning`]), in the order of the files.
    pub problems: Vec<RuleError>,
}

/// Rules, filters and correlations that fit together.
#[derive(Debug, Clone, Default)]
pub struct RuleSet {
    rules: Vec<Rule>,
    correlations: Vec<Correlation>,
    filters: Vec<Filter>,
    /// For each rule, the positions of the filters that apply to it.
    filters_of: Vec<Vec<usize>>,
}

impl RuleSet {
    /// Loads every document of every file.
    ///
    /// Never fails as a whole: what is wrong with one document is told in [`Loaded::problems`], and
    /// the others are loaded. Text of any kind is safe to load; files over 1 MiB are refused.
    pub fn load<'a>(files: impl IntoIterator<Item = SourceFile<'a>>) -> Loaded {
        Self::load_with([], files)
    }

    /// The same, with documents that were read before in front of the others. What is wrong with one of
    /// those is told without its line.
    pub fn load_with<'a>(
        read: impl IntoIterator<Item = ReadDocument<'a>>,
        files: impl IntoIterator<Item = SourceFile<'a>>,
    ) -> Loaded {
        let mut loader = Loader::default();
        for document in read {
            loader.read_document(document);
        }
        for file in files {
            loader.file(file);
        }
        loader.finish()
    }

    /// The rules, in the order in which they were loaded.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The correlations, in the order in which they were loaded.
    #[must_use]
    pub fn correlations(&self) -> &[Correlation] {
        &self.correlations
    }

    /// The filters, in the order in which they were loaded, expired ones included.
    #[must_use]
    pub fn filters(&self) -> &[Filter] {
        &self.filters
    }

    /// The position of the first rule with this id or name.
    #[must_use]
    pub fn position(&self, id_or_name: &str) -> Option<usize> {
        self.rules
            .iter()
            .position(|rule| rule.header().is_called(id_or_name))
    }

    /// The position of the first correlation with this id or name.
    #[must_use]
    pub fn correlation_position(&self, id_or_name: &str) -> Option<usize> {
        self.correlations
            .iter()
            .position(|correlation| correlation.header().is_called(id_or_name))
    }

    /// The same rules and filters without any correlation.
    #[must_use]
    pub fn without_correlations(self) -> Self {
        Self {
            correlations: Vec::new(),
            ..self
        }
    }

    /// The rules that report for themselves, with their filters: without correlations, and without the
    /// rules that are only counted by them.
    #[must_use]
    pub fn singles(self) -> Self {
        let counted = self.only_counted();
        let rules = self.rules.into_iter().zip(self.filters_of).zip(counted);
        let (rules, filters_of) = rules
            .filter_map(|(rule, counted)| (!counted).then_some(rule))
            .unzip();
        Self {
            rules,
            filters_of,
            correlations: Vec::new(),
            filters: self.filters,
        }
    }

    /// For each rule, whether it only counts towards correlations: some refer to it, and none wants its own
    /// matches reported.
    ///
    /// Source: Sigma specification 2.1, "Sigma correlation rules", `generate`.
    #[must_use]
    pub fn only_counted(&self) -> Vec<bool> {
        let mut quiet: HashMap<&str, bool> = HashMap::new();
        for correlation in &self.correlations {
            for name in correlation.references() {
                *quiet.entry(name).or_insert(true) &= !correlation.generate();
            }
        }
        let is_only_counted = |rule: &Rule| {
            let mut by = names(rule.header()).filter_map(|name| quiet.get(name));
            by.next()
                .is_some_and(|first| *first && by.all(|quiet| *quiet))
        };
        self.rules.iter().map(is_only_counted).collect()
    }

    /// The rules that report for themselves, with their positions.
    pub fn alone(&self) -> impl Iterator<Item = (usize, &Rule)> {
        let rules = self.rules.iter().enumerate().zip(self.only_counted());
        rules.filter_map(|(rule, only_counted)| (!only_counted).then_some(rule))
    }

    /// What all that reports says about itself: rules that do not only count towards others, and
    /// correlations.
    pub fn reporting(&self) -> impl Iterator<Item = &Header> {
        let alone = self.alone().map(|(_, rule)| rule.header());
        alone.chain(self.correlations.iter().map(Correlation::header))
    }

    /// The filter that suppresses what the rule at position `rule` found in `event`; the first if
    /// several do. The finding still happened, and is to be counted.
    ///
    /// Asks only about filters: whether the rule matches `event` at all is for the caller to know.
    #[must_use]
    pub fn suppressed_by(&self, rule: usize, event: &impl Event) -> Option<&Filter> {
        let filters = self.filters_of.get(rule)?;
        filters
            .iter()
            .map(|position| &self.filters[*position])
            .find(|filter| filter.suppresses(event))
    }

    /// Tells the set what day it is: filters whose last day has passed stop working, others work.
    /// Returns those that have stopped.
    ///
    /// Until this is called, no filter has expired: the language has no clock.
    pub fn set_today(&mut self, today: Date) -> Vec<&Filter> {
        for filter in &mut self.filters {
            filter.set_today(today);
        }
        self.filters
            .iter()
            .filter(|filter| filter.is_expired())
            .collect()
    }
}

/// Gathers documents; checks that need all of them come last.
#[derive(Default)]
struct Loader {
    set: RuleSet,
    problems: Vec<RuleError>,
    fields: Fields,
    ids: HashMap<String, Location>,
}

impl Loader {
    fn file(&mut self, file: SourceFile<'_>) {
        // A file too large to be read is not kept either.
        let kept = if file.text.len() > yaml_tree::MAX_BYTES {
            ""
        } else {
            file.text
        };
        let mut report = Report::new(Arc::new(Source::new(file.name, kept)));
        for document in yaml_tree::documents(file.text) {
            match document {
                Ok(root) => self.document(&root, &mut report),
                Err(unreadable) => report.add(unreadable.at, unreadable.problem.into()),
            }
        }
        self.problems.extend(report.into_problems());
    }

    fn read_document(&mut self, document: ReadDocument<'_>) {
        let mut report = Report::new(Arc::new(Source::new(document.name, "")));
        match Node::from_bytes(document.bytes) {
            Ok(root) => self.document(&root, &mut report),
            Err(error) => {
                let problem = yaml_tree::Problem::Yaml(error.to_string());
                report.add(Mark::default(), problem.into());
            }
        }
        self.problems.extend(report.into_problems());
    }

    fn document(&mut self, root: &Node, report: &mut Report) {
        if root.map().is_none() {
            // A document of nothing, as after a last `---`, asks for nothing.
            if !root.is_null() {
                report.add(root.at, Problem::NotADocument(root.article()));
            }
        } else if let Some((key, _)) = root.pair("action") {
            report.add(key.at, Problem::Collection);
        } else if root.get("correlation").is_some() {
            self.set
                .correlations
                .extend(correlation::read(root, report));
        } else if root.get("filter").is_some() {
            self.set
                .filters
                .extend(filter::read(root, report, &mut self.fields));
        } else {
            self.set
                .rules
                .extend(rule::read(root, report, &mut self.fields));
        }
    }

    fn finish(mut self) -> Loaded {
        self.warn_of_duplicate_ids();
        self.expand_levels();
        self.drop_incomplete_correlations();
        self.join_filters();
        Loaded {
            rules: self.set,
            problems: self.problems,
        }
    }

    fn warn_of_duplicate_ids(&mut self) {
        let rules = self.set.rules.iter().map(Rule::header);
        let correlations = self.set.correlations.iter().map(Correlation::header);
        let filters = self.set.filters.iter().map(Filter::header);
        for header in rules.chain(correlations).chain(filters) {
            let Some(id) = header.id() else { continue };
            if let Some(first) = self.ids.get(id) {
                let (id, first) = (id.to_owned(), first.clone());
                self.problems
                    .push(error_at(header, Problem::DuplicateId { id, first }));
            } else {
                self.ids.insert(id.to_owned(), header.location().clone());
            }
        }
    }

    /// Puts in place of levels the rules that they mean: those that report for themselves.
    fn expand_levels(&mut self) {
        if self.set.correlations.iter().all(|one| one.risk().is_none()) {
            return;
        }
        let alone = self.set.alone();
        let alone: Vec<_> = alone
            .filter_map(|(_, rule)| Some((rule.level(), names(rule.header()).next()?.to_owned())))
            .collect();
        for correlation in &mut self.set.correlations {
            correlation.expand(|level| {
                let of_level = alone.iter().filter(|(known, _)| *known == level);
                of_level.map(|(_, name)| name.clone()).collect()
            });
        }
    }

    fn drop_incomplete_correlations(&mut self) {
        let rules: HashSet<&str> = self
            .set
            .rules
            .iter()
            .flat_map(|rule| names(rule.header()))
            .collect();
        let correlations = std::mem::take(&mut self.set.correlations);
        let fates = fates(&correlations, &rules);
        let known = correlations
            .iter()
            .flat_map(|correlation| names(correlation.header()));
        let known: Vec<&str> = rules.iter().copied().chain(known).collect();
        for (correlation, fate) in correlations.iter().zip(&fates) {
            let (at, problem) = match *fate {
                Fate::Complete => continue,
                Fate::Dangling(reference) => {
                    let name = correlation.references()[reference].clone();
                    let suggestion =
                        nearest(&name, known.iter().copied().filter(|one| *one != name));
                    let suggestion = suggestion.map(str::to_owned);
                    (
                        correlation.rule_marks[reference],
                        Problem::UnknownRule { name, suggestion },
                    )
                }
                Fate::Circular => {
                    let title = correlation.title().to_owned();
                    (correlation.header().at, Problem::CorrelationCycle(title))
                }
            };
            self.problems
                .push(RuleError::new(&correlation.header().source, at, problem));
        }
        let decided = correlations.into_iter().zip(fates);
        let complete = decided.filter(|(_, fate)| *fate == Fate::Complete);
        self.set.correlations = complete.map(|(correlation, _)| correlation).collect();
    }

    fn join_filters(&mut self) {
        let Self { set, problems, .. } = self;
        let applying = |rule: &Rule| {
            let filters = set.filters.iter().enumerate();
            filters
                .filter(|(_, filter)| filter.applies_to(rule))
                .map(|(position, _)| position)
                .collect()
        };
        set.filters_of = set.rules.iter().map(applying).collect();
        for filter in &set.filters {
            let Targets::Named(names) = filter.targets() else {
                continue;
            };
            for name in names {
                if set.position(name).is_none() {
                    problems.push(error_at(
                        filter.header(),
                        Problem::FilterWithoutRule(name.clone()),
                    ));
                }
            }
        }
    }
}

fn error_at(header: &Header, problem: Problem) -> RuleError {
    RuleError::new(&header.source, header.at, problem)
}
