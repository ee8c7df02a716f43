//! Who is told besides: chat rooms by their webhooks, and people by HTML mail, as a secret says.
//!
//! ```json
//! {"rooms": [
//!   {"name": "on-call", "kind": "slack", "url": "https://hooks.slack.com/…", "level": "high"},
//!   {"name": "ops", "kind": "feishu", "url": "https://open.feishu.cn/…", "secret": "…", "language": "zh-CN"},
//!   {"name": "security", "kind": "mail", "to": ["security@example.com"], "accounts": ["111122223333"]}
//! ]}
//! ```
//!
//! All that is wrong is told together, by room and field; what stands in `url` and `secret` is never told.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::IpAddr;

use detect::cloudtrail::kind::is_account;
use serde_json::{Map, Value};

use crate::parcel::Delivery;

/// The most rooms of one secret.
pub const MOST: usize = 50;

/// Levels, from the least.
const LEVELS: [&str; 5] = ["informational", "low", "medium", "high", "critical"];

/// What the program is that takes messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Slack.
    Slack,
    /// Microsoft Teams, by a workflow.
    Teams,
    /// Feishu, outside China Lark.
    Feishu,
    /// DingTalk.
    DingTalk,
    /// WeCom.
    WeCom,
    /// Mail with HTML, by SES.
    Mail,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Slack,
        Self::Teams,
        Self::Feishu,
        Self::DingTalk,
        Self::WeCom,
        Self::Mail,
    ];

    /// Its name in the secret.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Slack => "slack",
            Self::Teams => "teams",
            Self::Feishu => "feishu",
            Self::DingTalk => "dingtalk",
            Self::WeCom => "wecom",
            Self::Mail => "mail",
        }
    }

    /// Whether it knows signatures.
    const fn signs(self) -> bool {
        matches!(self, Self::Feishu | Self::DingTalk)
    }
}

/// A text that nobody is shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps a text to itself.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text, for whoever must send it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// Where a room is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// Behind a webhook.
    Webhook {
        /// Whoever knows it may write there.
        url: Secret,
        /// What messages are signed with.
        key: Option<Secret>,
    },
    /// People.
    Mail(Vec<String>),
}

/// Somebody who is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// What it is called, in logs too.
    pub name: String,
    /// The program.
    pub kind: Kind,
    /// Where it is.
    pub address: Address,
    /// From which level on, 0 to 4.
    level: Option<u8>,
    /// Of which accounts.
    accounts: BTreeSet<String>,
    /// In which language.
    language: Option<String>,
}

impl Room {
    /// Whether it wants a mail.
    ///
    /// A mail about several accounts is for whoever wants one of them: it does not say which. Who names a level or
    /// accounts hears of alerts, and not how each day was.
    #[must_use]
    pub fn wants(&self, delivery: &Delivery) -> bool {
        if !delivery.only.is_empty() {
            return delivery.only.contains(&self.name);
        }
        let is_filtered = self.level.is_some() || !self.accounts.is_empty();
        if is_filtered && delivery.attribute("kind") == Some("summary") {
            return false;
        }
        let level = delivery.attribute("level_num");
        let level: u8 = level
            .and_then(|level| level.parse().ok())
            .unwrap_or(u8::MAX);
        let account = delivery.attribute("account").unwrap_or("several");
        let languages = delivery.attribute("language").unwrap_or_default();
        self.level.is_none_or(|least| level >= least)
            && (self.accounts.is_empty() || account == "several" || self.accounts.contains(account))
            && self.language.as_ref().is_none_or(|language| {
                languages.is_empty() || languages.split(',').any(|one| one == language)
            })
    }
}

/// What is wrong with one room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Which, as `rooms[0] (on-call)`.
    place: String,
    /// What, and what would be accepted.
    what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

/// All that is wrong with the rooms.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the rooms cannot be used: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct RoomsError(pub Vec<Problem>);

/// Reads what a secret says.
///
/// # Errors
/// [`RoomsError`] with everything that is wrong.
pub fn parse(text: &str) -> Result<Vec<Room>, RoomsError> {
    let alone = |what: &str| {
        RoomsError(vec![Problem {
            place: "the secret".to_owned(),
            what: what.to_owned(),
        }])
    };
    let shape = "it must be `{\"rooms\": [{\"name\": …, \"kind\": …, …}, …]}`";
    let secret: Value = serde_json::from_str(text).map_err(|_| alone(shape))?;
    let rooms = secret["rooms"].as_array().ok_or_else(|| alone(shape))?;
    if rooms.len() > MOST {
        return Err(alone(&format!(
            "it has {} rooms; {MOST} are possible",
            rooms.len()
        )));
    }
    let mut reader = Reader::default();
    let mut read = Vec::new();
    for (at, room) in rooms.iter().enumerate() {
        read.extend(reader.room(at, room));
    }
    match reader.problems.is_empty() {
        true => Ok(read),
        false => Err(RoomsError(reader.problems)),
    }
}

/// Reads rooms, and gathers what is wrong with them.
#[derive(Default)]
struct Reader {
    names: BTreeSet<String>,
    place: String,
    problems: Vec<Problem>,
}

impl Reader {
    fn wrong(&mut self, what: impl Into<String>) {
        self.problems.push(Problem {
            place: self.place.clone(),
            what: what.into(),
        });
    }

    fn room(&mut self, at: usize, room: &Value) -> Option<Room> {
        self.place = format!("rooms[{at}]");
        let Some(room) = room.as_object() else {
            self.wrong("it must be an object");
            return None;
        };
        let name = self.name(room);
        if let Some(name) = &name {
            self.place = format!("rooms[{at}] ({name})");
        }
        let kind = self.kind(room);
        let address = kind.and_then(|kind| self.address(room, kind));
        let level = self.level(room);
        let accounts = self.texts(room, "accounts", is_account, "twelve digits each");
        let language = self.language(room);
        Some(Room {
            name: name?,
            kind: kind?,
            address: address?,
            level,
            accounts: accounts.into_iter().collect(),
            language,
        })
    }

    fn name(&mut self, room: &Map<String, Value>) -> Option<String> {
        let name = room.get("name").and_then(Value::as_str);
        let is_name = |name: &&str| {
            let plain = |b: u8| b.is_ascii_alphanumeric() || b" ._-".contains(&b);
            (1..=64).contains(&name.len()) && name.bytes().all(plain)
        };
        let Some(name) = name.filter(is_name) else {
            self.wrong("`name` must be 1 to 64 letters, digits, blanks, `.`, `_`, `-`");
            return None;
        };
        if !self.names.insert(name.to_owned()) {
            self.wrong(format!("another room is called `{name}`"));
        }
        Some(name.to_owned())
    }

    /// The kind; fields that it does not have are wrong.
    fn kind(&mut self, room: &Map<String, Value>) -> Option<Kind> {
        let name = room.get("kind").and_then(Value::as_str);
        let kind = Kind::ALL
            .into_iter()
            .find(|kind| name == Some(kind.as_str()));
        let Some(kind) = kind else {
            let all: Vec<_> = Kind::ALL
                .iter()
                .map(|kind| format!("`{}`", kind.as_str()))
                .collect();
            self.wrong(format!("`kind` must be one of {}", all.join(", ")));
            return None;
        };
        let own: &[&str] = match kind {
            Kind::Mail => &["to"],
            kind if kind.signs() => &["url", "secret"],
            _ => &["url"],
        };
        let mut known = vec!["name", "kind", "level", "accounts", "language"];
        known.extend(own);
        for field in room.keys().filter(|field| !known.contains(&field.as_str())) {
            // Whoever mistypes `url` must not find its value in the log; a name is no secret, but may be long.
            let field: String = field
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .take(20)
                .collect();
            self.wrong(format!(
                "there is no field `{field}` for `{}`",
                kind.as_str()
            ));
        }
        Some(kind)
    }

    fn address(&mut self, room: &Map<String, Value>, kind: Kind) -> Option<Address> {
        if kind == Kind::Mail {
            let to = self.texts(
                room,
                "to",
                is_address,
                "mail addresses, such as a@example.com",
            );
            if !(1..=50).contains(&to.len()) {
                self.wrong("`to` must be a list of 1 to 50 mail addresses");
                return None;
            }
            return Some(Address::Mail(to));
        }
        let key = room.get("secret").and_then(Value::as_str);
        if room.contains_key("secret") && key.is_none_or(str::is_empty) {
            self.wrong("`secret` must be a text, or be left out");
        }
        let url = room.get("url").and_then(Value::as_str);
        let Some(url) = url.filter(|url| is_safe(url)) else {
            self.wrong("`url` must begin with `https://` and a host");
            return None;
        };
        Some(Address::Webhook {
            url: Secret::new(url.to_owned()),
            key: key.map(|key| Secret::new(key.to_owned())),
        })
    }

    fn level(&mut self, room: &Map<String, Value>) -> Option<u8> {
        let level = room.get("level")?;
        let number = LEVELS.iter().position(|one| level.as_str() == Some(one));
        if number.is_none() {
            self.wrong("`level` must be `informational`, `low`, `medium`, `high` or `critical`");
        }
        number.and_then(|number| u8::try_from(number).ok())
    }

    fn language(&mut self, room: &Map<String, Value>) -> Option<String> {
        let language = room.get("language")?.as_str();
        let known = language.filter(|one| ["en", "zh-CN"].contains(one));
        if known.is_none() {
            self.wrong("`language` must be `en` or `zh-CN`");
        }
        known.map(str::to_owned)
    }

    /// The texts of a list.
    fn texts(
        &mut self,
        room: &Map<String, Value>,
        field: &str,
        fits: fn(&str) -> bool,
        accepts: &str,
    ) -> Vec<String> {
        let Some(value) = room.get(field) else {
            return Vec::new();
        };
        let texts = value.as_array().map(|texts| {
            let texts = texts
                .iter()
                .map(|text| text.as_str().filter(|text| fits(text)));
            texts
                .map(|text| text.map(str::to_owned))
                .collect::<Option<Vec<_>>>()
        });
        let texts = texts.flatten().filter(|texts| !texts.is_empty());
        if texts.is_none() {
            self.wrong(format!("`{field}` must be a list of {accepts}"));
        }
        texts.unwrap_or_default()
    }
}

fn is_address(text: &str) -> bool {
    let graphic = text
        .bytes()
        .all(|b| b.is_ascii_graphic() && !b",;<>\"".contains(&b));
    let parts: Vec<_> = text.split('@').collect();
    graphic && text.len() <= 254 && parts.len() == 2 && parts.iter().all(|part| !part.is_empty())
}

/// Whether nobody on the way can read what is posted there; to this machine itself there is no way.
fn is_safe(url: &str) -> bool {
    let (scheme, rest) = url.split_once("://").unwrap_or_default();
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.is_empty() || authority.contains('@') || !url.bytes().all(|b| b.is_ascii_graphic())
    {
        return false;
    }
    let host = match authority
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
    {
        Some((host, _)) => host,
        None => authority.split(':').next().unwrap_or_default(),
    };
    let is_here = || {
        host.eq_ignore_ascii_case("localhost")
            || host
                .parse::<IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    };
    !host.is_empty() && (scheme == "https" || scheme == "http" && is_here())
}

/// Those of `rooms` that want a mail.
#[must_use]
pub fn wanting<'r>(rooms: &'r [Room], delivery: &Delivery) -> Vec<&'r Room> {
    rooms.iter().filter(|room| room.wants(delivery)).collect()
}

/// The rooms that a mail names, and that are no more.
#[must_use]
pub fn gone(rooms: &[Room], delivery: &Delivery) -> BTreeMap<String, String> {
    let known = |name: &&String| rooms.iter().any(|room| room.name == **name);
    let gone = delivery.only.iter().filter(|name| !known(name));
    gone.map(|name| (name.clone(), "there is no such room".to_owned()))
        .collect()
}

#[cfg(test)]
mod tests;
