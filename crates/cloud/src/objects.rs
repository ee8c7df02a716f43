//! Objects of S3, read as they arrive.
//!
//! One call is all that the fleet makes of S3. The client for it brings every checksum that S3 may ever be asked
//! for, with twenty tables of 32 KB: an eighth of the function that reads log files.
//!
//! Source: S3 API reference, *GetObject*; S3 user guide, *Virtual hosting of general purpose buckets*.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::byte_stream::ByteStream;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::signed::{Call, CallError, Caller, Fault, Service, whole};
use crate::{ANSWER, NotDone, Patience};

/// What is written otherwise in a key: all but letters, digits, `-._~`, and the slashes between its parts.
const IN_KEYS: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// Which object, and from where.
#[derive(Debug, Clone, Copy)]
pub struct Request<'r> {
    /// The bucket's name.
    pub bucket: &'r str,
    /// The key, decoded.
    pub key: &'r str,
    /// Which version of it; the newest if none.
    pub version: Option<&'r str>,
    /// The first byte that is wanted.
    pub from: u64,
    /// Only if it is still this one.
    pub etag: Option<&'r str>,
}

/// An object that is being read.
#[derive(Debug)]
pub struct Object {
    /// How many bytes are to come, if S3 says so.
    pub size: Option<u64>,
    /// Which state of the object it is.
    pub etag: Option<String>,
    body: ByteStream,
}

impl Object {
    /// The bytes that have arrived next; none at the end.
    ///
    /// # Errors
    /// [`CallError`] if the connection breaks, or nothing arrives for ten seconds.
    pub async fn next(&mut self) -> Option<Result<Vec<u8>, CallError>> {
        match tokio::time::timeout(ANSWER, self.body.next()).await {
            Err(_) => Some(Err(CallError::TooSlow)),
            Ok(None) => None,
            Ok(Some(piece)) => Some(match piece {
                Ok(bytes) => Ok(bytes.to_vec()),
                Err(_) => Err(CallError::Unreachable),
            }),
        }
    }
}

/// The objects that we may read.
#[derive(Debug, Clone)]
pub struct Objects {
    caller: Caller,
}

impl Objects {
    /// Reads as whom `caller` calls, in its region.
    #[must_use]
    pub fn new(caller: Caller) -> Self {
        Self { caller }
    }

    /// Begins to read an object. What passes by itself is tried again, four times in all.
    ///
    /// # Errors
    /// [`NotDone`] as S3 or the network has it.
    pub async fn get(&self, request: Request<'_>) -> Result<Object, NotDone> {
        let call = self.call(request);
        // Whoever does not begin where we have said would make us read what we have read.
        let wanted = if request.from > 0 { 206 } else { 200 };
        let mut patience = Patience::default();
        loop {
            let settled = self.once(&call, wanted).await;
            if !patience.lasts(&settled).await {
                return settled;
            }
        }
    }

    async fn once(&self, call: &Call, wanted: u16) -> Result<Object, NotDone> {
        let response = self.caller.open(call, ANSWER).await?;
        if response.status().as_u16() == wanted {
            return Ok(object(response));
        }
        let answer = tokio::time::timeout(ANSWER, whole(response)).await;
        let answer = answer.map_err(|_| CallError::TooSlow)??;
        Err(NotDone::Refused(answer.fault().unwrap_or(Fault {
            status: answer.status,
            code: "NotTheRange".to_owned(),
            message: "the answer is not the part that was asked for".to_owned(),
        })))
    }

    fn call(&self, request: Request<'_>) -> Call {
        let path = format!("/{}", utf8_percent_encode(request.key, IN_KEYS));
        let version = request.version.map(|version| ("versionId", version));
        let mut call =
            Call::get(Service::S3, self.caller.region(), &path, version).in_bucket(request.bucket);
        if request.from > 0 {
            call = call.with_header("range", &format!("bytes={}-", request.from));
        }
        match request.etag {
            Some(etag) => call.with_header("if-match", etag),
            None => call,
        }
    }
}

fn object(response: HttpResponse) -> Object {
    let header = |name| response.headers().get(name);
    Object {
        size: header("content-length").and_then(|size| size.parse().ok()),
        etag: header("etag").map(str::to_owned),
        body: ByteStream::new(response.into_body()),
    }
}

#[cfg(test)]
mod tests;
