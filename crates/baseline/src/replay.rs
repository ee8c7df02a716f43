//! What is looked up for a journal's events while they are led past the engine, each thing once.

use std::sync::Arc;

use hashbrown::HashMap;

use crate::account::Hands;
use crate::calendar::Calendar;
use crate::deed::Counts;
use crate::evidence::{Event, Signal, Who};
use crate::journal::{Entry, Journal, service};
use crate::names::{Mark, NameId};
use crate::places::{Place, Places, place_of};
use crate::profile::Day;

/// Where an address lies, for people and for comparison.
#[derive(Debug)]
pub(crate) struct Located {
    pub(crate) place: Place,
    pub(crate) network: String,
    pub(crate) mark: Mark,
}

/// What an API is called, for people and for comparison.
#[derive(Debug)]
pub(crate) struct Named {
    /// `service:Name`
    pub(crate) name: String,
    pub(crate) name_mark: Mark,
    pub(crate) service: String,
    pub(crate) service_mark: Mark,
}

/// A journal, and what was looked up for it.
pub(crate) struct Replay<'j> {
    pub(crate) journal: &'j Journal,
    places: &'j dyn Places,
    pub(crate) calendar: &'j Calendar,
    marks: Vec<Option<Mark>>,
    located: Vec<Option<Arc<Located>>>,
    profiles: Vec<Option<u32>>,
    counts: Vec<Counts>,
    apis: Vec<Option<Arc<Named>>>,
    /// The day on which each pattern was asked for news, counted from 1.
    asked: Vec<u32>,
    /// The hour in which each pattern was counted, counted from 1.
    pub(crate) counted: Vec<u32>,
    /// Of each session the address used last, and when that was noted.
    pub(crate) used: Vec<(NameId, u32)>,
    /// Of each profile, the part of the day that was noted last.
    pub(crate) hours: Vec<u32>,
    accounts: Vec<bool>,
    /// Of each account its profile, and who did how much in it in the last hour.
    pub(crate) accounts_at: HashMap<NameId, u32>,
    pub(crate) hands: HashMap<NameId, Hands>,
    pub(crate) signals: Vec<Signal>,
}

impl<'j> Replay<'j> {
    pub(crate) fn new(
        journal: &'j Journal,
        places: &'j dyn Places,
        calendar: &'j Calendar,
    ) -> Self {
        let names = journal.names.len();
        let patterns = journal.patterns.rows().len();
        let apis = journal.apis.rows().len() as u32;
        Self {
            journal,
            places,
            calendar,
            marks: vec![None; names],
            located: vec![None; names],
            profiles: vec![None; journal.who.rows().len()],
            apis: vec![None; apis as usize],
            counts: (0..apis).map(|api| journal.counts(api)).collect(),
            asked: vec![0; patterns],
            counted: vec![0; patterns],
            used: vec![(0, 0); journal.sessions.rows().len()],
            hours: vec![0; journal.who.rows().len()],
            accounts: vec![false; names],
            accounts_at: HashMap::new(),
            hands: HashMap::new(),
            signals: Vec::new(),
        }
    }

    /// Whether this pattern was not asked for news today; from now on it was.
    pub(crate) fn is_first_today(&mut self, pattern: u32, day: Day) -> bool {
        let asked = &mut self.asked[pattern as usize];
        let first = *asked != u32::from(day) + 1;
        *asked = u32::from(day) + 1;
        first
    }

    pub(crate) fn text(&self, id: NameId) -> &'j str {
        self.journal.names.text(id)
    }

    pub(crate) fn counts(&self, api: u32) -> Counts {
        self.counts[api as usize]
    }

    /// The API, by its name with its service and by its service.
    pub(crate) fn api(&mut self, id: u32) -> Arc<Named> {
        let journal = self.journal;
        let named = self.apis[id as usize].get_or_insert_with(|| {
            let api = &journal.apis[id];
            let of = service(journal.names.text(api.source));
            let name = format!("{of}:{}", journal.names.text(api.name));
            Arc::new(Named {
                name_mark: Mark::of(&name),
                service_mark: Mark::of(of),
                service: of.to_owned(),
                name,
            })
        });
        Arc::clone(named)
    }

    pub(crate) fn mark(&mut self, id: NameId) -> Mark {
        let text = self.journal.names.text(id);
        *self.marks[id as usize].get_or_insert_with(|| Mark::of(text))
    }

    pub(crate) fn located(&mut self, address: NameId) -> Arc<Located> {
        let (text, places) = (self.journal.names.text(address), self.places);
        let located = self.located[address as usize].get_or_insert_with(|| {
            let (place, network) = place_of(text, places);
            let mark = Mark::of(&network);
            Arc::new(Located {
                place,
                network,
                mark,
            })
        });
        Arc::clone(located)
    }

    /// Whether this account is seen for the first time today.
    pub(crate) fn is_new_account(&mut self, account: NameId) -> bool {
        !std::mem::replace(&mut self.accounts[account as usize], true)
    }

    /// Forgets what was noted on the day before, so that a day is judged alike wherever a run begins.
    pub(crate) fn begin_day(&mut self) {
        self.accounts.fill(false);
        self.used.fill((0, 0));
        self.hours.fill(0);
        self.counted.fill(0);
    }

    pub(crate) fn profile(&self, who: u32) -> Option<u32> {
        self.profiles[who as usize]
    }

    pub(crate) fn remember_profile(&mut self, who: u32, at: u32) {
        self.profiles[who as usize] = Some(at);
    }

    pub(crate) fn who(&self, who: u32) -> Who {
        self.journal.told(&self.journal.who[who])
    }

    /// `who`, as called at this event.
    pub(crate) fn named(&self, who: &Who, entry: &Entry) -> Who {
        let pattern = &self.journal.patterns[entry.pattern];
        let session = &self.journal.sessions[pattern.session];
        Who {
            credential: self.text(session.credential).to_owned(),
            session: self.text(session.name).to_owned(),
            arn: self.text(session.arn).to_owned(),
            ..who.clone()
        }
    }

    /// The event, in words.
    pub(crate) fn event(&mut self, entry: &Entry) -> Event {
        let pattern = &self.journal.patterns[entry.pattern];
        let api = &self.journal.apis[pattern.api];
        let located = self.located(pattern.address);
        let text = |id| self.text(id).to_owned();
        Event {
            time: entry.time,
            id: self.journal.event_id(entry),
            source: text(api.source),
            name: text(api.name),
            error: text(pattern.error),
            region: text(pattern.region),
            address: text(pattern.address),
            network: located.place.label(&located.network),
            country: located.place.country.clone(),
            asn: located.place.asn,
            tool: text(pattern.tool),
            file: text(entry.file),
        }
    }
}
