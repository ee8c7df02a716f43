//! Which control families of compliance frameworks a rule watches over.
//!
//! A rule says what of an account's security it is about, its [`Theme`]; a theme belongs to families. The
//! CIS benchmark names single rules, so they are told by the rules themselves. That a rule watches over a
//! control does not fulfil it: somebody must read the alerts.
//!
//! Sources: CIS Amazon Web Services Foundations Benchmark, section 4 *Monitoring*; PCI DSS 4.0.1;
//! ISO/IEC 27001:2022, annex A; AICPA Trust Services Criteria 2017 (revised 2022); GB/T 22239-2019, level
//! 3, clause 8.1 and the cloud extension 8.2.

use detect::guidance::Theme;

/// A framework, and how its controls hang on themes.
#[derive(Debug, Clone, Copy)]
pub struct Framework {
    /// As people call it.
    pub name: &'static str,
    /// Each family with its name and the themes that it is about.
    pub families: &'static [Family],
}

/// A family of controls.
#[derive(Debug, Clone, Copy)]
pub struct Family {
    /// Its number in the framework.
    pub id: &'static str,
    /// What it asks for, in a few words.
    pub name: &'static str,
    /// The themes that watch over it.
    pub themes: &'static [Theme],
}

/// The controls of the CIS AWS Foundations Benchmark that ask for monitoring, with what each is about.
pub const CIS: [(&str, &str); 16] = [
    ("4.1", "Unauthorized API calls"),
    ("4.2", "Console sign-in without MFA"),
    ("4.3", "Use of the root account"),
    ("4.4", "Changes of IAM policies"),
    ("4.5", "Changes of CloudTrail's configuration"),
    ("4.6", "Failed console sign-ins"),
    ("4.7", "Customer keys disabled or scheduled for deletion"),
    ("4.8", "Changes of S3 bucket policies"),
    ("4.9", "Changes of AWS Config's configuration"),
    ("4.10", "Changes of security groups"),
    ("4.11", "Changes of network ACLs"),
    ("4.12", "Changes of network gateways"),
    ("4.13", "Changes of route tables"),
    ("4.14", "Changes of VPCs"),
    ("4.15", "Changes of AWS Organizations"),
    ("4.16", "Security Hub is in use"),
];

const fn family(id: &'static str, name: &'static str, themes: &'static [Theme]) -> Family {
    Family { id, name, themes }
}

use Theme::{
    AccessControl, AuditLogs, Authentication, Compute, Credentials, DataExposure, DataProtection,
    Detection, Network, Organization, Reconnaissance, Root,
};

/// The frameworks whose controls hang on themes.
pub const FRAMEWORKS: [Framework; 4] = [
    Framework {
        name: "PCI DSS 4.0.1",
        families: &[
            family("1.2-1.4", "Network security controls", &[Network]),
            family(
                "3.5-3.7",
                "Protection of stored data and keys",
                &[DataProtection],
            ),
            family("6.5", "Changes are managed", &[Compute, Organization]),
            family(
                "7.2-7.3",
                "Access by need to know",
                &[AccessControl, DataExposure],
            ),
            family(
                "8.2-8.3",
                "Users are identified and authenticated",
                &[Root, Authentication, Credentials],
            ),
            family("8.4-8.5", "Multi-factor authentication", &[Authentication]),
            family("8.6", "System accounts and their secrets", &[Credentials]),
            family(
                "10.2-10.3",
                "Audit logs are kept and protected",
                &[AuditLogs],
            ),
            family("10.4", "Audit logs are reviewed", &[Reconnaissance]),
            family(
                "10.7",
                "Failures of security controls are noticed",
                &[AuditLogs, Detection],
            ),
            family(
                "11.5",
                "Intrusions and changes are noticed",
                &[Detection, Compute, Reconnaissance],
            ),
        ],
    },
    Framework {
        name: "ISO/IEC 27001:2022",
        families: &[
            family(
                "A.5.15-A.5.18",
                "Access control, identities and access rights",
                &[AccessControl, Root],
            ),
            family(
                "A.5.17",
                "Authentication information",
                &[Credentials, Authentication],
            ),
            family("A.5.23", "Use of cloud services", &[Organization]),
            family("A.8.2", "Privileged access rights", &[Root, AccessControl]),
            family(
                "A.8.3",
                "Restriction of access to information",
                &[DataExposure],
            ),
            family("A.8.5", "Secure authentication", &[Authentication]),
            family(
                "A.8.9",
                "Configuration management",
                &[Compute, Organization, Detection],
            ),
            family("A.8.10", "Deletion of information", &[DataProtection]),
            family("A.8.12", "Prevention of data leakage", &[DataExposure]),
            family("A.8.13", "Backup", &[DataProtection]),
            family("A.8.15", "Logging", &[AuditLogs]),
            family("A.8.16", "Monitoring", &[Detection, Reconnaissance]),
            family(
                "A.8.20-A.8.22",
                "Security and segregation of networks",
                &[Network],
            ),
            family("A.8.24", "Use of cryptography", &[DataProtection]),
        ],
    },
    Framework {
        name: "SOC 2",
        families: &[
            family(
                "CC6.1",
                "Logical access",
                &[Authentication, Credentials, Root, DataProtection],
            ),
            family(
                "CC6.2-CC6.3",
                "Access is granted, changed and taken away",
                &[AccessControl],
            ),
            family("CC6.6", "Threats from outside the boundary", &[Network]),
            family("CC6.7", "Movement of information", &[DataExposure]),
            family("CC6.8", "Unwanted software", &[Compute]),
            family("CC7.1", "Changes of configuration", &[AuditLogs, Detection]),
            family(
                "CC7.2-CC7.3",
                "Anomalies and security events",
                &[AuditLogs, Detection, Reconnaissance],
            ),
            family("CC8.1", "Changes are managed", &[Compute, Organization]),
            family("A1.2", "Backup and recovery", &[DataProtection]),
        ],
    },
    Framework {
        name: "MLPS 2.0 (等保, GB/T 22239-2019)",
        families: &[
            family("8.1.2.1", "网络架构", &[Network]),
            family("8.1.3.1-8.1.3.2", "边界防护与访问控制", &[Network]),
            family("8.1.3.3", "入侵防范", &[Detection, Reconnaissance]),
            family("8.1.4.1", "身份鉴别", &[Authentication, Credentials, Root]),
            family("8.1.4.2", "访问控制", &[AccessControl, DataExposure]),
            family("8.1.4.3", "安全审计", &[AuditLogs]),
            family("8.1.4.4", "入侵防范（计算环境）", &[Compute]),
            family("8.1.4.8", "数据保密性", &[DataExposure, DataProtection]),
            family("8.1.4.9", "数据备份恢复", &[DataProtection]),
            family(
                "8.1.5.1-8.1.5.3",
                "系统管理、审计管理与安全管理",
                &[Root, AuditLogs, Organization],
            ),
            family("8.1.5.4", "集中管控", &[Detection]),
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_theme_hangs_on_every_framework() {
        for framework in FRAMEWORKS {
            for theme in Theme::ALL {
                assert!(
                    framework
                        .families
                        .iter()
                        .any(|family| family.themes.contains(&theme)),
                    "{}: {theme:?}",
                    framework.name
                );
            }
        }
    }
}
