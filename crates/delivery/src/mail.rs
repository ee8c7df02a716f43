//! HTML mail by SES.
//!
//! Source: SES API v2 reference, *SendEmail*.

use cloud::signed::{Call, Service};
use serde_json::{Value, json};

use crate::parcel::Delivery;

/// Where SES takes mails.
const PATH: &str = "/v2/email/outbound-emails";

/// The call that sends a mail.
#[must_use]
pub fn call(region: &str, from: &str, to: &[String], delivery: &Delivery) -> Call {
    Call::rest(Service::SES, region, PATH, &message(from, to, delivery))
}

fn message(from: &str, to: &[String], delivery: &Delivery) -> Value {
    let utf8 = |text: &str| json!({ "Data": text, "Charset": "UTF-8" });
    let mut body = json!({ "Text": utf8(&delivery.text) });
    if !delivery.html.is_empty() {
        body["Html"] = utf8(&delivery.html);
    }
    json!({
        "FromEmailAddress": from,
        "Destination": { "ToAddresses": to },
        "Content": { "Simple": { "Subject": utf8(&one_line(&delivery.subject)), "Body": body } },
        "EmailTags": [{ "Name": "trailhound", "Value": delivery.id }],
    })
}

/// A subject ends where a line does.
fn one_line(text: &str) -> String {
    let line = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    line.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_has_both_parts_and_one_without_html_has_one() {
        let mut delivery = Delivery {
            id: "7f".to_owned(),
            subject: "[HIGH] 生产：x\r\nBcc: a@example.com".to_owned(),
            text: "WHAT HAPPENED".to_owned(),
            html: "<p>WHAT".to_owned(),
            ..Delivery::default()
        };
        let to = ["a@example.com".to_owned()];
        let sent = message("t@example.com", &to, &delivery);
        let simple = &sent["Content"]["Simple"];
        assert_eq!(
            simple["Subject"]["Data"],
            "[HIGH] 生产：x  Bcc: a@example.com"
        );
        assert_eq!(simple["Body"]["Html"]["Data"], "<p>WHAT");
        assert_eq!(simple["Body"]["Text"]["Charset"], "UTF-8");
        delivery.html.clear();
        let sent = message("t@example.com", &to, &delivery);
        assert_eq!(sent["Content"]["Simple"]["Body"].get("Html"), None);
    }
}
