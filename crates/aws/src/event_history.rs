//! What CloudTrail remembers of an access key, for ninety days, trail or no trail.
//!
//! Source: AWS CloudTrail API Reference, *LookupEvents*: newest first, fifty a page, two requests a second for an
//! account in a region, which the caller sees to.

use aws_sdk_cloudtrail::Client;
use aws_sdk_cloudtrail::config::{Builder, Region};
use aws_sdk_cloudtrail::primitives::DateTime;
use aws_sdk_cloudtrail::types::{LookupAttribute, LookupAttributeKey};
use aws_types::SdkConfig;
use aws_types::sdk_config::RetryConfig;
use jiff::{SignedDuration, Timestamp};
use pipeline::post::history::{BETWEEN, Question, REQUESTS};

/// Events of a page at most.
const PAGE: i32 = 50;

/// The history of the account that we are in.
#[derive(Debug, Clone)]
pub struct EventHistory {
    sdk: SdkConfig,
    account: String,
}

impl EventHistory {
    /// That of `account`, which must be the one whose credentials `sdk` has.
    #[must_use]
    pub fn new(sdk: SdkConfig, account: String) -> Self {
        Self { sdk, account }
    }

    /// Whether this is the history of `account`.
    #[must_use]
    pub fn is_of(&self, account: &str) -> bool {
        self.account == account
    }

    /// The records, when `wait` is over.
    ///
    /// # Errors
    /// Whatever CloudTrail says.
    pub async fn ask(
        &self,
        question: &Question,
        wait: SignedDuration,
    ) -> Result<Vec<String>, Box<dyn std::error::Error + Send + Sync>> {
        let time = |at: Timestamp| DateTime::from_secs(at.as_second());
        let config = Builder::from(&self.sdk)
            .region(Region::new(question.region.clone()))
            // Each further try would take a turn that nobody has reckoned with.
            .retry_config(RetryConfig::disabled())
            .build();
        let client = Client::from_conf(config);
        let by = LookupAttribute::builder()
            .attribute_key(LookupAttributeKey::AccessKeyId)
            .attribute_value(&question.key)
            .build()?;
        let (mut records, mut token, mut wait) = (Vec::new(), None, wait);
        for _ in 0..REQUESTS {
            tokio::time::sleep(wait.unsigned_abs()).await;
            wait = BETWEEN;
            let request = client.lookup_events().lookup_attributes(by.clone());
            let request = request
                .start_time(time(question.since))
                .end_time(time(question.until))
                .max_results(PAGE)
                .set_next_token(token);
            let page = Box::pin(request.send()).await?;
            let events = page.events.unwrap_or_default().into_iter();
            records.extend(events.filter_map(|event| event.cloud_trail_event));
            token = page.next_token.filter(|token| !token.is_empty());
            if token.is_none() {
                break;
            }
        }
        Ok(records)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader, Read as _, Write as _};
    use std::net::TcpListener;
    use std::thread;

    use cloud::{Cloud, sdk};

    use super::*;

    /// Answers each request with one of `answers`, status and body, and returns what was asked.
    fn cloudtrail(answers: Vec<(u16, &'static str)>) -> (u16, thread::JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let answered = thread::spawn(move || {
            let mut asked = Vec::new();
            for (status, body) in answers {
                let (mut stream, _) = listener.accept().unwrap();
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let (mut line, mut length) = (String::new(), 0);
                while reader.read_line(&mut line).unwrap() > 2 {
                    if let Some(text) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                        length = text.trim().parse().unwrap();
                    }
                    line.clear();
                }
                let mut text = vec![0; length];
                reader.read_exact(&mut text).unwrap();
                asked.push(String::from_utf8(text).unwrap());
                let head = format!(
                    "HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
                    body.len()
                );
                stream.write_all((head + body).as_bytes()).unwrap();
            }
            asked
        });
        (port, answered)
    }

    fn ask(answers: Vec<(u16, &'static str)>) -> (Result<Vec<String>, String>, Vec<String>) {
        let (port, answered) = cloudtrail(answers);
        let cloud = Cloud {
            region: "eu-west-1".to_owned(),
            access_key: "k".to_owned(),
            secret: "s".to_owned(),
            session: None,
            endpoint: Some(format!("http://127.0.0.1:{port}")),
        };
        let history = EventHistory::new(sdk(&cloud), "111122223333".to_owned());
        let question = Question {
            account: "111122223333".to_owned(),
            region: "eu-west-1".to_owned(),
            key: "AKIAIOSFODNN7EXAMPLE".to_owned(),
            since: Timestamp::UNIX_EPOCH,
            until: Timestamp::UNIX_EPOCH,
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let records = runtime
            .unwrap()
            .block_on(history.ask(&question, SignedDuration::ZERO));
        let records = records.map_err(|error| crate::words::chain(&*error));
        (records, answered.join().unwrap())
    }

    #[test]
    fn page_after_page_is_asked_for_and_no_more_than_there_are_turns() {
        let page = r#"{"Events":[{"CloudTrailEvent":"{}"}],"NextToken":"more"}"#;
        let last = r#"{"Events":[{"CloudTrailEvent":"[]"},{"EventId":"x"}]}"#;
        let (records, asked) = ask(vec![(200, page), (200, last)]);
        assert_eq!(records.unwrap(), ["{}", "[]"]);
        assert!(
            asked[0].contains(r#""AttributeValue":"AKIAIOSFODNN7EXAMPLE""#),
            "{}",
            asked[0]
        );
        assert!(asked[1].contains(r#""NextToken":"more""#), "{}", asked[1]);
        let (records, asked) = ask(vec![(200, page); REQUESTS as usize]);
        assert_eq!((records.unwrap().len(), asked.len()), (3, 3));
    }

    #[test]
    fn a_refusal_is_not_tried_again() {
        let refusal = r#"{"__type":"ThrottlingException","message":"Rate exceeded"}"#;
        let (records, asked) = ask(vec![(400, refusal)]);
        assert!(records.unwrap_err().contains("Rate exceeded"));
        assert_eq!(asked.len(), 1);
    }
}
