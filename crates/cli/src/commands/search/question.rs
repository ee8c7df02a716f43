//! From the flags to one query.

use catalog::{Verdict, is_record_field};
use jiff::Timestamp;
use query::{Expr, Query};

use super::args::SearchArgs;
use crate::complaint::Complaint;
use crate::terminal::Terminal;

/// What the flags ask for, all of it.
///
/// # Errors
/// A [`Complaint`] with the place in the query.
pub(super) fn query(args: &SearchArgs, now: Timestamp) -> Result<Query, Complaint> {
    let mut query = Query::everything();
    for text in &args.filter {
        let part = Query::parse(text, now).map_err(|error| {
            Complaint::bad_call("--where", error)
                .help("`trailhound search --help` shows the operators, docs/search.md all of the language")
        })?;
        query = query.and(part);
    }
    for (texts, of) in [
        (&args.principal, Query::principal as fn(&str) -> Query),
        (&args.key, Query::key),
        (&args.resource, Query::resource),
        (&args.event, Query::event),
    ] {
        query = query.and(either(texts.iter().map(|text| of(text))));
    }
    let addresses: Result<Vec<_>, _> = args.ip.iter().map(|text| address(text)).collect();
    Ok(query.and(either(addresses?.into_iter())))
}

/// Calls from an address or network, as typed.
///
/// # Errors
/// A [`Complaint`] if it is neither.
pub(in crate::commands) fn address(text: &str) -> Result<Query, Complaint> {
    Query::address(text).ok_or_else(|| {
        Complaint::bad_call(
            "--ip",
            format!("`{text}` is neither an address nor a network"),
        )
        .help("write 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32")
    })
}

/// One of these; of none at all, everything.
fn either(parts: impl ExactSizeIterator<Item = Query>) -> Query {
    if parts.len() == 0 {
        return Query::everything();
    }
    Query::of(Expr::Any(parts.map(|part| part.expr().clone()).collect()))
}

/// Warns of fields that no record has: the answer would be empty, and look like one.
pub(super) fn warn_of_fields(args: &SearchArgs, query: &Query, terminal: Terminal) {
    let mut fields = query.fields();
    let shown = args.count_by.iter().chain(&args.unique).chain(&args.fields);
    fields.extend(shown.map(String::as_str));
    fields.sort_unstable();
    fields.dedup();
    for field in fields {
        if let Verdict::Unknown { suggestion } = is_record_field(field) {
            let hint = suggestion.map(|known| format!("; did you mean `{known}`?"));
            terminal.warn(format_args!(
                "no record has a field `{}`{}",
                detect::render::name(field),
                hint.unwrap_or_default()
            ));
        }
    }
}
