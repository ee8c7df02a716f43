//! Judges a month, and holds what was told against what was done.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::net::IpAddr;

use baseline::evidence::{Anomaly, What};
use baseline::places::{NetworkKind, Place};
use baseline::{Engine, Journal, Observer, Places, Settings};
use detect::cloudtrail::LogFileReader;
use simulate::months::{Attack, AttackKind, Month, MonthPlan, Strength, month, places};

/// The tables of the made-up world; or none, where only blocks are known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct World {
    pub(crate) tables: bool,
}

impl Default for World {
    fn default() -> Self {
        Self { tables: true }
    }
}

impl Places for World {
    fn place(&self, address: IpAddr) -> Place {
        let IpAddr::V4(v4) = address else {
            return Place::default();
        };
        let [198, second, block, _] = v4.octets() else {
            return Place::default();
        };
        if !self.tables {
            return Place::default();
        }
        let found = places().iter().find(|place| {
            place.upper == (second == 19) && (place.blocks.0..=place.blocks.1).contains(&block)
        });
        found.map_or_else(Place::default, |place| {
            let rented = ["Hosting", "Servers", "VPS", "Cloud", "Colo"];
            Place {
                country: Some(place.country.to_owned()),
                asn: Some(place.asn),
                owner: Some(place.owner.to_owned()),
                kind: match place.owner {
                    "Amazon" => NetworkKind::Aws,
                    owner if rented.iter().any(|word| owner.contains(word)) => NetworkKind::Hosting,
                    _ => NetworkKind::Ordinary,
                },
            }
        })
    }
}

/// What became of one attack.
#[derive(Debug, Clone)]
pub(crate) struct Fate {
    pub(crate) attack: Attack,
    /// Seconds and events until it was told.
    pub(crate) told: Option<(i64, usize)>,
}

/// What was told of a month.
#[derive(Debug)]
pub(crate) struct Verdict {
    pub(crate) fates: Vec<Fate>,
    pub(crate) false_alarms: Vec<Anomaly>,
    pub(crate) account_days: f64,
    /// The most mails in one account and day.
    pub(crate) most: usize,
    pub(crate) digest: usize,
    pub(crate) month: Month,
    pub(crate) records: usize,
}

pub(crate) fn observe(month: &Month) -> Journal {
    let mut observer = Observer::default();
    let mut reader = LogFileReader::default();
    for file in &month.files {
        reader.read(&**file, |record| observer.observe(record, None));
    }
    let mut journal = observer.into_journal();
    journal.settle();
    journal
}

/// Days at the start of which nothing is told.
const WARM_UP: u32 = 10;

pub(crate) fn judge(plan: MonthPlan, world: &World, near_misses: bool) -> Verdict {
    let mut month = month(plan);
    let journal = observe(&month);
    month.files.clear();
    let mut engine = Engine::new(Settings::default());
    let found = engine.learn(&journal, world);
    let records = journal.entries.len();
    let verdict = weigh(plan, month, found, records);
    if near_misses {
        missed(&verdict, &journal, world);
    }
    verdict
}

/// Says of attacks that were not told how close they came.
fn missed(verdict: &Verdict, journal: &Journal, world: &World) {
    let all = Settings {
        floor: 0.3,
        a_day: 1e9,
        at_once: u32::MAX,
        counts: true,
    };
    let found = Engine::new(all).learn(journal, world);
    for fate in verdict.fates.iter().filter(|fate| fate.told.is_none()) {
        let ids: BTreeSet<&str> = fate.attack.event_ids.iter().map(String::as_str).collect();
        let about = found.iter().filter(|anomaly| {
            anomaly.signals.iter().any(|signal| {
                signal
                    .event
                    .id
                    .as_deref()
                    .is_some_and(|id| ids.contains(id))
            })
        });
        println!(
            "   missed {:?} {:?} {} ({} events)",
            fate.attack.kind,
            fate.attack.strength,
            fate.attack.victim,
            ids.len()
        );
        if let Some(best) = about.max_by(|a, b| a.score.total_cmp(&b.score)) {
            println!("      {:.2}, days {}", best.score, best.days);
            for signal in best.signals.iter().take(6) {
                println!("        {}", brief(signal.evidence, &signal.what));
            }
        }
    }
}

fn weigh(plan: MonthPlan, month: Month, found: Vec<Anomaly>, records: usize) -> Verdict {
    let owners: HashMap<&str, usize> = month
        .attacks
        .iter()
        .enumerate()
        .flat_map(|(at, attack)| attack.event_ids.iter().map(move |id| (id.as_str(), at)))
        .collect();
    let mut told = vec![None; month.attacks.len()];
    let mut false_alarms = Vec::new();
    let mut mails = BTreeMap::<(String, u32), usize>::new();
    let mut digest = 0;
    let begin = 1_772_409_600 + WARM_UP * 86_400;
    for anomaly in found.into_iter().filter(|anomaly| anomaly.time >= begin) {
        let attacks: BTreeSet<usize> = anomaly
            .signals
            .iter()
            .filter_map(|signal| owners.get(signal.event.id.as_deref()?).copied())
            .collect();
        if anomaly.urgent {
            *mails
                .entry((anomaly.who.account.clone(), anomaly.time / 86_400))
                .or_default() += 1;
        } else if !anomaly.update {
            digest += 1;
        }
        for at in &attacks {
            if anomaly.urgent && told[*at].is_none() {
                told[*at] = Some(i64::from(anomaly.time));
            }
        }
        if attacks.is_empty() && !anomaly.update {
            false_alarms.push(anomaly);
        }
    }
    let fates = month.attacks.iter().zip(told).map(|(attack, told)| Fate {
        told: told.map(|time| (time - attack.begins, attack.event_ids.len())),
        attack: attack.clone(),
    });
    Verdict {
        fates: fates.collect(),
        false_alarms,
        account_days: f64::from(plan.days - WARM_UP) * f64::from(month.accounts),
        most: mails.values().copied().max().unwrap_or(0),
        digest,
        month,
        records,
    }
}

/// Several months together.
#[derive(Debug, Default)]
pub(crate) struct Sum {
    pub(crate) fates: Vec<Fate>,
    false_alarms: Vec<(u64, Anomaly, String)>,
    account_days: f64,
    most: usize,
    digest: usize,
    months: u64,
    records: usize,
}

impl Sum {
    pub(crate) fn add(&mut self, verdict: Verdict) {
        self.months += 1;
        let oddities = &verdict.month.oddities;
        let why = |anomaly: &Anomaly| {
            let day = (anomaly.time - 1_772_409_600) / 86_400;
            let own = oddities.iter().filter(|oddity| {
                anomaly.who.key.contains(&*oddity.who)
                    || anomaly.who.name.contains(&*oddity.who)
                    || oddity.who == "everybody"
            });
            let near = own.filter(|oddity| (oddity.day..oddity.day + 5).contains(&day));
            near.map(|oddity| oddity.what)
                .collect::<Vec<_>>()
                .join(", ")
        };
        for anomaly in verdict.false_alarms {
            let why = why(&anomaly);
            self.false_alarms.push((self.months, anomaly, why));
        }
        self.fates.extend(verdict.fates);
        self.account_days += verdict.account_days;
        self.most = self.most.max(verdict.most);
        self.digest += verdict.digest;
        self.records += verdict.records;
    }

    pub(crate) fn recall(&self, of: impl Fn(&Attack) -> bool) -> (usize, usize) {
        let these = self.fates.iter().filter(|fate| of(&fate.attack));
        let hits = these.clone().filter(|fate| fate.told.is_some()).count();
        (hits, these.count())
    }

    pub(crate) fn false_alarms_a_day(&self) -> f64 {
        self.false_alarms.len() as f64 / self.account_days
    }

    pub(crate) fn most(&self) -> usize {
        self.most
    }
}

fn share((hits, all): (usize, usize)) -> String {
    format!("{hits}/{all} = {:.2}", hits as f64 / all.max(1) as f64)
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} months, {} records, {} account-days",
            self.months, self.records, self.account_days
        )?;
        if !self.fates.is_empty() {
            writeln!(f, "  recall {}", share(self.recall(|_| true)))?;
            for strength in Strength::ALL {
                writeln!(
                    f,
                    "    {strength:?} {}",
                    share(self.recall(|attack| attack.strength == strength))
                )?;
            }
            for kind in AttackKind::ALL {
                let mut delays: Vec<_> = self
                    .fates
                    .iter()
                    .filter(|fate| fate.attack.kind == kind)
                    .filter_map(|fate| fate.told)
                    .collect();
                delays.sort_unstable();
                let median = delays
                    .get(delays.len() / 2)
                    .map_or(f64::NAN, |(seconds, _)| *seconds as f64 / 60.0);
                let missed: String = self
                    .fates
                    .iter()
                    .filter(|fate| fate.attack.kind == kind && fate.told.is_none())
                    .map(|fate| {
                        format!("{:?}", fate.attack.strength)
                            .chars()
                            .next()
                            .unwrap_or(' ')
                    })
                    .collect();
                writeln!(
                    f,
                    "    {:20} {:12} median {median:6.1} min  missed {missed}",
                    format!("{kind:?}"),
                    share(self.recall(|attack| attack.kind == kind))
                )?;
            }
        }
        writeln!(
            f,
            "  {} false alarms, {:.2} an account-day; most mails in one {}; {} in digests",
            self.false_alarms.len(),
            self.false_alarms_a_day(),
            self.most,
            self.digest
        )?;
        if f.alternate() {
            for (month, anomaly, why) in &self.false_alarms {
                writeln!(
                    f,
                    "   {month} {:.2} of {:.2} {} [{why}]",
                    anomaly.score,
                    anomaly.threshold,
                    anomaly.who.key.rsplit('/').next().unwrap_or_default()
                )?;
                for signal in anomaly.signals.iter().take(6) {
                    writeln!(f, "        {}", brief(signal.evidence, &signal.what))?;
                }
            }
        }
        Ok(())
    }
}

fn brief(evidence: f64, what: &What) -> String {
    match what {
        What::New(new) => format!(
            "{evidence:.2} new {:?} {} ({:?}, {:.2} a day)",
            new.dimension, new.value, new.circle, new.a_day
        ),
        What::Many(many) => format!(
            "{evidence:.2} {} {:?}, usual {:.1}, highest {:.1}",
            many.count, many.metric, many.usual, many.highest
        ),
        What::Places(places) => format!(
            "{evidence:.2} {} then {} ({} switches)",
            places.before, places.now, places.switches
        ),
    }
}
