//! JSON text with `$names` in it, filled in record by record.
//!
//! The parts of a record are kept as the text that CloudTrail writes, so that a reader can hold them
//! beside a real record: `{"bucketName":"$bucket","key":"$object"}`. Filling is one scan for `$`.
//! `$$` stands for a dollar sign.
//!
//! Three kinds of names: what the scene knows (`$account`, `$region`, `$time`), things of the company
//! (`$bucket`, `$instance`; one name means one thing throughout a record), and fresh ids (`$hex17`,
//! `$uuid`: new at every place; `$id17`, `$iduuid`: one id throughout a record).

use crate::cast::Things;
use crate::clock::{self, HOUR, Second};
use crate::record::ids;
use crate::rng::{Rng, number_of};

/// Everything a template may ask about one record.
#[derive(Debug)]
pub(crate) struct Scene<'a> {
    /// When the call was made.
    pub(crate) at: Second,
    /// Where it was made.
    pub(crate) region: &'a str,
    /// The account that receives the record.
    pub(crate) account: &'a str,
    /// The caller's short name: user, session, or service.
    pub(crate) user: &'a str,
    /// The caller's ARN; empty for services.
    pub(crate) arn: &'a str,
    /// What `$bucket` and its kin may stand for.
    pub(crate) things: &'a Things,
    /// What this call is about in particular, for `$item`.
    pub(crate) item: &'a str,
    /// Decides which thing a name stands for, and the ids that repeat within the record.
    pub(crate) salt: u64,
    /// For fresh ids.
    pub(crate) rng: Rng,
}

/// Appends `template` to `out` with every name replaced.
pub(crate) fn fill(out: &mut Vec<u8>, template: &str, scene: &mut Scene<'_>) {
    let mut rest = template;
    while let Some(dollar) = memchr::memchr(b'$', rest.as_bytes()) {
        out.extend_from_slice(&rest.as_bytes()[..dollar]);
        rest = &rest[dollar + 1..];
        let end = rest
            .bytes()
            .position(|b| !b.is_ascii_lowercase() && !b.is_ascii_digit());
        let (name, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after;
        if name.is_empty() {
            out.push(b'$');
            rest = rest.strip_prefix('$').unwrap_or(rest);
        } else {
            scene.write(out, name);
        }
    }
    out.extend_from_slice(rest.as_bytes());
}

impl Scene<'_> {
    fn write(&mut self, out: &mut Vec<u8>, name: &str) {
        if let Some(text) = self.known(name) {
            out.extend_from_slice(text.as_bytes());
        } else if !self.write_place_or_time(out, name) && !self.write_id(out, name) {
            // A misspelt name stays visible, and the test on leftover dollars finds it.
            out.push(b'$');
            out.extend_from_slice(name.as_bytes());
        }
    }

    /// A name that stands for text the scene already holds.
    fn known(&self, name: &str) -> Option<&str> {
        Some(match name {
            "region" => self.region,
            "account" => self.account,
            "user" => self.user,
            "arn" => self.arn,
            "item" => self.item,
            _ => self.things.named(name, self.salt)?,
        })
    }

    /// Writes a point in time or an availability zone; false if `name` is none.
    fn write_place_or_time(&self, out: &mut Vec<u8>, name: &str) -> bool {
        match name {
            "time" => clock::write_time(out, self.at),
            "date" => clock::write_date(out, self.at),
            "expires" => clock::write_date(out, self.at + HOUR),
            "folders" => clock::write_folders(out, self.at),
            "stamp" => clock::write_stamp(out, self.at),
            "zone" => {
                out.extend_from_slice(self.region.as_bytes());
                out.push(b'a');
            }
            "epoch" => out.extend_from_slice((self.at * 1000).to_string().as_bytes()),
            _ => return false,
        }
        true
    }

    /// Writes an id; false if `name` is none.
    fn write_id(&mut self, out: &mut Vec<u8>, name: &str) -> bool {
        match name.strip_prefix("id") {
            Some(kind) => {
                let mut same = Rng::about(self.salt, &[number_of(kind)]);
                ids::write(out, kind, &mut same)
            }
            None => ids::write(out, name, &mut self.rng),
        }
    }
}

/// A name that was not replaced, for it was misspelt.
#[cfg(test)]
pub(crate) fn leftover(text: &str) -> Option<&str> {
    let unreplaced =
        |&at: &usize| text[at + 1..].starts_with(|next: char| next.is_ascii_lowercase());
    text.match_indices('$')
        .map(|(at, _)| at)
        .find(unreplaced)
        .map(|at| &text[at..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(template: &str) -> String {
        let mut scene = Scene {
            at: 0,
            region: "eu-west-1",
            account: "111122223333",
            user: "alice",
            arn: "arn",
            things: &crate::cast::PROD.things,
            item: "it",
            salt: 7,
            rng: Rng::about(1, &[]),
        };
        let mut out = Vec::new();
        fill(&mut out, template, &mut scene);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn names_are_replaced_and_the_rest_stays() {
        assert_eq!(
            filled(r#"{"a":"$account/$region","b":1}"#),
            r#"{"a":"111122223333/eu-west-1","b":1}"#
        );
        assert_eq!(filled("$$LATEST $item$"), "$LATEST it$");
        assert_eq!(filled("$time"), "1970-01-01T00:00:00Z");
    }

    #[test]
    fn one_name_means_one_thing_throughout_a_record() {
        let buckets = filled("$bucket $bucket");
        let (first, second) = buckets.split_once(' ').unwrap();
        assert_eq!(first, second);
        let ids = filled("$id17 $id17 $hex17 $hex17");
        let ids: Vec<_> = ids.split(' ').collect();
        assert_eq!(ids[0], ids[1]);
        assert_ne!(ids[2], ids[3]);
    }

    #[test]
    fn a_misspelt_name_stays_visible() {
        assert_eq!(filled("$bukcet"), "$bukcet");
    }
}
