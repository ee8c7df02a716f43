//! Brings what was mailed to chat rooms, and to people as HTML mail.
//!
//! Trigger: the `delivery` topic, to which `lambda-alerts` hands over each mail, by way of SQS.

use cloud::{Cloud, environment};
use delivery::{boot, settings};
use function::batch::Call;
use function::{deadline, log};
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::value::RawValue;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    log::begin();
    let name = log::function();
    let settings = log::settings(settings::for_delivery)?;
    let door = boot::door(Cloud::of(&environment), settings);
    door.open(Timestamp::now()).await;
    let (name, door) = (&name, &door);
    let handle = |event: LambdaEvent<Box<RawValue>>| async move {
        let call = Call::of(event.payload.get());
        let dead = deadline::surely_over(event.context.deadline);
        let (response, tally) = door.handle(&call, Timestamp::now(), dead).await;
        tally.emit(name, Timestamp::now());
        Ok::<_, Error>(response)
    };
    run(service_fn(handle)).await
}
