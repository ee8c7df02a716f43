//! Signature Version 4, as each service wants it.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;

use super::Cause;
use crate::Cloud;

/// What is signed.
pub(crate) struct Signable<'r> {
    pub(crate) method: &'static str,
    /// With its path as it is sent.
    pub(crate) address: &'r str,
    pub(crate) region: &'r str,
    /// The service's name in signatures.
    pub(crate) service: &'static str,
    pub(crate) headers: Vec<(&'static str, &'r str)>,
    pub(crate) body: &'r [u8],
}

/// The headers that prove who asks.
pub(crate) fn signature(
    cloud: &Cloud,
    request: &Signable<'_>,
) -> Result<Vec<(String, String)>, Cause> {
    let Cloud {
        access_key,
        secret,
        session,
        ..
    } = cloud;
    let identity =
        Credentials::new(access_key, secret, session.clone(), None, "environment").into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(request.region)
        .name(request.service)
        .time(SystemTime::now())
        .settings(settings(request.service))
        .build()?
        .into();
    let signable = SignableRequest::new(
        request.method,
        request.address,
        request.headers.iter().copied(),
        SignableBody::Bytes(request.body),
    )?;
    let (instructions, _) = sign(signable, &parameters)?.into_parts();
    let headers = instructions.headers();
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Ok(headers.collect())
}

/// S3 takes paths as they are, and wants the digest of the body among the headers.
fn settings(service: &str) -> SigningSettings {
    let mut settings = SigningSettings::default();
    if service == "s3" {
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    }
    settings
}
