//! `trailhound timeline`, `summary` and `case`: what somebody did, told in order.
//!
//! Two readings. The first judges everything and notes which key handed out which; then it is known who
//! belongs to the story. The second gathers what they did.

mod case;
mod first;
mod second;
mod summary;
mod timeline;

use std::path::PathBuf;

pub use self::case::CaseArgs;
pub use self::summary::SummaryArgs;
pub use self::timeline::TimelineArgs;
pub use self::{case::run as run_case, summary::run as run_summary, timeline::run as run_timeline};
use crate::complaint::Complaint;
use crate::inputs::Inputs;
use crate::terminal::Terminal;

/// The log files at `paths`, which are read twice.
///
/// # Errors
/// A [`Complaint`] for standard input, which can be read once.
fn inputs(paths: &[PathBuf], terminal: Terminal) -> Result<Inputs, Complaint> {
    if paths.iter().any(|path| path.as_os_str() == "-") {
        return Err(
            Complaint::bad_call("-", "the logs are read twice, standard input only once")
                .help("save them to a file first"),
        );
    }
    let inputs = Inputs::find(paths, None, terminal.is_watched());
    terminal.complain_all(&inputs.complaints);
    Ok(inputs)
}
