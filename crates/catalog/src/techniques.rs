//! The techniques of ATT&CK that rules for cloud accounts name.
//!
//! Source: MITRE ATT&CK for Enterprise, matrix *Cloud*.

/// A technique or sub-technique.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Technique {
    /// `T1562.008`
    pub id: &'static str,
    /// `Impair Defenses: Disable or Modify Cloud Logs`
    pub name: &'static str,
    /// The first of its tactics that an account's owner cares about, as in tags: `defense-evasion`.
    pub tactic: &'static str,
}

const TEXT: &str = include_str!("../data/techniques.txt");

/// All of them, by id.
pub fn techniques() -> impl Iterator<Item = Technique> {
    TEXT.lines().filter_map(|line| {
        let (technique, tactic) = line.split_once(" | ")?;
        let (id, name) = technique.split_once(' ')?;
        Some(Technique { id, name, tactic })
    })
}

/// The technique with this id.
#[must_use]
pub fn technique(id: &str) -> Option<Technique> {
    techniques().find(|technique| technique.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_technique_of_a_known_tactic() {
        let lines = TEXT.lines().filter(|line| !line.starts_with('#')).count();
        let all: Vec<_> = techniques().collect();
        assert_eq!(all.len(), lines);
        assert!(all.is_sorted_by(|a, b| a.id < b.id));
        for technique in all {
            let tag = format!("attack.{}", technique.tactic);
            assert!(detect::attack::tactic(&tag).is_some(), "{technique:?}");
        }
    }
}
