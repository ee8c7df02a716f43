//! Arguments as typed made into a plan: everything looked up and opened, before any work is done.

use std::mem::ManuallyDrop;
use std::path::PathBuf;

use detect::Detector;
use detect::language::Language;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use sigma::Level;

use super::args::{Format, ScanArgs};
use crate::baseline_file::Habits;
use crate::complaint::Complaint;
use crate::diagnosis;
use crate::exit::Exit;
use crate::inputs::Inputs;
use crate::output::Output;
use crate::rulebook::{self, Rulebook};
use crate::state_file::StateFile;
use crate::terminal::Terminal;
use crate::when::TimeRange;

/// A scan, ready to run.
#[derive(Debug)]
pub(super) struct Plan {
    /// What to read.
    pub(super) inputs: Inputs,
    /// What to judge it by.
    /// Never dropped: the program ends with the scan, and to free hundreds of rules one by one is a tenth
    /// of a short one.
    pub(super) detector: ManuallyDrop<Detector>,
    /// Which records are judged.
    pub(super) range: TimeRange,
    /// How many threads read.
    pub(super) threads: usize,
    /// Whether to show progress.
    pub(super) progress: bool,
    /// The lowest level that makes the run end with a code of its own.
    pub(super) fail_on: Option<Level>,
    /// How alerts are written.
    pub(super) format: Format,
    /// In which language.
    pub(super) language: Language,
    /// Where to.
    pub(super) output: Output,
    /// The lowest level that is told.
    pub(super) level: Level,
    /// What is usual for whom, if that is asked.
    pub(super) habits: Option<Habits>,
    /// What earlier runs have told.
    pub(super) state: Option<StateFile>,
    /// How the run ends if all goes well from here on: what is wrong so far has been told.
    pub(super) exit: Exit,
}

impl Plan {
    /// Looks up what `args` name, and tells of whatever is wrong with it.
    ///
    /// # Errors
    /// A [`Complaint`] if the scan would make no sense: nothing to read, no rules, no place to write.
    pub(super) fn of(
        args: &ScanArgs,
        language: Language,
        terminal: Terminal,
    ) -> Result<Self, Complaint> {
        let now = Timestamp::now();
        let range = TimeRange::of(args.since, args.until, now)?;
        let output = Output::open(args.output.as_deref(), terminal)?;
        let (detector, rules_exit) = Choice::of(args).detector(now, terminal)?;
        let state = args.state.as_deref().map(StateFile::open).transpose()?;
        let habits = habits(args)?;
        let since = args.since.map(|_| range.since);
        let progress = terminal.is_watched() && !args.no_progress;
        let inputs = Inputs::find(&args.paths, since, progress);
        terminal.complain_all(&inputs.complaints);
        let inputs_exit = inputs
            .complaints
            .iter()
            .map(Complaint::exit)
            .max()
            .unwrap_or_default();
        Ok(Self {
            threads: inputs.threads(args.threads),
            inputs,
            detector: ManuallyDrop::new(detector.from_level(args.level)),
            range,
            progress,
            fail_on: args.fail_on,
            format: args.format,
            language,
            output,
            level: args.level,
            habits,
            state,
            exit: rules_exit.max(inputs_exit),
        })
    }
}

fn habits(args: &ScanArgs) -> Result<Option<Habits>, Complaint> {
    if !args.behaviour && args.baseline.is_none() {
        return match args.geo.first() {
            Some(_) => Err(Complaint::bad_call(
                "--geo",
                "addresses are placed only where behaviour is judged",
            )
            .help("add --behaviour or --baseline FILE")),
            None => Ok(None),
        };
    }
    Habits::open(args.baseline.as_deref(), args.budget, &args.geo).map(Some)
}

/// Which rules to judge by.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::commands) struct Choice<'a> {
    /// Files and folders of rules, beside the built-in ones.
    pub(in crate::commands) rules: &'a [PathBuf],
    /// Whether to leave the built-in ones out.
    pub(in crate::commands) no_builtin: bool,
    /// Ready exclusions to switch on.
    pub(in crate::commands) exclude: &'a [String],
    /// Whether to judge each record by itself only.
    pub(in crate::commands) no_correlation: bool,
    /// A filter that lies in no file yet, with what it is called. What is wrong with the others was told
    /// when they were loaded without it.
    pub(in crate::commands) proposed: Option<(&'a str, &'a str)>,
}

impl<'a> Choice<'a> {
    fn of(args: &'a ScanArgs) -> Self {
        Self {
            rules: &args.rules,
            no_builtin: args.no_builtin,
            exclude: &args.exclude,
            no_correlation: args.no_correlation,
            proposed: None,
        }
    }

    /// The rules, with what is wrong with some of them told; the others work.
    ///
    /// # Errors
    /// A [`Complaint`] if there are none.
    pub(in crate::commands) fn detector(
        self,
        now: Timestamp,
        terminal: Terminal,
    ) -> Result<(Detector, Exit), Complaint> {
        let builtin = if self.no_builtin {
            Rulebook::default()
        } else {
            Rulebook::for_judging()
        };
        let mut book = builtin.with(self.rules).excluding(self.exclude);
        if let Some((name, text)) = self.proposed {
            book = book.and(name, text);
        }
        let mut loaded = book.load();
        let tells = self.proposed.is_none();
        let mut errors = 0;
        if tells {
            terminal.complain_all(&book.complaints);
            errors = diagnosis::tell_problems(&loaded.problems, terminal);
        }
        let ended = loaded.rules.set_today(now.to_zoned(TimeZone::UTC).date());
        for filter in ended.into_iter().filter(|_| tells) {
            terminal.warn(format_args!(
                "{}: the filter `{}` has ended and suppresses nothing",
                filter.location(),
                filter.title()
            ));
        }
        if loaded.rules.rules().is_empty() {
            return Err(
                Complaint::bad_rule("--rules", "there is no rule to judge by")
                    .help("mend the rules, name others, or leave --no-builtin out"),
            );
        }
        let rules = if self.no_correlation {
            loaded.rules.singles()
        } else {
            loaded.rules
        };
        let (detector, problems) = Detector::with_blocks(rules, rulebook::block);
        for problem in problems.iter().filter(|_| tells) {
            terminal.warn(problem);
        }
        let bad = !book.complaints.is_empty() || errors > 0 || !problems.is_empty();
        Ok((detector, if bad { Exit::BadRule } else { Exit::Quiet }))
    }
}
