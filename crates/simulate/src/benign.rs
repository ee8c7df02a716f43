//! What looks like an attack in everyday life and is none: stated, so that alerts about it can be told
//! from false ones.

/// A harmless thing that a watchful detector may well report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Benign {
    /// What happens, and why it is harmless.
    pub what: &'static str,
    /// How often, or on which day counted from 0.
    pub when: &'static str,
    /// Behaviours that apply, by their ids in the catalogue of behaviours.
    pub behaviours: &'static [&'static str],
}

/// Everything in everyday life that rules of medium level or above may report.
pub const BENIGN: &[Benign] = &[
    Benign {
        what: "Root of the security account signs in with its second factor, from the office, to read \
               contact data and a bill",
        when: "day 8",
        behaviours: &["root-console-login"],
    },
    Benign {
        what: "People sign in by way of Identity Center; such sign-ins always say MFAUsed No, because \
               the second factor was asked for before",
        when: "every working day",
        behaviours: &["console-login-without-mfa"],
    },
    Benign {
        what: "Two people of long standing still sign in as IAM users, with a second factor",
        when: "every working day",
        behaviours: &["console-login-outside-sso"],
    },
    Benign {
        what: "An IAM user mistypes the password once, then signs in",
        when: "about one sign-in in sixteen",
        behaviours: &["console-login-bruteforce-user"],
    },
    Benign {
        what: "A new colleague gets a seat in Identity Center and two accounts",
        when: "day 11",
        behaviours: &["identity-center-access-granted"],
    },
    Benign {
        what: "The pipeline creates a service with its role, table, secret and security group",
        when: "day 17",
        behaviours: &["sg-changed", "iam-role-created", "iam-policy-change"],
    },
    Benign {
        what: "The exporter renews its own access key",
        when: "the 15th of each month",
        behaviours: &["access-key-created", "new-access-key-used-elsewhere"],
    },
    Benign {
        what: "The vendor's scanner reads the settings of everything, from its own account",
        when: "Mondays at 03:10",
        behaviours: &[
            "role-assumed-from-outside-account",
            "discovery-burst-cli",
            "s3-posture-scan",
        ],
    },
    Benign {
        what: "The pipeline and people replace function code and restart services",
        when: "several times a working day",
        behaviours: &["lambda-code-replaced", "role-chaining"],
    },
];
