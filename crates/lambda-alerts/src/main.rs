//! Makes one readable mail of what the other functions have found, however often they say it.
//!
//! Trigger: the `findings` topic by way of SQS; and a clock, once a minute, for mails that wait.

use aws::batch::Call;
use aws::boot::{self, Boot};
use aws::deadline;
use aws::metrics::Tally;
use aws::settings;
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::value::RawValue;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let boot = Boot::new();
    let door = boot.findings(boot::settings(settings::for_mails)?);
    let (boot, door) = (&boot, &door);
    let handle = |event: LambdaEvent<Box<RawValue>>| async move {
        let mut tally = Tally::default();
        let call = Call::of(event.payload.get());
        let dead = deadline::surely_over(event.context.deadline);
        let response = door.handle(&call, Timestamp::now(), dead, &mut tally).await;
        tally.emit(&boot.function);
        tracing::info!(
            findings = tally.sum("FindingsIn"),
            mails = tally.sum("MailsSent"),
            waiting = tally.sum("AlertsWaiting"),
            "batch"
        );
        response.map_err(Error::from)
    };
    run(service_fn(handle)).await
}
