//! `trailhound doctor`: what is wrong with how an account records and watches itself.

mod page;
mod rules;
mod volume;

use std::collections::BTreeMap;
use std::path::PathBuf;

use checkup::{Finding, Setup};
use clap::{Args, ValueEnum};
use forecast::prices::Prices;
use jiff::Timestamp;
use sigma::Level;

use super::history::{partition_of, region};
use super::scan::level;
use crate::asking::{account, unanswered};
use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::numbers::things;
use crate::output::Output;
use crate::terminal::Terminal;

/// Arguments of `trailhound doctor`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct DoctorArgs {
    /// Inspect this region; may be given more than once. Without, all that an account has from the
    /// start
    #[arg(long, value_name = "REGION", value_parser = region, help_heading = "What is inspected")]
    pub region: Vec<String>,

    /// See who has subscribed to this topic too, such as that of the mails; may be given more than
    /// once
    #[arg(long, value_name = "ARN", value_parser = topic, help_heading = "What is inspected")]
    pub topic: Vec<String>,

    /// Forecast costs by these log files of the account
    #[arg(long, value_name = "PATH", help_heading = "What is inspected")]
    pub logs: Vec<PathBuf>,

    /// Think of the rules in this folder or file too, when it is said which can never match
    #[arg(long, value_name = "PATH", help_heading = "What is inspected")]
    pub rules: Vec<PathBuf>,

    /// How to write the findings
    #[arg(
        long,
        short,
        value_name = "FORMAT",
        default_value = "table",
        help_heading = "Output"
    )]
    pub format: Format,

    /// End with exit code 1 if there is a finding at or above this level
    #[arg(long, value_name = "LEVEL", value_parser = level(), help_heading = "Output")]
    pub fail_on: Option<Level>,

    /// Print the IAM policy that the inspection needs, and ask nothing
    #[arg(long)]
    pub policy: bool,
}

/// How findings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people, the worst first
    Table,
    /// One JSON object, schema trailhound.doctor/1
    Json,
}

const EXAMPLES: &str = "\
Examples:
  $ trailhound doctor
  $ trailhound doctor --region eu-west-1 --topic arn:aws:sns:eu-west-1:111122223333:trailhound-mail
  $ trailhound doctor --logs ~/logs --format json
  $ trailhound doctor --policy > policy.json";

/// What `--help` says before the flags.
pub const LONG: &str = "\
Say what is wrong with how an account records and watches itself, and how to mend it

Asks, and changes nothing: trails and what they record, whether they deliver in each region, their
buckets, what becomes of log files in time, keys, rules of EventBridge in each region, and who has
subscribed. Each finding says what is wrong, why it matters, and which command mends it; what you
must fill in stands in <angle brackets>. With --logs it says what things would cost a month.
Credentials come from the environment; --policy prints what they must be allowed.

Exit codes: 0 all was asked; 1 findings at or above --fail-on; 2 a rule could not be used; 3 bad call;
4 something could not be asked, or nothing.";

fn topic(text: &str) -> Result<String, String> {
    let is_topic = text.starts_with("arn:") && text.split(':').nth(2) == Some("sns");
    if is_topic && text.split(':').count() == 6 {
        return Ok(text.to_owned());
    }
    Err("write the ARN of an SNS topic".to_owned())
}

/// Inspects the account.
///
/// # Errors
/// If nobody can be asked, or nothing can be written.
pub fn run(args: &DoctorArgs, terminal: Terminal) -> Result<Exit, Complaint> {
    let output = Output::open(None, terminal)?;
    if args.policy {
        output.write(|out| out.write_all(checkup::policy::document().as_bytes()))?;
        return Ok(Exit::Quiet);
    }
    let (volume, complaints) = volume::of(&args.logs);
    terminal.complain_all(&complaints);
    let setup = ask(args)?;
    let (needs, exit) = if checkup::needs::matter(&setup) {
        rules::needs(&args.rules, terminal)
    } else {
        (Vec::new(), Exit::Quiet)
    };
    let now = Timestamp::now();
    let findings = checkup::check(&setup, &needs, volume.as_ref(), &Prices::built_in(), now);
    output.write(|out| match args.format {
        Format::Table => {
            page::table(&findings, terminal.width(), out)?;
            page::deliveries(&setup, now, terminal.width(), out)
        }
        Format::Json => page::json(&setup, &findings, out),
    })?;
    let unasked = unasked(&setup);
    terminal.complain_all(&unasked);
    if !terminal.is_quiet() {
        terminal.say(summary(&setup, &findings));
    }
    let fails = args
        .fail_on
        .is_some_and(|bar| findings.iter().any(|finding| finding.level >= bar));
    let exits = complaints.iter().chain(&unasked).map(Complaint::exit);
    let exit = exit.max(if fails { Exit::Alerts } else { Exit::Quiet });
    Ok(exits.fold(exit, Exit::max))
}

fn ask(args: &DoctorArgs) -> Result<Setup, Complaint> {
    let account = account().map_err(|error| unanswered("doctor", &error))?;
    let regions: Vec<String> = if args.region.is_empty() {
        partition_of(account.region())
            .iter()
            .map(ToString::to_string)
            .collect()
    } else {
        args.region.clone()
    };
    let setup = account
        .setup(&regions, &args.topic)
        .map_err(|error| unanswered("doctor", &error))?;
    let global = partition_of(account.region()).first();
    Ok(Setup {
        global: global.copied().unwrap_or_default().to_owned(),
        ..setup
    })
}

/// What could not be asked, each question once.
fn unasked(setup: &Setup) -> Vec<Complaint> {
    let mut places: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for one in &setup.unasked {
        places
            .entry((&one.action, &one.why))
            .or_default()
            .push(&one.place);
    }
    places
        .into_iter()
        .map(|((action, why), places)| {
            Complaint::unreadable(action, format!("{}: {why}", places.join(", ")))
                .help("`trailhound doctor --policy` prints what must be allowed")
        })
        .collect()
}

fn summary(setup: &Setup, findings: &[Finding]) -> String {
    let mut levels: BTreeMap<Level, u64> = BTreeMap::new();
    for finding in findings {
        *levels.entry(finding.level).or_default() += 1;
    }
    let levels: Vec<_> = levels
        .iter()
        .rev()
        .map(|(level, count)| format!("{count} {level}"))
        .collect();
    let levels = if levels.is_empty() {
        String::new()
    } else {
        format!(" ({})", levels.join(", "))
    };
    format!(
        "Asked account {} in {}: {}, {}\nFindings: {}{levels}",
        setup.account,
        things(setup.regions.len() as u64, "region"),
        things(setup.trails.len() as u64, "trail"),
        things(setup.buckets.len() as u64, "bucket"),
        findings.len(),
    )
}
