//! Whatever is altered in a signed bucket is found, and nothing is where nothing was altered.

mod forge;

use std::collections::BTreeMap;
use std::io::Read as _;

use flate2::read::MultiGzDecoder;
use forge::{Bucket, Forge, Line, Object, gzip, organisation};
use integrity::chain::{Content, judge};
use integrity::hash::unhex;
use integrity::proof::{Asked, prove};
use integrity::verdict::Trouble;
use integrity::{Anchor, Collection, Digest, Found, Hasher, LogState, Proof, PublicKeys, Verdict};
use jiff::{SignedDuration, Timestamp};

/// How signatures of digests are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Signatures {
    /// From the metadata of each object.
    Beside,
    /// Only from the digest after.
    InChain,
}

struct Check<'c> {
    keys: &'c str,
    signatures: Signatures,
    asked: Asked,
    anchors: Vec<Anchor>,
}

impl Check<'_> {
    fn of(keys: &str) -> Check<'_> {
        Check {
            keys,
            signatures: Signatures::Beside,
            asked: Asked::default(),
            anchors: Vec::new(),
        }
    }

    /// All that `verify` does, without threads and files.
    fn prove(&self, bucket: &Bucket) -> Proof {
        let keys = PublicKeys::parse(self.keys.as_bytes()).unwrap_or_default();
        let mut all = Collection::default();
        bucket.keys().for_each(|key| all.add(key));
        let mut hasher = Hasher::default();
        let (base, copy) = all.copies.into_iter().next().expect("a copy");
        let mut chains = Vec::new();
        for (id, digests) in copy.chains {
            let anchor = self
                .anchors
                .iter()
                .find(|anchor| anchor.chain == id)
                .cloned();
            let found = digests
                .into_iter()
                .filter(|(_, name)| anchor.as_ref().is_none_or(|anchor| name.end > anchor.end))
                .map(|(tail, name)| {
                    let object = &bucket[&format!("{base}{tail}")];
                    let content = match hasher
                        .read(&object.bytes[..])
                        .map(|text| Digest::parse(&text))
                    {
                        Ok(Ok(digest)) => Content::Read(Box::new(digest)),
                        _ => Content::Bad,
                    };
                    let beside = object
                        .signature
                        .as_deref()
                        .map(|hex| unhex(hex).unwrap_or_default());
                    let beside = beside.filter(|_| self.signatures == Signatures::Beside);
                    Found {
                        tail,
                        name,
                        content,
                        beside,
                    }
                })
                .collect();
            let mut chain = judge(id, found, &keys, anchor, self.asked.since);
            for period in &mut chain.periods {
                let states = period.files.iter().map(|file| {
                    match bucket.get(&format!("{base}{}", file.tail)) {
                        None => LogState::Missing,
                        Some(object) => match hasher.hash(&object.bytes[..]) {
                            Ok((hash, _)) if hash == file.hash => LogState::Sound,
                            _ => LogState::Altered,
                        },
                    }
                });
                let states = states.collect();
                period.settle(states);
            }
            chains.push(chain);
        }
        prove(chains, &copy.logs, self.asked)
    }
}

fn troubles(proof: &Proof) -> Vec<&Trouble> {
    let periods = proof.chains.iter().flat_map(|chain| &chain.periods);
    periods.flat_map(|period| &period.troubles).collect()
}

fn count(proof: &Proof, verdict: Verdict) -> usize {
    let periods = proof.chains.iter().flat_map(|chain| &chain.periods);
    periods.filter(|period| period.verdict() == verdict).count()
}

/// As random as need be, and the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }

    fn pick<'a>(&mut self, keys: &[&'a String]) -> &'a String {
        keys[self.below(keys.len())]
    }
}

fn inflated(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    MultiGzDecoder::new(bytes).read_to_end(&mut text).ok()?;
    Some(text)
}

/// Alters the bucket in one of twelve ways; says how, or `None` if nothing a reader sees has changed.
fn alter(bucket: &mut Bucket, dice: &mut Dice) -> Option<String> {
    let keys: Vec<String> = bucket.keys().cloned().collect();
    let is_digest = |key: &&String| key.contains("CloudTrail-Digest");
    let digests: Vec<&String> = keys.iter().filter(is_digest).collect();
    let logs: Vec<&String> = keys.iter().filter(|key| !is_digest(key)).collect();
    let (digest, log) = (dice.pick(&digests), dice.pick(&logs));
    let way = dice.below(12);
    let what = match way {
        0 | 1 => {
            let key = if way == 0 { log } else { digest };
            let object = bucket.get_mut(key)?;
            let before = inflated(&object.bytes);
            let at = dice.below(object.bytes.len());
            object.bytes[at] ^= 1 << dice.below(8);
            if inflated(&object.bytes) == before {
                return None;
            }
            format!("a bit at {at} of {key}")
        }
        2 | 3 => {
            let key = if way == 2 { log } else { digest };
            let object = bucket.get_mut(key)?;
            let mut text = inflated(&object.bytes)?;
            let at = dice.below(text.len());
            text[at] = if text[at] == b'7' { b'8' } else { b'7' };
            object.bytes = gzip(&text);
            format!("a character at {at} of {key}, and packed anew")
        }
        4 => {
            bucket.remove(log);
            format!("{log} is gone")
        }
        5 => {
            bucket.remove(digest);
            format!("{digest} is gone")
        }
        6 => {
            let other = dice.pick(&digests);
            let (one, two) = (bucket[digest].clone(), bucket[other].clone());
            if one == two {
                return None;
            }
            bucket.insert(digest.clone(), two);
            bucket.insert(other.clone(), one);
            format!("{digest} and {other} are swapped")
        }
        7 => {
            // All digests from one on, of one chain.
            let chain = digest
                .split_once("/2026/")
                .filter(|_| !digest.contains("backfill"))?
                .0;
            bucket.retain(|key, _| {
                !(key.starts_with(chain) && key >= digest && !key.contains("backfill"))
            });
            format!("the chain is cut from {digest} on")
        }
        8 => {
            let chain = digest
                .split_once("/2026/")
                .filter(|_| !digest.contains("backfill"))?
                .0;
            bucket.retain(|key, _| {
                !(key.starts_with(chain) && key <= digest && !key.contains("backfill"))
            });
            format!("the chain is cut up to {digest}")
        }
        9 => {
            let other = dice.pick(&digests);
            let signature = bucket[other].signature.clone();
            if other == digest {
                return None;
            }
            bucket.get_mut(digest)?.signature = signature;
            format!("{digest} has the signature of {other}")
        }
        10 => {
            let object = bucket.remove(log)?;
            let renamed = log.replace("_Forge", "_Other");
            bucket.insert(renamed, object);
            format!("{log} has another name")
        }
        _ => {
            let other = dice.pick(&logs);
            if bucket[log] == bucket[other] {
                return None;
            }
            let object = bucket[other].clone();
            bucket.insert(log.clone(), object);
            format!("{log} is a copy of {other}")
        }
    };
    Some(what)
}

#[test]
fn a_thousand_alterations_are_found() {
    let forge = organisation();
    let keys = forge.keys();
    let mut check = Check::of(&keys);
    // The newest digest alone may be late; unless it is known how far the chains should go.
    check.asked.reach = Some("2026-08-18T00:01:31Z".parse().unwrap());
    let mut dice = Dice(0x5eed_5eed_5eed_5eed);
    let (mut found, mut without_effect) = (0, 0);
    while found < 1000 {
        let mut bucket = forge.bucket.clone();
        let what = alter(&mut bucket, &mut dice);
        let proof = check.prove(&bucket);
        match what {
            Some(what) => {
                assert!(proof.verdict() > Verdict::Unproven, "not found: {what}");
                found += 1;
            }
            None => {
                assert_eq!(proof.verdict(), Verdict::Proven, "a false alarm");
                without_effect += 1;
            }
        }
    }
    println!("1000 alterations found; {without_effect} that no reader could see raised no alarm");
}

#[test]
fn alterations_of_a_copied_folder_are_found_but_in_the_newest_hour() {
    let forge = organisation();
    let keys = forge.keys();
    let check = Check {
        signatures: Signatures::InChain,
        ..Check::of(&keys)
    };
    let mut dice = Dice(0xc0ff_ee00_c0ff_ee11);
    let newest = |what: &str| {
        what.contains("20260818T0001") || what.contains("backfill") || what.contains("signature")
    };
    // Delivered in the hour that the newest digests list.
    let in_newest = |what: &str| what.contains("_20260817T23");
    let mut found = 0;
    while found < 300 {
        let mut bucket = forge.bucket.clone();
        let Some(what) = alter(&mut bucket, &mut dice) else {
            continue;
        };
        if newest(&what) || in_newest(&what) {
            continue;
        }
        let proof = check.prove(&bucket);
        assert!(proof.verdict() > Verdict::Unproven, "not found: {what}");
        found += 1;
    }
}

#[test]
fn the_untouched_bucket_is_proven_to_the_last_file() {
    let forge = organisation();
    let keys = forge.keys();
    let proof = Check::of(&keys).prove(&forge.bucket);
    assert_eq!(troubles(&proof), Vec::<&Trouble>::new());
    assert_eq!(count(&proof, Verdict::Proven), 73);
    let sound: u64 = proof
        .chains
        .iter()
        .flat_map(|chain| &chain.periods)
        .map(|period| period.sound)
        .sum();
    assert_eq!(sound, 109);
    assert_eq!((proof.undecided, proof.uncovered.len()), (0, 0));
}

#[test]
fn a_copied_folder_is_proven_but_for_the_newest_hour_of_each_chain() {
    let forge = organisation();
    let keys = forge.keys();
    let check = Check {
        signatures: Signatures::InChain,
        ..Check::of(&keys)
    };
    let proof = check.prove(&forge.bucket);
    // Three chains, and the backfill, which stands alone.
    assert_eq!(
        (count(&proof, Verdict::Proven), count(&proof, Verdict::Open)),
        (69, 4)
    );
    assert_eq!(proof.verdict(), Verdict::Open);
}

#[test]
fn without_keys_nothing_is_proven_and_nothing_accused() {
    let proof = Check::of("").prove(&organisation().bucket);
    assert_eq!(proof.verdict(), Verdict::Unproven);
    assert_eq!(count(&proof, Verdict::Unproven), 73);
}

#[test]
fn a_gap_is_told_where_logging_was_off() {
    let mut forge = Forge::new();
    let mut line = Line::new("AWSLogs/", "111122223333", "eu-west-1");
    let end = |hour: i64| {
        "2026-08-17T01:01:31Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(hour)
    };
    for hour in [0, 1, 2, 7, 8, 9] {
        if hour == 7 {
            line.begin_anew();
        }
        forge.hour(&mut line, end(hour), 2);
    }
    forge.log_file(&line, end(4), 7);
    let keys = forge.keys();
    let proof = Check::of(&keys).prove(&forge.bucket);
    assert_eq!(troubles(&proof), [&Trouble::Gap]);
    let gap = &proof.chains[0].periods[3];
    assert_eq!((gap.start, gap.end), (Some(end(2)), end(6)));
    let group = proof
        .uncovered
        .values()
        .next()
        .expect("the log file of that time");
    assert_eq!(group.log_files, 1);
}

#[test]
fn a_log_file_that_nobody_delivered_is_told() {
    let mut forge = organisation();
    let line = Line::new("p/AWSLogs/o-a1b2c3d4e5/", "111122223333", "eu-west-1");
    forge.log_file(&line, "2026-08-17T12:31:00Z".parse().unwrap(), 5);
    let keys = forge.keys();
    let proof = Check::of(&keys).prove(&forge.bucket);
    assert!(matches!(troubles(&proof)[..], [Trouble::LogAdded(_)]));
    assert_eq!(proof.verdict(), Verdict::Altered);
}

#[test]
fn since_begins_in_the_middle_of_a_chain() {
    let forge = organisation();
    let keys = forge.keys();
    let since: Timestamp = "2026-08-17T12:01:31Z".parse().unwrap();
    let day_two: Bucket = forge
        .bucket
        .iter()
        .filter(|(key, _)| {
            let end = key.rsplit_once("_2026").map_or("", |(_, end)| end);
            end > "0817T1201" && !key.contains("backfill") && !end.starts_with("0817T120131Z")
        })
        .map(|(key, object)| (key.clone(), object.clone()))
        .collect();
    let mut check = Check::of(&keys);
    assert_eq!(check.prove(&day_two).verdict(), Verdict::Missing);
    check.asked.since = Some(since);
    let proof = check.prove(&day_two);
    assert_eq!(proof.verdict(), Verdict::Proven, "{:?}", troubles(&proof));
}

#[test]
fn a_second_run_goes_on_where_the_first_has_stopped() {
    let forge = organisation();
    let keys = forge.keys();
    let cut = |bucket: &Bucket, stamp: &str| -> BTreeMap<String, Object> {
        let kept = bucket.iter().filter(|(key, _)| {
            let end = key.rsplit_once("_2026").map_or("", |(_, end)| end);
            end < stamp
        });
        kept.map(|(key, object)| (key.clone(), object.clone()))
            .collect()
    };
    let mut check = Check::of(&keys);
    let first = check.prove(&cut(&forge.bucket, "0817T1205"));
    check.anchors = first.chains.iter().filter_map(Anchor::of).collect();
    assert_eq!(check.anchors.len(), 4);
    let second = check.prove(&forge.bucket);
    assert_eq!(second.verdict(), Verdict::Proven, "{:?}", troubles(&second));
    assert_eq!(count(&second, Verdict::Proven), 36);
    let whole = second.chains.iter().filter_map(Anchor::of);
    assert_eq!(whole.map(|anchor| anchor.digests).sum::<u64>(), 73);
    // A chain written anew by somebody else does not follow.
    check.anchors[0].hash = integrity::Hash::of(b"something else");
    assert_eq!(check.prove(&forge.bucket).verdict(), Verdict::Altered);
}
