//! How the [`Correlator`] finds out who stands behind sessions, before it judges their windows.

use sha2::{Digest as _, Sha256};

use super::actors::{Home, Move, StoredActor, is_open};
use super::correlator::Correlator;
use super::windows::{Spot, group};
use crate::digest::hex;

/// A key of which is asked who stands behind it.
#[derive(Debug, Clone)]
pub struct WantedActor {
    key: String,
    name: String,
}

impl WantedActor {
    /// Names it wherever it is kept: the same in every process, 24 characters of a to f and 0 to 9.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Correlator<'_> {
    /// The keys of which must be known who stands behind them. Some name others: ask until there are none.
    #[must_use]
    pub fn wanted_actors(&self) -> Vec<WantedActor> {
        let spots = self.touched.iter().flatten();
        let actors = spots.filter_map(|spot| self.actor(*spot));
        let wanted = self.actors.wanted(actors).into_iter();
        wanted
            .map(|key| WantedActor {
                name: hashed(&key),
                key,
            })
            .collect()
    }

    /// Adds what is remembered of a key; `None` if that is nothing. Returns whether it could be read.
    pub fn recall_actor(&mut self, wanted: &WantedActor, stored: Option<StoredActor>) -> bool {
        self.actors.recall(wanted.key.clone(), stored)
    }

    /// Finds out who stands behind the sessions in which something is new. What is then wanted has the
    /// windows that have waited for it.
    pub fn follow(&mut self) {
        if std::mem::replace(&mut self.followed, true) {
            return;
        }
        for home in self.actors.connect() {
            if let Some(from) = self.spot(&home.correlation, &home.group, home.stretch) {
                let to = self.behind(from);
                self.moves.push(Move { from, to });
                self.touch(to);
            }
        }
        let touched: Vec<Spot> = self.touched.iter().flatten().copied().collect();
        for from in touched {
            if !self.actor(from).is_some_and(is_open) {
                continue;
            }
            let to = self.behind(from);
            if to != from {
                self.moves.push(Move { from, to });
                let height = self.planned(from).height;
                self.touched[height].remove(&from);
                self.touch(to);
            }
            if let Some(actor) = self.actor(to).filter(|actor| is_open(actor)) {
                let (actor, home) = (actor.to_owned(), self.home(to));
                self.actors.wait(&actor, home);
            }
        }
    }

    pub(super) fn move_home(&mut self) {
        for Move { from, to } in std::mem::take(&mut self.moves) {
            if let Some(window) = self.windows.take(from) {
                self.windows.merge_one(self.detector.plan(), to, window);
            }
        }
    }

    /// The actor of a window's group, if its correlation follows actors.
    pub(super) fn actor(&self, spot: Spot) -> Option<&str> {
        let at = self.planned(spot).actor?;
        let values = group::values(self.windows.strings.bytes(spot.group));
        values.get(at).copied().flatten()
    }

    /// The same window of whoever stands behind its actor.
    fn behind(&mut self, spot: Spot) -> Spot {
        let Some(at) = self.planned(spot).actor else {
            return spot;
        };
        let mut home = self.home(spot);
        let Some(actor) = home.group.get_mut(at) else {
            return spot;
        };
        *actor = actor.as_deref().map(|actor| self.actors.behind(actor));
        self.spot(&home.correlation, &home.group, spot.stretch)
            .unwrap_or(spot)
    }

    fn home(&self, spot: Spot) -> Home {
        let values = group::values(self.windows.strings.bytes(spot.group)).into_iter();
        Home {
            correlation: self.correlation(spot).id_or_title().to_owned(),
            group: values.map(|value| value.map(str::to_owned)).collect(),
            stretch: spot.stretch,
        }
    }

    /// The window of this correlation, if there still is such a one.
    pub(super) fn spot(
        &mut self,
        name: &str,
        values: &[Option<String>],
        stretch: u32,
    ) -> Option<Spot> {
        let mut all = self.detector.rules().correlations().iter();
        let at = all.position(|correlation| correlation.id_or_title() == name)?;
        let mut key = Vec::new();
        group::begin(&mut key, at as u32);
        for value in values {
            group::push(&mut key, value.as_deref());
        }
        let group = self.windows.strings.number(&key);
        Some(Spot { group, stretch })
    }
}

/// The name of a key's item: its first 96 bits of SHA-256.
pub(super) fn hashed(key: &str) -> String {
    hex(&Sha256::digest(key)[..12])
}
