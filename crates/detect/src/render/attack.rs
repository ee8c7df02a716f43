//! From a rule's ATT&CK tags to what OCSF calls `attacks`.

use serde_json::{Value, json};

use crate::attack::{Tactic, tactic, technique};

/// One entry per technique among `tags`, each with all tactics, for tags do not say which belongs to
/// which; with tactics alone, one entry per tactic.
pub(super) fn attacks(tags: &[String]) -> Value {
    let uid_and_name = |tactic: &Tactic| json!({"uid": tactic.id, "name": tactic.name});
    let tactics: Vec<Value> = tags
        .iter()
        .filter_map(|tag| tactic(tag).map(uid_and_name))
        .collect();
    let techniques: Vec<Value> = tags
        .iter()
        .filter_map(|tag| Some(entry(&technique(tag)?, &tactics)))
        .collect();
    if techniques.is_empty() {
        return tactics
            .into_iter()
            .map(|tactic| json!({"tactic": tactic}))
            .collect();
    }
    techniques.into()
}

fn entry(uid: &str, tactics: &[Value]) -> Value {
    match uid.split_once('.') {
        Some((parent, _)) => json!({
            "technique": {"uid": parent},
            "sub_technique": {"uid": uid},
            "tactics": tactics,
        }),
        None => json!({"technique": {"uid": uid}, "tactics": tactics}),
    }
}

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
