//! What a record must hold to match a rule, if that can be looked for before the record is read.

use memchr::memmem::Finder;
use sigma::event::Step;
use sigma::{FieldPath, Known, Partial, Rule};

use super::glance::Glance;
use crate::cloudtrail::Record;
use crate::derived;

/// From how many bytes on the name of a parameter counts as rare.
const RARE: usize = 16;

/// A parameter with a name so rare that it is worth to look whether the record holds it at all, before
/// the record is read to its end.
#[derive(Debug, Clone)]
pub(super) struct Need {
    field: Box<str>,
    name: Finder<'static>,
}

impl Need {
    /// Whether `record` plainly does not hold it.
    pub(super) fn is_lacking(&self, record: &Record<'_>) -> bool {
        record.lacks_parameter(&self.field, &self.name)
    }

    /// What `rule` needs of all records that `known` stands for.
    pub(super) fn of(rule: &Rule, known: &Glance<'_>) -> Option<Self> {
        let needed = |path: &&FieldPath| rule.verdict(&Without { path, known }) == Some(false);
        let mut rare = rule.fields().filter(|path| rare_parameter(path).is_some());
        let (field, name) = rare_parameter(rare.find(needed)?)?;
        Some(Self {
            field: field.into(),
            name: Finder::new(name).into_owned(),
        })
    }
}

/// The field and the name of the parameter that `path` leads to, if that is rare.
fn rare_parameter(path: &FieldPath) -> Option<(&str, &str)> {
    match path.steps() {
        [Step::Key(field), Step::Key(name)] if name.len() >= RARE => {
            (!path.as_str().starts_with(derived::PREFIX)).then_some((field, name))
        }
        _ => None,
    }
}

/// A record known at first sight, without the field at `path`.
struct Without<'a> {
    path: &'a FieldPath,
    known: &'a Glance<'a>,
}

impl Partial for Without<'_> {
    fn known(&self, path: &FieldPath) -> Known<'_> {
        if path == self.path {
            return Known::Absent;
        }
        self.known.known(path)
    }
}
