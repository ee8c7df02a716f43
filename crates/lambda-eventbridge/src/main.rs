//! Judges single CloudTrail records, moments after the call.
//!
//! Trigger: EventBridge rules for `… via CloudTrail`, also of other regions and accounts, by way of SQS, so
//! that an event that fails comes back alone; or without SQS, as one event.

use aws::batch::{self, Call};
use aws::boot::{self, Boot};
use aws::metrics::Tally;
use aws::settings;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::value::RawValue;
use tokio::sync::Mutex;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let boot = Boot::new();
    let door = Mutex::new(boot.events(boot::settings(settings::for_events)?));
    let (boot, door) = (&boot, &door);
    let handle = |event: LambdaEvent<Box<RawValue>>| async move {
        let mut tally = Tally::default();
        let call = Call::of(event.payload.get());
        let mut door = door.lock().await;
        let response =
            batch::each_message(&call, async |event| door.handle(event, &mut tally).await).await;
        tally.emit(&boot.function);
        tracing::info!(
            records = tally.counts().read,
            judged = tally.counts().judged,
            published = tally.sum("AlertsPublished"),
            "batch"
        );
        response.map_err(Error::from)
    };
    run(service_fn(handle)).await
}
