//! Who stands behind the session of an alert, for whoever reads of it.
//!
//! Judging follows sessions to whoever began them and remembers what it has learnt; here that is looked up. What
//! is not known is left out: it decides nothing.

use detect::alert::Alert;
use detect::correlation::{Beginning, StoredActor};

use crate::PipelineError;
use crate::memo::{Memo, actor_key};
use crate::ports::StateStore;

/// The key of the principal behind the session that `alert` is about, and through how many sessions; `None` if
/// it is about no session, or its beginning was not seen.
///
/// # Errors
/// [`PipelineError`] if the state fails us.
pub(super) async fn of(
    states: &impl StateStore,
    alert: &Alert,
) -> Result<Option<(String, usize)>, PipelineError> {
    let Some(mut way) = Beginning::of(&alert.principal) else {
        return Ok(None);
    };
    let mut memo = Memo::default();
    while let Some(name) = way.wanted() {
        let key = actor_key(&name);
        memo.recall(states, std::iter::once(key.clone())).await?;
        way.go_on(memo.get::<StoredActor>(&key)?.as_ref());
    }
    Ok(way.found())
}
