use super::*;

const TOPIC: &str = "arn:aws-cn:sns:cn-north-1:111122223333:findings";

fn set(pairs: &[(&str, &str)]) -> impl Fn(&str) -> Option<String> + use<> {
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect();
    move |name| {
        pairs
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.clone())
    }
}

#[test]
fn every_problem_is_told_at_once() {
    let environment = set(&[
        ("TRAILHOUND_FINDINGS_TOPIC_ARN", "findings"),
        ("TRAILHOUND_LEVEL", "loud"),
        ("TRAILHOUND_MAX_OBJECT_BYTES", "1 GB"),
        ("TRAILHOUND_OWN_PREFIX", "*"),
        ("TRAILHOUND_BEHAVIOUR", "true"),
        ("TRAILHOUND_GEO", "tables/city.mmdb"),
    ]);
    let error = for_log_files(&environment).unwrap_err();
    assert_eq!(
        error.to_string(),
        "8 of the settings cannot be used: \
         `TRAILHOUND_STATE_TABLE` is not set; it must be the name of a DynamoDB table; \
         `TRAILHOUND_FINDINGS_TOPIC_ARN` is `findings`; it must be the ARN of an SNS topic; \
         `TRAILHOUND_LEVEL` is `loud`; it must be `informational`, `low`, `medium`, `high` or `critical`; \
         `TRAILHOUND_OWN_PREFIX` is `*`; it must be what the names of the fleet's roles begin with: \
         4 to 64 letters, digits and hyphens; \
         `TRAILHOUND_BEHAVIOUR` is `true`; it must be `on` or `off`; \
         `TRAILHOUND_GEO` is `tables/city.mmdb`; it must be files or objects in MaxMind's format, such as \
         `s3://bucket/key.mmdb, /opt/asn.mmdb`; \
         `TRAILHOUND_LOG_QUEUE_URL` is not set; it must be the URL of an SQS queue; \
         `TRAILHOUND_MAX_OBJECT_BYTES` is `1 GB`; it must be a whole number of bytes, 1 or more"
    );
}

#[test]
fn what_is_not_said_has_a_default() {
    let settings = for_mails(&set(&[
        ("TRAILHOUND_STATE_TABLE", "state"),
        ("TRAILHOUND_MAIL_TOPIC_ARN", TOPIC),
        ("TRAILHOUND_LANGUAGE", ""),
    ]))
    .unwrap();
    assert_eq!(settings.languages, [Language::En]);
    assert_eq!(settings.rate, Rate::per_second(1.0));
    assert_eq!(settings.update_after, SignedDuration::from_mins(15));
    assert_eq!(settings.ladder, Ladder::default());
}

#[test]
fn what_is_said_is_taken() {
    let environment = set(&[
        ("TRAILHOUND_STATE_TABLE", "state"),
        ("TRAILHOUND_FINDINGS_TOPIC_ARN", TOPIC),
        ("TRAILHOUND_MAIL_TOPIC_ARN", TOPIC),
        ("TRAILHOUND_LEVEL", "high"),
        ("TRAILHOUND_LANGUAGE", "both"),
        ("TRAILHOUND_MAILS_PER_SECOND", "0.2"),
        ("TRAILHOUND_LOG_QUEUE_URL", "https://sqs/1/q"),
        ("TRAILHOUND_MAX_OBJECT_BYTES", "5"),
        ("TRAILHOUND_RULES", "/opt/rules"),
        ("TRAILHOUND_OWN_PREFIX", "trailhound-"),
        ("TRAILHOUND_BEHAVIOUR", "on"),
        ("TRAILHOUND_GEO", "s3://tables/a/city.mmdb, /opt/asn.mmdb"),
        ("TRAILHOUND_TIME_ZONE", "Asia/Shanghai"),
        ("TRAILHOUND_SUMMARY_HOUR", "8"),
        ("TRAILHOUND_ACCOUNTS", "111122223333 = prod, platform team"),
    ]);
    let logs = for_log_files(&environment).unwrap();
    assert_eq!(
        (logs.judging.level, logs.max_object_bytes),
        (Level::High, 5)
    );
    assert_eq!(logs.judging.rules, Some("/opt/rules".into()));
    assert!(logs.judging.behaviour);
    let geo: Vec<_> = logs.judging.geo.iter().map(ToString::to_string).collect();
    assert_eq!(geo, ["s3://tables/a/city.mmdb", "/opt/asn.mmdb"]);
    assert_eq!(logs.judging, for_events(&environment).unwrap());
    let mails = for_mails(&environment).unwrap();
    assert_eq!(mails.languages, Language::ALL);
    assert_eq!(mails.rate, Rate::per_second(0.2));
    assert_eq!(mails.zone.iana_name(), Some("Asia/Shanghai"));
    assert_eq!(mails.summary.map(|habit| habit.hour), Some(8));
    assert!(logs.counts);
    assert_eq!(mails.accounts.name("111122223333"), Some("prod"));
}

#[test]
fn mails_are_handed_over_in_one_message_or_in_one_for_each_language() {
    let (en, zh) = (Language::En, Language::ZhCn);
    for (language, apart, expected) in [
        ("en", "", vec![vec![en]]),
        ("both", "", vec![vec![en, zh]]),
        ("en", "zh-CN", vec![vec![zh]]),
        ("en", "both", vec![vec![en], vec![zh]]),
    ] {
        let environment = [
            ("TRAILHOUND_STATE_TABLE", "state"),
            ("TRAILHOUND_MAIL_TOPIC_ARN", TOPIC),
            ("TRAILHOUND_LANGUAGE", language),
            ("TRAILHOUND_DELIVERY_LANGUAGES", apart),
            ("TRAILHOUND_DELIVERY_TOPIC_ARN", TOPIC),
        ];
        let settings = for_mails(&set(&environment)).unwrap();
        assert_eq!(settings.rooms, expected, "{language} {apart}");
        let settings = for_mails(&set(&environment[..4])).unwrap();
        assert!(settings.rooms.is_empty(), "nobody takes them");
    }
}

#[test]
fn numbers_have_bounds() {
    for (name, value) in [
        ("TRAILHOUND_MAILS_PER_SECOND", "0"),
        ("TRAILHOUND_MAILS_PER_SECOND", "10"),
        ("TRAILHOUND_MAILS_PER_SECOND", "NaN"),
        ("TRAILHOUND_UPDATE_AFTER_SECONDS", "-1"),
        ("TRAILHOUND_LANGUAGE", "fr"),
        ("TRAILHOUND_MEDIUM_EVERY_SECONDS", "604801"),
        ("TRAILHOUND_LOW_EVERY_SECONDS", "daily"),
        ("TRAILHOUND_CHAT_TOPIC_ARN", "#alerts"),
        ("TRAILHOUND_TIME_ZONE", "Mars/Olympus"),
        ("TRAILHOUND_ACCOUNTS", "prod"),
        ("TRAILHOUND_ROUTES", "level = high"),
        ("TRAILHOUND_SUMMARY_HOUR", "24"),
        ("TRAILHOUND_ROUTE_TOPIC_ARNS", "on-call"),
        ("TRAILHOUND_DELIVERY_TOPIC_ARN", "delivery"),
        ("TRAILHOUND_DELIVERY_LANGUAGES", "fr"),
    ] {
        let environment = set(&[
            ("TRAILHOUND_STATE_TABLE", "state"),
            ("TRAILHOUND_MAIL_TOPIC_ARN", TOPIC),
            (name, value),
        ]);
        let SettingsError(problems) = for_mails(&environment).unwrap_err();
        assert_eq!(problems.len(), 1, "{name}={value}");
    }
}

#[test]
fn a_wrong_table_is_told_by_row_and_cell_with_all_else_that_is_wrong() {
    let environment = set(&[
        ("TRAILHOUND_MAIL_TOPIC_ARN", TOPIC),
        (
            "TRAILHOUND_ROUTE_TOPIC_ARNS",
            "arn:aws:sns:eu-west-1:111122223333:on-call",
        ),
        (
            "TRAILHOUND_ROUTES",
            "level = high, topic = on-call; level = loud, colour = red, topic = oncall",
        ),
    ]);
    let error = for_mails(&environment).unwrap_err();
    assert_eq!(
        error.to_string(),
        "4 of the settings cannot be used: \
         `TRAILHOUND_STATE_TABLE` is not set; it must be the name of a DynamoDB table; \
         `TRAILHOUND_ROUTES`, row 2, `colour`: there is no such cell; it must be one of `account`, `unit`, \
         `level`, `rule`, `language`, `topic`; \
         `TRAILHOUND_ROUTES`, row 2, `level`: `loud` is no level; it must be `informational`, `low`, `medium`, \
         `high` or `critical`; \
         `TRAILHOUND_ROUTES`, row 2, `topic`: `oncall` is not among the topics; it must be one of `mail`, `on-call`"
    );
}

#[test]
fn the_responder_runs_dry_unless_it_is_told_otherwise() {
    use response::action::Kind;
    use response::manner::Mode;

    let needed = [
        (STATE_TABLE.name, "trailhound-respond"),
        (MAIL_TOPIC.name, TOPIC),
        (OWN_PREFIX.name, "trailhound-"),
    ];
    let settings = for_responses(&set(&needed)).unwrap();
    let manner = &settings.manner;
    assert_eq!(
        (manner.mode, manner.level, manner.hourly),
        (Mode::DryRun, Level::High, 5)
    );
    assert_eq!(
        (&*manner.account, manner.partition.as_str()),
        ("111122223333", "aws-cn")
    );
    assert!(
        !manner.kinds.contains(&Kind::QuarantineRole),
        "that one stops workloads"
    );
    let own = "arn:aws-cn:iam::111122223333:role/trailhound-AlertsRole-1";
    assert!(manner.never.holds(own).is_some());

    let told = [
        (RESPOND_MODE.name, "automatic"),
        (RESPOND_STEPS.name, "close-port, quarantine-role"),
        (RESPOND_RULES.name, "Trail *;Root *"),
        (
            NEVER_TOUCH.name,
            "arn:*:iam::*:role/break-glass/*;\narn:aws-cn:iam::*:user/ceo",
        ),
        (APPROVE_WITHIN.name, "600"),
    ];
    let settings = for_responses(&set(&[&needed[..], &told].concat())).unwrap();
    let manner = &settings.manner;
    assert_eq!(
        (manner.mode, manner.kinds.len(), manner.rules.len()),
        (Mode::Automatic, 2, 2)
    );
    assert!(
        manner
            .never
            .holds("arn:aws-cn:iam::111122223333:user/CEO")
            .is_some()
    );

    let wrong = [
        (RESPOND_MODE.name, "yes"),
        (RESPOND_STEPS.name, "close-port, delete-everything"),
        (NEVER_TOUCH.name, "break-glass"),
        (RESPOND_PER_HOUR.name, "0"),
        (APPROVE_WITHIN.name, "5"),
    ];
    let SettingsError(problems) = for_responses(&set(&wrong)).unwrap_err();
    assert_eq!(problems.len(), wrong.len() + needed.len());
}
