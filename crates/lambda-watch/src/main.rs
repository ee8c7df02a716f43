//! Looks whether all that should arrive arrives.
//!
//! Trigger: schedules of EventBridge, which name the tasks; and people, by invoking it.

use function::deadline::Deadline;
use function::log;
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use lambda_watch::settings;
use lambda_watch::watchdog::Watchdog;
use serde_json::value::RawValue;
use watch::task;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    log::begin();
    let name = log::function();
    let settings = log::settings(settings::for_watching)?;
    let watchdog = Watchdog::new(cloud::Cloud::of(&cloud::environment), settings);
    let (name, watchdog) = (&name, &watchdog);
    let handle = |event: LambdaEvent<Box<RawValue>>| async move {
        let tasks = task::asked(event.payload.get())?;
        let deadline = Deadline::at(event.context.deadline);
        let round = watchdog.round(&tasks, Timestamp::now(), deadline).await;
        round.emit(name, Timestamp::now());
        Ok::<_, Error>(round.told())
    };
    run(service_fn(handle)).await
}
