//! The tools we know, the telling ones first.

use super::{Label, Tool, ToolClass};
use crate::language::words;

const fn attack(name: &'static str, label: &'static str) -> Tool {
    Tool {
        name,
        class: ToolClass::Attack,
        label: Label::Name(label),
    }
}

const fn dual(name: &'static str, label: &'static str) -> Tool {
    Tool {
        name,
        class: ToolClass::DualUse,
        label: Label::Name(label),
    }
}

const fn tool(name: &'static str, label: &'static str) -> Tool {
    Tool {
        name,
        class: ToolClass::Ordinary,
        label: Label::Name(label),
    }
}

const fn the(name: &'static str, label: &'static str) -> Tool {
    Tool {
        name,
        class: ToolClass::Ordinary,
        label: Label::The(label),
    }
}

const fn translated(name: &'static str, en: &'static str, zh: &'static str) -> Tool {
    Tool {
        name,
        class: ToolClass::Ordinary,
        label: Label::Words(words(en, zh)),
    }
}

pub(super) const CONSOLE: Tool = translated("console", "the console", "控制台");
pub(super) const CLOUDFORMATION: Tool = tool("cloudformation", "CloudFormation");
pub(super) const AWS_SERVICE: Tool = translated("aws-service", "an AWS service", "AWS 服务");

/// What a user agent contains, in any case, and the tool that writes it. Of several the first
/// counts: attacks before all, then what wraps a tool, then the tool, then the library it stands on.
pub(super) const KNOWN: &[(&str, Tool)] = &[
    (
        "stratus-red-team",
        attack("stratus-red-team", "Stratus Red Team"),
    ),
    ("pacu", attack("pacu", "Pacu")),
    ("trufflehog", attack("trufflehog", "TruffleHog")),
    ("cloudfox", attack("cloudfox", "CloudFox")),
    ("enumerate-iam", attack("enumerate-iam", "enumerate-iam")),
    ("enumerate_iam", attack("enumerate-iam", "enumerate-iam")),
    ("weirdaal", attack("weirdaal", "WeirdAAL")),
    ("aws_consoler", attack("aws-consoler", "aws_consoler")),
    ("aws-consoler", attack("aws-consoler", "aws_consoler")),
    ("quiet-riot", attack("quiet-riot", "Quiet Riot")),
    ("s3scanner", attack("s3scanner", "S3Scanner")),
    ("bucket_finder", attack("bucket-finder", "bucket_finder")),
    ("slurp/", attack("slurp", "slurp")),
    ("nebula/", attack("nebula", "Nebula")),
    ("leonidas", attack("leonidas", "Leonidas")),
    ("peirates", attack("peirates", "Peirates")),
    ("sqlmap", attack("sqlmap", "sqlmap")),
    ("nuclei", attack("nuclei", "Nuclei")),
    ("gobuster", attack("gobuster", "Gobuster")),
    ("aws-nuke", dual("aws-nuke", "aws-nuke")),
    ("cloud-nuke", dual("cloud-nuke", "cloud-nuke")),
    ("prowler", dual("prowler", "Prowler")),
    ("apn_1826889", dual("prowler", "Prowler")),
    ("scoutsuite", dual("scoutsuite", "ScoutSuite")),
    ("scout suite", dual("scoutsuite", "ScoutSuite")),
    ("cloudmapper", dual("cloudmapper", "CloudMapper")),
    ("cloudsploit", dual("cloudsploit", "CloudSploit")),
    ("principalmapper", dual("pmapper", "Principal Mapper")),
    ("pmapper", dual("pmapper", "Principal Mapper")),
    ("cartography", dual("cartography", "Cartography")),
    ("steampipe", dual("steampipe", "Steampipe")),
    ("gitleaks", dual("gitleaks", "Gitleaks")),
    ("s3 browser", dual("s3-browser", "S3 Browser")),
    ("s3browser", dual("s3-browser", "S3 Browser")),
    ("rclone", dual("rclone", "rclone")),
    ("s5cmd", dual("s5cmd", "s5cmd")),
    ("s3cmd", dual("s3cmd", "s3cmd")),
    ("winscp", dual("winscp", "WinSCP")),
    ("cyberduck", dual("cyberduck", "Cyberduck")),
    ("cloudberry", dual("cloudberry", "CloudBerry")),
    ("megasync", dual("megasync", "MEGAsync")),
    (
        "exec-env/cloudshell",
        translated("cloudshell", "CloudShell", "CloudShell"),
    ),
    ("opentofu", tool("opentofu", "OpenTofu")),
    ("pulumi", tool("pulumi", "Pulumi")),
    ("terraform", tool("terraform", "Terraform")),
    ("aws-cdk", the("aws-cdk", "AWS CDK")),
    ("crossplane", tool("crossplane", "Crossplane")),
    ("ansible", tool("ansible", "Ansible")),
    (
        "serverless-framework",
        the("serverless", "Serverless Framework"),
    ),
    ("aws-sam-cli", the("aws-sam-cli", "AWS SAM CLI")),
    ("eksctl", tool("eksctl", "eksctl")),
    ("packer", tool("packer", "Packer")),
    (
        "cloud-custodian",
        tool("cloud-custodian", "Cloud Custodian"),
    ),
    ("c7n/", tool("cloud-custodian", "Cloud Custodian")),
    (
        "amazon-ssm-agent",
        translated("ssm-agent", "the SSM Agent", "SSM Agent"),
    ),
    ("aws-cli/", the("aws-cli", "AWS CLI")),
    (
        "powershell",
        translated(
            "aws-tools-powershell",
            "the AWS Tools for PowerShell",
            "AWS Tools for PowerShell",
        ),
    ),
    ("aws toolkit", the("aws-toolkit", "AWS Toolkit")),
    ("aws-toolkit", the("aws-toolkit", "AWS Toolkit")),
    ("s3console", CONSOLE),
    ("consolefrontend", CONSOLE),
    ("console.amazonaws.com", CONSOLE),
    ("signin.amazonaws.com", CONSOLE),
    (" console", CONSOLE),
    ("console/", CONSOLE),
    ("aws internal", AWS_SERVICE),
    ("aws-internal", AWS_SERVICE),
    ("coral/", AWS_SERVICE),
    ("boto3", tool("boto3", "boto3")),
    ("botocore", tool("botocore", "botocore")),
    ("aws-sdk-go", the("aws-sdk-go", "AWS SDK for Go")),
    (
        "aws-sdk-kotlin",
        the("aws-sdk-kotlin", "AWS SDK for Kotlin"),
    ),
    ("aws-sdk-java", the("aws-sdk-java", "AWS SDK for Java")),
    (
        "aws-sdk-nodejs",
        the("aws-sdk-js", "AWS SDK for JavaScript"),
    ),
    ("aws-sdk-js", the("aws-sdk-js", "AWS SDK for JavaScript")),
    ("aws-sdk-rust", the("aws-sdk-rust", "AWS SDK for Rust")),
    ("aws-sdk-php", the("aws-sdk-php", "AWS SDK for PHP")),
    ("aws-sdk-ruby", the("aws-sdk-ruby", "AWS SDK for Ruby")),
    ("aws-sdk-dotnet", the("aws-sdk-dotnet", "AWS SDK for .NET")),
    ("aws-sdk-net", the("aws-sdk-dotnet", "AWS SDK for .NET")),
    ("aws-sdk-cpp", the("aws-sdk-cpp", "AWS SDK for C++")),
    ("aws-sdk-swift", the("aws-sdk-swift", "AWS SDK for Swift")),
    ("curl/", tool("curl", "curl")),
    (
        "python-requests",
        tool("python-requests", "Python requests"),
    ),
    (
        "go-http-client",
        translated("go-http-client", "a Go program", "Go 程序"),
    ),
    (
        "apache-httpclient",
        translated("java-http-client", "a Java program", "Java 程序"),
    ),
    ("mozilla/", translated("browser", "a browser", "浏览器")),
];

/// How the systems made for break-ins name themselves, in kernel release or distribution.
pub(super) const UNUSUAL_SYSTEMS: &[&str] = &[
    "-kali",
    ".kali",
    "#kali",
    "/kali",
    "-parrot",
    ".parrot",
    "#parrot",
    "/parrot",
    "-pentoo",
    ".pentoo",
    "#pentoo",
    "/pentoo",
    "-blackarch",
    ".blackarch",
    "#blackarch",
    "/blackarch",
];
