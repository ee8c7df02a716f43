//! The services, and where each of them is.

/// A service of AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Service {
    /// Its name in signatures.
    pub name: &'static str,
    /// What its host begins with.
    host: &'static str,
    /// Whether a partition has one for all regions.
    is_global: bool,
}

impl Service {
    /// Users, roles, keys and policies.
    pub const IAM: Self = Self {
        is_global: true,
        ..Self::regional("iam")
    };
    /// Machines and their networks.
    pub const EC2: Self = Self::regional("ec2");
    /// Trails.
    pub const CLOUDTRAIL: Self = Self::regional("cloudtrail");
    /// Functions.
    pub const LAMBDA: Self = Self::regional("lambda");
    /// Secrets.
    pub const SECRETS_MANAGER: Self = Self::regional("secretsmanager");
    /// Mails.
    pub const SES: Self = Self {
        host: "email",
        ..Self::regional("ses")
    };
    /// Who is who.
    pub const STS: Self = Self::regional("sts");
    /// Objects.
    pub const S3: Self = Self::regional("s3");
    /// Accounts and their units: in one region of each partition.
    pub const ORGANIZATIONS: Self = Self {
        is_global: true,
        ..Self::regional("organizations")
    };
    /// Parameters.
    pub const SSM: Self = Self::regional("ssm");
    /// Buses of events.
    pub const EVENTS: Self = Self::regional("events");
    /// Queues.
    pub const SQS: Self = Self::regional("sqs");
    /// Topics.
    pub const SNS: Self = Self::regional("sns");

    const fn regional(name: &'static str) -> Self {
        Self {
            name,
            host: name,
            is_global: false,
        }
    }

    /// Its address for a region, and the region that signatures name.
    #[must_use]
    pub fn address(self, region: &str) -> (String, String) {
        let host = self.host;
        if !self.is_global {
            let domain = match region.starts_with("cn-") {
                true => "amazonaws.com.cn",
                false => "amazonaws.com",
            };
            return (
                format!("https://{host}.{region}.{domain}"),
                region.to_owned(),
            );
        }
        if self == Self::ORGANIZATIONS {
            let (home, domain) = match region {
                _ if region.starts_with("cn-") => ("cn-northwest-1", "amazonaws.com.cn"),
                _ if region.starts_with("us-gov-") => ("us-gov-west-1", "amazonaws.com"),
                _ => ("us-east-1", "amazonaws.com"),
            };
            return (format!("https://{host}.{home}.{domain}"), home.to_owned());
        }
        if region.starts_with("cn-") {
            let address = format!("https://{host}.cn-north-1.amazonaws.com.cn");
            (address, "cn-north-1".to_owned())
        } else if region.starts_with("us-gov-") {
            let address = format!("https://{host}.us-gov.amazonaws.com");
            (address, "us-gov-west-1".to_owned())
        } else {
            let address = format!("https://{host}.amazonaws.com");
            (address, "us-east-1".to_owned())
        }
    }
}
