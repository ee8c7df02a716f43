use super::*;
use crate::cloudtrail::layout;
use proptest::prelude::*;

#[test]
fn user_agents_name_their_tools() {
    for (agent, name, class) in [
        (
            "aws-cli/2.2.16 Python/3.8.8 Darwin/20.5.0 exe/x86_64 prompt/off command/s3.sync",
            "aws-cli",
            "ordinary",
        ),
        (
            "[aws-cli/1.18.69 Python/3.8.5 Linux/5.4.0 botocore/1.16.19]",
            "aws-cli",
            "ordinary",
        ),
        (
            "aws-cli/2.17.0 md/awscrt#0.20.11 ua/2.0 os/linux#6.6.9-amd64 md/distrib#kali.2024 md/prompt#off",
            "aws-cli",
            "unusual-os",
        ),
        (
            "Boto3/1.26.1 Python/3.10.8 Linux/6.0.0-kali6-amd64 Botocore/1.29.1",
            "boto3",
            "unusual-os",
        ),
        (
            "Boto3/1.18.1 Python/3.9.5 Linux/4.14.238 Botocore/1.21.1",
            "boto3",
            "ordinary",
        ),
        ("Botocore/1.21.1", "botocore", "ordinary"),
        (
            "APN/1.0 HashiCorp/1.0 Terraform/1.5.7 (+https://www.terraform.io) terraform-provider-aws/5.31.0 aws-sdk-go-v2/1.24.0",
            "terraform",
            "ordinary",
        ),
        (
            "APN/1.0 HashiCorp/1.0 Terraform/1.6.0 (+https://www.terraform.io) OpenTofu/1.6.0 terraform-provider-aws/5.31.0",
            "opentofu",
            "ordinary",
        ),
        (
            "APN/1.0 Pulumi/1.0 PulumiAws/6.0 aws-sdk-go/1.44.1",
            "pulumi",
            "ordinary",
        ),
        (
            "aws-sdk-go-v2/1.24.0 os/linux lang/go#1.21",
            "aws-sdk-go",
            "ordinary",
        ),
        (
            "aws-sdk-js/3.300.0 os/linux#5.10 lang/js md/nodejs#18.12.1",
            "aws-sdk-js",
            "ordinary",
        ),
        (
            "aws-sdk-rust/1.0 os/linux lang/rust/1.75",
            "aws-sdk-rust",
            "ordinary",
        ),
        (
            "aws-cdk/2.100.0 aws-sdk-nodejs/2.1.0",
            "aws-cdk",
            "ordinary",
        ),
        (
            "S3Console/0.4, aws-internal/3 aws-sdk-java/1.11.1002",
            "console",
            "ordinary",
        ),
        ("console.ec2.amazonaws.com", "console", "ordinary"),
        ("signin.amazonaws.com", "console", "ordinary"),
        ("AWS CloudWatch Console", "console", "ordinary"),
        ("cloudformation.amazonaws.com", "cloudformation", "ordinary"),
        ("delivery.logs.amazonaws.com", "aws-service", "ordinary"),
        ("AWS Internal", "aws-service", "ordinary"),
        (
            "aws-internal/3 aws-sdk-java/1.11.997",
            "aws-service",
            "ordinary",
        ),
        (
            "aws-cli/2.15.0 Python/3.11.6 Linux/6.1 exec-env/CloudShell exe/x86_64",
            "cloudshell",
            "ordinary",
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64) Firefox/118.0",
            "browser",
            "ordinary",
        ),
        (
            "stratus-red-team_ea782787-a65d-4fc4-9fca-1c97869a9a25",
            "stratus-red-team",
            "attack",
        ),
        ("aws-sdk-go/1.44 TruffleHog", "trufflehog", "attack"),
        ("aws-cli/1.0 pacu", "pacu", "attack"),
        (
            "Boto3/1.26.1 Python/3.9 Botocore/1.29.1 APN_1826889 prowler",
            "prowler",
            "dual-use",
        ),
        (
            "S3 Browser/11.6.7 (https://s3browser.com)",
            "s3-browser",
            "dual-use",
        ),
        ("rclone/v1.65.0", "rclone", "dual-use"),
    ] {
        let tool = Tool::from_user_agent(agent).unwrap_or_else(|| panic!("{agent}"));
        assert_eq!((tool.name, tool.class.as_str()), (name, class), "{agent}");
    }
}

#[test]
fn strangers_have_no_name() {
    for agent in [
        "",
        "[]",
        "my-own-script",
        "x y.amazonaws.com",
        "alkaline",
        "app/kaliber",
    ] {
        assert_eq!(Tool::from_user_agent(agent), None, "{agent}");
    }
}

#[test]
fn what_stands_beyond_the_limit_is_not_read() {
    let agent = format!("{}pacu", "é".repeat(MAX_USER_AGENT / 2));
    assert_eq!(Tool::from_user_agent(&agent), None);
}

#[test]
fn a_browser_at_the_console_is_the_console() {
    for (field, name) in [
        (r#""eventType":"AwsConsoleSignIn""#, "console"),
        (r#""sessionCredentialFromConsole":"true""#, "console"),
        (r#""eventType":"AwsApiCall""#, "browser"),
    ] {
        let text = format!(
            r#"{{"eventSource":"a","eventName":"b","eventTime":"2026-11-22T14:02:11Z","userAgent":"Mozilla/5.0",{field}}}"#
        );
        let record = Record::new(&text, layout::of(&text).unwrap()).unwrap();
        assert_eq!(Tool::of(&record).unwrap().name, name);
    }
}

#[test]
fn labels_follow_with() {
    for (agent, en, zh) in [
        ("aws-cli/2", "the AWS CLI", "AWS CLI"),
        ("Terraform/1", "Terraform", "Terraform"),
        ("console.amazonaws.com", "the console", "控制台"),
    ] {
        let tool = Tool::from_user_agent(agent).unwrap();
        assert_eq!(tool.label(Language::En), en);
        assert_eq!(tool.label(Language::ZhCn), zh);
    }
}

#[test]
fn all_names_fit_the_automaton() {
    assert!(searcher(KNOWN.iter().map(|(needle, _)| *needle)).is_some());
    assert!(searcher(UNUSUAL_SYSTEMS.iter().copied()).is_some());
}

proptest! {
    #[test]
    fn any_user_agent_is_fine(agent in ".{0,200}", pad in 0_usize..1100) {
        let _ = Tool::from_user_agent(&format!("{}{agent}", "é".repeat(pad)));
    }
}
