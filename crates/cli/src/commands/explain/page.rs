//! What `trailhound explain` shows.

use std::io::{self, Write};

use detect::cloudtrail::Record;
use detect::language::{Language, Words};
use detect::render::advice::Advice;
use detect::render::clauses::Clauses;
use detect::render::record::RecordPage;
use detect::render::sentence;
use detect::{Alert, Detector, Guidance};
use sigma::Rule;

use super::find::Found;

/// Writes what was found.
pub(super) struct Page<'a> {
    pub(super) detector: &'a Detector,
    pub(super) wanted: &'a [usize],
    pub(super) width: usize,
    pub(super) language: Language,
}

impl Page<'_> {
    /// One line per record, to choose from.
    pub(super) fn list(&self, found: &Found, out: &mut dyn Write) -> io::Result<()> {
        for record in found.records() {
            let said = detect::sentence::sentence(&record, self.language);
            let id = record.event_id().unwrap_or_default();
            writeln!(out, "{}  {}", record.event_time(), sentence(&id))?;
            writeln!(out, "  {}", sentence(&said))?;
        }
        if let Some(more @ 1..) = found.count.checked_sub(found.texts.len() as u64) {
            writeln!(
                out,
                "{}",
                MORE.to(self.language).replace("{}", &more.to_string())
            )?;
        }
        writeln!(out, "\n{}", CHOOSE.to(self.language))
    }

    /// Each record in full.
    pub(super) fn records(&self, found: &Found, out: &mut dyn Write) -> io::Result<()> {
        for (at, record) in found.records().enumerate() {
            if at > 0 {
                writeln!(out)?;
            }
            self.record(&record, out)?;
        }
        Ok(())
    }

    fn record(&self, record: &Record<'_>, out: &mut dyn Write) -> io::Result<()> {
        let (width, language) = (self.width, self.language);
        RecordPage { width, language }.write(record, out)?;
        if self.wanted.is_empty() {
            return self.matching(record, out);
        }
        self.wanted
            .iter()
            .try_for_each(|&at| self.clauses(at, record, out))
    }

    /// All rules that match, for want of one asked about.
    fn matching(&self, record: &Record<'_>, out: &mut dyn Write) -> io::Result<()> {
        let rules = self.detector.rules().rules();
        let alone = self.detector.rules().alone();
        let matching: Vec<_> = alone
            .filter_map(|(at, rule)| rule.matches(record).then_some(at))
            .collect();
        writeln!(out, "\n{BOLD}{}{BOLD:#}", MATCHING.to(self.language))?;
        let (width, language) = (self.width, self.language);
        for &at in &matching {
            let alert = Alert::of_match(&rules[at], self.detector.guidance(at), record);
            Advice { width, language }.write(&alert, out)?;
            self.suppressed(at, record, out)?;
        }
        if matching.is_empty() {
            let none = NONE
                .to(self.language)
                .replace("{}", &rules.len().to_string());
            writeln!(out, "  {none}")?;
        }
        Ok(())
    }

    fn suppressed(&self, at: usize, record: &Record<'_>, out: &mut dyn Write) -> io::Result<()> {
        let Some(filter) = self.detector.rules().suppressed_by(at, record) else {
            return Ok(());
        };
        let suppressed = SUPPRESSED.to(self.language);
        writeln!(
            out,
            "    {}",
            suppressed.replace("{}", &sentence(filter.title()))
        )
    }

    fn clauses(&self, at: usize, record: &Record<'_>, out: &mut dyn Write) -> io::Result<()> {
        let rule = &self.detector.rules().rules()[at];
        let title = sentence(self.title(rule, self.detector.guidance(at)));
        let explanation = rule.explain(record);
        let verdict = if explanation.matched {
            MATCHES
        } else {
            MATCHES_NOT
        };
        let verdict = verdict.to(self.language).replace("{}", &title);
        writeln!(out, "\n{BOLD}{verdict}{BOLD:#}")?;
        let clauses = Clauses {
            width: self.width,
            language: self.language,
            verdicts: true,
        };
        clauses.write(&explanation, out)?;
        if explanation.matched {
            self.suppressed(at, record, out)?;
        }
        Ok(())
    }

    fn title<'r>(&self, rule: &'r Rule, guidance: &'r Guidance) -> &'r str {
        match (self.language, &guidance.title.zh_cn) {
            (Language::ZhCn, Some(title)) => title,
            _ => rule.title(),
        }
    }
}

const BOLD: anstyle::Style = anstyle::Style::new().bold();

const MATCHING: Words = Words {
    en: "Rules that match",
    zh: "匹配的规则",
};

const NONE: Words = Words {
    en: "none of {}",
    zh: "{} 条规则均不匹配",
};

const MATCHES: Words = Words {
    en: "The rule {} matches",
    zh: "规则“{}”匹配",
};

const MATCHES_NOT: Words = Words {
    en: "The rule {} does not match",
    zh: "规则“{}”不匹配",
};

const SUPPRESSED: Words = Words {
    en: "suppressed by the filter {}",
    zh: "已被过滤器“{}”抑制",
};

const MORE: Words = Words {
    en: "and {} more",
    zh: "另有 {} 条",
};

const CHOOSE: Words = Words {
    en: "Choose one with --event ID",
    zh: "用 --event ID 选择其中一条",
};
