//! A record made into an observation: who, what, from where, with what.
//!
//! Passed over are calls by AWS itself or passed on by it, for these are nobody's behaviour, and what names
//! nobody. Nearly all records repeat what was read before, so what an identity, a user agent or an address
//! means is found once and remembered by its text.

use std::hash::{BuildHasher as _, Hash};
use std::sync::Arc;

use detect::cloudtrail::{Json, Record};
use detect::outcome::{Denial, Outcome};
use detect::principal::{Principal, PrincipalKind};
use detect::tool::Tool;
use hashbrown::{DefaultHashBuilder, HashMap};
use sigma::event::Value;

use crate::deed::{Class, Touch};
use crate::dimension::Dimension;
use crate::journal::{Api, Entry, Journal, Pattern, Session, Who, service};
use crate::names::NameId;

/// How much of a text that a caller chose is kept, in characters.
const KEPT: usize = 200;

/// For how many identities, user agents and addresses it is remembered what they mean.
const REMEMBERED: usize = 65_536;

/// Tools that a person uses by hand.
const BY_HAND: [&str; 6] = [
    "console",
    "browser",
    "aws-cli",
    "cloudshell",
    "powershell",
    "aws-tools-powershell",
];

/// Makes observations of records; one for each thread.
#[derive(Debug, Default)]
pub struct Observer {
    journal: Journal,
    hasher: DefaultHashBuilder,
    sessions: HashMap<u64, Option<u32>>,
    tools: HashMap<u64, (NameId, bool)>,
    addresses: HashMap<u64, Option<NameId>>,
    apis: HashMap<u64, Known>,
    last_file: Option<(Arc<str>, NameId)>,
    last_region: (String, NameId),
}

/// What is known of an API.
#[derive(Debug, Clone, Copy)]
struct Known {
    api: u32,
    touch: Option<Touch>,
    signs_in: bool,
    shares: bool,
}

impl Observer {
    /// What was observed.
    #[must_use]
    pub fn into_journal(self) -> Journal {
        self.journal
    }

    /// Observes `record`, read in `log_file`.
    pub fn observe(&mut self, record: &Record<'_>, log_file: Option<&Arc<str>>) {
        if let Some(pattern) = self.pattern(record) {
            let pattern = self.journal.patterns.id(&pattern);
            let file = self.file(log_file);
            let (id, odd) = self.event(record);
            let time = record.event_time().as_second();
            let time = u32::try_from(time.max(0)).unwrap_or(u32::MAX);
            let entry = Entry {
                time,
                id,
                pattern,
                file,
            };
            self.journal.push(entry, odd);
        }
    }

    fn pattern(&mut self, record: &Record<'_>) -> Option<Pattern> {
        let identity = record.user_identity()?;
        let address = self.address(record)?;
        let known = self.api(record);
        let session = self.session(identity, record, known.signs_in)?;
        let (tool, by_hand) = self.tool(record);
        let region = self.region(record);
        let (touches, touched) = self.touched(record, known).unzip();
        let (error, denied) = self.error(record);
        Some(Pattern {
            session,
            api: known.api,
            region,
            tool,
            address,
            touched: touched.unwrap_or_default(),
            touches,
            error,
            denied,
            by_hand,
            sign_in_mfa: known.signs_in.then(|| mfa(record)).flatten(),
        })
    }

    fn hash(&self, what: impl Hash) -> u64 {
        self.hasher.hash_one(what)
    }

    /// `None` where AWS itself stands behind the call.
    fn address(&mut self, record: &Record<'_>) -> Option<NameId> {
        let hash = self.hash(record.source_ip_field().map(Json::raw));
        if let Some(known) = self.addresses.get(&hash) {
            return *known;
        }
        let text = record.source_ip().unwrap_or_default();
        let is_service = text == "AWS Internal"
            || text.ends_with(".amazonaws.com")
            || text.ends_with(".amazonaws.com.cn");
        let id = (!is_service).then(|| self.journal.names.id(cut(&text)));
        forget_if_full(&mut self.addresses);
        self.addresses.insert(hash, id);
        id
    }

    fn session(&mut self, identity: Json<'_>, record: &Record<'_>, signs_in: bool) -> Option<u32> {
        // Who signs in is told by more than the identity.
        let signs_in = signs_in.then(|| record.text());
        let hash = self.hash((identity.raw(), record.raw_account(), signs_in));
        if let Some(known) = self.sessions.get(&hash) {
            return *known;
        }
        let account = record.account().unwrap_or_default();
        let session = self.new_session(identity, &account, record);
        forget_if_full(&mut self.sessions);
        self.sessions.insert(hash, session);
        session
    }

    fn new_session(
        &mut self,
        identity: Json<'_>,
        account: &str,
        record: &Record<'_>,
    ) -> Option<u32> {
        let invoked = identity.get("invokedBy").and_then(Json::as_str);
        if invoked.is_some_and(|by| !by.is_empty()) {
            return None;
        }
        let principal = Principal::of(record);
        let nobody = matches!(
            principal.kind,
            PrincipalKind::Service | PrincipalKind::Anonymous | PrincipalKind::Unknown
        );
        if nobody {
            return None;
        }
        let names = &mut self.journal.names;
        let who = Who {
            account: names.id(account),
            key: names.id(cut(&principal.key)),
            kind: principal.kind,
            name: names.id(cut(&principal.name)),
            trade: names.id(&trade(&principal)),
            person: names.id(&person(&principal)),
        };
        let mut text = |text: &Option<String>| names.id(cut(text.as_deref().unwrap_or_default()));
        let session = Session {
            credential: text(&principal.access_key_id),
            name: text(&principal.session),
            arn: text(&principal.arn),
            mfa: mfa(record),
            instance: is_instance(&principal),
            who: self.journal.who.id(&who),
        };
        Some(self.journal.sessions.id(&session))
    }

    fn api(&mut self, record: &Record<'_>) -> Known {
        let hash = match record.source_to_name() {
            Some(text) => self.hash(text),
            None => self.hash((record.event_source(), record.event_name())),
        };
        if let Some(known) = self.apis.get(&hash) {
            return *known;
        }
        let (source, name) = (record.event_source(), record.plain_event_name());
        let reads = matches!(
            detect::derived::field(record, "readOnly"),
            Some(Value::Bool(true))
        );
        let of = service(&source);
        let class = Class::of(of, &name, reads);
        let names = &mut self.journal.names;
        let api = Api {
            source: names.id(cut(&source)),
            name: names.id(cut(&name)),
            class,
        };
        let known = Known {
            api: self.journal.apis.id(&api),
            touch: Touch::of(of, &name),
            signs_in: of == "signin",
            shares: class >= Class::SensitiveWrite,
        };
        forget_if_full(&mut self.apis);
        self.apis.insert(hash, known);
        known
    }

    fn tool(&mut self, record: &Record<'_>) -> (NameId, bool) {
        let hash = self.hash(record.user_agent_field().map(Json::raw));
        if let Some(known) = self.tools.get(&hash) {
            return *known;
        }
        let agent = &*record.user_agent().unwrap_or_default();
        let tool =
            Tool::from_user_agent(agent).map_or_else(|| stem(agent), |tool| tool.name.to_owned());
        let by_hand = BY_HAND.contains(&&*tool);
        let label = match (&*tool, system(agent)) {
            ("", _) => String::new(),
            (_, "") => tool,
            (_, system) => format!("{tool} on {system}"),
        };
        let known = (self.journal.names.id(&label), by_hand);
        forget_if_full(&mut self.tools);
        self.tools.insert(hash, known);
        known
    }

    /// What the call gives to others, or else what it touches.
    fn touched(&mut self, record: &Record<'_>, known: Known) -> Option<(Dimension, NameId)> {
        if let Some(with) = known.shares.then(|| shared_with(record)).flatten() {
            return Some((Dimension::Share, self.journal.names.id(cut(&with))));
        }
        let touch = known.touch?;
        let found = record.request_parameters()?.at(touch.path)?;
        let found = first(found)?;
        let name = match touch.dimension {
            Dimension::Make => family(&found),
            Dimension::Secret => secret(&found),
            _ => &found,
        };
        (!name.is_empty()).then(|| (touch.dimension, self.journal.names.id(cut(name))))
    }

    fn error(&mut self, record: &Record<'_>) -> (NameId, bool) {
        let Some(denial) = Outcome::of(record).denial() else {
            return (0, false);
        };
        let denied = !matches!(
            denial,
            Denial::NotFound
                | Denial::Conflict
                | Denial::Invalid
                | Denial::Throttled
                | Denial::DryRun
                | Denial::Other
        );
        (self.journal.names.id(denial.as_str()), denied)
    }

    /// Mostly that of the record before.
    fn region(&mut self, record: &Record<'_>) -> NameId {
        let Some(region) = record.region() else {
            return 0;
        };
        if self.last_region.0 != region {
            let id = self.journal.names.id(&region);
            self.last_region = (region.into_owned(), id);
        }
        self.last_region.1
    }

    fn file(&mut self, log_file: Option<&Arc<str>>) -> NameId {
        let Some(file) = log_file else { return 0 };
        if let Some((last, id)) = &self.last_file
            && Arc::ptr_eq(last, file)
        {
            return *id;
        }
        let id = self.journal.names.id(file);
        self.last_file = Some((Arc::clone(file), id));
        id
    }

    /// What names the event, and its id where that is no UUID in its usual form.
    fn event(&mut self, record: &Record<'_>) -> ([u32; 4], Option<NameId>) {
        let parts = |number: u128| [96, 64, 32, 0].map(|shift| (number >> shift) as u32);
        match record.event_uuid() {
            Some(uuid) => (parts(uuid.as_u128()), None),
            None => {
                let text = record.event_id();
                let (a, b) = marks(text.as_deref().unwrap_or_else(|| record.text()));
                let name = text.map_or(0, |text| self.journal.names.id(cut(&text)));
                (parts(u128::from(a) << 64 | u128::from(b)), Some(name))
            }
        }
    }
}

fn forget_if_full<T>(known: &mut HashMap<u64, T>) {
    if known.len() >= REMEMBERED {
        known.clear();
    }
}

fn marks(text: &str) -> (u64, u64) {
    use crate::names::Mark;
    let first = Mark::of(text);
    (first.0, first.pair(first).0)
}

fn cut(text: &str) -> &str {
    // No character is shorter than a byte.
    if text.len() <= KEPT {
        return text;
    }
    let end = text.char_indices().nth(KEPT);
    end.map_or(text, |(end, _)| &text[..end])
}

fn mfa(record: &Record<'_>) -> Option<bool> {
    match detect::derived::field(record, "mfa") {
        Some(Value::Bool(used)) => Some(used),
        _ => None,
    }
}

fn is_instance(principal: &Principal) -> bool {
    let session = principal.session.as_deref().unwrap_or_default();
    let digits = session.strip_prefix("i-").unwrap_or_default();
    digits.len() >= 8 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whom a principal can be compared with.
fn trade(principal: &Principal) -> String {
    match principal.kind {
        PrincipalKind::IdentityCenter => {
            format!("set {}", principal.permission_set().unwrap_or_default())
        }
        PrincipalKind::IamUser => "users".to_owned(),
        PrincipalKind::Root => "root".to_owned(),
        PrincipalKind::Federated => "federated".to_owned(),
        PrincipalKind::AssumedRole if is_instance(principal) => "instances".to_owned(),
        PrincipalKind::AssumedRole => "roles".to_owned(),
        _ => "others".to_owned(),
    }
}

/// The person behind a principal, where it is one who has others too.
fn person(principal: &Principal) -> String {
    match principal.kind {
        PrincipalKind::IdentityCenter => principal.name.clone(),
        _ => String::new(),
    }
}

/// A tool that is not known, without what changes from release to release.
fn stem(agent: &str) -> String {
    let end = agent.find(|c: char| !(c.is_ascii_alphabetic() || c == '-' || c == '_' || c == '.'));
    agent[..end.unwrap_or(agent.len())]
        .chars()
        .take(40)
        .collect()
}

fn system(agent: &str) -> &'static str {
    let agent = &agent[..agent.floor_char_boundary(512)];
    let has = |word: &str| agent.contains(word);
    if has("Windows") || has("windows") || has("win32") {
        "Windows"
    } else if has("Macintosh") || has("Darwin") || has("darwin") || has("macos") {
        "macOS"
    } else if has("Linux") || has("linux") {
        "Linux"
    } else {
        ""
    }
}

fn first(value: Json<'_>) -> Option<std::borrow::Cow<'_, str>> {
    value.as_str().or_else(|| value.elements().next()?.as_str())
}

/// `p4d.24xlarge` is of the family `p4d`; of a model its maker and name.
fn family(make: &str) -> &str {
    match make.split_once('.') {
        Some((family, size)) if size.contains("large") || size == "micro" || size == "metal" => {
            family
        }
        _ => make.rsplit('/').next().unwrap_or(make),
    }
}

/// The name in the ARN of a secret, without the letters that AWS adds.
fn secret(id: &str) -> &str {
    let Some((_, name)) = id.split_once(":secret:") else {
        return id;
    };
    match name.rsplit_once('-') {
        Some((name, added)) if added.len() == 6 => name,
        _ => name,
    }
}

/// To whom outside the call gives something.
fn shared_with(record: &Record<'_>) -> Option<String> {
    let list = |name| match detect::derived::field(record, name) {
        Some(Value::List(list)) => list.into_iter().find_map(|member| match member {
            Value::Str(text) if text == "public" || text.starts_with("account:") => {
                Some(text.into_owned())
            }
            _ => None,
        }),
        _ => None,
    };
    list("shares").or_else(|| list("grants"))
}

#[cfg(test)]
mod tests;
