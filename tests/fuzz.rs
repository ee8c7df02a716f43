//! Mutated log files and rule files, for machines without a fuzzer.
//!
//! The same entry points as under cargo-fuzz, see `fuzz/README.md`, fed with mutations of `events/`
//! and `rules/` for `TRAILHOUND_FUZZ_SECONDS` seconds each, by default two.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::corpus::{files, repository};

#[path = "../fuzz/entry/log_file.rs"]
mod log_file;
#[path = "../fuzz/entry/rule_file.rs"]
mod rule_file;

/// Nothing of a few kilobytes may take longer than this, even without optimisation.
const PATIENCE: Duration = Duration::from_secs(10);

/// How large an input may grow, in bytes.
const LARGEST: usize = 64 << 10;

/// Pieces of meaning that blind mutation would not hit upon.
const TOKENS: [&str; 60] = [
    "{",
    "}",
    "[",
    "]",
    "\"",
    "\\",
    ",",
    ":",
    "\n",
    "\\u0000",
    "\\ud800",
    "\\u",
    "null",
    "true",
    "1e999",
    "-0",
    "99999999999999999999",
    "\u{feff}",
    "\u{202e}",
    "\0",
    "{\"Records\":[",
    "{\"Events\":[",
    "{\"logEvents\":[",
    "{\"eventVersion\"",
    "\"detail-type\":\"x\",\"detail\":{",
    "\"CloudTrailEvent\":\"{",
    "\"message\":\"{",
    "\"digestS3Object\":1,",
    "\"s3\":{},",
    "\"eventSource\":\"iam.amazonaws.com\",",
    "\"eventName\":\"PutUserPolicy\",",
    "\"userIdentity\":{\"type\":\"Root\"},",
    "\"eventTime\":\"2026-02-30T25:61:61Z\",",
    "%7B%22Statement%22%3A%5B%7B%22",
    "{\\\"Statement\\\":[{\\\"Effect\\\":\\\"Allow\\\",",
    "0.0.0.0/0",
    "::/0",
    "arn:aws:iam::111122223333:role/x",
    "---\n",
    "|re: '(a+)+$'",
    "|contains|all: [",
    "|base64offset",
    "|cidr: 10.0.0.0/33",
    "|windash",
    "|fieldref: x",
    "|exists: yes",
    "|gte: 1",
    "|expand: '%x%'",
    "*",
    "?",
    "1 of them",
    "all of selection*",
    "not ",
    " and ",
    " or (",
    "&a [*a, *a]",
    "<<: *a",
    "!!binary ",
    "? ",
    "|\n  ",
];

/// Chance that repeats itself: xorshift64*, G. Marsaglia, *Xorshift RNGs* (2003).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(high).unwrap() % sides.max(1)
    }

    fn range(&mut self, bytes: &[u8]) -> std::ops::Range<usize> {
        let start = self.roll(bytes.len() + 1);
        let longest = 1 << self.roll(10);
        start..(start + self.roll(longest)).min(bytes.len())
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.roll(of.len())]
    }
}

fn mutate(input: &mut Vec<u8>, seeds: &[Vec<u8>], dice: &mut Dice) {
    let range = dice.range(input);
    match dice.roll(7) {
        0 => input.truncate(range.start),
        1 => drop(input.drain(range)),
        2 => {
            let copy = input[range].to_vec();
            let at = dice.roll(input.len() + 1);
            input.splice(at..at, copy);
        }
        3 => {
            let other = dice.one(seeds);
            let piece = other[dice.range(other)].to_vec();
            drop(input.splice(range, piece));
        }
        4 | 5 => {
            let token = dice.one(&TOKENS).bytes();
            let repeated = 1 << (dice.roll(24).saturating_sub(14));
            let tokens: Vec<u8> = token.cycle().take(repeated * 20).collect();
            let whole = dice.one(&TOKENS).as_bytes();
            let piece = if repeated == 1 { whole } else { &tokens };
            input.splice(range.start..range.start, piece.iter().copied());
        }
        _ => {
            if let Some(byte) = input.get_mut(range.start) {
                *byte = dice.roll(256) as u8;
            }
        }
    }
    input.truncate(LARGEST);
}

/// Throws mutations of `seeds` at `read` for the time that is given.
fn fuzz(name: &str, seeds: &[Vec<u8>], read: impl Fn(&[u8])) {
    let number = |name| std::env::var(name).ok()?.parse::<u64>().ok();
    let seconds = number("TRAILHOUND_FUZZ_SECONDS").unwrap_or(2);
    let seed = number("TRAILHOUND_FUZZ_SEED").unwrap_or(1);
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let (mut inputs, mut slowest) = (0_u64, Duration::ZERO);
    let started = Instant::now();
    while started.elapsed().as_secs() < seconds {
        let mut input = dice.one(seeds).clone();
        for _ in 0..=dice.roll(6) {
            mutate(&mut input, seeds, &mut dice);
        }
        let began = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| read(&input)));
        slowest = slowest.max(began.elapsed());
        inputs += 1;
        if outcome.is_err() || began.elapsed() > PATIENCE {
            panic!("{name}: see {}", keep(name, &input).display());
        }
    }
    println!("{name}: {inputs} inputs in {seconds} s from seed {seed}, slowest {slowest:?}");
    assert!(inputs > 0);
}

fn keep(name: &str, input: &[u8]) -> std::path::PathBuf {
    let folder = repository().join("fuzz/artifacts").join(name);
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(format!("mutated-{}", input.len()));
    fs::write(&path, input).unwrap();
    path
}

fn seeds(folder: &Path) -> Vec<Vec<u8>> {
    let seeds = files(folder)
        .into_iter()
        .map(|path| fs::read(path).unwrap());
    seeds.collect()
}

#[test]
fn fuzz_log_files() {
    let mut plain = seeds(&repository().join("events"));
    let packed: Vec<_> = plain.iter().map(|file| simulate::gzip(file)).collect();
    plain.extend(packed);
    fuzz("log_file", &plain, log_file::read);
}

#[test]
fn fuzz_rule_files() {
    fuzz(
        "rule_file",
        &seeds(&repository().join("rules")),
        rule_file::read,
    );
}
