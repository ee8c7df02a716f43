//! Plans what to do about findings, and does what it may.
//!
//! Trigger: the `findings` topic by way of SQS; and people, who invoke it to approve plans and take them back.

use aws::batch::Call;
use aws::boot::{self, Boot};
use aws::metrics::Tally;
use aws::settings;
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::value::RawValue;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let boot = Boot::new();
    let door = boot.responses(boot::settings(settings::for_responses)?);
    let (boot, door) = (&boot, &door);
    let handle = |event: LambdaEvent<Box<RawValue>>| async move {
        let mut tally = Tally::default();
        let call = Call::of(event.payload.get());
        let answer = door.handle(&call, Timestamp::now(), &mut tally).await;
        tally.emit(&boot.function);
        Ok::<_, Error>(answer)
    };
    run(service_fn(handle)).await
}
