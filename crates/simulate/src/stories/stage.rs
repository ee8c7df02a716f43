//! The stage on which stories are played: a clock, and the records made so far.

use crate::clock::Second;
use crate::record::{self, Call, Caller, Deed};
use crate::rng::{Rng, number_of};

/// Keeps story ids apart from everyday ones.
const STORIES: u64 = 0x5704;

/// One record of a story, ready to be delivered.
#[derive(Debug, Clone)]
pub(crate) struct Scene {
    pub(crate) at: Second,
    pub(crate) account: &'static str,
    pub(crate) region: &'static str,
    pub(crate) event_id: String,
    pub(crate) text: Vec<u8>,
}

/// A story being told.
#[derive(Debug)]
pub(super) struct Stage {
    story: u64,
    now: Second,
    scenes: Vec<Scene>,
}

impl Stage {
    pub(super) fn new(story: &str, start: Second) -> Self {
        Self {
            story: number_of(story),
            now: start,
            scenes: Vec::new(),
        }
    }

    /// The time of the last call.
    pub(super) fn now(&self) -> Second {
        self.now
    }

    /// `seconds` after the call before, `caller` makes a call.
    pub(super) fn act(
        &mut self,
        seconds: Second,
        caller: &Caller,
        region: &'static str,
        call: &Call,
    ) {
        self.act_on(seconds, caller, region, call, "");
    }

    /// The same, about `item`: the call's `$item`.
    pub(super) fn act_on(
        &mut self,
        seconds: Second,
        caller: &Caller,
        region: &'static str,
        call: &Call,
        item: &str,
    ) {
        self.now += seconds;
        let rng = Rng::about(STORIES, &[self.story, self.scenes.len() as u64]);
        let event_id = record::event_id(&mut rng.clone());
        let deed = Deed::new(call, caller, self.now, region).about(item);
        let mut text = Vec::new();
        record::write(&mut text, &deed, rng);
        let (account, region) = (caller.account, deed.filed_in());
        self.scenes.push(Scene {
            at: self.now,
            account,
            region,
            event_id,
            text,
        });
    }

    pub(super) fn into_scenes(self) -> Vec<Scene> {
        self.scenes
    }
}
