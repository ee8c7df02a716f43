//! Texts as they are written into a rule, so that they are read back as they were.
//!
//! Source: Sigma specification 2.1, *Escaping*; YAML 1.2, section 7.3.2, *Single-Quoted Style*.

/// A text in which Sigma finds no wildcard.
#[must_use]
pub fn literal(text: &str) -> String {
    let mut literal = String::new();
    for c in text.chars() {
        if matches!(c, '\\' | '*' | '?') {
            literal.push('\\');
        }
        literal.push(c);
    }
    literal
}

/// A text of one line as YAML reads it back: in single quotes, which have one escape only.
#[must_use]
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{RuleSet, SourceFile};

    #[test]
    fn what_is_written_is_what_is_read() {
        let hostile = r"it's a \*, a ? and a \\ : # {x}";
        let rule = format!(
            "title: t\nlogsource: {{product: aws}}\ndetection:\n  s:\n    a: {}\n  condition: s",
            quoted(&literal(hostile))
        );
        let loaded = RuleSet::load([SourceFile {
            name: "r",
            text: &rule,
        }]);
        let rule = &loaded.rules.rules()[0];
        for (text, matches) in [
            (hostile, true),
            ("it's a \\x, a y and a \\\\ : # {x}", false),
        ] {
            let event = serde_json::json!({ "a": text });
            assert_eq!(rule.matches(&event), matches, "{text}");
        }
    }
}
