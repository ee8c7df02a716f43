//! Queries held against one record, and queries that are none.

use detect::cloudtrail::{Record, layout};
use jiff::Timestamp;
use proptest::prelude::*;
use query::Query;

const RECORD: &str = r#"{"eventVersion":"1.11","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/maria","accountId":"111122223333","accessKeyId":"AKIAIOSFODNN7EXAMPLE","userName":"maria"},"eventTime":"2026-11-20T14:02:11Z","eventSource":"s3.amazonaws.com","eventName":"PutBucketPolicy","awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.7","userAgent":"[Boto3/1.34]","errorCode":"AccessDenied","requestParameters":{"bucketName":"acme-logs","path":"a\/b\u0041","bucketPolicy":{"Statement":[{"Effect":"Allow","Principal":"*"},{"Effect":"Deny"}]},"maxKeys":7,"ratio":0.5,"dry":false,"nothing":null},"resources":[{"ARN":"arn:aws:s3:::acme-logs","type":"AWS::S3::Bucket"}],"eventID":"0a1b2c3d-0000-4000-8000-000000000001","recipientAccountId":"111122223333"}"#;

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().expect("a time")
}

fn at(time: &str) -> Timestamp {
    time.parse().expect("a time")
}

fn record() -> Record<'static> {
    Record::new(RECORD, layout::of(RECORD).expect("an object")).expect("a record")
}

fn holds(query: &str) -> bool {
    match Query::parse(query, now()) {
        Ok(query) => query.matches(&record()),
        Err(error) => panic!("{query}: {error}"),
    }
}

#[test]
fn a_query_holds_or_not() {
    for (query, expected, why) in [
        ("", true, "nothing asked holds always"),
        ("eventName = PutBucketPolicy", true, "the same text"),
        (
            "eventName=putbucketpolicy",
            true,
            "in any case, without blanks",
        ),
        (
            "eventName == PutBucketPolicy",
            true,
            "as programmers write it",
        ),
        ("eventName = Put", false, "the whole text counts"),
        ("eventName != PutBucketPolicy", false, "not the same"),
        ("nowhere != x", true, "what is absent is not the same"),
        ("eventName ~ Put*", true, "with a wildcard, the whole text"),
        ("eventName ~ bucket", true, "without one, a part"),
        ("eventName !~ bucket", false, "and not"),
        (
            "eventName ~ Bucket*",
            false,
            "a wildcard fits from the start",
        ),
        ("requestParameters.maxKeys = 7", true, "a number"),
        ("requestParameters.maxKeys = 7.0", true, "however written"),
        ("requestParameters.maxKeys > 6", true, "greater"),
        ("requestParameters.maxKeys >= 7", true, "or the same"),
        ("requestParameters.maxKeys < 7", false, "not smaller"),
        ("requestParameters.ratio <= 0.5", true, "a fraction"),
        ("requestParameters.dry = false", true, "a truth value"),
        ("requestParameters.nothing = null", true, "null"),
        (
            "requestParameters.absent = null",
            true,
            "absent is nothing too",
        ),
        (
            "requestParameters.nothing exists",
            false,
            "null is not there",
        ),
        ("requestParameters.maxKeys exists", true, "there"),
        ("not errorMessage exists", true, "not there"),
        (
            "requestParameters.bucketPolicy.Statement.Effect = Deny",
            true,
            "any of several",
        ),
        (
            "requestParameters.bucketPolicy.Statement.Effect != Deny",
            false,
            "none of several",
        ),
        ("eventTime > 7d", true, "younger than a week"),
        ("eventTime > 24h", false, "older than a day"),
        ("eventTime = 2026-11-20", true, "on that day"),
        ("eventTime <= 2026-11-20", true, "a day to its end"),
        ("eventTime < 2026-11-20", false, "a day from its start"),
        ("eventTime >= 2026-11-20T14:02:11Z", true, "to the second"),
        (
            "eventTime in (2026-11-19, 2026-11-20)",
            true,
            "one of two days",
        ),
        ("eventTime ~ 2026-11*", true, "as text"),
        ("sourceIPAddress in 203.0.113.0/24", true, "a network"),
        (
            "sourceIPAddress in (10.0.0.0/8, 203.0.113.0/28)",
            true,
            "one of two",
        ),
        (
            "sourceIPAddress not in (10.0.0.0/8, 192.0.2.1)",
            true,
            "none of two",
        ),
        (
            "sourceIPAddress = 203.0.113.0/24",
            false,
            "a text is no network",
        ),
        (
            "trailhound.principal.kind in (root, iam-user)",
            true,
            "derived",
        ),
        ("trailhound.outcome = failure", true, "derived"),
        ("maria", true, "a keyword"),
        ("MARIA acme-logs", true, "two, both"),
        ("mario", false, "not there"),
        ("eventName", false, "names of fields are no text"),
        ("a/bA", true, "escapes resolved"),
        ("ma?ia", true, "a keyword with a wildcard"),
        ("\"acme logs\" or acme-logs", true, "in quotes"),
        (
            "maria and not (root or AKIAIOSFODNN7EXAMPLE)",
            false,
            "brackets",
        ),
        ("mario or maria and acme-logs", true, "and binds more"),
        ("(mario or maria) and nobody", false, "unless in brackets"),
        (
            "!mario && (maria || nobody)",
            true,
            "as programmers write it",
        ),
        ("userAgent ~ \"[Boto3*\"", true, "quotes keep signs"),
        (
            "'eventName' = 'PutBucketPolicy'",
            true,
            "quotes around a field",
        ),
        ("\"in\"", false, "a word of the language as a keyword"),
    ] {
        assert_eq!(holds(query), expected, "{why}: {query}");
    }
}

#[test]
fn shortcuts_find_what_they_name() {
    let record = record();
    for (query, expected, why) in [
        (Query::principal("maria"), true, "by name"),
        (
            Query::principal("arn:aws:iam::*:user/maria"),
            true,
            "by ARN",
        ),
        (Query::principal("mari"), false, "not by half a name"),
        (
            Query::key("AKIAIOSFODNN7EXAMPLE"),
            true,
            "the key it was signed with",
        ),
        (Query::event("PutBucketPolicy"), true, "by API"),
        (
            Query::event("0a1b2c3d-0000-4000-8000-000000000001"),
            true,
            "by id",
        ),
        (Query::resource("acme-logs"), true, "by name"),
        (Query::resource("arn:aws:s3:::acme-logs"), true, "by ARN"),
        (Query::resource("acme"), false, "not by half a name"),
        (Query::resource("acme-*"), true, "unless with a wildcard"),
        (Query::resource("maria"), false, "who called is no resource"),
        (Query::address("203.0.113.0/24").unwrap(), true, "a network"),
        (
            Query::address("203.0.113.8").unwrap(),
            false,
            "another address",
        ),
        (
            Query::between(at("2026-11-20T14:02:11Z"), at("2026-11-20T14:02:12Z")),
            true,
            "its first moment is inside",
        ),
        (
            Query::between(at("2026-11-20T14:02:10Z"), at("2026-11-20T14:02:11Z")),
            false,
            "its last is not",
        ),
    ] {
        assert_eq!(query.matches(&record), expected, "{why}");
    }
    assert_eq!(Query::address("maria"), None);
}

#[test]
fn errors_draw_the_place() {
    let mut text = String::new();
    for query in [
        "eventName =",
        "eventName = x and",
        "(maria or (root)",
        "maria)",
        "eventName = \"x",
        "sourceIPAddress in 10.0.0.0/99",
        "a in (b, )",
        "a in (b c)",
        "or b",
        "()",
        "玛丽亚 玛丽亚 =",
        "\u{1b}[2J =",
    ] {
        match Query::parse(query, now()) {
            Err(error) => text += &format!("{error}\n"),
            Ok(query) => panic!("{query:?}"),
        }
    }
    let deep = "(".repeat(5_000);
    text += &Query::parse(&deep, now()).unwrap_err().to_string();
    insta::assert_snapshot!(text);
}

proptest! {
    #[test]
    fn any_text_is_a_query_or_an_error(text in "[a-c=!<>~()\"', \\\\*/.0-9é]{0,30}|.{0,20}|((not|and|or|in|exists|a) ){0,8}") {
        match Query::parse(&text, now()) {
            Ok(query) => prop_assert_eq!(query.matches(&record()), query.matches(&record())),
            Err(error) => {
                prop_assert!(error.column <= text.chars().count() + 1);
                prop_assert!(error.to_string().lines().count() == 3);
            }
        }
    }

    #[test]
    fn not_turns_every_answer(text in "(maria|mario|eventName ~ (Put|Get)|errorCode exists)") {
        prop_assert_ne!(holds(&text), holds(&format!("not ({text})")));
    }
}
