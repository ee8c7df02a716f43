//! Judges every CloudTrail log file that lands in the trail's bucket.
//!
//! Trigger: S3 `ObjectCreated` by way of SQS, so that a file that fails comes back alone.

use aws::batch::Call;
use aws::boot::{self, Boot};
use aws::deadline::Deadline;
use aws::metrics::Tally;
use aws::settings;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::value::RawValue;
use tokio::sync::Mutex;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let boot = Boot::new();
    let door = Mutex::new(boot.log_files(boot::settings(settings::for_log_files)?));
    let (boot, door) = (&boot, &door);
    let handle = |event: LambdaEvent<Box<RawValue>>| async move {
        let mut tally = Tally::default();
        let call = Call::of(event.payload.get());
        let deadline = Deadline::at(event.context.deadline);
        let response = door.lock().await.handle(&call, deadline, &mut tally).await;
        tally.emit(&boot.function);
        tracing::info!(
            files = tally.sum("LogFiles"),
            records = tally.counts().read,
            judged = tally.counts().judged,
            published = tally.sum("AlertsPublished"),
            "batch"
        );
        response.map_err(Error::from)
    };
    run(service_fn(handle)).await
}
