//! How records reach the bucket: in small files, by account and region, now and then late or twice.
//!
//! CloudTrail promises delivery at least once and in no order. Here a file covers about five minutes
//! of one account and region (quiet ones wait up to fifteen), some 15 records in 1,000 come up to
//! three quarters of an hour late, and 3 in 1,000 come a second time in a later file.

mod digest;
pub(crate) mod insight;

use std::collections::{BTreeMap, VecDeque};

pub(crate) use digest::DigestChain;

use crate::clock::{self, HOUR, MINUTE, SLOT, Second};
use crate::record::{self, Deed, ids};
use crate::rng::Rng;
use crate::{CLOSING, OPENING, SimulatedFile};

/// Records per 1,000 that miss their file.
const LATE: u64 = 15;
/// Records per 1,000 that come again.
const TWICE: u64 = 3;
/// Late records come at most this many slots later.
const PATIENCE: u64 = 9;
/// A file is full at about this size, so that no volume of records grows a batch without bound.
const FULL: usize = 2 << 20;
/// At most this many late records wait at a time, for the same reason.
const WAITING_ROOM: usize = 5_000;
/// Quiet places are delivered once they have that many records, or after [`QUIET_WAIT`].
const QUIET: usize = 12;
const QUIET_WAIT: Second = 15 * MINUTE;

/// Keeps the streams of chance in this file apart from others.
const RECORD: u64 = 0x7ec0;
const FATE: u64 = 0xfa7e;
const FILE: u64 = 0xf11e;

/// An account and a region: what a file covers.
type Origin = (&'static str, &'static str);

/// Records of one origin on their way.
#[derive(Debug, Default)]
struct Batch {
    body: Vec<u8>,
    records: usize,
    since: Second,
    oldest: Second,
    newest: Second,
}

/// A record that waits for a later file.
#[derive(Debug)]
struct Waiting {
    due: Second,
    origin: Origin,
    at: Second,
    text: Vec<u8>,
}

/// When a record is delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    OnTime,
    /// In the slot that begins then.
    Later(Second),
    /// Now, and again then.
    Twice(Second),
}

/// All records on their way, and the files that are ready.
#[derive(Debug)]
pub(crate) struct Delivery {
    seed: u64,
    slot: Second,
    digests: DigestChain,
    batches: BTreeMap<Origin, Batch>,
    waiting: Vec<Waiting>,
    ready: VecDeque<SimulatedFile>,
    accepted: u64,
    files: u64,
}

impl Delivery {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            seed,
            slot: 0,
            digests: DigestChain::default(),
            batches: BTreeMap::new(),
            waiting: Vec::new(),
            ready: VecDeque::new(),
            accepted: 0,
            files: 0,
        }
    }

    /// Takes in what happened; returns how many records that makes in the end: one, or two if `room`
    /// leaves room for that.
    pub(crate) fn accept(&mut self, deed: &Deed<'_>, room: u64) -> u64 {
        self.accepted += 1;
        let rng = Rng::about(self.seed, &[RECORD, self.accepted]);
        let origin = (deed.caller.account, deed.filed_in());
        let fate = self.fate(deed.at, room);
        if fate == Fate::OnTime {
            self.append(origin, deed.at, |body| record::write(body, deed, rng));
            return 1;
        }
        let mut text = Vec::new();
        record::write(&mut text, deed, rng);
        let (at, twice) = (deed.at, matches!(fate, Fate::Twice(_)));
        if twice {
            self.append(origin, at, |body| body.extend_from_slice(&text));
        }
        if let Fate::Later(due) | Fate::Twice(due) = fate {
            self.waiting.push(Waiting {
                due,
                origin,
                at,
                text,
            });
        }
        1 + u64::from(twice)
    }

    /// Takes in a record that is already written, of something that happened at `at`.
    pub(crate) fn accept_text(&mut self, origin: Origin, at: Second, text: &[u8]) {
        self.append(origin, at, |body| body.extend_from_slice(text));
    }

    /// What will become of the record of something that happens at `at`.
    fn fate(&self, at: Second, room: u64) -> Fate {
        let mut rng = Rng::about(self.seed, &[FATE, self.accepted]);
        let later = self.slot + rng.between(1, PATIENCE) as Second * SLOT;
        if at >= self.slot + SLOT {
            // What a burst still does after this slot cannot be in this slot's files.
            Fate::Later(at.div_euclid(SLOT) * SLOT)
        } else if self.waiting.len() >= WAITING_ROOM {
            Fate::OnTime
        } else if rng.chance(LATE) {
            Fate::Later(later)
        } else if room > 1 && rng.chance(TWICE) {
            Fate::Twice(later)
        } else {
            Fate::OnTime
        }
    }

    /// Begins the slot at `slot`: late records whose time has come join it.
    pub(crate) fn open(&mut self, slot: Second) {
        self.slot = slot;
        let due: Vec<_> = self
            .waiting
            .extract_if(.., |waiting| waiting.due <= slot)
            .collect();
        for Waiting {
            origin, at, text, ..
        } in due
        {
            self.append(origin, at, |body| body.extend_from_slice(&text));
        }
    }

    /// Ends the slot: batches that are due become files.
    pub(crate) fn close(&mut self) {
        let now = self.slot + SLOT;
        let due: Vec<_> = self
            .batches
            .iter()
            .filter(|(_, batch)| batch.records >= QUIET || now - batch.since >= QUIET_WAIT)
            .map(|(&origin, _)| origin)
            .collect();
        for origin in due {
            self.ship(origin);
        }
        if now.rem_euclid(HOUR) == 0 {
            self.ready.push_back(self.digests.close(now));
        }
    }

    /// Delivers all that is left, late records too.
    pub(crate) fn flush(&mut self) {
        self.open(self.slot + (PATIENCE as Second + 1) * SLOT);
        let origins: Vec<_> = self.batches.keys().copied().collect();
        for origin in origins {
            self.ship(origin);
        }
    }

    /// Delivers CloudTrail's own remarks of this slot; returns how many.
    pub(crate) fn remark(&mut self, first: Second) -> u64 {
        let remarks = insight::files(self.seed, first, self.slot, SLOT);
        let count = remarks.len() as u64;
        self.ready.extend(remarks);
        count
    }

    /// The next file, if one is ready.
    pub(crate) fn next_file(&mut self) -> Option<SimulatedFile> {
        self.ready.pop_front()
    }

    fn append(&mut self, origin: Origin, at: Second, write: impl FnOnce(&mut Vec<u8>)) {
        let slot = self.slot;
        let batch = self.batches.entry(origin).or_default();
        if batch.records == 0 {
            (batch.since, batch.oldest, batch.newest) = (slot, at, at);
            batch.body.extend_from_slice(OPENING);
        } else {
            batch.body.push(b',');
        }
        write(&mut batch.body);
        batch.records += 1;
        batch.oldest = batch.oldest.min(at);
        batch.newest = batch.newest.max(at);
        if batch.body.len() >= FULL {
            self.ship(origin);
        }
    }

    fn ship(&mut self, origin: Origin) {
        let Some(batch) = self.batches.remove(&origin) else {
            return;
        };
        let Batch {
            mut body,
            records,
            oldest,
            newest,
            ..
        } = batch;
        body.extend_from_slice(CLOSING);
        let path = self.path(origin);
        let file = SimulatedFile {
            path,
            body,
            records,
        };
        if DigestChain::covers(origin) {
            self.digests.list(&file, oldest, newest);
        }
        self.ready.push_back(file);
    }

    fn path(&mut self, (account, region): Origin) -> String {
        self.files += 1;
        let now = self.slot + SLOT;
        let mut path = format!("AWSLogs/{account}/CloudTrail/{region}/").into_bytes();
        clock::write_folders(&mut path, now);
        path.extend_from_slice(format!("/{account}_CloudTrail_{region}_").as_bytes());
        clock::write_stamp(&mut path, now);
        path.push(b'_');
        ids::write_word(
            &mut path,
            16,
            &mut Rng::about(self.seed, &[FILE, self.files]),
        );
        path.extend_from_slice(b".json.gz");
        String::from_utf8_lossy(&path).into_owned()
    }
}
