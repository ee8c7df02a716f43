//! Findings, for people and for programs.

use std::io::{self, Write};

use checkup::{Finding, Setup};
use detect::render::{json as lines, level_style, sentence};
use serde::Serialize;

/// Writes findings, the worst first.
pub(super) fn table(findings: &[Finding], width: usize, out: &mut dyn Write) -> io::Result<()> {
    if findings.is_empty() {
        return writeln!(out, "Nothing is wrong with what was asked");
    }
    for (at, finding) in findings.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        let (level, style) = (
            finding.level.to_string().to_uppercase(),
            level_style(finding.level),
        );
        writeln!(out, "{style}{level}{style:#}  {}", finding.about)?;
        for text in [finding.what.as_str(), finding.why] {
            for line in wrapped(text, width.saturating_sub(2)) {
                writeln!(out, "  {line}")?;
            }
        }
        if let Some(command) = &finding.command {
            // In one piece, so that it can be copied.
            writeln!(out, "  $ {}", sentence(command))?;
        }
    }
    Ok(())
}

/// Words in lines of at most so many characters; a longer word has a line of its own.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[derive(Serialize)]
struct Report<'a> {
    schema: &'static str,
    account: &'a str,
    partition: &'a str,
    regions: &'a [String],
    findings: &'a [Finding],
    unasked: Vec<Unasked<'a>>,
}

#[derive(Serialize)]
struct Unasked<'a> {
    action: &'a str,
    place: &'a str,
    why: &'a str,
}

/// Writes everything as one object.
pub(super) fn json(setup: &Setup, findings: &[Finding], out: &mut dyn Write) -> io::Result<()> {
    let unasked = setup.unasked.iter().map(|one| Unasked {
        action: &one.action,
        place: &one.place,
        why: &one.why,
    });
    let report = Report {
        schema: "trailhound.doctor/1",
        account: &setup.account,
        partition: &setup.partition,
        regions: &setup.regions,
        findings,
        unasked: unasked.collect(),
    };
    lines::write_lines([report], out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_kept_whole() {
        assert_eq!(wrapped("a bc def", 4), ["a bc", "def"]);
        assert_eq!(wrapped("abcdefgh i", 4), ["abcdefgh", "i"]);
    }
}
