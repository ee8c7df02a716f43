//! `trailhound respond`: what a person says to the fleet's responder.

mod args;
mod page;

use jiff::Timestamp;
use response::door::{Reply, Wish};

use detect::language::Language;

use self::args::{Format, RespondCommand};
pub use self::args::{LONG, RespondArgs};
use crate::asking::{account, unanswered};
use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::output::Output;
use crate::terminal::Terminal;

/// Says it, and shows what is answered.
///
/// # Errors
/// If the responder cannot be asked, or says no.
pub fn run(args: &RespondArgs, language: Language, terminal: Terminal) -> Result<Exit, Complaint> {
    let (wish, format) = match &args.command {
        RespondCommand::List(list) => (Wish::List, list.format),
        RespondCommand::Show(show) => (
            Wish::Show {
                plan: show.plan.clone(),
            },
            show.format,
        ),
        RespondCommand::Approve(one) => (
            Wish::Approve {
                plan: one.plan.clone(),
            },
            Format::Table,
        ),
        RespondCommand::Reject(one) => (
            Wish::Reject {
                plan: one.plan.clone(),
            },
            Format::Table,
        ),
        RespondCommand::Undo(one) => (
            Wish::Undo {
                plan: one.plan.clone(),
            },
            Format::Table,
        ),
        RespondCommand::Stop(stop) => (
            Wish::Stop {
                reason: stop.reason.clone(),
            },
            Format::Table,
        ),
        RespondCommand::Start(_) => (Wish::Start, Format::Table),
    };
    let reply = ask(&args.function, &wish)?;
    let output = Output::open(None, terminal)?;
    let now = Timestamp::now();
    output.write(|out| match format {
        Format::Table => page::table(&reply, &wish, language, now, terminal.width(), out),
        Format::Json => page::json(&reply, out),
    })?;
    if let (Wish::List, Some(switch), false) = (&wish, &reply.switch, terminal.is_quiet()) {
        terminal.say(page::state(&reply, switch));
    }
    Ok(Exit::Quiet)
}

fn ask(function: &str, wish: &Wish) -> Result<Reply, Complaint> {
    let at = format!("respond, function {function}");
    let account = account().map_err(|error| unanswered(&at, &error))?;
    let reply = account
        .wish(function, wish)
        .map_err(|error| unanswered(&at, &error))?;
    match &reply.problem {
        None => Ok(reply),
        Some(problem) => Err(Complaint::bad_call(at, problem)
            .help("`trailhound respond list` shows the plans and where they stand")),
    }
}
