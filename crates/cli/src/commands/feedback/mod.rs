//! `trailhound feedback`: from a false alarm to a narrow exclusion that was tested.

mod args;
mod find;
mod habit;
mod page;
mod trial;

use std::collections::BTreeSet;

use detect::Detector;
use detect::alert::{Alert, Kind};
use detect::cloudtrail::Record;
use detect::language::Language;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use sigma::Header;

pub use self::args::{FeedbackArgs, LONG};
use self::habit::{Cover, Habit, WHO};
use self::page::Findings;
use self::trial::{Both, Trial};
use super::gather::Gathering;
use super::scan::Choice;
use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::inputs::Inputs;
use crate::output::Output;
use crate::terminal::Terminal;
use crate::when::TimeRange;

/// Proposes, and tests what it proposes.
///
/// # Errors
/// A [`Complaint`] if there is no such alert, or nothing can be excluded that is as narrow as it should be,
/// or the exclusion would keep back an attack.
pub fn run(args: &FeedbackArgs, language: Language, terminal: Terminal) -> Result<Exit, Complaint> {
    let now = Timestamp::now();
    if args.until <= now.to_zoned(TimeZone::UTC).date() {
        return Err(
            Complaint::bad_call("--until", "the day must be yet to come")
                .help("name the last day on which it is expected"),
        );
    }
    if args.without.iter().any(|field| field == WHO) {
        return Err(Complaint::bad_call(
            "--without",
            "without a principal everybody would be excluded",
        ));
    }
    let range = TimeRange::of(args.since, None, now)?;
    let output = Output::open(args.output.as_deref(), terminal)?;
    let choice = Choice {
        rules: &args.rules,
        ..Choice::default()
    };
    let (without, rules_exit) = choice.detector(now, terminal)?;
    let inputs = Inputs::find(&args.logs, None, terminal.is_watched());
    terminal.complain_all(&inputs.complaints);
    let gathering = Gathering::usual(TimeRange::ALL, &inputs, terminal);

    let alert = find::alert(args, &without, &inputs, gathering)?;
    let texts = find::records(&alert, &inputs, gathering);
    let records: Vec<_> = texts
        .iter()
        .filter_map(|text| Record::of_text(text))
        .collect();
    let Some(first) = records.first() else {
        return Err(Complaint::unreadable(
            alert.id.to_string(),
            "none of its records could be read again",
        )
        .help("name the log files by --logs"));
    };
    let rules = rules(&alert, &without, &records)?;
    let habit = Habit::of(&records).ok_or_else(|| {
        Complaint::bad_rule(
            alert.id.to_string(),
            "no one principal is behind all of it, or one with a name that cannot be shown as it is",
        )
        .help("write the exclusion by hand: see docs/rules.md")
    })?;
    let known: BTreeSet<&str> = habit.fields().filter(|field| *field != WHO).collect();
    if let Some(stranger) = args.without.iter().find(|field| !known.contains(&***field)) {
        let known: Vec<_> = known.into_iter().collect();
        return Err(Complaint::bad_call(
            format!("--without {stranger}"),
            "the exclusion does not ask for this field",
        )
        .help(format!("it asks for {}", known.join(", "))));
    }
    let habit = habit.without(&args.without);
    let document = habit.document(&Cover {
        title: match language {
            Language::En => format!("Expected: {}", alert.rule.title_in(language)),
            Language::ZhCn => format!("预期行为：{}", alert.rule.title_in(language)),
        },
        rules: &rules,
        alert: alert.id.to_string(),
        owner: &args.owner,
        reason: &args.reason,
        until: args.until,
    });
    let proposing = Choice {
        proposed: Some((NAME, &document)),
        ..choice
    };
    let with = proposing.detector(now, terminal)?.0;
    check(&with, &records)?;

    let both = Both {
        without: &without,
        with: &with,
    };
    let logs = match args.logs.is_empty() {
        true => None,
        false => Some(trial::on_logs(
            both,
            &inputs,
            Gathering { range, ..gathering },
        )?),
    };
    let (trial, read_exit) = match logs {
        Some((trial, tally)) => {
            terminal.complain_all(&tally.troubles());
            (Some(trial), tally.exit())
        }
        None => (None, Exit::Quiet),
    };
    let findings = Findings {
        alert: &alert,
        listed: records.len(),
        trial,
        attacks: trial::on_attacks(both)?,
        stolen: trial::on_stolen(both, first)?,
    };
    if !terminal.is_quiet() {
        terminal.say(findings.text(language).trim_end());
    }
    if !findings.attacks.is_empty() && !args.force {
        let stories: Vec<_> = findings.attacks.iter().map(|missed| missed.story).collect();
        return Err(Complaint::bad_rule(
            alert.id.to_string(),
            format!(
                "the exclusion would keep back a known attack: {}",
                stories.join(", ")
            ),
        )
        .help("if you are sure that it is expected all the same, add --force"));
    }
    output.write(|out| out.write_all(document.as_bytes()))?;
    Ok(rules_exit.max(inputs.exit()).max(read_exit))
}

/// The rules that are to be kept from telling it, each by a name that a filter knows, with its title: the
/// rule of the alert; of a correlation those that have counted for it.
fn rules(
    alert: &Alert,
    detector: &Detector,
    records: &[Record<'_>],
) -> Result<Vec<(String, String)>, Complaint> {
    let nameless = || {
        Complaint::bad_rule(
            alert.rule.title.as_str(),
            "a filter names rules by their ids: this one has none, or is not among those that judge here",
        )
        .help("name its file by --rules, and see that it has an `id`")
    };
    let named = |header: &Header| {
        let name = header.id().map(str::to_owned);
        name.map(|name| (name, header.title().to_owned()))
    };
    match alert.rule.kind {
        Kind::Rule => {
            let at = detector
                .rules()
                .position(&alert.rule.id)
                .ok_or_else(nameless)?;
            let name = named(detector.rules().rules()[at].header());
            name.map(|name| vec![name]).ok_or_else(nameless)
        }
        Kind::Correlation => {
            let counted = counted(&alert.rule.id, detector);
            let mut screener = detector.screener();
            let all = detector.rules().rules().iter().enumerate();
            let matched = all.filter(|(at, rule)| {
                let is_counted = counted.iter().any(|name| rule.header().is_called(name));
                is_counted && records.iter().any(|record| screener.matches(*at, record))
            });
            let names: Option<Vec<_>> = matched.map(|(_, rule)| named(rule.header())).collect();
            names.filter(|names| !names.is_empty()).ok_or_else(nameless)
        }
        Kind::Anomaly => Err(Complaint::bad_rule(
            alert.id.to_string(),
            "no rule has told it: it was unusual, and is no longer once it goes on",
        )
        .help("`--budget` says how many such alerts there may be in a week")),
        Kind::Watch => Err(Complaint::bad_rule(
            alert.id.to_string(),
            "no record tells it: the fleet noticed it by itself",
        )
        .help("mend what is missing, or set the parameter `Watchdog` to `off`")),
    }
}

/// What a correlation counts, and the correlations below it.
fn counted(id: &str, detector: &Detector) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut open = vec![id.to_owned()];
    while let Some(name) = open.pop() {
        let at = detector.rules().correlation_position(&name);
        let Some(correlation) = at.map(|at| &detector.rules().correlations()[at]) else {
            continue;
        };
        for reference in correlation.references() {
            if names.insert(reference.clone()) {
                open.push(reference.clone());
            }
        }
    }
    names
}

/// Whether the filter can be read back, and keeps back what it was made of.
fn check(detector: &Detector, records: &[Record<'_>]) -> Result<(), Complaint> {
    let filters = detector.rules().filters();
    let filter = filters
        .iter()
        .find(|filter| &*filter.location().file == NAME);
    let holds = filter.is_some_and(|filter| records.iter().all(|record| filter.suppresses(record)));
    holds.then_some(()).ok_or_else(|| {
        Complaint::bad_rule(
            NAME,
            "the events have nothing in common that a filter may rest on",
        )
        .help("write the exclusion by hand: see docs/rules.md")
    })
}

/// What the proposal is called while it lies in no file.
pub(super) const NAME: &str = "the proposed exclusion";
