//! What people call their accounts, and who answers for them.

use std::collections::BTreeMap;
use std::str::FromStr;

/// Names and owners of accounts by their ids.
///
/// ```
/// use detect::render::mail::Accounts;
/// let accounts: Accounts = "111122223333 = prod, platform team; 444455556666 = sandbox".parse()?;
/// assert_eq!(accounts.name("111122223333"), Some("prod"));
/// assert_eq!(accounts.owner("111122223333"), Some("platform team"));
/// assert_eq!(accounts.owner("444455556666"), None);
/// # Ok::<(), detect::render::mail::NoAccounts>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Accounts(BTreeMap<String, (String, Option<String>)>);

/// A text that names no accounts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an account with its name, such as `111122223333 = prod, platform team`")]
pub struct NoAccounts(String);

impl Accounts {
    /// What people call this account.
    #[must_use]
    pub fn name(&self, id: &str) -> Option<&str> {
        self.0.get(id).map(|(name, _)| name.as_str())
    }

    /// Who answers for this account.
    #[must_use]
    pub fn owner(&self, id: &str) -> Option<&str> {
        self.0.get(id).and_then(|(_, owner)| owner.as_deref())
    }
}

impl FromStr for Accounts {
    type Err = NoAccounts;

    /// Reads `id = name, owner` as often as there are semicolons or lines; the owner may be missing.
    fn from_str(text: &str) -> Result<Self, NoAccounts> {
        let entries = text.split([';', '\n']).map(str::trim);
        let entries = entries.filter(|entry| !entry.is_empty());
        entries.map(entry).collect::<Result<_, _>>().map(Self)
    }
}

fn entry(text: &str) -> Result<(String, (String, Option<String>)), NoAccounts> {
    let read = || {
        let (id, rest) = text.split_once('=')?;
        let (name, owner) = rest.split_once(',').unwrap_or((rest, ""));
        let (id, name, owner) = (id.trim(), name.trim(), owner.trim());
        let is_id = id.len() == 12 && id.bytes().all(|b| b.is_ascii_digit());
        let owner = Some(owner.to_owned()).filter(|owner| !owner.is_empty());
        (is_id && !name.is_empty()).then(|| (id.to_owned(), (name.to_owned(), owner)))
    };
    read().ok_or_else(|| NoAccounts(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

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
