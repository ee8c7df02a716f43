//! What the local AWS does not do: answers in pages, and asking for patience.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::thread::JoinHandle;

use cloud::Cloud;

use super::*;

const BUSY: (u16, &str) = (
    400,
    r#"{"__type":"TooManyRequestsException","Message":"wait"}"#,
);

/// A server that gives these answers, one after the other; hands over what it was asked.
fn server(answers: Vec<(u16, &'static str)>) -> (Caller, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let asked = std::thread::spawn(move || {
        let mut asked = Vec::new();
        for (status, answer) in answers {
            let (stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(stream);
            let (mut action, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                let line = line.trim_end();
                let lower = line.to_ascii_lowercase();
                if let Some(bytes) = lower.strip_prefix("content-length: ") {
                    length = bytes.parse().unwrap();
                }
                if lower.starts_with("x-amz-target: ") {
                    action = line.rsplit('.').next().unwrap_or_default().to_owned();
                }
                if line.is_empty() {
                    break;
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            asked.push(format!("{action} {}", String::from_utf8_lossy(&body)));
            let head = format!(
                "HTTP/1.1 {status} x\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{answer}",
                answer.len()
            );
            reader.get_mut().write_all(head.as_bytes()).unwrap();
        }
        asked
    });
    let cloud = Cloud {
        region: "eu-west-1".to_owned(),
        access_key: "AKIAIOSFODNN7EXAMPLE".to_owned(),
        secret: "secret".to_owned(),
        session: None,
        endpoint: Some(endpoint),
    };
    (Caller::new(cloud), asked)
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(future)
}

fn soon() -> Deadline {
    Deadline::within(Duration::from_secs(60))
}

#[test]
fn the_tree_is_asked_for_page_by_page_and_with_patience() {
    let (caller, asked) = server(vec![
        (200, r#"{"Roots":[{"Id":"r-1","Name":"Root"}]}"#),
        (
            200,
            r#"{"Accounts":[{"Id":"111122223333","Name":"mgmt","Status":"ACTIVE"}],"NextToken":"more"}"#,
        ),
        BUSY,
        (
            200,
            r#"{"Accounts":[{"Id":"222233334444","Name":"old","Status":"SUSPENDED"},{"Id":"odd"}]}"#,
        ),
        (
            200,
            r#"{"OrganizationalUnits":[{"Id":"ou-1","Name":"Work/loads"}]}"#,
        ),
        (
            200,
            r#"{"Accounts":[{"Id":"333344445555","Name":"shop","State":"PENDING_CLOSURE","Status":"ACTIVE"}]}"#,
        ),
        (200, r#"{"OrganizationalUnits":[]}"#),
    ]);
    let accounts = wait(accounts(&caller, soon())).unwrap();
    let told: Vec<_> = accounts
        .iter()
        .map(|(id, member)| (id.as_str(), member.is_active, member.unit.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            ("111122223333", true, None),
            ("222233334444", false, None),
            ("333344445555", false, Some("Work∕loads")),
        ]
    );
    let root = "ListAccountsForParent {\"ParentId\":\"r-1\"}";
    let more = "ListAccountsForParent {\"NextToken\":\"more\",\"ParentId\":\"r-1\"}";
    let asked = asked.join().unwrap();
    assert_eq!(
        asked,
        [
            "ListRoots {}",
            root,
            more,
            more,
            "ListOrganizationalUnitsForParent {\"ParentId\":\"r-1\"}",
            "ListAccountsForParent {\"ParentId\":\"ou-1\"}",
            "ListOrganizationalUnitsForParent {\"ParentId\":\"ou-1\"}",
        ]
    );
}

#[test]
fn who_may_not_ask_says_so_and_nobody_asks_without_time() {
    let denied = r#"{"__type":"AccessDeniedException","Message":"not you"}"#;
    let (caller, _asked) = server(vec![(400, denied)]);
    let error = wait(accounts(&caller, soon())).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Organizations does not answer `ListRoots`: 400 AccessDeniedException: not you"
    );
    let over = Deadline::within(Duration::ZERO);
    let error = wait(accounts(&caller, over)).unwrap_err();
    assert!(matches!(error, AskError::TooSlow));
}
