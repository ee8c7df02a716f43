//! ATT&CK in the tags of rules.
//!
//! Source: Sigma specification, appendix *Tags* (`attack.t1562.008`, `attack.defense-evasion`); MITRE
//! ATT&CK for Enterprise, the tactics and their ids.

/// What an attacker is after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tactic {
    /// As in tags: `defense-evasion`.
    pub tag: &'static str,
    /// As in the matrix: `TA0005`.
    pub id: &'static str,
    /// `Defense Evasion`
    pub name: &'static str,
}

/// All tactics, in the order of the matrix.
pub const TACTICS: [Tactic; 14] = [
    of("reconnaissance", "TA0043", "Reconnaissance"),
    of("resource-development", "TA0042", "Resource Development"),
    of("initial-access", "TA0001", "Initial Access"),
    of("execution", "TA0002", "Execution"),
    of("persistence", "TA0003", "Persistence"),
    of("privilege-escalation", "TA0004", "Privilege Escalation"),
    of("defense-evasion", "TA0005", "Defense Evasion"),
    of("credential-access", "TA0006", "Credential Access"),
    of("discovery", "TA0007", "Discovery"),
    of("lateral-movement", "TA0008", "Lateral Movement"),
    of("collection", "TA0009", "Collection"),
    of("command-and-control", "TA0011", "Command and Control"),
    of("exfiltration", "TA0010", "Exfiltration"),
    of("impact", "TA0040", "Impact"),
];

const fn of(tag: &'static str, id: &'static str, name: &'static str) -> Tactic {
    Tactic { tag, id, name }
}

/// The tactic that `tag` names, such as `attack.defense-evasion` or `attack.defense_evasion`.
#[must_use]
pub fn tactic(tag: &str) -> Option<&'static Tactic> {
    let name = tag.strip_prefix("attack.")?.replace('_', "-");
    TACTICS.iter().find(|tactic| tactic.tag == name)
}

/// The id of the technique that `tag` names: `T1562.008` for `attack.t1562.008`.
#[must_use]
pub fn technique(tag: &str) -> Option<String> {
    let number = tag.strip_prefix("attack.t")?;
    let is_number = number.starts_with(|c: char| c.is_ascii_digit());
    is_number.then(|| format!("T{number}"))
}
