//! How the responder acts: each call of a plan as one signed request.
//!
//! Source: IAM, EC2 and CloudTrail API references, *Making API requests*: the versions of the Query APIs, and what
//! names a call of CloudTrail.

use cloud::signed::{Call as Signed, CallError, Caller, Service as Place};
use response::call::{Call, Service};
use response::ports::{Hands, Refused};
use serde_json::{Map, Value};

use crate::words::chain;

/// Makes calls as the function's role.
#[derive(Debug)]
pub struct SignedHands {
    caller: Caller,
}

impl SignedHands {
    /// Acts as whom the caller signs for.
    #[must_use]
    pub fn new(caller: Caller) -> Self {
        Self { caller }
    }

    fn signed(&self, call: &Call) -> Signed {
        let region = match call.region.as_str() {
            "" => self.caller.region(),
            region => region,
        };
        let form = call.parameters.iter();
        let form = form.map(|(name, value)| (&**name, &**value));
        match call.service {
            Service::Iam => Signed::query(Place::IAM, region, "2010-05-08", &call.action, form),
            Service::Ec2 => Signed::query(Place::EC2, region, "2016-11-15", &call.action, form),
            Service::CloudTrail => {
                let target = "CloudTrail_20131101";
                let body: Map<_, _> = form
                    .map(|(name, value)| (name.to_owned(), Value::from(value)))
                    .collect();
                let target = format!("{target}.{}", call.action);
                Signed::json(Place::CLOUDTRAIL, region, &target, &Value::Object(body))
            }
        }
    }
}

impl Hands for SignedHands {
    async fn make(&self, call: &Call) -> Result<String, Refused> {
        let answer = self.caller.call(&self.signed(call)).await;
        // Whether it was done nobody knows: it is made again, which harms nobody.
        let unknown = |error: CallError| Refused::Later(chain(&error));
        let answer = answer.map_err(unknown)?;
        match answer.fault() {
            None => Ok(answer.text()),
            Some(fault) => {
                let refused = Refused::of(call.service, fault.status, &fault.code, &fault.message);
                tracing::warn!(call = call.action, refused = %refused, "a call was refused");
                Err(refused)
            }
        }
    }
}
