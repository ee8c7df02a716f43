use std::thread::JoinHandle;

use serde_json::json;

use super::{Answer, Call, CallError, Caller, LONGEST_ANSWER, Service, all_between};
use crate::loopback::{self, wait};

/// A server that gives one answer, and hands over what it was asked.
fn server(answer: Vec<u8>) -> (String, JoinHandle<String>) {
    let (address, asked) = loopback::server(vec![answer]);
    (
        address,
        std::thread::spawn(move || asked.join().unwrap().remove(0)),
    )
}

fn caller(endpoint: Option<String>) -> Caller {
    loopback::caller("eu-west-1", endpoint)
}

#[test]
fn a_query_is_a_signed_form() {
    let (address, asked) = server(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok".to_vec());
    let call = Call::query(
        Service::IAM,
        "eu-west-1",
        "2010-05-08",
        "UpdateAccessKey",
        [("UserName", "a b&c"), ("Status", "Inactive")],
    );
    let answer = wait(caller(Some(address)).call(&call)).unwrap();
    assert!(answer.is_success() && answer.text() == "ok" && answer.fault().is_none());
    let asked = asked.join().unwrap();
    assert!(asked.starts_with("POST / HTTP/1.1"), "{asked}");
    assert!(
        asked.ends_with(
            "Action=UpdateAccessKey&Version=2010-05-08&UserName=a+b%26c&Status=Inactive"
        )
    );
    let scope = "/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token";
    assert!(asked.contains(scope), "{asked}");
    assert!(asked.contains("x-amz-security-token: session"));
    assert!(!asked.contains("secret\r\n"));
}

#[test]
fn json_names_its_call_in_a_header() {
    let refusal =
        r#"{"__type":"com.amazonaws#ResourceNotFoundException:http://x","message":"none"}"#;
    let head = format!(
        "HTTP/1.1 400 Bad Request\r\ncontent-length: {}\r\n\r\n",
        refusal.len()
    );
    let (address, asked) = server((head + refusal).into_bytes());
    let body = json!({ "SecretId": "rooms" });
    let call = Call::json(
        Service::SECRETS_MANAGER,
        "cn-north-1",
        "secretsmanager.GetSecretValue",
        &body,
    );
    let answer = wait(caller(Some(address)).call(&call)).unwrap();
    let fault = answer.fault().unwrap();
    assert_eq!(fault.to_string(), "400 ResourceNotFoundException: none");
    assert!(!fault.is_passing() && !fault.is_denied());
    let asked = asked.join().unwrap();
    assert!(asked.contains("x-amz-target: secretsmanager.GetSecretValue\r\n"));
    assert!(asked.contains("/cn-north-1/secretsmanager/aws4_request"));
    assert!(asked.ends_with(r#"{"SecretId":"rooms"}"#));
}

#[test]
fn strangers_get_no_signature_and_no_second_visit() {
    let (address, asked) = server(
        b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n"
            .to_vec(),
    );
    let address = format!("{address}/services/T0/B0");
    let answer = wait(caller(None).post(&address, &[("content-type", "application/json")], b"{}"));
    let answer = answer.unwrap();
    assert_eq!(
        (answer.status, answer.header("location")),
        (302, Some("http://127.0.0.1:1/"))
    );
    let asked = asked.join().unwrap();
    assert!(asked.starts_with("POST /services/T0/B0 "));
    assert!(
        !asked.contains("authorization") && !asked.contains("amz"),
        "{asked}"
    );
}

#[test]
fn of_an_endless_answer_only_the_beginning_is_read() {
    let mut endless = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
    endless.resize(3 * LONGEST_ANSWER, b'x');
    let (address, asked) = server(endless);
    let answer = wait(caller(None).post(&address, &[], b"")).unwrap();
    assert_eq!(answer.body.len(), LONGEST_ANSWER);
    asked.join().unwrap();
}

#[test]
fn no_error_says_where() {
    let errors = [
        wait(caller(None).post("http://127.0.0.1:1/T0/hush", &[], b"")),
        wait(caller(None).post("http:// no address/hush", &[], b"")),
        wait(caller(None).post("http://127.0.0.1:1/hush", &[("a\nb", "c")], b"")),
    ];
    for error in errors.map(Result::unwrap_err) {
        assert!(!format!("{error} {error:?}").contains("hush"), "{error:?}");
        assert!(matches!(
            error,
            CallError::Request(_) | CallError::Unreachable
        ));
    }
}

#[test]
fn every_partition_has_its_addresses() {
    let iam = ["eu-west-1", "cn-northwest-1", "us-gov-east-1"]
        .map(|region| Service::IAM.address(region).0);
    assert_eq!(
        iam,
        [
            "https://iam.amazonaws.com",
            "https://iam.cn-north-1.amazonaws.com.cn",
            "https://iam.us-gov.amazonaws.com",
        ]
    );
    assert_eq!(
        Service::SES.address("eu-west-1").0,
        "https://email.eu-west-1.amazonaws.com"
    );
    assert_eq!(
        Service::EC2.address("cn-north-1"),
        (
            "https://ec2.cn-north-1.amazonaws.com.cn".to_owned(),
            "cn-north-1".to_owned()
        )
    );
}

#[test]
fn organizations_answer_in_one_region_of_each_partition() {
    let homes = ["eu-west-1", "cn-north-1", "us-gov-east-1"]
        .map(|region| Service::ORGANIZATIONS.address(region));
    let homes = homes
        .each_ref()
        .map(|(url, region)| (url.as_str(), region.as_str()));
    assert_eq!(
        homes,
        [
            ("https://organizations.us-east-1.amazonaws.com", "us-east-1"),
            (
                "https://organizations.cn-northwest-1.amazonaws.com.cn",
                "cn-northwest-1"
            ),
            (
                "https://organizations.us-gov-west-1.amazonaws.com",
                "us-gov-west-1"
            ),
        ]
    );
}

#[test]
fn names_are_listed_by_a_signed_get_without_a_body() {
    let (address, asked) = server(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok".to_vec());
    let query = [("list-type", "2"), ("prefix", "AWSLogs/a b&c")];
    let call = Call::get(Service::S3, "eu-west-1", "/logs", query);
    assert!(
        wait(caller(Some(address)).call(&call))
            .unwrap()
            .is_success()
    );
    let asked = asked.join().unwrap();
    assert!(
        asked.starts_with("GET /logs?list-type=2&prefix=AWSLogs%2Fa%20b%26c HTTP/1.1\r\n"),
        "{asked}"
    );
    assert!(asked.contains("/eu-west-1/s3/aws4_request"), "{asked}");
    assert!(asked.contains("x-amz-content-sha256: e3b0c442"), "{asked}");
}

#[test]
fn every_element_of_a_name_is_found() {
    let text = "<Key>a</Key><Key/><Key>b</Key><Key>cut";
    assert_eq!(all_between(text, "Key").collect::<Vec<_>>(), ["a", "b"]);
}

#[test]
fn faults_of_both_protocols_are_read() {
    let answer = |status, body: &str| Answer {
        status,
        body: body.into(),
        headers: Vec::new(),
    };
    let xml = "<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>The Access Key with id AKIA cannot be found.</Message></Error></ErrorResponse>";
    let fault = answer(404, xml).fault().unwrap();
    assert_eq!(fault.code, "NoSuchEntity");
    assert!(fault.message.ends_with("cannot be found."));
    let ec2 = "<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>slow down</Message></Error></Errors></Response>";
    assert!(answer(400, ec2).fault().unwrap().is_passing());
    let ec2 =
        "<Response><Errors><Error><Code>UnauthorizedOperation</Code></Error></Errors></Response>";
    assert!(answer(403, ec2).fault().unwrap().is_denied());
    assert!(answer(503, "\u{0}garbage").fault().unwrap().is_passing());
}

#[test]
fn what_is_sealed_is_sent_by_another_as_it_is() {
    let call = Call::query(
        Service::STS,
        "eu-west-1",
        "2011-06-15",
        "GetCallerIdentity",
        [],
    )
    .with_header("x-purpose", "approve");
    let sealed = caller(None).sealed(&call).unwrap();
    let header = |name: &str| {
        let found = sealed.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    };
    assert!(header("authorization").contains(
        "/eu-west-1/sts/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-purpose, "
    ));
    assert_eq!(
        (header("x-purpose"), header("x-amz-security-token")),
        ("approve", "session")
    );
    let (address, asked) = server(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok".to_vec());
    let headers: Vec<_> = sealed
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    wait(caller(None).post(&address, &headers, b"x")).unwrap();
    assert!(asked.join().unwrap().contains("x-purpose: approve\r\n"));
}
