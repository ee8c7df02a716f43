//! What CloudTrail itself can be asked: its public keys.

use aws_sdk_cloudtrail::Client;
use aws_sdk_cloudtrail::primitives::DateTime;
use jiff::Timestamp;

use super::{Account, AskError};

/// A key with which CloudTrail has signed digests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// What digests call it.
    pub fingerprint: String,
    /// RSA, PKCS #1, DER.
    pub der: Vec<u8>,
}

impl Account {
    /// The keys with which digests of a region were signed in this time.
    ///
    /// # Errors
    /// [`AskError`] if CloudTrail does not say.
    pub fn public_keys(
        &self,
        region: &str,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<PublicKey>, AskError> {
        let client = self.cloudtrail(region);
        let mut keys = Vec::new();
        let mut token = None;
        loop {
            let request = client
                .list_public_keys()
                .start_time(DateTime::from_secs(from.as_second()))
                .end_time(DateTime::from_secs(to.as_second()))
                .set_next_token(token);
            let page = self
                .wait(request.send())
                .map_err(|error| AskError::of("cloudtrail:ListPublicKeys", error))?;
            for key in page.public_key_list.unwrap_or_default() {
                if let (Some(fingerprint), Some(der)) = (key.fingerprint, key.value) {
                    keys.push(PublicKey {
                        fingerprint,
                        der: der.into_inner(),
                    });
                }
            }
            token = page.next_token.filter(|token| !token.is_empty());
            if token.is_none() {
                return Ok(keys);
            }
        }
    }

    pub(super) fn cloudtrail(&self, region: &str) -> Client {
        Client::new(&self.sdk("CLOUDTRAIL", region))
    }
}
