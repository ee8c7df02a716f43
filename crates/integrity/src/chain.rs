//! The digests of one chain: which are sealed, and which are missing.
//!
//! A digest is proven by its own signature, or by the hash in a later one that is proven. The signature
//! of a digest lies in the metadata of its object, which a copied folder does not have; but the next
//! digest holds it too. So of a copied chain all but the newest can be proven, and the newest if its
//! signature was saved beside it.
//!
//! Invariant: the answer depends on the set of digests alone, and not on the order in which they come.

use jiff::Timestamp;

use crate::anchor::Anchor;
use crate::digest::{Digest, Previous};
use crate::hash::Hash;
use crate::keys::PublicKeys;
use crate::place::{ChainId, DigestName};
use crate::verdict::{Flaw, Period, Trouble, Verdict};

/// A digest file that was found.
#[derive(Debug)]
pub struct Found {
    /// The tail of the place where it lies.
    pub tail: String,
    /// What its name says.
    pub name: DigestName,
    /// What it holds.
    pub content: Content,
    /// The signature that lies beside it: in its metadata, or in a file.
    pub beside: Option<Vec<u8>>,
}

/// What a digest file holds.
#[derive(Debug)]
pub enum Content {
    /// A digest.
    Read(Box<Digest>),
    /// Something else.
    Bad,
    /// Nobody knows, and why.
    Unread(String),
}

/// A chain, judged.
#[derive(Debug)]
pub struct Chain {
    /// Which.
    pub id: ChainId,
    /// What an earlier run has proven, if the chain goes on from there.
    pub anchor: Option<Anchor>,
    /// What became of its time, in order.
    pub periods: Vec<Period>,
}

/// How well a digest is vouched for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Seal {
    Proven,
    Open,
    Troubled(Trouble),
}

impl Seal {
    /// Whether what the digest says can be believed as long as nothing speaks against it.
    fn is_credible(&self) -> bool {
        match self {
            Self::Proven | Self::Open => true,
            Self::Troubled(trouble) => trouble.verdict() == Verdict::Unproven,
        }
    }
}

/// Judges the digests of one chain; its log files are yet to be looked at.
///
/// `anchor` is what an earlier run has proven: of what it covers nothing need be in `found`. Nobody asks
/// for what was before `since`.
#[must_use]
pub fn judge(
    id: ChainId,
    mut found: Vec<Found>,
    keys: &PublicKeys,
    anchor: Option<Anchor>,
    since: Option<Timestamp>,
) -> Chain {
    found.sort_by(|a, b| (a.name.end, &a.tail).cmp(&(b.name.end, &b.tail)));
    let seals = seals(&found, keys);
    let mut walk = Walk {
        since,
        before: anchor.as_ref().map(|anchor| Before {
            end: anchor.end,
            tail: anchor.digest.clone(),
            hash: Some(anchor.hash),
        }),
        periods: Vec::with_capacity(found.len()),
    };
    let tails: Vec<String> = found.iter().map(|one| one.tail.clone()).collect();
    for (one, seal) in found.into_iter().zip(seals) {
        walk.step(one, seal, &tails);
    }
    Chain {
        id,
        anchor,
        periods: walk.periods,
    }
}

/// From the newest to the oldest, for the later ones vouch for the earlier.
fn seals(found: &[Found], keys: &PublicKeys) -> Vec<Seal> {
    let mut seals: Vec<Seal> = Vec::with_capacity(found.len());
    for (at, one) in found.iter().enumerate().rev() {
        let after = found.get(at + 1).zip(seals.last());
        let seal = seal(one, after, keys);
        seals.push(seal);
    }
    seals.reverse();
    seals
}

fn seal(one: &Found, after: Option<(&Found, &Seal)>, keys: &PublicKeys) -> Seal {
    let digest = match one.digest() {
        Ok(digest) => digest,
        Err(trouble) => return Seal::Troubled(trouble),
    };
    let altered = |flaw| Seal::Troubled(Trouble::DigestAltered(one.tail.clone(), flaw));
    let signs =
        |signature: &[u8]| keys.verify(&digest.fingerprint, digest.signed.as_bytes(), signature);
    let word = after.and_then(|(after, seal)| Some((after.word_about(one)?, seal)));
    let credible = word.filter(|(_, seal)| seal.is_credible());
    if credible.is_some_and(|(word, _)| word.hash != digest.hash) {
        return altered(Flaw::OtherHash);
    }
    let knows = keys.knows(&digest.fingerprint);
    let beside = one.beside.as_deref().filter(|_| knows).map(signs);
    if beside == Some(false) {
        return altered(Flaw::OtherSignature);
    }
    if beside == Some(true) || credible.is_some_and(|(_, seal)| *seal == Seal::Proven) {
        return Seal::Proven;
    }
    if !knows {
        return Seal::Troubled(Trouble::NoKey(digest.fingerprint.clone()));
    }
    match (word, credible) {
        (Some((word, _)), _) if signs(&word.signature) => Seal::Proven,
        (Some(_), Some(_)) => altered(Flaw::OtherSignatureAfter),
        (None, None) if after.is_none() => Seal::Open,
        _ => Seal::Troubled(Trouble::NoSignature(one.tail.clone())),
    }
}

impl Found {
    /// The digest, if it lies where it says.
    fn digest(&self) -> Result<&Digest, Trouble> {
        match &self.content {
            Content::Read(digest) if digest.tail == self.tail => Ok(digest),
            Content::Read(digest) => {
                Err(Trouble::DigestMoved(self.tail.clone(), digest.tail.clone()))
            }
            Content::Bad => Err(Trouble::DigestAltered(self.tail.clone(), Flaw::NotADigest)),
            Content::Unread(why) => Err(Trouble::Unread(self.tail.clone(), why.clone())),
        }
    }

    /// What this digest says about `other`.
    fn word_about(&self, other: &Self) -> Option<&Previous> {
        let previous = self.digest().ok()?.previous.as_ref()?;
        (previous.tail == other.tail).then_some(previous)
    }
}

/// What lies before the next digest.
struct Before {
    end: Timestamp,
    tail: String,
    /// As an earlier run has proven it.
    hash: Option<Hash>,
}

/// The way along a chain, from the oldest to the newest.
struct Walk {
    since: Option<Timestamp>,
    before: Option<Before>,
    periods: Vec<Period>,
}

impl Walk {
    fn step(&mut self, one: Found, seal: Seal, tails: &[String]) {
        let Found {
            tail,
            name,
            content,
            ..
        } = one;
        let digest = match content {
            Content::Read(digest) if seal.is_credible() => Some(*digest),
            _ => None,
        };
        let mut troubles = Vec::new();
        if let Some(digest) = &digest {
            troubles.extend(self.link(digest, &tail, tails));
        }
        let base = if seal == Seal::Open {
            Verdict::Open
        } else {
            Verdict::Proven
        };
        let is_proven = seal == Seal::Proven;
        if let Seal::Troubled(trouble) = seal {
            troubles.push(trouble);
        }
        let start = digest.as_ref().map(|digest| digest.start);
        self.periods.push(Period {
            start: start.or_else(|| self.before.as_ref().map(|before| before.end)),
            end: name.end,
            sealed: digest
                .as_ref()
                .filter(|_| is_proven)
                .map(|digest| digest.hash),
            files: digest.map(|digest| digest.files).unwrap_or_default(),
            digest: Some(tail.clone()),
            sound: 0,
            settled: false,
            base,
            troubles,
        });
        self.before = Some(Before {
            end: name.end,
            tail,
            hash: None,
        });
    }

    /// Looks whether something lies between a digest and the one before it; what is wrong with the
    /// digest itself is returned.
    fn link(&mut self, digest: &Digest, tail: &str, tails: &[String]) -> Option<Trouble> {
        let start = digest.start;
        match (&digest.previous, &self.before) {
            (Some(previous), None) => {
                if !self.is_before_since(start) {
                    let trouble = Trouble::BeginsEarlier(previous.tail.clone());
                    self.periods
                        .push(Period::without_digest(None, start, trouble));
                }
            }
            (Some(previous), Some(before)) if previous.tail != before.tail => {
                let (since, is_here) = (before.end, tails.contains(&previous.tail));
                if !is_here {
                    let trouble = Trouble::DigestMissing(previous.tail.clone());
                    self.periods
                        .push(Period::without_digest(Some(since), start, trouble));
                }
            }
            (Some(previous), Some(before))
                if before.hash.is_some_and(|hash| hash != previous.hash) =>
            {
                return Some(Trouble::DigestAltered(tail.to_owned(), Flaw::OtherBefore));
            }
            (_, Some(before)) if before.end < start => {
                let since = Some(before.end);
                self.periods
                    .push(Period::without_digest(since, start, Trouble::Gap));
            }
            (None, None) | (_, Some(_)) => {}
        }
        None
    }

    fn is_before_since(&self, start: Timestamp) -> bool {
        self.since.is_some_and(|since| start <= since)
    }
}
