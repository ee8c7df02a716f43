//! How records reach the bucket: in small files, by account and region, now and then late or twice.
//!
//! CloudTrail promises delivery at least once and in no order. Here a file covers about five minutes
//! of one account and region (quiet ones wait up to fifteen), some 15 records in 1,000 come up to
//! three quarters of an hour late, and 3 in 1,000 come a second time in a later file.

use std::collections::{BTreeMap, VecDeque};

use crate::clock::{self, MINUTE, SLOT, Second};
use crate::ids;
use crate::record::{self, Deed};
use crate::rng::Rng;
use crate::{OPENING, SimulatedFile};

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
}

/// A record that waits for a later file.
#[derive(Debug)]
struct Waiting {
    due: Second,
    origin: Origin,
    text: Vec<u8>,
}

/// All records on their way, and the files that are ready.
#[derive(Debug)]
pub(crate) struct Delivery {
    seed: u64,
    slot: Second,
    batches: BTreeMap<Origin, Batch>,
    waiting: VecDeque<Waiting>,
    ready: VecDeque<SimulatedFile>,
    accepted: u64,
    files: u64,
}

impl Delivery {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            seed,
            slot: 0,
            batches: BTreeMap::new(),
            waiting: VecDeque::new(),
            ready: VecDeque::new(),
            accepted: 0,
            files: 0,
        }
    }

    /// Takes in what happened; returns how many records that makes in the end: one, or two if `room`
    /// leaves room for that.
    pub(crate) fn accept(&mut self, deed: &Deed<'_>, room: u64) -> u64 {
        self.accepted += 1;
        let mut fate = Rng::about(self.seed, &[FATE, self.accepted]);
        let rng = Rng::about(self.seed, &[RECORD, self.accepted]);
        let origin = (deed.caller.account, deed.call.filed_in(deed.region));
        // What runs on past this slot cannot be in its files.
        let early = deed.at >= self.slot + SLOT;
        let late = fate.chance(LATE) && self.waiting.len() < WAITING_ROOM;
        let twice = fate.chance(TWICE) && room > 1 && self.waiting.len() < WAITING_ROOM;
        if early {
            let mut text = Vec::new();
            record::write(&mut text, deed, rng);
            let due = deed.at.div_euclid(SLOT) * SLOT;
            self.waiting.push_back(Waiting { due, origin, text });
            1
        } else if late || twice {
            let mut text = Vec::new();
            record::write(&mut text, deed, rng);
            if twice {
                self.append(origin, |body| body.extend_from_slice(&text));
            }
            let due = self.slot + fate.between(1, PATIENCE) as Second * SLOT;
            self.waiting.push_back(Waiting { due, origin, text });
            1 + u64::from(twice)
        } else {
            self.append(origin, |body| record::write(body, deed, rng));
            1
        }
    }

    /// Takes in a record that is already written.
    pub(crate) fn accept_text(&mut self, account: &'static str, region: &'static str, text: &[u8]) {
        self.append((account, region), |body| body.extend_from_slice(text));
    }

    /// Begins the slot at `slot`: late records whose time has come join it.
    pub(crate) fn open(&mut self, slot: Second) {
        self.slot = slot;
        let (due, waiting): (VecDeque<_>, _) = self
            .waiting
            .drain(..)
            .partition(|waiting| waiting.due <= slot);
        self.waiting = waiting;
        for Waiting { origin, text, .. } in due {
            self.append(origin, |body| body.extend_from_slice(&text));
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
    }

    /// Delivers all that is left, late records too.
    pub(crate) fn flush(&mut self) {
        self.open(self.slot + (PATIENCE as Second + 1) * SLOT);
        let origins: Vec<_> = self.batches.keys().copied().collect();
        for origin in origins {
            self.ship(origin);
        }
    }

    /// The next file, if one is ready.
    pub(crate) fn next_file(&mut self) -> Option<SimulatedFile> {
        self.ready.pop_front()
    }

    fn append(&mut self, origin: Origin, write: impl FnOnce(&mut Vec<u8>)) {
        let slot = self.slot;
        let batch = self.batches.entry(origin).or_default();
        if batch.records == 0 {
            batch.since = slot;
            batch.body.extend_from_slice(OPENING);
        } else {
            batch.body.push(b',');
        }
        write(&mut batch.body);
        batch.records += 1;
        if batch.body.len() >= FULL {
            self.ship(origin);
        }
    }

    fn ship(&mut self, origin: Origin) {
        let Some(Batch {
            mut body, records, ..
        }) = self.batches.remove(&origin)
        else {
            return;
        };
        body.extend_from_slice(b"]}");
        let path = self.path(origin);
        self.ready.push_back(SimulatedFile {
            path,
            body,
            records,
        });
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
