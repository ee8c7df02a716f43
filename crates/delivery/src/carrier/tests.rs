//! A server on this machine that plays the programs, well and badly.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use cloud::Cloud;
use serde_json::Value;

use super::*;
use crate::rooms::{Kind, parse};
use crate::stage::{at, mail};

/// Takes one request, gives this answer, and hands over the request: its head and its body.
fn program(answer: &str) -> (String, Receiver<(String, Value)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (sender, receiver) = channel();
    let answer = answer.to_owned();
    std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(stream);
        let (mut head, mut length) = (String::new(), 0);
        while !head.ends_with("\r\n\r\n") {
            let start = head.len();
            reader.read_line(&mut head).unwrap();
            if let Some(bytes) = head[start..]
                .to_ascii_lowercase()
                .strip_prefix("content-length: ")
            {
                length = bytes.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        sender
            .send((head, serde_json::from_slice(&body).unwrap()))
            .unwrap();
        // Whoever has read enough hangs up.
        let _ = reader.get_mut().write_all(answer.as_bytes());
    });
    (address, receiver)
}

fn http(status: &str, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\ncontent-length: {}\r\n{headers}\r\n{body}",
        body.len()
    )
}

fn web(endpoint: Option<String>) -> Web {
    let caller = Caller::new(Cloud {
        region: "eu-west-1".to_owned(),
        access_key: "AKIAIOSFODNN7EXAMPLE".to_owned(),
        secret: "secret".to_owned(),
        session: None,
        endpoint,
    });
    Web::new(caller, Some("trailhound@example.com".to_owned()))
}

fn room(kind: Kind, url: &str) -> Room {
    let kind = kind.as_str();
    let key = match kind {
        "feishu" | "dingtalk" => r#","secret":"hush-key""#,
        _ => "",
    };
    let room = format!(r#"{{"rooms":[{{"name":"r","kind":"{kind}","url":"{url}/hush"{key}}}]}}"#);
    parse(&room).unwrap().remove(0)
}

async fn carried(kind: Kind, answer: &str) -> (Verdict, String, Value) {
    let (address, asked) = program(answer);
    let room = room(kind, &address);
    let now = at("2026-11-22T14:02:11Z");
    let verdict = web(None).carry(&room, &mail(&[]), now).await;
    let shown = format!("{verdict:?}");
    assert!(
        !shown.contains("hush") && !shown.contains("127.0.0.1"),
        "{shown}"
    );
    let (head, body) = asked.recv_timeout(Duration::from_secs(5)).unwrap();
    (verdict, head, body)
}

#[tokio::test]
async fn each_program_gets_what_it_understands() {
    let said = mail(&[]).room;
    for (kind, answer, path, is_signed) in [
        (Kind::Slack, "ok", "/text", false),
        (
            Kind::Feishu,
            r#"{"code":0,"msg":"success"}"#,
            "/content/text",
            true,
        ),
        (
            Kind::DingTalk,
            r#"{"errcode":0,"errmsg":"ok"}"#,
            "/text/content",
            true,
        ),
        (
            Kind::WeCom,
            r#"{"errcode":0,"errmsg":"ok"}"#,
            "/text/content",
            false,
        ),
    ] {
        let (verdict, head, body) = carried(kind, &http("200 OK", "", answer)).await;
        assert_eq!(verdict, Verdict::Delivered, "{kind:?}");
        assert_eq!(
            body.pointer(path).unwrap(),
            &Value::from(said.clone()),
            "{kind:?}"
        );
        assert!(head.starts_with("POST /hush"), "{head}");
        assert!(head.contains("content-type: application/json"), "{head}");
        assert_eq!(
            head.contains("sign=") || body.get("sign").is_some(),
            is_signed,
            "{kind:?}"
        );
        assert!(!head.contains("hush-key") && !body.to_string().contains("hush-key"));
        assert!(
            !head.to_lowercase().contains("authorization"),
            "strangers get no signature of ours"
        );
    }
    let (verdict, _, body) = carried(Kind::Teams, &http("202 Accepted", "", "")).await;
    assert_eq!(verdict, Verdict::Delivered);
    let first = body.pointer("/attachments/0/content/body/0/inlines/0/text");
    assert_eq!(first.unwrap(), said.lines().next().unwrap());
}

#[tokio::test]
async fn what_goes_wrong_is_known_for_what_it_is() {
    let patient = http(
        "429 Too Many Requests",
        "retry-after: 17\r\n",
        "rate_limited",
    );
    let (verdict, ..) = carried(Kind::Slack, &patient).await;
    let seventeen = Some(Duration::from_secs(17));
    assert!(
        matches!(&verdict, Verdict::Again { after, .. } if *after == seventeen),
        "{verdict:?}"
    );
    for (answer, is_final) in [
        (http("500 Internal Server Error", "", ""), false),
        (http("200 OK", "", "<html>sign in first</html>"), false),
        (http("404 Not Found", "", "no_service"), true),
        (
            http("302 Found", "location: http://127.0.0.1:1/hush\r\n", ""),
            true,
        ),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\no".to_owned(),
            false,
        ),
        ("\u{1}garbage\r\n\r\n".to_owned(), false),
        (String::new(), false),
    ] {
        let (verdict, ..) = carried(Kind::Slack, &answer).await;
        assert_eq!(
            matches!(verdict, Verdict::Never(_)),
            is_final,
            "{answer}: {verdict:?}"
        );
        assert_ne!(verdict, Verdict::Delivered, "{answer}");
    }
    // Nobody listens at all.
    let nobody = room(Kind::Slack, "http://127.0.0.1:1");
    let verdict = web(None)
        .carry(&nobody, &mail(&[]), at("2026-11-22T14:02:11Z"))
        .await;
    assert!(matches!(&verdict, Verdict::Again { .. }), "{verdict:?}");
    assert!(!format!("{verdict:?}").contains("hush"), "{verdict:?}");
}

/// Time stands still but for what is waited for.
#[tokio::test(start_paused = true)]
async fn whoever_is_too_slow_is_tried_again() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let slow = room(
        Kind::WeCom,
        &format!("http://{}", listener.local_addr().unwrap()),
    );
    let verdict = web(None)
        .carry(&slow, &mail(&[]), at("2026-11-22T14:02:11Z"))
        .await;
    let Verdict::Again { why, .. } = verdict else {
        panic!("{verdict:?}");
    };
    assert!(why.contains("seconds"), "{why}");
}

#[tokio::test]
async fn ses_is_asked_by_its_own_protocol() {
    let secret = r#"{"rooms":[{"name":"m","kind":"mail","to":["a@example.com","b@example.com"]}]}"#;
    let room = parse(secret).unwrap().remove(0);
    let now = at("2026-11-22T14:02:11Z");
    let (address, asked) = program(&http("200 OK", "", r#"{"MessageId":"1"}"#));
    let verdict = web(Some(address)).carry(&room, &mail(&[]), now).await;
    assert_eq!(verdict, Verdict::Delivered);
    let (head, body) = asked.recv_timeout(Duration::from_secs(5)).unwrap();
    assert!(
        head.starts_with("POST /v2/email/outbound-emails "),
        "{head}"
    );
    assert!(head.contains("/eu-west-1/ses/aws4_request"), "{head}");
    assert_eq!(body["FromEmailAddress"], "trailhound@example.com");
    assert_eq!(body["Destination"]["ToAddresses"][1], "b@example.com");
    let refusal = http(
        "400 Bad Request",
        "x-amzn-errortype: MessageRejected\r\n",
        r#"{"message":"no"}"#,
    );
    let (address, _asked) = program(&refusal);
    let verdict = web(Some(address)).carry(&room, &mail(&[]), now).await;
    assert_eq!(verdict, Verdict::Never("400 MessageRejected".to_owned()));
    let nobody = Web {
        from: None,
        ..web(None)
    };
    assert!(matches!(
        nobody.carry(&room, &mail(&[]), now).await,
        Verdict::Never(_)
    ));
}
