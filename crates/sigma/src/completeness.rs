//! Which correlations are complete: all that they count is loaded, and none waits for itself.

use std::collections::{HashMap, HashSet};

use crate::correlation::Correlation;
use crate::header::Header;

/// What becomes of a correlation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It can be used.
    Complete,
    /// The reference at this position leads nowhere.
    Dangling(usize),
    /// It waits for itself, or for one that does.
    Circular,
}

/// Decides each correlation's fate, given the ids and names of all rules.
pub(crate) fn fates(correlations: &[Correlation], rules: &HashSet<&str>) -> Vec<Fate> {
    let mut called: HashMap<&str, Vec<usize>> = HashMap::new();
    for (position, correlation) in correlations.iter().enumerate() {
        for name in names(correlation.header()) {
            called.entry(name).or_default().push(position);
        }
    }
    // Whoever is still undecided when a pass decides nothing is part of a circle.
    let mut fates = vec![Fate::Circular; correlations.len()];
    loop {
        let mut decided = false;
        for (position, correlation) in correlations.iter().enumerate() {
            if fates[position] == Fate::Circular {
                fates[position] = fate(correlation, rules, &called, &fates);
                decided |= fates[position] != Fate::Circular;
            }
        }
        if !decided {
            return fates;
        }
    }
}

fn fate(
    correlation: &Correlation,
    rules: &HashSet<&str>,
    called: &HashMap<&str, Vec<usize>>,
    fates: &[Fate],
) -> Fate {
    let mut waits = false;
    for (reference, name) in correlation.references().iter().enumerate() {
        if rules.contains(name.as_str()) {
            continue;
        }
        let meant = called.get(name.as_str()).map_or(&[][..], Vec::as_slice);
        if meant
            .iter()
            .all(|other| matches!(fates[*other], Fate::Dangling(_)))
        {
            return Fate::Dangling(reference);
        }
        waits |= !meant.iter().any(|other| fates[*other] == Fate::Complete);
    }
    if waits {
        Fate::Circular
    } else {
        Fate::Complete
    }
}

/// The id and the name of a document.
pub(crate) fn names(header: &Header) -> impl Iterator<Item = &str> {
    [header.id(), header.name()].into_iter().flatten()
}
