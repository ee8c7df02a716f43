//! From a rule's ATT&CK tags to what OCSF calls `attacks`.
//!
//! Source: Sigma specification, appendix *Tags* (`attack.t1562.008`, `attack.defense-evasion`); MITRE
//! ATT&CK for Enterprise, the tactics and their ids.

use serde_json::{Value, json};

/// One entry per technique among `tags`, each with all tactics, for tags do not say which belongs to
/// which; with tactics alone, one entry per tactic.
pub(super) fn attacks(tags: &[String]) -> Value {
    let tags: Vec<_> = tags
        .iter()
        .filter_map(|tag| tag.strip_prefix("attack."))
        .collect();
    let tactics: Vec<Value> = tags.iter().filter_map(|tag| tactic(tag)).collect();
    let techniques: Vec<Value> = tags
        .iter()
        .filter_map(|tag| technique(tag, &tactics))
        .collect();
    if techniques.is_empty() {
        return tactics
            .into_iter()
            .map(|tactic| json!({"tactic": tactic}))
            .collect();
    }
    techniques.into()
}

fn technique(tag: &str, tactics: &[Value]) -> Option<Value> {
    let number = tag
        .strip_prefix('t')
        .filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))?;
    let uid = format!("T{number}");
    Some(match uid.split_once('.') {
        Some((parent, _)) => json!({
            "technique": {"uid": parent},
            "sub_technique": {"uid": uid},
            "tactics": tactics,
        }),
        None => json!({"technique": {"uid": uid}, "tactics": tactics}),
    })
}

fn tactic(tag: &str) -> Option<Value> {
    let tag = tag.replace('_', "-");
    let (uid, name) = TACTICS
        .iter()
        .find_map(|&(known, uid, name)| (known == tag).then_some((uid, name)))?;
    Some(json!({"uid": uid, "name": name}))
}

const TACTICS: [(&str, &str, &str); 14] = [
    ("reconnaissance", "TA0043", "Reconnaissance"),
    ("resource-development", "TA0042", "Resource Development"),
    ("initial-access", "TA0001", "Initial Access"),
    ("execution", "TA0002", "Execution"),
    ("persistence", "TA0003", "Persistence"),
    ("privilege-escalation", "TA0004", "Privilege Escalation"),
    ("defense-evasion", "TA0005", "Defense Evasion"),
    ("credential-access", "TA0006", "Credential Access"),
    ("discovery", "TA0007", "Discovery"),
    ("lateral-movement", "TA0008", "Lateral Movement"),
    ("collection", "TA0009", "Collection"),
    ("command-and-control", "TA0011", "Command and Control"),
    ("exfiltration", "TA0010", "Exfiltration"),
    ("impact", "TA0040", "Impact"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn of(tags: &[&str]) -> Value {
        attacks(&tags.iter().map(|&tag| tag.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn a_sub_technique_names_its_technique_and_tactics() {
        assert_eq!(
            of(&["attack.defense-evasion", "attack.t1562.008", "cve.2024.1"]),
            json!([{
                "technique": {"uid": "T1562"},
                "sub_technique": {"uid": "T1562.008"},
                "tactics": [{"uid": "TA0005", "name": "Defense Evasion"}],
            }])
        );
    }

    #[test]
    fn a_tactic_alone_counts_too_and_strangers_do_not() {
        assert_eq!(
            of(&["attack.impact"]),
            json!([{"tactic": {"uid": "TA0040", "name": "Impact"}}])
        );
        assert_eq!(
            of(&["attack.tomfoolery", "attack.g0016", "tlp.red"]),
            json!([])
        );
    }
}
