//! Whatever can be built once is built here, when the function starts.

use cloud::signed::Caller;
use cloud::{Cloud, sdk};
use function::state_table::StateTable;

use crate::carrier::Web;
use crate::door::Door;
use crate::office::Office;
use crate::queue::SqsQueue;
use crate::settings::ForDelivery;
use crate::source::SecretRooms;

/// The door of `lambda-delivery`.
#[must_use]
pub fn door(cloud: Cloud, settings: ForDelivery) -> Door<StateTable, SecretRooms, Web, SqsQueue> {
    let sdk = sdk(&cloud);
    let table = StateTable::new(aws_sdk_dynamodb::Client::new(&sdk), settings.state_table);
    let caller = Caller::new(cloud);
    let source = SecretRooms::new(caller.clone(), settings.rooms_secret);
    let carrier = Web::new(caller, settings.ses_from);
    let client = aws_sdk_sqs::Client::new(&sdk);
    let queue = SqsQueue::new(client, settings.queue, settings.dead_letters);
    Door::new(Office::new(table, source, carrier, queue))
}
