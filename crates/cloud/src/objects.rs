//! Objects of S3, read as they arrive.
//!
//! One call is all that the fleet makes of S3. The client for it brings every checksum that S3 may ever be asked
//! for, with twenty tables of 32 KB: an eighth of the function that reads log files.
//!
//! Source: S3 API reference, *GetObject*; S3 user guide, *Virtual hosting of general purpose buckets*.

use std::fmt;
use std::sync::OnceLock;

use aws_smithy_http_client::Connector;
use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::patience::Patience;
use crate::signed::{
    Answer, CallError, Fault, LONGEST_ANSWER, Service, Signable, connector, signature,
};
use crate::{ANSWER, Cloud, NotDone};

/// What is written otherwise in a key: all but letters, digits, `-._~`, and the slashes between its parts.
const IN_KEYS: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// The same where it is a parameter.
const IN_PARAMETERS: &AsciiSet = &IN_KEYS.add(b'/');

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
pub struct Objects {
    cloud: Cloud,
    /// Made for the first object: to load what TLS trusts is a part of a start that need not be waited for.
    connector: OnceLock<Connector>,
}

impl fmt::Debug for Objects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Objects").finish_non_exhaustive()
    }
}

impl Objects {
    /// Reads as whom `cloud` says, in its region.
    #[must_use]
    pub fn new(cloud: Cloud) -> Self {
        Self {
            cloud,
            connector: OnceLock::new(),
        }
    }

    /// Begins to read an object. What passes by itself is tried again, four times in all.
    ///
    /// # Errors
    /// [`NotDone`] as S3 or the network has it.
    pub async fn get(&self, request: Request<'_>) -> Result<Object, NotDone> {
        let mut patience = Patience::default();
        loop {
            let settled = self.once(request).await;
            if !patience.lasts(&settled).await {
                return settled;
            }
        }
    }

    async fn once(&self, request: Request<'_>) -> Result<Object, NotDone> {
        let asked = self.ask(request)?;
        let connector = self.connector.get_or_init(connector);
        let response = tokio::time::timeout(ANSWER, connector.call(asked)).await;
        let response = response
            .map_err(|_| CallError::TooSlow)?
            .map_err(|_| CallError::Unreachable)?;
        let status = response.status().as_u16();
        // Whoever does not begin where we have said would make us read what we have read.
        let wanted = if request.from > 0 { 206 } else { 200 };
        match status == wanted {
            true => Ok(object(response)),
            false => Err(NotDone::Refused(refusal(response).await)),
        }
    }

    fn ask(&self, request: Request<'_>) -> Result<HttpRequest, CallError> {
        let address = self.address(request);
        let range = format!("bytes={}-", request.from);
        let mut headers = Vec::new();
        if request.from > 0 {
            headers.push(("range", range.as_str()));
        }
        if let Some(etag) = request.etag {
            headers.push(("if-match", etag));
        }
        let signed = signature(
            &self.cloud,
            &Signable {
                method: "GET",
                address: &address,
                region: &self.cloud.region,
                service: Service::S3.name,
                headers: headers.clone(),
                body: &[],
            },
        )
        .map_err(CallError::Request)?;
        let mut asked = HttpRequest::new(SdkBody::empty());
        let unfit = |error: &dyn fmt::Display| CallError::Request(error.to_string().into());
        asked.set_uri(address).map_err(|error| unfit(&error))?;
        let own = headers.into_iter();
        let own = own.map(|(name, value)| (name.to_owned(), value.to_owned()));
        for (name, value) in own.chain(signed) {
            asked
                .headers_mut()
                .try_insert(name, value)
                .map_err(|error| unfit(&error))?;
        }
        Ok(asked)
    }

    /// A bucket has a host of its own; but not at another address, nor with a dot in its name, which no
    /// certificate covers.
    fn address(&self, request: Request<'_>) -> String {
        let Request { bucket, key, .. } = request;
        let key = utf8_percent_encode(key, IN_KEYS);
        let version = request.version.map(|version| {
            let version = utf8_percent_encode(version, IN_PARAMETERS);
            format!("?versionId={version}")
        });
        let version = version.unwrap_or_default();
        let (host, _) = Service::S3.address(&self.cloud.region);
        match (&self.cloud.endpoint, host.split_once("://")) {
            (None, Some((scheme, host))) if !bucket.contains('.') => {
                format!("{scheme}://{bucket}.{host}/{key}{version}")
            }
            (endpoint, _) => {
                let host = endpoint.as_deref().unwrap_or(&host).trim_end_matches('/');
                format!("{host}/{bucket}/{key}{version}")
            }
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

/// What S3 says is wrong; the status alone, if it cannot be understood.
async fn refusal(response: HttpResponse) -> Fault {
    let status = response.status().as_u16();
    let mut object = object(response);
    let mut body = Vec::new();
    while body.len() < LONGEST_ANSWER
        && let Some(Ok(piece)) = object.next().await
    {
        body.extend(piece);
    }
    let answer = Answer {
        status,
        body,
        ..Answer::default()
    };
    answer.fault().unwrap_or(Fault {
        status,
        code: "NotTheRange".to_owned(),
        message: "the answer is not the part that was asked for".to_owned(),
    })
}

#[cfg(test)]
mod tests;
