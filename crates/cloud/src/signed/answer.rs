//! What comes back, and what it says.

use std::fmt;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::http::Headers;
use aws_smithy_types::byte_stream::ByteStream;
use serde_json::Value;

use super::CallError;

/// Of an answer, no more than so many bytes are read.
pub const LONGEST_ANSWER: usize = 1 << 20;

/// What came back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The status, such as 200.
    pub status: u16,
    /// The body, cut at [`LONGEST_ANSWER`].
    pub body: Vec<u8>,
    pub(super) headers: Vec<(String, String)>,
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

/// The answer, as far as it is read at most.
pub(crate) async fn whole(response: HttpResponse) -> Result<Answer, CallError> {
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

fn written(headers: &Headers) -> Vec<(String, String)> {
    let headers = headers.iter_bytes();
    headers
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value);
            (name.to_ascii_lowercase(), value.into_owned())
        })
        .collect()
}
