//! Findings, for people and for programs.

use std::io::{self, Write};

use checkup::setup::{Status, Trail};
use checkup::{Finding, Setup};
use detect::render::{json as lines, level_style, sentence};
use jiff::Timestamp;
use serde::Serialize;

use crate::numbers::things;

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
        for text in [finding.what.as_str(), &finding.why] {
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

/// When each region has delivered the last log file, those of the same age together, newest first.
pub(super) fn deliveries(
    setup: &Setup,
    now: Timestamp,
    width: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    for trail in &setup.trails {
        let mut regions = by_region(trail);
        if regions.is_empty() {
            continue;
        }
        regions.sort_by_key(|(region, at)| (std::cmp::Reverse(*at), *region));
        writeln!(out, "\nLast log file of {}", sentence(&trail.name))?;
        let mut ages: Vec<(String, Vec<&str>)> = Vec::new();
        for (region, at) in regions {
            let age = at.map_or_else(|| "never".to_owned(), |at| age(now, at));
            match ages.last_mut() {
                Some((known, regions)) if *known == age => regions.push(region),
                _ => ages.push((age, vec![region])),
            }
        }
        for (age, regions) in ages {
            let mut shown = format!("{age:<15}");
            for line in wrapped(&sentence(&regions.join(", ")), width.saturating_sub(18)) {
                writeln!(out, "  {shown} {line}")?;
                shown = " ".repeat(15);
            }
        }
    }
    Ok(())
}

/// The regions of which a trail has said how it is there, with the time of the last log file.
fn by_region(trail: &Trail) -> Vec<(&str, Option<Timestamp>)> {
    let home = trail.status.iter().map(|status| (&trail.home, status));
    let all = home.chain(&trail.elsewhere);
    all.map(|(region, status)| (region.as_str(), status.delivered))
        .collect()
}

/// How long ago, in the largest unit of which there are two.
fn age(now: Timestamp, at: Timestamp) -> String {
    let minutes = u64::try_from(now.duration_since(at).as_mins()).unwrap_or_default();
    let (count, unit) = match minutes {
        0..120 => (minutes, "minute"),
        120..2_880 => (minutes / 60, "hour"),
        _ => (minutes / 1_440, "day"),
    };
    format!("{} ago", things(count, unit))
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
    deliveries: Vec<Delivery<'a>>,
    unasked: Vec<Unasked<'a>>,
}

/// How a trail delivers in a region.
#[derive(Serialize)]
struct Delivery<'a> {
    trail: &'a str,
    region: &'a str,
    log_file: Option<Timestamp>,
    log_file_error: Option<&'a str>,
    digest: Option<Timestamp>,
    digest_error: Option<&'a str>,
}

impl<'a> Delivery<'a> {
    fn of(trail: &'a Trail, region: &'a str, status: &'a Status) -> Self {
        Self {
            trail: &trail.name,
            region,
            log_file: status.delivered,
            log_file_error: status.delivery_error.as_deref(),
            digest: status.digested,
            digest_error: status.digest_error.as_deref(),
        }
    }
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
    let deliveries = setup.trails.iter().flat_map(|trail| {
        let home = trail.status.iter().map(|status| (&trail.home, status));
        home.chain(&trail.elsewhere)
            .map(move |(region, status)| Delivery::of(trail, region, status))
    });
    let report = Report {
        schema: "trailhound.doctor/1",
        account: &setup.account,
        partition: &setup.partition,
        regions: &setup.regions,
        findings,
        deliveries: deliveries.collect(),
        unasked: unasked.collect(),
    };
    lines::write_lines([report], out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_told_in_a_unit_that_says_something() {
        let at = |text: &str| text.parse().expect("a time");
        let now = at("2026-11-22T12:00:00Z");
        for (text, expected) in [
            ("2026-11-22T11:59:10Z", "0 minutes ago"),
            ("2026-11-22T10:00:30Z", "119 minutes ago"),
            ("2026-11-22T10:00:00Z", "2 hours ago"),
            ("2026-11-20T12:00:00Z", "2 days ago"),
            ("2026-11-22T13:00:00Z", "0 minutes ago"),
        ] {
            assert_eq!(age(now, at(text)), expected, "{text}");
        }
    }

    #[test]
    fn words_are_kept_whole() {
        assert_eq!(wrapped("a bc def", 4), ["a bc", "def"]);
        assert_eq!(wrapped("abcdefgh i", 4), ["abcdefgh", "i"]);
    }
}
