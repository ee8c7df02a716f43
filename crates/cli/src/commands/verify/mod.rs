//! `trailhound verify`: which hours of a trail are proven, missing or altered.

mod args;
mod page;
mod place;
mod state;
mod work;

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use integrity::chain::{Content, judge};
use integrity::collection::Copy;
use integrity::proof::{Asked, LATE, prove};
use integrity::report::{Line, spans};
use integrity::{
    Anchor, Chain, ChainId, Collection, DigestName, Found, Hash, Proof, PublicKeys, Verdict,
};
use jiff::{SignedDuration, Timestamp};

use self::args::Format;
pub use self::args::{LONG, VerifyArgs};
pub(super) use self::page::Answer;
use self::page::{Stray, Summary};
use self::state::Placed;
use self::work::DigestJob;
use crate::asking::{AT_ONCE, account, unanswered};
use crate::complaint::{Complaint, chain as causes};
use crate::cores::cores;
use crate::exit::Exit;
use crate::inputs::Meter;
use crate::interrupt;
use crate::output::Output;
use crate::terminal::Terminal;
use crate::when::{Moment, TimeRange};

/// Keys are asked for from so long before the first digest.
const BEFORE: SignedDuration = SignedDuration::from_hours(24);

/// Verifies what is asked for.
///
/// # Errors
/// If keys, state or output cannot be used.
pub fn run(args: &VerifyArgs, terminal: Terminal) -> Result<Exit, Complaint> {
    let started = Instant::now();
    let output = Output::open(args.output.as_deref(), terminal)?;
    let keys = read_all_keys(&args.keys)?;
    let remembered = args
        .state
        .as_deref()
        .map(state::load)
        .transpose()?
        .unwrap_or_default();
    let run = Run {
        paths: &args.paths,
        fetch_keys: args.fetch_keys,
        asked: asked(&args.paths, args.since, args.until)?,
        threads: threads(args),
        remembered,
        known: HashMap::new(),
        meter: Arc::default(),
    };
    interrupt::stops(&run.meter);
    let (collection, mut complaints) = place::collect(run.paths);
    if collection.copies.is_empty() {
        if complaints.is_empty() {
            complaints.push(run.nothing());
        }
        let first = complaints.remove(0);
        terminal.complain_all(&complaints);
        return Err(first);
    }
    let mut verified = run.verify(collection, keys, &mut complaints);
    terminal.complain_all(&complaints);
    let exit = complaints
        .iter()
        .map(Complaint::exit)
        .max()
        .unwrap_or_default();
    if let Some(path) = &args.state {
        state::save(path, verified.anchors(&run.remembered), terminal)?;
    }
    if let Some(path) = &args.save_keys {
        let json = verified.keys.to_json();
        Output::open(Some(path), terminal)?.write(|out| out.write_all(json.as_bytes()))?;
    }
    verified.summary.elapsed = started.elapsed();
    let answer = &verified.answer;
    output.write(|out| match args.format {
        Format::Table => answer.write_table(out),
        Format::Json => answer.write_json(out),
    })?;
    if !terminal.is_quiet() {
        terminal.say(verified.summary.to_string().trim_end());
    }
    Ok(exit.max(verified.exit()))
}

/// What is to be proven of log files that somebody has read, or will read, for another reason.
pub(super) struct Question<'a> {
    /// Where digests and log files lie: files and patterns among them have none.
    pub(super) paths: &'a [PathBuf],
    /// Files with public keys.
    pub(super) keys: &'a [PathBuf],
    /// Whether to ask for keys that are in none.
    pub(super) fetch_keys: bool,
    /// From when on.
    pub(super) since: Option<Moment>,
    /// Until when.
    pub(super) until: Option<Moment>,
    /// How many read.
    pub(super) threads: usize,
    /// What log files hash to that were read already, by place.
    pub(super) known: HashMap<String, Hash>,
    /// Says stop.
    pub(super) meter: Arc<Meter>,
}

impl Question<'_> {
    /// What can be proven; nothing if no folder or bucket that lies as a trail's does is named. What could
    /// not be asked or read is told by the complaints.
    ///
    /// # Errors
    /// A [`Complaint`] if keys cannot be used.
    pub(super) fn answer(self) -> Result<(Option<Answer>, Vec<Complaint>), Complaint> {
        let paths = wide(self.paths);
        let (collection, mut complaints) = place::collect(&paths);
        if collection.copies.is_empty() {
            return Ok((None, complaints));
        }
        let run = Run {
            paths: &paths,
            fetch_keys: self.fetch_keys,
            asked: asked(&paths, self.since, self.until)?,
            threads: self.threads,
            remembered: Vec::new(),
            known: self.known,
            meter: self.meter,
        };
        let keys = read_all_keys(self.keys)?;
        let verified = run.verify(collection, keys, &mut complaints);
        Ok((Some(verified.answer), complaints))
    }
}

/// Those of `paths` in which a trail's files may lie as it has put them there.
pub(super) fn wide(paths: &[PathBuf]) -> Vec<PathBuf> {
    let wide = paths
        .iter()
        .filter(|path| place::is_bucket(path) || path.is_dir());
    wide.cloned().collect()
}

fn asked(paths: &[PathBuf], from: Option<Moment>, to: Option<Moment>) -> Result<Asked, Complaint> {
    let now = Timestamp::now();
    let range = TimeRange::of(from, to, now)?;
    let (since, until) = range.typed(from, to);
    // What is younger may yet come.
    let due = now.saturating_sub(LATE).unwrap_or(now);
    let is_live = paths.iter().all(|path| place::is_bucket(path));
    let reach = match until {
        Some(until) => Some(until.min(due)),
        None => is_live.then_some(due),
    };
    Ok(Asked {
        since,
        until,
        reach,
    })
}

fn threads(args: &VerifyArgs) -> usize {
    let from_buckets = args.paths.iter().any(|path| place::is_bucket(path));
    let usual = if from_buckets { AT_ONCE } else { cores() };
    args.threads.map_or(usual, Into::into)
}

fn read_all_keys(paths: &[PathBuf]) -> Result<PublicKeys, Complaint> {
    let mut keys = PublicKeys::default();
    for path in paths {
        keys.extend(read_keys(path)?);
    }
    Ok(keys)
}

fn read_keys(path: &Path) -> Result<PublicKeys, Complaint> {
    let text = fs::read(path).map_err(|error| Complaint::bad_rule(path.display(), error))?;
    PublicKeys::parse(&text).map_err(|error| {
        Complaint::bad_rule(path.display(), causes(&error)).help(
            "aws cloudtrail list-public-keys --start-time … --end-time … > keys.json, in the trail's home region",
        )
    })
}

/// A verification under way.
struct Run<'a> {
    paths: &'a [PathBuf],
    fetch_keys: bool,
    asked: Asked,
    threads: usize,
    remembered: Vec<Placed>,
    known: HashMap<String, Hash>,
    meter: Arc<Meter>,
}

/// What came of it.
struct Verified {
    answer: Answer,
    summary: Summary,
    keys: PublicKeys,
    /// What is known of each chain, and where its files lie.
    chains: Vec<Placed>,
}

impl Run<'_> {
    fn verify(
        &self,
        collection: Collection,
        mut keys: PublicKeys,
        complaints: &mut Vec<Complaint>,
    ) -> Verified {
        let copies: Vec<(String, Copy)> = collection.copies.into_iter().collect();
        let strangers = copies.iter().map(|(_, copy)| copy.strangers.len() as u64);
        let passed_over = collection.passed_over + strangers.sum::<u64>();
        let mut found = self.read_digests(&copies);
        if self.meter.stopped() {
            // A chain of which half was read would look as if the other half were missing.
            found.clear();
        }
        let digests = found.iter().map(|(_, _, found)| found.len() as u64).sum();
        complaints.extend(self.fetch_keys(&found, &mut keys).err());
        let mut chains: Vec<(usize, Chain)> = found
            .into_iter()
            .map(|(copy, id, found)| (copy, self.judge(&copies[copy].0, id, found, &keys)))
            .collect();
        let mut inflated = 0;
        for settled in work::read_logs(&copies, &chains, &self.known, self.threads, &self.meter) {
            inflated += settled.inflated;
            chains[settled.chain].1.periods[settled.period].settle(settled.states);
        }
        let (answer, chains) = self.answer(&copies, chains);
        let summary = Summary {
            digests,
            log_files: self.meter.records.load(Ordering::Relaxed),
            inflated,
            passed_over,
            ..Summary::of(&answer)
        };
        Verified {
            answer,
            summary,
            keys,
            chains,
        }
    }

    fn nothing(&self) -> Complaint {
        let paths = self.paths.iter();
        let paths: Vec<_> = paths.map(|path| path.display().to_string()).collect();
        Complaint::unreadable(paths.join(", "), "no digests and no log files of a trail")
            .help("name the folder that holds AWSLogs, or that of an account below it")
    }

    /// The digests that are asked for, by copy and chain.
    fn read_digests(&self, copies: &[(String, Copy)]) -> Vec<(usize, ChainId, Vec<Found>)> {
        let mut jobs = Vec::new();
        let mut ends = Vec::new();
        let mut chains = Vec::new();
        for (at, (base, copy)) in copies.iter().enumerate() {
            for (id, digests) in &copy.chains {
                jobs.extend(self.jobs(base, copy, id, digests));
                ends.push(jobs.len());
                chains.push((at, id.clone(), Vec::new()));
            }
        }
        for (at, found) in work::read_digests(&jobs, self.threads, &self.meter) {
            let chain = ends.partition_point(|end| *end <= at);
            chains[chain].2.push(found);
        }
        chains
    }

    fn jobs(
        &self,
        base: &str,
        copy: &Copy,
        id: &ChainId,
        digests: &[(String, DigestName)],
    ) -> Vec<DigestJob> {
        let from = match self.anchor(base, id) {
            Some(placed) => Some(placed.anchor.end),
            None => self.asked.since,
        };
        // The first digest after the end holds the signature of the last before.
        let after = self.asked.until.and_then(|until| {
            let ends = digests.iter().map(|(_, name)| name.end);
            let mut later: Vec<_> = ends.filter(|end| *end >= until).collect();
            later.sort();
            later.get(1).or(later.last()).copied()
        });
        let wanted = digests.iter().filter(|(_, name)| {
            from.is_none_or(|from| from < name.end) && after.is_none_or(|after| name.end <= after)
        });
        wanted
            .map(|(tail, name)| DigestJob {
                base: base.to_owned(),
                has_signature: copy.signatures.contains(tail),
                tail: tail.clone(),
                name: name.clone(),
            })
            .collect()
    }

    fn anchor(&self, base: &str, id: &ChainId) -> Option<&Placed> {
        let mut remembered = self.remembered.iter();
        remembered.find(|placed| placed.serves(base, id, self.asked.since))
    }

    fn judge(&self, base: &str, id: ChainId, found: Vec<Found>, keys: &PublicKeys) -> Chain {
        let anchor = self.anchor(base, &id).map(|placed| placed.anchor.clone());
        judge(id, found, keys, anchor, self.asked.since)
    }

    /// Asks CloudTrail for the keys that digests name and nobody has given.
    fn fetch_keys(
        &self,
        found: &[(usize, ChainId, Vec<Found>)],
        keys: &mut PublicKeys,
    ) -> Result<(), Complaint> {
        let wants = self.fetch_keys || self.paths.iter().any(|path| place::is_bucket(path));
        if !wants {
            return Ok(());
        }
        for (_, id, found) in found {
            for region in [&id.home, &id.region] {
                let unknown: Vec<_> = found.iter().filter(|one| is_unknown(one, keys)).collect();
                let ends = unknown.iter().map(|one| one.name.end);
                let (Some(first), Some(last)) = (ends.clone().min(), ends.max()) else {
                    break;
                };
                let from = first.saturating_sub(BEFORE).unwrap_or(first);
                let to = last
                    .saturating_add(BEFORE)
                    .unwrap_or(last)
                    .min(Timestamp::now());
                let account = account();
                let listed = account.and_then(|account| account.public_keys(region, from, to));
                for key in listed.map_err(|error| unanswered("public keys", &error))? {
                    keys.add(&key.fingerprint, key.der);
                }
            }
        }
        Ok(())
    }

    fn answer(
        &self,
        copies: &[(String, Copy)],
        chains: Vec<(usize, Chain)>,
    ) -> (Answer, Vec<Placed>) {
        let mut by_copy: Vec<Vec<Chain>> = copies.iter().map(|_| Vec::new()).collect();
        for (copy, chain) in chains {
            by_copy[copy].push(chain);
        }
        let mut answer = Answer {
            schema: "trailhound.verify/1",
            verdict: Verdict::Proven,
            chains: Vec::new(),
            uncovered: Vec::new(),
            undecided: 0,
            undecided_days: BTreeSet::new(),
            interrupted: self.meter.stopped(),
        };
        let mut anchors = Vec::new();
        let known = if by_copy.iter().all(Vec::is_empty) && self.meter.stopped() {
            &[]
        } else {
            copies
        };
        for ((base, copy), chains) in known.iter().zip(by_copy) {
            let proof = prove(chains, &copy.logs, self.asked);
            answer.add(base, &proof);
            anchors.extend(proof.chains.iter().filter_map(|chain| {
                let anchor = Anchor::of(chain)?;
                let known = self.anchor(base, &chain.id);
                Some(Placed {
                    base: base.clone(),
                    since: known.map_or(self.asked.since, |placed| placed.since),
                    anchor,
                })
            }));
        }
        (answer, anchors)
    }
}

fn is_unknown(found: &Found, keys: &PublicKeys) -> bool {
    matches!(&found.content, Content::Read(digest) if !keys.knows(&digest.fingerprint))
}

impl Answer {
    fn add(&mut self, base: &str, proof: &Proof) {
        self.verdict = self.verdict.max(proof.verdict());
        self.undecided += proof.undecided;
        self.undecided_days.extend(&proof.undecided_days);
        self.chains.extend(proof.chains.iter().map(|chain| Line {
            chain: chain.id.clone(),
            place: base.to_owned(),
            spans: spans(chain),
        }));
        let groups = proof.uncovered.iter();
        self.uncovered
            .extend(groups.map(|((owner, region), which)| Stray {
                owner: owner.clone(),
                region: region.clone(),
                which: which.clone(),
            }));
    }
}

impl Verified {
    /// What is remembered from now on: chains that were not looked at this time stay as they were.
    fn anchors(&self, before: &[Placed]) -> Vec<Placed> {
        let mut all = self.chains.clone();
        for placed in before {
            let is_known = all
                .iter()
                .any(|one| one.base == placed.base && one.anchor.chain == placed.anchor.chain);
            if !is_known {
                all.push(placed.clone());
            }
        }
        all
    }

    fn exit(&self) -> Exit {
        if self.answer.interrupted {
            return Exit::Interrupted;
        }
        let exit = |verdict: Verdict| match verdict {
            Verdict::Proven | Verdict::Open => Exit::Quiet,
            Verdict::Unproven | Verdict::Unreadable => Exit::Unreadable,
            Verdict::Uncovered | Verdict::Missing | Verdict::Altered => Exit::Alerts,
        };
        let hours = self
            .summary
            .hours
            .keys()
            .map(|verdict| exit(*verdict))
            .max();
        hours.unwrap_or_default().max(exit(self.answer.verdict))
    }
}
