//! Calls of AWS that are named by data, and posts to strangers: one request, one answer, nothing tried again.
//!
//! Where a call is chosen while the program runs, or is one of two of a large service, a client with a type for
//! each of hundreds of operations costs minutes to build and megabytes to ship. Here is what those clients do
//! at the bottom: the body as the service's protocol wants it, signed by the same library and sent by the same
//! HTTP client. Whoever calls decides what is tried again.
//!
//! Source: AWS General Reference, *AWS service endpoints*; IAM user guide, *Signature Version 4 for API
//! requests*; Smithy specification, *AWS Query protocol* and *AWS JSON 1.0 and 1.1 protocols*.

mod answer;
mod service;
mod signature;

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use serde_json::Value;

pub(crate) use self::answer::whole;
pub use self::answer::{Answer, Fault, LONGEST_ANSWER, all_between, between};
pub use self::service::Service;
use self::signature::{Signable, signature};
use crate::{Cloud, NotDone, Patience};

/// How long one request may take, its answer included.
const PATIENCE: Duration = Duration::from_secs(13);

pub(crate) type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A call of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    service: Service,
    method: &'static str,
    region: String,
    /// Of S3: what `path` lies in.
    bucket: Option<String>,
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
        let path = match query.is_empty() {
            true => path.to_owned(),
            false => format!("{path}?{query}"),
        };
        Self {
            service,
            method: "GET",
            region: region.to_owned(),
            bucket: None,
            path,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    fn post(service: Service, region: &str, path: &str, kind: &str, body: Vec<u8>) -> Self {
        Self {
            service,
            method: "POST",
            region: region.to_owned(),
            bucket: None,
            path: path.to_owned(),
            headers: vec![("content-type", kind.to_owned())],
            body,
        }
    }

    /// The same of what lies in a bucket.
    #[must_use]
    pub fn in_bucket(mut self, name: &str) -> Self {
        self.bucket = Some(name.to_owned());
        self
    }

    /// The same with another header.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }
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

/// Makes calls. Copies share their connections.
#[derive(Debug, Clone)]
pub struct Caller {
    cloud: Cloud,
    /// Made for the first call: what TLS trusts need not be loaded at the start of who may never call.
    connector: Arc<OnceLock<Connector>>,
}

impl Caller {
    /// Calls as whom `cloud` says, and where.
    #[must_use]
    pub fn new(cloud: Cloud) -> Self {
        Self {
            cloud,
            connector: Arc::default(),
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

    /// Makes the call, and returns as soon as the answer has begun, `within` that time.
    pub(crate) async fn open(
        &self,
        call: &Call,
        within: Duration,
    ) -> Result<HttpResponse, CallError> {
        let (address, headers) = self.ready(call).map_err(CallError::Request)?;
        let headers = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let response = self.respond(call.method, &address, headers, &call.body);
        let response = tokio::time::timeout(within, response).await;
        response.unwrap_or(Err(CallError::TooSlow))
    }

    /// Makes a call that is to go well. What passes by itself is tried again, four times in all.
    ///
    /// # Errors
    /// [`NotDone`] as the service or the network has it.
    pub async fn done(&self, call: &Call) -> Result<Answer, NotDone> {
        self.done_with(Patience::default(), call).await
    }

    /// The same with more or less patience.
    ///
    /// # Errors
    /// As those of [`done`](Self::done).
    pub async fn done_with(&self, mut patience: Patience, call: &Call) -> Result<Answer, NotDone> {
        loop {
            let settled = self.once(call).await;
            if !patience.lasts(&settled).await {
                return settled;
            }
        }
    }

    /// The same with none: one that says no is not done.
    ///
    /// # Errors
    /// As those of [`done`](Self::done).
    pub async fn once(&self, call: &Call) -> Result<Answer, NotDone> {
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
        let (address, region) = self.place(call);
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

    /// Where the call goes, and the region that its signature names.
    ///
    /// A bucket has a host of its own; but not at another address, nor with a dot in its name, which no certificate
    /// covers.
    pub(crate) fn place(&self, call: &Call) -> (String, String) {
        let (address, region) = call.service.address(&call.region);
        let (endpoint, path) = (&self.cloud.endpoint, &call.path);
        let host = endpoint.as_deref().unwrap_or(&address);
        let host = host.trim_end_matches('/');
        let address = match (&call.bucket, host.split_once("://")) {
            (None, _) => format!("{host}{path}"),
            (Some(bucket), Some((scheme, host))) if endpoint.is_none() && !bucket.contains('.') => {
                format!("{scheme}://{bucket}.{host}{path}")
            }
            (Some(bucket), _) => format!("{host}/{bucket}{path}"),
        };
        (address, region)
    }

    async fn send(
        &self,
        method: &str,
        address: &str,
        headers: impl Iterator<Item = (&str, &str)>,
        body: &[u8],
    ) -> Result<Answer, CallError> {
        let answer = async { whole(self.respond(method, address, headers, body).await?).await };
        let answered = tokio::time::timeout(PATIENCE, answer).await;
        answered.unwrap_or(Err(CallError::TooSlow))
    }

    async fn respond(
        &self,
        method: &str,
        address: &str,
        headers: impl Iterator<Item = (&str, &str)>,
        body: &[u8],
    ) -> Result<HttpResponse, CallError> {
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
        let connector = self.connector.get_or_init(|| {
            Connector::builder()
                .tls_provider(Provider::Rustls(CryptoMode::Ring))
                .build()
        });
        let response = connector.call(request).await;
        response.map_err(|_| CallError::Unreachable)
    }
}

#[cfg(test)]
mod tests;
