//! The reading, shared out to threads: first the digests, then the log files that they list.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use integrity::chain::Content;
use integrity::collection::Copy;
use integrity::digest::Listed;
use integrity::hash::{InflateError, unhex};
use integrity::{Chain, Digest, DigestName, Found, Hash, Hasher, LogState};

use super::place::{self, Shut};
use crate::inputs::{Meter, Metered};

/// What each thread reads with.
#[derive(Default)]
struct Reader {
    hasher: Hasher,
}

/// Does every job once, on so many threads, in the order in which they stand; stops when told to.
/// Returns what was done, each with the number of its job.
fn share<J: Sync, T: Send>(
    jobs: &[J],
    threads: usize,
    meter: &Meter,
    work: impl Fn(&mut Reader, &J, &Meter) -> T + Sync,
) -> Vec<(usize, T)> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(jobs.len()));
    thread::scope(|scope| {
        for _ in 0..threads.min(jobs.len()) {
            scope.spawn(|| {
                let mut reader = Reader::default();
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(job) = jobs.get(at).filter(|_| !meter.stopped()) else {
                        break;
                    };
                    let result = work(&mut reader, job, meter);
                    // What was cut short by the user is not done.
                    if !meter.stopped()
                        && let Ok(mut done) = done.lock()
                    {
                        done.push((at, result));
                    }
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_default();
    done.sort_by_key(|(at, _)| *at);
    done
}

/// A digest to be read.
pub(super) struct DigestJob {
    /// What stands before its tail.
    pub(super) base: String,
    pub(super) tail: String,
    pub(super) name: DigestName,
    /// Whether a signature was saved beside it.
    pub(super) has_signature: bool,
}

/// Reads digests; all of them, or fewer if the user stops it.
pub(super) fn read_digests(
    jobs: &[DigestJob],
    threads: usize,
    meter: &Meter,
) -> Vec<(usize, Found)> {
    share(jobs, threads, meter, Reader::digest)
}

/// A period whose log files are to be looked at: the number of its chain, its own, and where it lies.
pub(super) struct PeriodJob<'j> {
    pub(super) chain: usize,
    pub(super) period: usize,
    pub(super) copy: &'j (String, Copy),
    pub(super) files: &'j [Listed],
}

/// What became of the log files of some periods, and how many bytes these hold.
pub(super) struct Settled {
    pub(super) chain: usize,
    pub(super) period: usize,
    pub(super) states: Vec<LogState>,
    pub(super) inflated: u64,
}

/// Looks at the log files of all chains, hour by hour; each chain comes with the number of its copy. What
/// is `known` to hash to something, by its place, is not read again.
pub(super) fn read_logs(
    copies: &[(String, Copy)],
    chains: &[(usize, Chain)],
    known: &HashMap<String, Hash>,
    threads: usize,
    meter: &Meter,
) -> Vec<Settled> {
    let mut jobs = Vec::new();
    for (chain, (copy, judged)) in chains.iter().enumerate() {
        let copy = &copies[*copy];
        for (period, one) in judged
            .periods
            .iter()
            .enumerate()
            .filter(|(_, one)| !one.settled)
        {
            let files = &one.files;
            jobs.push((
                one.end,
                PeriodJob {
                    chain,
                    period,
                    copy,
                    files,
                },
            ));
        }
    }
    jobs.sort_by_key(|(end, job)| (*end, job.chain, job.period));
    let done = share(&jobs, threads, meter, |reader, (_, job), meter| {
        reader.period(job, known, meter)
    });
    done.into_iter().map(|(_, settled)| settled).collect()
}

impl Reader {
    fn digest(&mut self, job: &DigestJob, meter: &Meter) -> Found {
        let path = format!("{}{}", job.base, job.tail);
        let (content, metadata) = match place::open(&path) {
            Ok((file, signature)) => {
                let content = match self.hasher.read(Metered::new(file, meter)) {
                    Ok(text) => Digest::parse(&text)
                        .map_or(Content::Bad, |digest| Content::Read(Box::new(digest))),
                    Err(InflateError::Read(error)) => Content::Unread(error.to_string()),
                    Err(_) => Content::Bad,
                };
                (content, signature)
            }
            Err(Shut::Gone) => (Content::Unread("gone since it was listed".to_owned()), None),
            Err(Shut::Refused(why)) => (Content::Unread(why), None),
        };
        let saved = || {
            let path = format!("{path}{}", integrity::collection::SIGNATURE);
            job.has_signature
                .then(|| place::saved_signature(&path).unwrap_or_default())
        };
        Found {
            tail: job.tail.clone(),
            name: job.name.clone(),
            content,
            // What is no signature fits nothing.
            beside: metadata
                .or_else(saved)
                .map(|text| unhex(&text).unwrap_or_default()),
        }
    }

    fn period(
        &mut self,
        job: &PeriodJob<'_>,
        known: &HashMap<String, Hash>,
        meter: &Meter,
    ) -> Settled {
        let mut inflated = 0;
        let states = job
            .files
            .iter()
            .map(|file| self.log_file(job.copy, file, known, meter, &mut inflated));
        Settled {
            states: states.collect(),
            chain: job.chain,
            period: job.period,
            inflated,
        }
    }

    /// Opens only what was found: a digest that nobody has signed may list anything.
    fn log_file(
        &mut self,
        (base, copy): &(String, Copy),
        listed: &Listed,
        known: &HashMap<String, Hash>,
        meter: &Meter,
        inflated: &mut u64,
    ) -> LogState {
        if !copy.logs.contains(&listed.tail) {
            return LogState::Missing;
        }
        let path = format!("{base}{}", listed.tail);
        if let Some(hash) = known.get(&path) {
            return state(*hash, listed);
        }
        let file = match place::open(&path) {
            Ok((file, _)) => file,
            Err(Shut::Gone) => return LogState::Missing,
            Err(Shut::Refused(why)) => return LogState::Unread(why),
        };
        match self.hasher.hash(Metered::new(file, meter)) {
            Ok((hash, length)) => {
                *inflated += length;
                meter.records.fetch_add(1, Ordering::Relaxed);
                state(hash, listed)
            }
            Err(InflateError::Read(error)) => LogState::Unread(error.to_string()),
            Err(_) => LogState::Altered,
        }
    }
}

fn state(hash: Hash, listed: &Listed) -> LogState {
    if hash == listed.hash {
        LogState::Sound
    } else {
        LogState::Altered
    }
}
