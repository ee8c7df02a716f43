use super::*;
use crate::stage::mail;

const HOOK: &str = "https://hooks.slack.com/services/T0/B0/hush";

fn problems(rooms: &str) -> Vec<String> {
    let RoomsError(problems) = parse(&format!(r#"{{"rooms":[{rooms}]}}"#)).unwrap_err();
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn everything_that_is_wrong_is_told_and_no_address() {
    let told = problems(
        r#"{"name": "on-call", "kind": "slack", "url": "ftp://hush", "level": "loud", "secret": "hush"},
           {"name": "on-call", "kind": "teams", "url": "http://example.com/hush", "urll": "hush"},
           {"name": "a\nb", "kind": "smoke"},
           {"name": "m", "kind": "mail", "to": ["a@b@c"], "accounts": [1], "language": "fr"}, 7"#,
    );
    assert_eq!(
        told,
        [
            "rooms[0] (on-call): there is no field `secret` for `slack`",
            "rooms[0] (on-call): `url` must begin with `https://` and a host",
            "rooms[0] (on-call): `level` must be `informational`, `low`, `medium`, `high` or `critical`",
            "rooms[1]: another room is called `on-call`",
            "rooms[1] (on-call): there is no field `urll` for `teams`",
            "rooms[1] (on-call): `url` must begin with `https://` and a host",
            "rooms[2]: `name` must be 1 to 64 letters, digits, blanks, `.`, `_`, `-`",
            "rooms[2]: `kind` must be one of `slack`, `teams`, `feishu`, `dingtalk`, `wecom`, `mail`",
            "rooms[3] (m): `to` must be a list of mail addresses, such as a@example.com",
            "rooms[3] (m): `to` must be a list of 1 to 50 mail addresses",
            "rooms[3] (m): `accounts` must be a list of twelve digits each",
            "rooms[3] (m): `language` must be `en` or `zh-CN`",
            "rooms[4]: it must be an object",
        ]
    );
    for text in ["", "[]", r#"{"rooms": {}}"#, "hush"] {
        let error = parse(text).unwrap_err().to_string();
        assert!(
            error.contains("\"rooms\"") && !error.contains("hush"),
            "{error}"
        );
    }
}

#[test]
fn only_tls_or_this_machine_itself() {
    for (url, safe) in [
        (HOOK, true),
        ("https://[2001:db8::1]/x", true),
        ("http://127.0.0.1:8080/x", true),
        ("http://[::1]:8080", true),
        ("http://localhost/x", true),
        ("http://localhost.example.com/x", false),
        ("http://127.0.0.1@example.com/x", false),
        ("http://169.254.169.254/latest", false),
        ("http://10.0.0.1/x", false),
        ("https://user:password@example.com/x", false),
        ("https://", false),
        ("https:///x", false),
        ("https://exa mple.com", false),
        ("file:///etc/passwd", false),
        ("//example.com", false),
    ] {
        assert_eq!(is_safe(url), safe, "{url}");
    }
}

#[test]
fn each_room_hears_what_it_wants_to() {
    let room = |filter: &str| {
        let text = format!(r#"{{"rooms":[{{"name":"r","kind":"slack","url":"{HOOK}"{filter}}}]}}"#);
        parse(&text).unwrap().remove(0)
    };
    let summary = |level: &str| {
        mail(&[
            ("kind", "summary"),
            ("level_num", level),
            ("language", "en"),
        ])
    };
    let alert = |level: &str, account: &str, language: &str| {
        mail(&[
            ("kind", "alert"),
            ("level_num", level),
            ("account", account),
            ("language", language),
        ])
    };
    let own = "111122223333";
    for (filter, mail, wanted) in [
        ("", alert("1", own, "en"), true),
        ("", summary("0"), true),
        (r#","level":"high""#, alert("2", own, "en"), false),
        (r#","level":"high""#, alert("3", own, "en"), true),
        (r#","level":"high""#, summary("4"), false),
        (
            r#","accounts":["111122223333"]"#,
            alert("1", own, "en"),
            true,
        ),
        (
            r#","accounts":["111122223333"]"#,
            alert("4", "444455556666", "en"),
            false,
        ),
        (
            r#","accounts":["111122223333"]"#,
            alert("1", "several", "en"),
            true,
        ),
        (r#","language":"zh-CN""#, alert("1", own, "en"), false),
        (r#","language":"zh-CN""#, alert("1", own, "en,zh-CN"), true),
    ] {
        assert_eq!(room(filter).wants(&mail), wanted, "{filter} {mail:?}");
    }
    let mut left = alert("0", "444455556666", "en");
    left.only = BTreeSet::from(["r".to_owned(), "x".to_owned()]);
    let strict = room(r#","level":"high""#);
    assert!(strict.wants(&left), "it had wanted it when it came first");
    assert_eq!(
        gone(&[strict], &left).into_keys().collect::<Vec<_>>(),
        ["x"]
    );
}

#[test]
fn nobody_is_shown_an_address() {
    let text = format!(
        r#"{{"rooms":[{{"name":"r","kind":"feishu","url":"{HOOK}","secret":"hush-key"}}]}}"#
    );
    let shown = format!("{:?}", parse(&text).unwrap());
    assert!(
        !shown.contains("hush") && !shown.contains("slack.com"),
        "{shown}"
    );
}
