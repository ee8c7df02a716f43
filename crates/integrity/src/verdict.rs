//! What can be said of a period, and what is wrong with it.

use std::fmt;

use detect::neutral::neutral;
use jiff::Timestamp;
use serde::Serialize;

use crate::digest::Listed;
use crate::hash::Hash;

/// Letters of a path or of an error that are shown; the longest key has fewer.
const LONGEST: usize = 400;

/// What can be said of a period. Of several the greatest counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// All log files of the digest are there and as they were delivered.
    Proven,
    /// Too young: the signature of the newest digest is not here, and no later one vouches for it.
    Open,
    /// Neither proven nor refuted: a key or a signature is not here.
    Unproven,
    /// Something could not be read.
    Unreadable,
    /// No digest speaks of it.
    Uncovered,
    /// A digest or a log file is gone.
    Missing,
    /// A digest or a log file is not what it was, or one has been added.
    Altered,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Proven => "proven",
            Self::Open => "open",
            Self::Unproven => "unproven",
            Self::Unreadable => "unreadable",
            Self::Uncovered => "uncovered",
            Self::Missing => "missing",
            Self::Altered => "altered",
        })
    }
}

/// What is wrong with a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// It holds something else.
    NotADigest,
    /// The digest after it says that it held something else.
    OtherHash,
    /// The signature beside it is not its own.
    OtherSignature,
    /// The signature in the digest after it is not its own.
    OtherSignatureAfter,
    /// It names as the one before what is not what was proven by an earlier run.
    OtherBefore,
}

/// One thing that keeps a period from being proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// The key is not known.
    NoKey(String),
    /// The signature of this digest is not here, for the digest after it is missing or altered.
    NoSignature(String),
    /// A file, and why it could not be read.
    Unread(String, String),
    /// The log was off, or its validation.
    Gap,
    /// The chain begins with a digest that is not here.
    BeginsEarlier(String),
    /// A digest that another names is not here.
    DigestMissing(String),
    /// The chain ends before others of the same trail, or before the time that it should reach.
    EndsEarly,
    /// A digest is not what it was.
    DigestAltered(String, Flaw),
    /// A digest lies where another should, which is the second.
    DigestMoved(String, String),
    /// A log file is not here.
    LogMissing(String),
    /// A log file is not what it was.
    LogAltered(String),
    /// A log file that the digest of its hour does not list.
    LogAdded(String),
}

impl Trouble {
    /// A word for programs.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::NoKey(_) => "no-key",
            Self::NoSignature(_) => "no-signature",
            Self::Unread(..) => "unreadable",
            Self::Gap => "gap",
            Self::BeginsEarlier(_) => "begins-earlier",
            Self::DigestMissing(_) => "digest-missing",
            Self::EndsEarly => "ends-early",
            Self::DigestAltered(..) => "digest-altered",
            Self::DigestMoved(..) => "digest-moved",
            Self::LogMissing(_) => "log-file-missing",
            Self::LogAltered(_) => "log-file-altered",
            Self::LogAdded(_) => "log-file-added",
        }
    }

    /// The file that is concerned, as a tail.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        match self {
            Self::NoKey(_) | Self::Gap | Self::EndsEarly => None,
            Self::NoSignature(file)
            | Self::Unread(file, _)
            | Self::BeginsEarlier(file)
            | Self::DigestMissing(file)
            | Self::DigestAltered(file, _)
            | Self::DigestMoved(file, _)
            | Self::LogMissing(file)
            | Self::LogAltered(file)
            | Self::LogAdded(file) => Some(file),
        }
    }

    /// What follows from it for the period.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::NoKey(_) | Self::NoSignature(_) => Verdict::Unproven,
            Self::Unread(..) => Verdict::Unreadable,
            Self::Gap => Verdict::Uncovered,
            Self::BeginsEarlier(_)
            | Self::DigestMissing(_)
            | Self::EndsEarly
            | Self::LogMissing(_) => Verdict::Missing,
            Self::DigestAltered(..)
            | Self::DigestMoved(..)
            | Self::LogAltered(_)
            | Self::LogAdded(_) => Verdict::Altered,
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoKey(key) => {
                return write!(
                    f,
                    "no public key with the fingerprint `{}`",
                    neutral(key, 64)
                );
            }
            Self::Unread(_, why) => f.write_str(&neutral(why, LONGEST))?,
            _ => f.write_str(self.words())?,
        }
        if let Self::DigestMoved(_, other) = self {
            write!(f, ": {}", neutral(other, LONGEST))?;
        }
        match self.file() {
            Some(file) => write!(f, ": {}", neutral(file, LONGEST)),
            None => Ok(()),
        }
    }
}

impl Trouble {
    fn words(&self) -> &'static str {
        match self {
            Self::NoKey(_) | Self::Unread(..) => "",
            Self::NoSignature(_) => {
                "the digest after it, which held its signature, is missing or altered"
            }
            Self::Gap => "no digest was made: logging or log file validation was off",
            Self::BeginsEarlier(_) => "the chain begins earlier, with a digest that is not here",
            Self::DigestMissing(_) => "this digest is missing, and perhaps others before it",
            Self::EndsEarly => {
                "the digests end before this: newer ones are missing, or logging or validation was switched off"
            }
            Self::DigestAltered(_, flaw) => flaw.words(),
            Self::DigestMoved(..) => "this digest lies in the place of another",
            Self::LogMissing(_) => "log file missing",
            Self::LogAltered(_) => "log file altered",
            Self::LogAdded(_) => "log file that the digest of its hour does not list",
        }
    }
}

impl Flaw {
    fn words(self) -> &'static str {
        match self {
            Self::NotADigest => "what should be a digest does not hold one",
            Self::OtherHash => "digest altered: the one after it names another hash",
            Self::OtherSignature => "digest altered, or the signature beside it",
            Self::OtherSignatureAfter => "digest altered, or its signature in the one after it",
            Self::OtherBefore => "digest follows another one than was proven by an earlier run",
        }
    }
}

/// A stretch of time of one chain, mostly an hour, with what is known of it.
#[derive(Debug, Clone)]
pub struct Period {
    /// When it begins, if that is known.
    pub start: Option<Timestamp>,
    /// When it ends.
    pub end: Timestamp,
    /// The tail of its digest, if there is one.
    pub digest: Option<String>,
    /// The hash of that digest, if the digest is proven.
    pub sealed: Option<Hash>,
    /// The log files that it lists; none if nothing vouches for the list.
    pub files: Vec<Listed>,
    /// How many of these were found as they were delivered.
    pub sound: u64,
    /// Whether its log files were looked at.
    pub settled: bool,
    /// What can be said so far, apart from `troubles`.
    pub base: Verdict,
    /// What is wrong.
    pub troubles: Vec<Trouble>,
}

impl Period {
    /// A period without a digest.
    #[must_use]
    pub fn without_digest(start: Option<Timestamp>, end: Timestamp, trouble: Trouble) -> Self {
        Self {
            start,
            end,
            digest: None,
            sealed: None,
            files: Vec::new(),
            sound: 0,
            settled: true,
            base: Verdict::Proven,
            troubles: vec![trouble],
        }
    }

    /// What can be said of it.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let troubles = self.troubles.iter().map(Trouble::verdict);
        troubles.fold(self.base, Ord::max)
    }
}
