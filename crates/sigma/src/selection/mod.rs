//! A selection: what `detection` defines under a name.
//!
//! Source: Sigma specification 2.1, "Detection": a mapping joins its lines by *and*, a list joins its
//! members by *or*, plain values are keywords.

use std::sync::Arc;

use crate::event::Event;
use crate::item::Item;
use crate::location::Mark;
use crate::truth::{Partial, Truth};

mod read;

pub(crate) use read::{Reader, inside};

/// A named selection.
#[derive(Debug, Clone)]
pub(crate) struct Selection {
    pub(crate) at: Mark,
    pub(crate) name: Box<str>,
    pub(crate) body: Body,
}

/// What a selection asks.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    /// Every line must match.
    All(Lines),
    /// Any part must match.
    Any(Vec<Body>),
}

/// Lines in the author's order, and the order in which they are best asked.
#[derive(Debug, Clone)]
pub(crate) struct Lines {
    pub(crate) items: Vec<Arc<Item>>,
    cheapest_first: Box<[usize]>,
}

impl Selection {
    pub(crate) fn matches(&self, event: &impl Event) -> bool {
        self.body.matches(event)
    }

    pub(crate) fn truth(&self, partial: &impl Partial) -> Truth {
        self.body.truth(partial)
    }
}

impl Body {
    pub(crate) fn matches(&self, event: &impl Event) -> bool {
        match self {
            Body::All(lines) => lines.in_order().all(|item| item.matches(event)),
            Body::Any(parts) => parts.iter().any(|part| part.matches(event)),
        }
    }

    fn truth(&self, partial: &impl Partial) -> Truth {
        match self {
            Body::All(lines) => Truth::all(lines.in_order().map(|item| item.truth(partial))),
            Body::Any(parts) => Truth::any(parts.iter().map(|part| part.truth(partial))),
        }
    }

    pub(crate) fn cost(&self) -> u32 {
        match self {
            Body::All(lines) => lines
                .items
                .iter()
                .map(|item| item.cost())
                .min()
                .unwrap_or_default(),
            Body::Any(parts) => parts.iter().map(Body::cost).sum(),
        }
    }

    /// Every line, in the author's order.
    pub(crate) fn items(&self) -> Vec<&Item> {
        match self {
            Body::All(lines) => lines.items.iter().map(|item| &**item).collect(),
            Body::Any(parts) => parts.iter().flat_map(Body::items).collect(),
        }
    }
}

impl Lines {
    fn new(items: Vec<Item>) -> Self {
        let mut cheapest_first: Box<[usize]> = (0..items.len()).collect();
        cheapest_first.sort_by_key(|index| items[*index].cost());
        Self {
            items: items.into_iter().map(Arc::new).collect(),
            cheapest_first,
        }
    }

    pub(crate) fn in_order(&self) -> impl Iterator<Item = &Arc<Item>> {
        self.cheapest_first.iter().map(|index| &self.items[*index])
    }
}
