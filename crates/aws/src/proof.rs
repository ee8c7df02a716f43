//! Who invokes us: what STS says of a request that the invoker has signed, over what is wanted.
//!
//! Only headers come from outside; the address, the body and what the signature must cover are ours.

use cloud::signed::{CallError, Caller, Service, between};
use response::door::{PURPOSE, WHO_AM_I};

/// The headers that are passed on.
const PASSED_ON: [&str; 5] = [
    "authorization",
    "content-type",
    "x-amz-date",
    "x-amz-security-token",
    PURPOSE,
];

/// Why nobody is believed.
#[derive(Debug, thiserror::Error)]
pub enum NoProof {
    /// The request is not for this.
    #[error("the proof is not for this: it must be signed over `{0}`")]
    OtherPurpose(String),
    /// STS does not know who it is.
    #[error("STS does not accept the proof: {0}")]
    NotAccepted(String),
    /// It is somebody of another account.
    #[error("{0} is not of this account")]
    Outsider(String),
    /// STS does not answer.
    #[error("STS cannot be asked")]
    NotAsked(#[source] CallError),
}

/// Finds out who somebody is.
#[expect(
    async_fn_in_trait,
    reason = "the door is generic over its ports, no bound on them is missing"
)]
pub trait Prover {
    /// The ARN of whoever has signed these headers over `purpose`.
    ///
    /// # Errors
    /// [`NoProof`] if that is not certain.
    async fn who(&self, proof: &[(String, String)], purpose: &str) -> Result<String, NoProof>;
}

/// Asks STS.
#[derive(Debug)]
pub struct Sts {
    caller: Caller,
    account: String,
}

impl Sts {
    /// Believes people of this account.
    #[must_use]
    pub fn new(caller: Caller, account: String) -> Self {
        Self { caller, account }
    }
}

impl Prover for Sts {
    async fn who(&self, proof: &[(String, String)], purpose: &str) -> Result<String, NoProof> {
        let headers = fit(proof, purpose).ok_or(NoProof::OtherPurpose(purpose.to_owned()))?;
        let address = self.caller.address(Service::STS);
        let address = format!("{}/", address.trim_end_matches('/'));
        let answer = self.caller.post(&address, &headers, WHO_AM_I.as_bytes());
        let answer = answer.await.map_err(NoProof::NotAsked)?;
        let text = answer.text();
        let arn = between(&text, "Arn").filter(|_| answer.is_success());
        let Some(arn) = arn else {
            let fault = answer.fault().unwrap_or_default();
            return Err(NoProof::NotAccepted(fault.to_string()));
        };
        if arn.split(':').nth(4) != Some(&self.account) {
            return Err(NoProof::Outsider(arn.to_owned()));
        }
        Ok(arn.to_owned())
    }
}

/// The headers to be passed on, if they are signed over `purpose`.
fn fit<'p>(proof: &'p [(String, String)], purpose: &str) -> Option<Vec<(&'p str, &'p str)>> {
    let of = |name: &str| {
        let mut named = proof.iter().filter(|(known, _)| known == name);
        // Twice is once too often: which of them would be signed?
        let (_, value) = named.next()?;
        named.next().is_none().then_some(value.as_str())
    };
    let authorization = of("authorization")?;
    let (_, signed) = authorization.split_once("SignedHeaders=")?;
    let signed = signed.split(',').next()?;
    let covers = |name: &str| signed.trim().split(';').any(|one| one == name);
    let is_for_it = of(PURPOSE) == Some(purpose) && covers(PURPOSE) && covers("x-amz-date");
    let headers = PASSED_ON.iter().filter_map(|name| Some((*name, of(name)?)));
    is_for_it.then(|| headers.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_is_for_one_purpose() {
        let authorization = |signed: &str| {
            format!(
                "AWS4-HMAC-SHA256 Credential=A/20261122/eu-west-1/sts/aws4_request, SignedHeaders={signed}, Signature=0"
            )
        };
        let proof = |signed: &str, purpose: &str| {
            vec![
                ("authorization".to_owned(), authorization(signed)),
                ("host".to_owned(), "evil.example".to_owned()),
                ("x-amz-date".to_owned(), "20261122T140211Z".to_owned()),
                (PURPOSE.to_owned(), purpose.to_owned()),
            ]
        };
        let all = "host;x-amz-date;x-trailhound-request";
        let good = proof(all, "approve tr-1");
        let headers = fit(&good, "approve tr-1").unwrap();
        assert!(
            headers.iter().all(|(name, _)| *name != "host"),
            "where to is ours to say"
        );
        assert_eq!(fit(&good, "undo tr-1"), None);
        let loose = proof("host;x-amz-date", "approve tr-1");
        assert_eq!(
            fit(&loose, "approve tr-1"),
            None,
            "not signed over the purpose"
        );
        let mut twice = good.clone();
        twice.push((PURPOSE.to_owned(), "undo tr-1".to_owned()));
        assert_eq!(fit(&twice, "approve tr-1"), None);
        assert_eq!(fit(&[], "approve tr-1"), None);
    }
}
