//! What the rules want recorded, by the events of their tests.

use std::path::PathBuf;

use checkup::needs::{Call, Need, wanted};
use sigma::{Rule, RuleTest};

use crate::diagnosis;
use crate::exit::Exit;
use crate::rulebook::Rulebook;
use crate::terminal::Terminal;

/// The built-in rules and those in `paths` that want something special, and how the run ends at best:
/// what is wrong with rules has been told.
pub(super) fn needs(paths: &[PathBuf], terminal: Terminal) -> (Vec<Need>, Exit) {
    let book = Rulebook::builtin().with(paths);
    let loaded = book.load();
    terminal.complain_all(&book.complaints);
    let errors = diagnosis::tell_problems(&loaded.problems, terminal);
    let is_bad = errors > 0 || !book.complaints.is_empty();
    let needs = loaded.rules.rules().iter().filter_map(need).collect();
    (needs, if is_bad { Exit::BadRule } else { Exit::Quiet })
}

fn need(rule: &Rule) -> Option<Need> {
    let events = rule
        .tests()
        .iter()
        .filter(|test| test.expects_match())
        .map(RuleTest::event);
    let calls: Option<Vec<Call<'_>>> = events
        .map(|event| {
            Some(Call {
                source: event["eventSource"].as_str()?,
                name: event["eventName"].as_str()?,
                read_only: event["readOnly"].as_bool(),
            })
        })
        .collect();
    Some(Need {
        title: rule.title().to_owned(),
        wanted: wanted(&calls?)?,
    })
}
