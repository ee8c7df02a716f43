//! The fleet's responder, asked by an invocation of its function.
//!
//! Nothing is changed in the account by us: what the responder does at our word, it does by its own rights and
//! rules, and it knows by a request that we have signed whose word it is.

use cloud::Cloud;
use cloud::signed::{Call, CallError, Caller, Service};
use response::door::{PURPOSE, Reply, Request, Wish};
use serde_json::json;

use super::{Account, AskError};

/// What is asked, as an IAM action.
const INVOKE: &str = "lambda:InvokeFunction";

/// The function has failed.
#[derive(Debug, thiserror::Error)]
#[error("the function failed: {0}")]
struct FunctionFailed(String);

impl Account {
    /// Tells the responder whose function has this name what is wanted.
    ///
    /// # Errors
    /// [`AskError`] if it does not answer; that it says no is an answer.
    pub fn wish(&self, function: &str, wish: &Wish) -> Result<Reply, AskError> {
        let caller = Caller::new(Cloud::of(&cloud::environment));
        let proof = match wish.purpose() {
            Some(purpose) => {
                let me = Call::query(
                    Service::STS,
                    &self.region,
                    "2011-06-15",
                    "GetCallerIdentity",
                    [],
                )
                .with_header(PURPOSE, &purpose);
                caller.sealed(&me).map_err(unanswered)?
            }
            None => Vec::new(),
        };
        let request = json!(Request {
            wish: wish.clone(),
            proof,
        });
        let path = format!("/2015-03-31/functions/{function}/invocations");
        let call = Call::rest(Service::LAMBDA, &self.region, &path, &request);
        let answer = self.wait(caller.call(&call)).map_err(unanswered)?;
        if let Some(fault) = answer.fault() {
            let said = fault.to_string();
            return Err(AskError::of_code(
                INVOKE,
                &fault.code,
                fault.message,
                said.into(),
            ));
        }
        let failed = |text: String| AskError::Failed {
            what: INVOKE,
            cause: FunctionFailed(text).into(),
        };
        if answer.header("x-amz-function-error").is_some() {
            return Err(failed(answer.text()));
        }
        serde_json::from_slice(&answer.body).map_err(|error| failed(error.to_string()))
    }
}

fn unanswered(error: CallError) -> AskError {
    AskError::Failed {
        what: INVOKE,
        cause: error.into(),
    }
}
