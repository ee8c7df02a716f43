//! What people call their accounts, who answers for them, and which part of an organization they are.

use std::collections::BTreeMap;
use std::str::FromStr;

use crate::alert::Alert;
use crate::cloudtrail::kind::is_account;

/// Names, owners and organizational units of accounts by their ids.
///
/// ```
/// use detect::render::mail::Accounts;
/// let accounts: Accounts = "111122223333 = prod, platform team, shop; 444455556666 = sandbox".parse()?;
/// assert_eq!(accounts.name("111122223333"), Some("prod"));
/// assert_eq!(accounts.owner("111122223333"), Some("platform team"));
/// assert_eq!(accounts.unit("111122223333"), Some("shop"));
/// assert_eq!(accounts.owner("444455556666"), None);
/// # Ok::<(), detect::render::mail::NoAccounts>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Accounts(BTreeMap<String, Known>);

/// What is known of an account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Known {
    name: Option<String>,
    owner: Option<String>,
    unit: Option<String>,
}

/// A text that names no accounts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an account with its name, such as `111122223333 = prod, platform team`")]
pub struct NoAccounts(String);

impl Accounts {
    /// What people call this account.
    #[must_use]
    pub fn name(&self, id: &str) -> Option<&str> {
        self.0.get(id).and_then(|known| known.name.as_deref())
    }

    /// What people call the account of `alert`; its number, if they do not.
    pub(crate) fn called<'a>(&'a self, alert: &'a Alert) -> Option<&'a str> {
        let id = alert.account.id.as_deref()?;
        Some(self.name(id).unwrap_or(id))
    }

    /// Who answers for this account.
    #[must_use]
    pub fn owner(&self, id: &str) -> Option<&str> {
        self.0.get(id).and_then(|known| known.owner.as_deref())
    }

    /// The same, and what `members` of an organization are called of which nothing was said: by id, name and unit.
    #[must_use]
    pub fn with_members<'m>(
        &self,
        members: impl Iterator<Item = (&'m str, &'m str, Option<&'m str>)>,
    ) -> Self {
        self.learning(members.map(|(id, name, unit)| (id, Some(name), unit)))
    }

    /// The same with the units of `members` alone, where none was said.
    ///
    /// For decisions: its name whoever has an account chooses, where it stands the organization decides.
    #[must_use]
    pub fn with_units<'m>(
        &self,
        members: impl Iterator<Item = (&'m str, &'m str, Option<&'m str>)>,
    ) -> Self {
        self.learning(members.map(|(id, _, unit)| (id, None, unit)))
    }

    fn learning<'m>(
        &self,
        members: impl Iterator<Item = (&'m str, Option<&'m str>, Option<&'m str>)>,
    ) -> Self {
        let mut all = self.0.clone();
        for (id, name, unit) in members {
            let known = all.entry(id.to_owned()).or_default();
            let fill = |kept: &mut Option<String>, new: Option<&str>| {
                if kept.is_none() {
                    *kept = new.filter(|text| !text.is_empty()).map(str::to_owned);
                }
            };
            fill(&mut known.name, name);
            fill(&mut known.unit, unit);
        }
        Self(all)
    }

    /// The organizational unit that it is in; a path if a directory knows it, such as `Workloads/Prod`.
    #[must_use]
    pub fn unit(&self, id: &str) -> Option<&str> {
        self.0.get(id).and_then(|known| known.unit.as_deref())
    }
}

impl FromStr for Accounts {
    type Err = NoAccounts;

    /// Reads `id = name, owner, unit` as often as there are semicolons or lines; owner and unit may be missing.
    fn from_str(text: &str) -> Result<Self, NoAccounts> {
        let entries = text.split([';', '\n']).map(str::trim);
        let entries = entries.filter(|entry| !entry.is_empty());
        entries.map(entry).collect::<Result<_, _>>().map(Self)
    }
}

fn entry(text: &str) -> Result<(String, Known), NoAccounts> {
    let read = || {
        let (id, rest) = text.split_once('=')?;
        let mut cells = rest.splitn(3, ',').map(str::trim);
        let (id, name) = (id.trim(), cells.next().unwrap_or_default());
        let is_id = is_account(id);
        let mut cell = || {
            cells
                .next()
                .filter(|text| !text.is_empty())
                .map(str::to_owned)
        };
        let known = Known {
            name: Some(name.to_owned()),
            owner: cell(),
            unit: cell(),
        };
        (is_id && !name.is_empty()).then(|| (id.to_owned(), known))
    };
    read().ok_or_else(|| NoAccounts(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_stays_and_what_was_not_is_learned() {
        let given: Accounts = "111122223333 = prod, team; 444455556666 = test, , lab"
            .parse()
            .unwrap();
        let members = [
            ("111122223333", "evil", Some("Workloads/Prod")),
            ("444455556666", "evil", Some("Suspended")),
            ("777788889999", "Payments", None),
        ];
        let all = given.with_members(members.into_iter());
        assert_eq!(all.name("111122223333"), Some("prod"));
        assert_eq!(all.owner("111122223333"), Some("team"));
        assert_eq!(all.unit("111122223333"), Some("Workloads/Prod"));
        assert_eq!(all.unit("444455556666"), Some("lab"));
        assert_eq!(all.name("777788889999"), Some("Payments"));
        let units = given.with_units(members.into_iter());
        assert_eq!(units.name("777788889999"), None, "a name opens no route");
        assert_eq!(units.unit("111122223333"), Some("Workloads/Prod"));
    }

    #[test]
    fn what_is_no_account_is_named() {
        for (text, wrong) in [
            ("prod", "prod"),
            ("111122223333 = a; 4444 = b", "4444 = b"),
            ("111122223333 = , owner", "111122223333 = , owner"),
        ] {
            assert_eq!(text.parse::<Accounts>(), Err(NoAccounts(wrong.to_owned())));
        }
        assert_eq!("".parse::<Accounts>(), Ok(Accounts::default()));
        assert_eq!(" ;\n".parse::<Accounts>(), Ok(Accounts::default()));
    }
}
