//! Calls of AWS that are named by data, and posts to strangers: one request, one answer, nothing tried again.
//!
//! Where a call is chosen while the program runs, or is one of two of a large service, a client with a type for
//! each of hundreds of operations costs minutes to build and megabytes to ship. Here is what those clients do
//! at the bottom: the body as the service's protocol wants it, signed by the same library and sent by the same
//! HTTP client. Whoever calls decides what is tried again.
//!
//! Source: AWS General Reference, *AWS service endpoints*; IAM user guide, *Signature Version 4 for API
//! requests*; Smithy specification, *AWS Query protocol* and *AWS JSON 1.0 and 1.1 protocols*.

mod service;
mod signature;

use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::http::Headers;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use serde_json::Value;

pub use self::service::Service;
pub(crate) use self::signature::{Signable, signature};
use crate::patience::Patience;
use crate::{Cloud, NotDone};

/// How long one request may take, its answer included.
const PATIENCE: Duration = Duration::from_secs(13);

/// Of an answer, no more than so many bytes are read.
pub const LONGEST_ANSWER: usize = 1 << 20;

pub(crate) type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A call of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    service: Service,
    method: &'static str,
    region: String,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Call {
    /// `action` of a service that speaks the Query protocol, such as IAM and EC2.
    #[must_use]
    pub fn query<'p>(
        service: Service,
        region: &str,
        version: &str,
        action: &str,
        parameters: impl IntoIterator<Item = (&'p str, &'p str)>,
    ) -> Self {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("Action", action)
            .append_pair("Version", version);
        form.extend_pairs(parameters);
        let kind = "application/x-www-form-urlencoded; charset=utf-8";
        Self::post(service, region, "/", kind, form.finish().into_bytes())
    }

    /// A call of a service that speaks JSON 1.1; `target` is its name with what comes before it, such as
    /// `secretsmanager.GetSecretValue`.
    #[must_use]
    pub fn json(service: Service, region: &str, target: &str, body: &Value) -> Self {
        let kind = "application/x-amz-json-1.1";
        Self::json_of(kind, service, region, target, body)
    }

    /// The same for a service that speaks JSON 1.0, such as SQS.
    #[must_use]
    pub fn json_1_0(service: Service, region: &str, target: &str, body: &Value) -> Self {
        let kind = "application/x-amz-json-1.0";
        Self::json_of(kind, service, region, target, body)
    }

    fn json_of(kind: &str, service: Service, region: &str, target: &str, body: &Value) -> Self {
        let body = body.to_string().into_bytes();
        let mut call = Self::post(service, region, "/", kind, body);
        call.headers.push(("x-amz-target", target.to_owned()));
        call
    }

    /// A POST to a path of a service that speaks REST with JSON. The path is percent-encoded.
    #[must_use]
    pub fn rest(service: Service, region: &str, path: &str, body: &Value) -> Self {
        let body = body.to_string().into_bytes();
        Self::post(service, region, path, "application/json", body)
    }

    /// A GET of a path with a query.
    #[must_use]
    pub fn get<'p>(
        service: Service,
        region: &str,
        path: &str,
        query: impl IntoIterator<Item = (&'p str, &'p str)>,
    ) -> Self {
        let mut form = form_urlencoded::Serializer::new(String::new());
        // For signatures a blank is this, and in forms alone it may be a plus.
        let query = form.extend_pairs(query).finish().replace('+', "%20");
        Self {
            service,
            method: "GET",
            region: region.to_owned(),
            path: format!("{path}?{query}"),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    fn post(service: Service, region: &str, path: &str, kind: &str, body: Vec<u8>) -> Self {
        Self {
            service,
            method: "POST",
            region: region.to_owned(),
            path: path.to_owned(),
            headers: vec![("content-type", kind.to_owned())],
            body,
        }
    }

    /// The same with another header.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }
}

/// What came back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The status, such as 200.
    pub status: u16,
    /// The body, cut at [`LONGEST_ANSWER`].
    pub body: Vec<u8>,
    pub(crate) headers: Vec<(String, String)>,
}

/// What a service says is wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fault {
    /// The status of the answer.
    pub status: u16,
    /// Its name, such as `NoSuchEntity`; empty if the answer has none.
    pub code: String,
    /// What it says, as it says it.
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            status,
            code,
            message,
        } = self;
        write!(f, "{status} {code}: {message}")
    }
}

impl Fault {
    /// Whether the service asks for patience.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        let code = self.code.to_ascii_lowercase();
        self.status == 429
            || self.status >= 500
            || ["throttl", "toomanyrequests", "requestlimit", "slowdown"]
                .iter()
                .any(|part| code.contains(part))
    }

    /// Whether we may not do it.
    #[must_use]
    pub fn is_denied(&self) -> bool {
        ["AccessDenied", "UnauthorizedOperation", "NotAuthorized"]
            .iter()
            .any(|name| self.code.starts_with(name))
    }
}

impl Answer {
    /// Whether it says that all went well.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// A header, by its name in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let (_, value) = headers.find(|(known, _)| known == name)?;
        Some(value)
    }

    /// The body as text; what is no UTF-8 is replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// What a service of AWS says is wrong, if anything.
    #[must_use]
    pub fn fault(&self) -> Option<Fault> {
        if self.is_success() {
            return None;
        }
        let text = self.text();
        let of_xml = |tag: &str| between(&text, tag).unwrap_or_default().to_owned();
        let json: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        let of_json = |names: &[&str]| {
            let mut found = names.iter().filter_map(|name| json.get(name)?.as_str());
            found.next().unwrap_or_default().to_owned()
        };
        let (code, message) = match json.is_object() {
            true => {
                let code = match self.header("x-amzn-errortype") {
                    Some(kind) => kind.to_owned(),
                    None => of_json(&["__type", "code", "Code"]),
                };
                // `prefix#Name:address` is just the name.
                let name = code.rsplit('#').next().unwrap_or_default();
                let name = name.split(':').next().unwrap_or_default();
                (name.to_owned(), of_json(&["message", "Message"]))
            }
            false => (of_xml("Code"), of_xml("Message")),
        };
        Some(Fault {
            status: self.status,
            code,
            message,
        })
    }
}

/// What stands in the first element of this name that has no attributes.
#[must_use]
pub fn between<'t>(text: &'t str, tag: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(&format!("<{tag}>"))?;
    let (inside, _) = rest.split_once(&format!("</{tag}>"))?;
    Some(inside)
}

/// What stands in each of the elements of this name that have no attributes.
pub fn all_between<'t>(text: &'t str, tag: &str) -> impl Iterator<Item = &'t str> {
    let (opening, closing) = (format!("<{tag}>"), format!("</{tag}>"));
    let mut rest = text;
    std::iter::from_fn(move || {
        let (_, behind) = rest.split_once(&opening)?;
        let (inside, behind) = behind.split_once(&closing)?;
        rest = behind;
        Some(inside)
    })
}

/// No answer came. Says nothing of the address: it may be a secret.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The request cannot be made.
    #[error("the request cannot be made: {0}")]
    Request(Cause),
    /// The other side does not answer as HTTP.
    #[error("the other side cannot be reached")]
    Unreachable,
    /// No whole answer in time.
    #[error("no whole answer came within {} seconds", PATIENCE.as_secs())]
    TooSlow,
}

/// Makes calls.
#[derive(Debug)]
pub struct Caller {
    cloud: Cloud,
    /// Made for the first call: what TLS trusts need not be loaded at the start of who may never call.
    connector: OnceLock<Connector>,
}

impl Caller {
    /// Calls as whom `cloud` says, and where.
    #[must_use]
    pub fn new(cloud: Cloud) -> Self {
        Self {
            cloud,
            connector: OnceLock::new(),
        }
    }

    /// The region that we are in.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.cloud.region
    }

    /// Makes the call, signed.
    ///
    /// # Errors
    /// [`CallError`] if no answer comes; one that says no is an answer.
    pub async fn call(&self, call: &Call) -> Result<Answer, CallError> {
        let (address, headers) = self.ready(call).map_err(CallError::Request)?;
        let headers = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        self.send(call.method, &address, headers, &call.body).await
    }

    /// Makes a call that is to go well. What passes by itself is tried again, four times in all.
    ///
    /// # Errors
    /// [`NotDone`] as the service or the network has it.
    pub async fn done(&self, call: &Call) -> Result<Answer, NotDone> {
        let mut patience = Patience::default();
        loop {
            let settled = self.once(call).await;
            if !patience.lasts(&settled).await {
                return settled;
            }
        }
    }

    async fn once(&self, call: &Call) -> Result<Answer, NotDone> {
        let answer = self.call(call).await?;
        match answer.fault() {
            Some(fault) => Err(NotDone::Refused(fault)),
            None => Ok(answer),
        }
    }

    /// Where a service is that is called from here.
    #[must_use]
    pub fn address(&self, service: Service) -> String {
        let (address, _) = service.address(&self.cloud.region);
        self.cloud.endpoint.clone().unwrap_or(address)
    }

    /// The headers of the call with those of its signature, for somebody else to send as they are.
    ///
    /// # Errors
    /// [`CallError::Request`] if they cannot be made.
    pub fn sealed(&self, call: &Call) -> Result<Vec<(String, String)>, CallError> {
        let (_, headers) = self.ready(call).map_err(CallError::Request)?;
        Ok(headers)
    }

    /// Posts `body` to somebody who is no service of AWS; redirects are answers like others.
    ///
    /// # Errors
    /// [`CallError`] if no answer comes.
    pub async fn post(
        &self,
        address: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Answer, CallError> {
        self.send("POST", address, headers.iter().copied(), body)
            .await
    }

    /// Where the call goes, and its headers with those of its signature.
    fn ready(&self, call: &Call) -> Result<(String, Vec<(String, String)>), Cause> {
        let (address, region) = call.service.address(&call.region);
        let address = self.cloud.endpoint.as_deref().unwrap_or(&address);
        let address = format!("{}{}", address.trim_end_matches('/'), call.path);
        let own = call.headers.iter();
        let own = own.map(|(name, value)| (*name, value.as_str()));
        let signed = signature(
            &self.cloud,
            &Signable {
                method: call.method,
                address: &address,
                region: &region,
                service: call.service.name,
                headers: own.clone().collect(),
                body: &call.body,
            },
        )?;
        let own = own.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Ok((address, own.chain(signed).collect()))
    }

    async fn send(
        &self,
        method: &str,
        address: &str,
        headers: impl Iterator<Item = (&str, &str)>,
        body: &[u8],
    ) -> Result<Answer, CallError> {
        let mut request = HttpRequest::new(SdkBody::from(body));
        let unfit = |error: &dyn fmt::Display| CallError::Request(error.to_string().into());
        request.set_method(method).map_err(|error| unfit(&error))?;
        // What is wrong with an address is not said: it would be quoted.
        request
            .set_uri(address)
            .map_err(|_| unfit(&"the address is none"))?;
        for (name, value) in headers {
            request
                .headers_mut()
                .try_insert(name.to_owned(), value.to_owned())
                .map_err(|error| unfit(&error))?;
        }
        let answered = tokio::time::timeout(PATIENCE, self.answer(request)).await;
        answered.unwrap_or(Err(CallError::TooSlow))
    }

    async fn answer(&self, request: HttpRequest) -> Result<Answer, CallError> {
        let response = self.connector.get_or_init(connector).call(request).await;
        let response = response.map_err(|_| CallError::Unreachable)?;
        let status = response.status().as_u16();
        let headers = written(response.headers());
        let mut pieces = ByteStream::new(response.into_body());
        let mut body = Vec::new();
        while let Some(piece) = pieces.next().await {
            let piece = piece.map_err(|_| CallError::Unreachable)?;
            let room = LONGEST_ANSWER - body.len();
            body.extend_from_slice(&piece[..piece.len().min(room)]);
            if body.len() == LONGEST_ANSWER {
                break;
            }
        }
        Ok(Answer {
            status,
            body,
            headers,
        })
    }
}

/// A pool of connections, and one TLS.
pub(crate) fn connector() -> Connector {
    Connector::builder()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build()
}

fn written(headers: &Headers) -> Vec<(String, String)> {
    let headers = headers.iter_bytes();
    headers
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value);
            (name.to_ascii_lowercase(), value.into_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests;
