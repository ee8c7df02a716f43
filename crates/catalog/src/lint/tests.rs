use sigma::{RuleSet, SourceFile};

use super::*;

/// The codes and remedies for a rule with this detection section.
fn findings(detection: &str) -> Vec<(&'static str, String)> {
    found("{ product: aws, service: cloudtrail }", detection)
}

fn found(logsource: &str, detection: &str) -> Vec<(&'static str, String)> {
    let text = format!("title: T\nlogsource: {logsource}\ndetection:\n{detection}");
    let loaded = RuleSet::load([SourceFile {
        name: "t.yml",
        text: &text,
    }]);
    assert!(loaded.problems.is_empty(), "{:?}\n{text}", loaded.problems);
    let found = lint(&loaded.rules.rules()[0]);
    found
        .into_iter()
        .map(|finding| (finding.code.as_str(), finding.remedy))
        .collect()
}

/// One selection and the condition `selection`.
fn selection(lines: &[&str]) -> String {
    let lines: String = lines.iter().map(|line| format!("    {line}\n")).collect();
    format!("  selection:\n{lines}  condition: selection\n")
}

#[test]
fn what_fits_cloudtrail_raises_nothing() {
    for (lines, why) in [
        (
            &[
                "eventSource: cloudtrail.amazonaws.com",
                "eventName: StopLogging",
            ][..],
            "the plainest rule",
        ),
        (
            &[
                "eventSource: lambda.amazonaws.com",
                "eventName: UpdateFunctionCode20150331v2",
                "requestParameters.dryRun: false",
            ],
            "a name with its version",
        ),
        (
            &[
                "eventSource: lambda.amazonaws.com",
                "trailhound.eventName: UpdateFunctionCode",
            ],
            "a name without",
        ),
        (
            &[
                "eventSource: iam.amazonaws.com",
                "eventName|startswith: Delete",
            ],
            "a pattern",
        ),
        (
            &["eventSource: '*.amazonaws.com'", "eventName: 'Delete*'"],
            "wildcards",
        ),
        (
            &["eventName: CreateUser", "requestParameters.userName: x"],
            "a parameter that some of the events have",
        ),
        (
            &[
                "eventSource: s3.amazonaws.com",
                "eventName: PutBucketPolicy",
                "requestParameters.anything: x",
            ],
            "irregular parameters",
        ),
        (
            &[
                "eventSource: billingconsole.amazonaws.com",
                "eventName: AnythingAtAll",
                "requestParameters.anything: x",
            ],
            "a source nobody lists",
        ),
        (&["userIdentity.type: Root"], "neither source nor name"),
        (
            &[
                "eventSource: iam.amazonaws.com",
                "eventName: createuser",
                "trailhound.outcome: SUCCESS",
            ],
            "values in any case",
        ),
        (
            &[
                "trailhound.shares|startswith: 'account:'",
                "trailhound.calledByAws: false",
            ],
            "derived fields",
        ),
        (
            &[
                "eventSource: cloudtrail.amazonaws.com",
                "eventName: StopLogging",
                "requestParameters.omitted: true",
            ],
            "a marker of CloudTrail's own",
        ),
        (&["requestParameters|contains: secret"], "the whole block"),
        (
            &["eventSource: sts.amazonaws.com.cn", "eventName: AssumeRole"],
            "the Chinese partition",
        ),
    ] {
        assert_eq!(findings(&selection(lines)), [], "{why}");
    }
}

#[test]
fn what_does_not_fit_is_pointed_out() {
    for (lines, code, remedy) in [
        (
            &["eventSource: cloudtrial.amazonaws.com"][..],
            "unknown-source",
            "did you mean `cloudtrail.amazonaws.com`?",
        ),
        (
            &[
                "eventSource: cloudtrail.amazonaws.com",
                "eventName: StopLoging",
            ],
            "unknown-event",
            "did you mean `StopLogging`?",
        ),
        (
            &["eventName: StopLoging"],
            "unknown-event",
            "did you mean `StopLogging`?",
        ),
        (
            &["eventSource: iam.amazonaws.com", "eventName: StopLogging"],
            "event-of-other-source",
            "correct one of the two",
        ),
        (
            &[
                "eventSource: s3.amazonaws.com",
                "eventName: ReplicateObject",
            ],
            "unknown-event",
            "",
        ),
        (
            &["eventName: DeleteTrail", "sourceIpAddress: 203.0.113.7"],
            "unknown-field",
            "did you mean `sourceIPAddress`?",
        ),
        (
            &[
                "eventName: DeleteTrail",
                "userIdentity.arn|fieldref: userIdentity.sessionContext.arn",
            ],
            "unknown-field",
            "",
        ),
        (
            &[
                "eventSource: iam.amazonaws.com",
                "eventName: CreateUser",
                "requestParameters.username: x",
            ],
            "unknown-parameter",
            "did you mean `userName`?",
        ),
        (
            &[
                "eventSource: organizations.amazonaws.com",
                "eventName: LeaveOrganization",
                "requestParameters.accountId: x",
            ],
            "unknown-parameter",
            "",
        ),
        (
            &["eventName: DeleteTrail", "trailhound.outcome: succeeded"],
            "impossible-value",
            "it has `success`, `failure`",
        ),
        (
            &["trailhound.eventName: UpdateFunctionCode20150331v2"],
            "unknown-event",
            "write `UpdateFunctionCode`",
        ),
        (
            &[
                "eventSource: iam.amazonaws.com",
                "eventName|endswith: Logging",
            ],
            "never-happens",
            "",
        ),
    ] {
        let found = findings(&selection(lines));
        let fits = found.len() == 1 && found[0].0 == code && found[0].1.contains(remedy);
        assert!(
            fits,
            "{lines:?} should raise {code} with {remedy}, not {found:?}"
        );
    }
}

#[test]
fn names_are_judged_by_the_source_beside_them() {
    let good = "  trail: { eventSource: cloudtrail.amazonaws.com, eventName: StopLogging }\n  \
                user: { eventSource: iam.amazonaws.com, eventName: CreateUser }\n  \
                condition: trail or user\n";
    assert_eq!(findings(good), []);
    let swapped = "  trail: { eventSource: cloudtrail.amazonaws.com, eventName: CreateUser }\n  \
                   user: { eventSource: iam.amazonaws.com, eventName: StopLogging }\n  \
                   condition: trail or user\n";
    let codes: Vec<_> = findings(swapped)
        .into_iter()
        .map(|(code, _)| code)
        .collect();
    assert_eq!(codes, ["event-of-other-source", "event-of-other-source"]);
}

#[test]
fn what_a_filter_excludes_may_be_of_another_source() {
    let detection = "  selection: { userIdentity.type: AssumedRole }\n  \
                     filter_source: { eventSource: ssm.amazonaws.com }\n  \
                     filter_name: { eventName: RegisterManagedInstance }\n  \
                     condition: selection and not 1 of filter_*\n";
    assert_eq!(findings(detection), []);
}

#[test]
fn rules_about_other_logs_are_left_alone() {
    let detection = selection(&["eventSource: nothing", "Image: cmd.exe"]);
    assert_eq!(found("{ product: windows }", &detection), []);
    assert_eq!(found("{ product: aws, service: vpcflow }", &detection), []);
}
