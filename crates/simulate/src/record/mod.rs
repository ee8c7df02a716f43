//! Puts one record together, in CloudTrail's order of fields.
//!
//! Source: AWS CloudTrail User Guide, *CloudTrail record contents for management, data, and network
//! activity events*.

mod call;
mod caller;
pub(crate) mod ids;
mod principal;
pub(crate) mod template;

use crate::clock::{self, Second};
use crate::rng::Rng;
pub(crate) use call::{Call, Category};
pub(crate) use caller::{Caller, Session};
pub(crate) use principal::access_key;
use template::{Scene, fill};

/// Keeps the stream of shared ids apart from the ids within a record.
const SHARED: u64 = 0x5ba6ed;

/// Which call, by whom, when, where, about what.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deed<'a> {
    pub(crate) call: &'a Call,
    pub(crate) caller: &'a Caller,
    pub(crate) at: Second,
    /// Where the call is made; where it is filed follows from the service.
    pub(crate) region: &'static str,
    /// What the call is about in particular: `$item` in its templates.
    item: &'a str,
    /// Links the copies of one call in two accounts' logs.
    shared: Option<u64>,
}

impl<'a> Deed<'a> {
    pub(crate) fn new(
        call: &'a Call,
        caller: &'a Caller,
        at: Second,
        region: &'static str,
    ) -> Self {
        Self {
            call,
            caller,
            at,
            region,
            item: "",
            shared: None,
        }
    }

    /// The same, about `item`.
    pub(crate) fn about(self, item: &'a str) -> Self {
        Self { item, ..self }
    }

    /// The same, with a `sharedEventID` that follows from `shared`.
    pub(crate) fn shared(self, shared: u64) -> Self {
        Self {
            shared: Some(shared),
            ..self
        }
    }

    /// The region that files the record.
    pub(crate) fn filed_in(&self) -> &'static str {
        self.call.filed_in(self.region)
    }

    /// AWS's own calls belong to two accounts, the service's and ours, and so carry a shared id too.
    fn shared_id(&self, salt: u64) -> Option<Rng> {
        let by_service = !self.caller.direct && self.caller.arn.is_empty();
        let shared = self.shared.or(by_service.then_some(salt))?;
        Some(Rng::about(shared, &[SHARED]))
    }
}

/// Appends one record to `out` as compact JSON; `rng` supplies its ids.
pub(crate) fn write(out: &mut Vec<u8>, deed: &Deed<'_>, mut rng: Rng) {
    // Drawn first, so that `event_id` can tell it without writing the record.
    let event_id = event_id(&mut rng);
    let salt = rng.draw();
    let caller = deed.caller;
    let mut scene = Scene {
        at: deed.at,
        region: deed.filed_in(),
        account: caller.account,
        user: &caller.user,
        arn: &caller.arn,
        things: &caller.things,
        item: deed.item,
        salt,
        rng,
    };
    opening(out, deed);
    payload(out, deed.call, &mut scene);
    text(out, r#","eventID":""#, &event_id);
    text(
        out,
        r#"","readOnly":"#,
        if deed.call.read_only { "true" } else { "false" },
    );
    if !deed.call.resources.is_empty() {
        templated(out, r#","resources":"#, deed.call.resources, &mut scene);
    }
    closing(out, deed, deed.shared_id(salt));
}

/// The `eventID` of the record that [`write`] makes with this `rng`.
pub(crate) fn event_id(rng: &mut Rng) -> String {
    let mut event_id = Vec::with_capacity(36);
    ids::write_uuid(&mut event_id, rng);
    String::from_utf8_lossy(&event_id).into_owned()
}

/// Who, when, what, where.
fn opening(out: &mut Vec<u8>, deed: &Deed<'_>) {
    let Deed { call, caller, .. } = deed;
    text(out, r#"{"eventVersion":""#, call.version());
    text(out, r#"","userIdentity":"#, &caller.identity);
    text(out, r#","eventTime":""#, "");
    clock::write_time(out, deed.at);
    text(out, r#"","eventSource":""#, call.source);
    text(out, r#".amazonaws.com","eventName":""#, call.name);
    text(out, r#"","awsRegion":""#, deed.filed_in());
    text(out, r#"","sourceIPAddress":""#, &caller.address);
    text(out, r#"","userAgent":""#, &caller.agent);
    text(out, r#"","#, "");
}

/// How it went, what was asked, what came back.
fn payload(out: &mut Vec<u8>, call: &Call, scene: &mut Scene<'_>) {
    if let Some((code, message)) = call.error {
        if !code.is_empty() {
            text(out, r#""errorCode":""#, code);
            text(out, r#"","#, "");
        }
        templated(out, r#""errorMessage":""#, message, scene);
        text(out, r#"","#, "");
    }
    templated(out, r#""requestParameters":"#, call.request, scene);
    templated(out, r#","responseElements":"#, call.response, scene);
    if !call.extra.is_empty() {
        templated(out, r#","additionalEventData":"#, call.extra, scene);
    }
    request_id(out, call, scene);
}

fn text(out: &mut Vec<u8>, label: &str, value: &str) {
    out.extend_from_slice(label.as_bytes());
    out.extend_from_slice(value.as_bytes());
}

fn templated(out: &mut Vec<u8>, label: &str, template: &str, scene: &mut Scene<'_>) {
    out.extend_from_slice(label.as_bytes());
    fill(out, template, scene);
}

fn request_id(out: &mut Vec<u8>, call: &Call, scene: &mut Scene<'_>) {
    let template = match (call.category, call.source) {
        (Category::SignIn | Category::ServiceEvent, _) => return,
        (_, "s3") => r#","requestID":"$s3request""#,
        _ => r#","requestID":"$iduuid""#,
    };
    fill(out, template, scene);
}

/// What kind of event it is, for whom, and by which way it came.
fn closing(out: &mut Vec<u8>, deed: &Deed<'_>, shared: Option<Rng>) {
    let Deed { call, caller, .. } = *deed;
    let (event_type, category) = match call.category {
        Category::Management => ("AwsApiCall", "Management"),
        Category::Data => ("AwsApiCall", "Data"),
        Category::SignIn => ("AwsConsoleSignIn", "Management"),
        Category::ServiceEvent => ("AwsServiceEvent", "Management"),
    };
    text(out, r#","eventType":""#, event_type);
    text(
        out,
        r#"","managementEvent":"#,
        if category == "Data" { "false" } else { "true" },
    );
    text(out, r#","recipientAccountId":""#, caller.account);
    if let Some(mut shared) = shared {
        text(out, r#"","sharedEventID":""#, "");
        ids::write_uuid(out, &mut shared);
    }
    if let Some(endpoint) = caller.endpoint {
        text(out, r#"","vpcEndpointId":""#, endpoint);
        text(out, r#"","vpcEndpointAccountId":""#, caller.account);
    }
    text(out, r#"","eventCategory":""#, category);
    text(out, r#"""#, "");
    if caller.direct && call.category != Category::ServiceEvent {
        tls_details(out, call, deed.filed_in());
    }
    if caller.console && call.category != Category::SignIn {
        text(out, r#","sessionCredentialFromConsole":"true""#, "");
    }
    out.push(b'}');
}

fn tls_details(out: &mut Vec<u8>, call: &Call, region: &str) {
    text(
        out,
        r#","tlsDetails":{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":""#,
        call.source,
    );
    if !matches!(call.source, "iam" | "organizations") {
        text(out, ".", region);
    }
    text(out, r#".amazonaws.com"}"#, "");
}
