//! The identity block as written, and what follows from it.

use std::borrow::Cow;
use std::cell::Cell;

use super::PrincipalKind;
use crate::cloudtrail::{Json, Record};
use crate::partition::Partition;

/// What stands before a permission set's name in the key; IAM keeps this path for Identity Center.
pub(super) const PERMISSION_SET_ROLE: &str = "role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_";

type Text<'a> = Cow<'a, str>;

/// The parts of `userIdentity` that tell who; empty and ill-typed ones are absent.
pub(crate) struct Identity<'r, 'a> {
    beyond: Beyond<'r, 'a>,
    kind: Text<'a>,
    pub(super) arn: Option<Text<'a>>,
    account_id: Option<Text<'a>>,
    user_name: Option<Text<'a>>,
    principal_id: Option<Text<'a>>,
    pub(super) access_key_id: Option<Text<'a>>,
    invoked_by: Option<Text<'a>>,
    provider: Option<Text<'a>>,
    on_behalf_of: Option<Json<'a>>,
    issuer: Issuer<'a>,
    pub(super) source_identity: Option<Text<'a>>,
}

/// The rest of the record, and whether it was needed.
struct Beyond<'r, 'a> {
    record: Option<&'r Record<'a>>,
    asked: Cell<bool>,
    asked_for_kind: Cell<bool>,
}

impl<'r, 'a> Beyond<'r, 'a> {
    fn record(&self) -> Option<&'r Record<'a>> {
        self.asked.set(true);
        self.record
    }

    fn event_source(&self) -> Text<'a> {
        self.record().map(Record::event_source).unwrap_or_default()
    }

    fn partition(&self) -> &'static str {
        self.record()
            .map(Partition::of)
            .unwrap_or_default()
            .as_str()
    }
}

/// Who issued the session: the role behind it, or the user whose key asked for a token.
#[derive(Default)]
struct Issuer<'a> {
    kind: Option<Text<'a>>,
    arn: Option<Text<'a>>,
}

/// The answer.
pub(crate) struct Who<'a> {
    pub(crate) key: Text<'a>,
    pub(crate) kind: PrincipalKind,
    pub(crate) name: Text<'a>,
    pub(super) session: Option<Text<'a>>,
}

impl<'r, 'a> Identity<'r, 'a> {
    pub(crate) fn of(record: &'r Record<'a>) -> Self {
        Self::read_block(record.user_identity(), Some(record))
    }

    /// Of an identity of whose record nothing else is known; an answer holds if it does not stand on
    /// more, see [`has_asked_beyond`](Self::has_asked_beyond).
    pub(crate) fn alone(block: Option<Json<'a>>) -> Self {
        Self::read_block(block, None)
    }

    fn read_block(block: Option<Json<'a>>, record: Option<&'r Record<'a>>) -> Self {
        let mut identity = Self {
            beyond: Beyond {
                record,
                asked: Cell::new(false),
                asked_for_kind: Cell::new(false),
            },
            kind: Cow::default(),
            arn: None,
            account_id: None,
            user_name: None,
            principal_id: None,
            access_key_id: None,
            invoked_by: None,
            provider: None,
            on_behalf_of: None,
            issuer: Issuer::default(),
            source_identity: None,
        };
        for (key, value) in block.into_iter().flat_map(Json::entries) {
            identity.read(&key.decoded(), value);
        }
        identity
    }

    fn read(&mut self, key: &str, value: Json<'a>) {
        match key {
            "type" => self.kind = text(value).unwrap_or_default(),
            "arn" => self.arn = text(value),
            "accountId" => self.account_id = text(value),
            "userName" => self.user_name = text(value),
            "principalId" => self.principal_id = text(value),
            "accessKeyId" => self.access_key_id = text(value),
            "invokedBy" => self.invoked_by = text(value),
            "identityProvider" => self.provider = text(value),
            "onBehalfOf" => self.on_behalf_of = Some(value),
            "sessionContext" => self.read_session(value),
            _ => {}
        }
    }

    fn read_session(&mut self, context: Json<'a>) {
        for (key, value) in context.entries() {
            if key.is("sessionIssuer") {
                self.issuer.kind = value.get("type").and_then(text);
                self.issuer.arn = value.get("arn").and_then(text);
            } else if key.is("sourceIdentity") {
                self.source_identity = text(value);
            }
        }
    }

    /// Whether any answer so far stands on more of the record than its identity.
    pub(crate) fn has_asked_beyond(&self) -> bool {
        self.beyond.asked.get()
    }

    /// Whether the kind stands on more than the identity.
    pub(crate) fn has_asked_beyond_for_kind(&self) -> bool {
        self.beyond.asked_for_kind.get()
    }

    /// The account the principal belongs to.
    pub(super) fn account(&self) -> Option<Text<'a>> {
        let written = self.account_id.clone().filter(|id| !is_anonymous(id));
        written.or_else(|| {
            let arn = self.arn.clone()?;
            Some(part(arn, arn_account)).filter(|id| !id.is_empty())
        })
    }

    /// The account whose trail the record comes from.
    fn recipient(&self) -> Option<Text<'a>> {
        self.beyond
            .record()?
            .get("recipientAccountId")
            .and_then(text)
    }

    /// The answer; what is malformed beyond use is unknown, so that key and name are never empty.
    pub(crate) fn who(&self) -> Who<'a> {
        let mut who = self.by_type();
        if who.key.is_empty() {
            who = self.unknown(who.kind);
        }
        if who.name.is_empty() {
            who.name = who.key.clone();
        }
        who
    }

    fn by_type(&self) -> Who<'a> {
        match &*self.kind {
            "IAMUser" => self.user(),
            "AssumedRole" | "Role" => self.role(),
            "Root" => self.root(),
            "FederatedUser" => self.token_session(),
            "WebIdentityUser" | "SAMLUser" => self.subject(),
            "Directory" => self.directory(),
            "AWSService" => self.service(),
            "AWSAccount" => self.outsider(),
            "IdentityCenterUser" => self.identity_center_user(),
            _ => self.untyped(),
        }
    }

    fn user(&self) -> Who<'a> {
        let key = self.arn.clone().or_else(|| {
            let name = self.user_name.as_ref()?;
            Some(self.iam_arn(&format!("user/{name}")))
        });
        let Some(key) = key.or_else(|| self.principal_id.clone()) else {
            return self.unknown(PrincipalKind::IamUser);
        };
        let name = self.user_name.clone();
        let name = name.unwrap_or_else(|| part(key.clone(), last_segment));
        Who::new(PrincipalKind::IamUser, key, name)
    }

    fn root(&self) -> Who<'a> {
        let written = self.arn.clone().filter(|arn| arn.ends_with(":root"));
        let key = written.unwrap_or_else(|| match self.account() {
            Some(_) => self.iam_arn("root"),
            None => "root".into(),
        });
        Who::new(PrincipalKind::Root, key, "root".into())
    }

    fn role(&self) -> Who<'a> {
        let session = self.session();
        let Some(role) = self.role_arn() else {
            return Who {
                session,
                ..self.role_without_arn()
            };
        };
        if let Some(set) = self.permission_set(&role) {
            return self.permission_set_user(set, session);
        }
        let name = part(role.clone(), last_segment);
        Who {
            session,
            ..Who::new(PrincipalKind::AssumedRole, role, name)
        }
    }

    /// The session name: the last part of `…:assumed-role/Name/session`, or what follows the unique
    /// id of the role in `AROA…:session`.
    fn session(&self) -> Option<Text<'a>> {
        let of_arn = self.arn.clone().and_then(|arn| {
            let session = arn.split_once(ASSUMED_ROLE)?.1.split_once('/')?.1.len();
            Some(part(arn, |arn| &arn[arn.len() - session..]))
        });
        let of_id = || {
            let id = self.principal_id.clone().filter(|id| id.contains(':'))?;
            Some(part(id, |id| id.split_once(':').map_or("", |(_, s)| s)))
        };
        of_arn.or_else(of_id).filter(|session| !session.is_empty())
    }

    /// The role's own ARN: as its issuer gives it, or derived from the session's.
    fn role_arn(&self) -> Option<Text<'a>> {
        let is_role = |arn: &Text<'_>| arn.contains(":role/");
        if let Some(arn) = self.issuer.arn.clone().filter(is_role) {
            return Some(arn);
        }
        let arn = self.arn.clone()?;
        if is_role(&arn) {
            return Some(arn);
        }
        let (head, rest) = arn.split_once(ASSUMED_ROLE)?;
        let role = rest.split('/').next().filter(|role| !role.is_empty())?;
        let head = head.replacen(":sts:", ":iam:", 1);
        Some(format!("{head}:role/{role}").into())
    }

    fn role_without_arn(&self) -> Who<'a> {
        let Some(id) = self.principal_id.clone() else {
            return self.unknown(PrincipalKind::AssumedRole);
        };
        let id = part(id, before_colon);
        Who::new(PrincipalKind::AssumedRole, id.clone(), id)
    }

    /// The permission set that `role` was made for.
    ///
    /// Where the issuer gives the role's path it must be the reserved one: anybody may name a role
    /// like this, and would then have a new key with each session name.
    fn permission_set<'s>(&self, role: &'s str) -> Option<&'s str> {
        let (_, path) = role.split_once(":role/")?;
        let (path, name) = path.rsplit_once('/').unwrap_or(("", path));
        let derived = self.issuer.arn.is_none() && path.is_empty();
        let reserved = path.starts_with("aws-reserved/sso.amazonaws.com");
        let (set, hash) = name.strip_prefix("AWSReservedSSO_")?.rsplit_once('_')?;
        let hashed = hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit());
        ((derived || reserved) && hashed).then_some(set)
    }

    fn permission_set_user(&self, set: &str, user: Option<Text<'a>>) -> Who<'a> {
        let mut key = self.iam_arn(&format!("{PERMISSION_SET_ROLE}{set}"));
        if let Some(user) = &user {
            let key = key.to_mut();
            key.push('/');
            key.push_str(user);
        }
        let name = user.clone().unwrap_or_else(|| set.to_owned().into());
        Who {
            session: user,
            ..Who::new(PrincipalKind::IdentityCenter, key, name)
        }
    }

    fn identity_center_user(&self) -> Who<'a> {
        let person = self.on_behalf_of;
        let id = person.and_then(|p| p.get("userId").and_then(text));
        let store = person.and_then(|p| p.get("identityStoreArn").and_then(text));
        let kind = PrincipalKind::IdentityCenter;
        match (id, store) {
            (Some(id), Some(store)) => Who::new(kind, format!("{store}/user/{id}").into(), id),
            (Some(id), None) => Who::new(kind, format!("identity-center:{id}").into(), id),
            _ => self.named("identity-center", kind),
        }
    }

    /// A session from `GetFederationToken`.
    fn token_session(&self) -> Who<'a> {
        let chosen = self.arn.clone().map(|arn| part(arn, last_segment));
        let issuer = self.issuer.arn.clone();
        let issuer_is_root = self.issuer.kind.as_deref() == Some("Root");
        let Some(key) = issuer.or_else(|| self.arn.clone()) else {
            return self.named("federated", PrincipalKind::Federated);
        };
        let name = match chosen {
            Some(ref name) => name.clone(),
            None if issuer_is_root => "root".into(),
            None => part(key.clone(), last_segment),
        };
        Who {
            session: chosen,
            ..Who::new(PrincipalKind::Federated, key, name)
        }
    }

    /// A subject of an outside identity provider, at the moment it takes on a role.
    fn subject(&self) -> Who<'a> {
        let kind = PrincipalKind::Federated;
        let Some(name) = self.user_name.clone().or_else(|| self.principal_id.clone()) else {
            return self.unknown(kind);
        };
        let provider = self.provider.as_deref().map_or("", last_segment);
        let subject = stable_subject(&name);
        Who::new(kind, format!("federated:{provider}:{subject}").into(), name)
    }

    fn directory(&self) -> Who<'a> {
        self.named("directory", PrincipalKind::Federated)
    }

    fn service(&self) -> Who<'a> {
        let service = self
            .invoked_by
            .clone()
            .or_else(|| self.principal_id.clone());
        let service = service.unwrap_or_else(|| self.beyond.event_source());
        Who::new(PrincipalKind::Service, service.clone(), service)
    }

    fn outsider(&self) -> Who<'a> {
        let Some(account) = self.account() else {
            return match self.account_id {
                Some(_) => Who::new(PrincipalKind::Anonymous, ANONYMOUS.into(), ANONYMOUS.into()),
                None => self.unknown(PrincipalKind::Account),
            };
        };
        let id = self.principal_id.as_deref().map(before_colon);
        let key = match id.filter(|id| is_unique_id(id)) {
            Some(id) => format!("account:{account}:{id}"),
            None => format!("account:{account}"),
        };
        Who::new(PrincipalKind::Account, key.into(), account)
    }

    /// No type, or one that is not documented: the other parts may still tell.
    fn untyped(&self) -> Who<'a> {
        let arn = self.arn.as_deref().unwrap_or_default();
        if arn.contains(ASSUMED_ROLE) {
            self.role()
        } else if arn.contains(":user/") {
            self.user()
        } else if self.is_anonymous() {
            Who::new(PrincipalKind::Anonymous, ANONYMOUS.into(), ANONYMOUS.into())
        } else if self.invoked_by.is_some() {
            self.service()
        } else if self.user_name.is_some() && self.is_identity_center_event() {
            self.named("identity-center", PrincipalKind::IdentityCenter)
        } else {
            self.unknown(PrincipalKind::Unknown)
        }
    }

    fn is_anonymous(&self) -> bool {
        let ids = [&self.account_id, &self.principal_id];
        ids.into_iter().flatten().any(|id| is_anonymous(id))
    }

    /// Before 2024 Identity Center wrote its own users with type `Unknown`.
    fn is_identity_center_event(&self) -> bool {
        self.beyond.asked_for_kind.set(true);
        let source = self.beyond.event_source();
        source.starts_with("sso") || source.starts_with("signin.")
    }

    /// Somebody known by a name within an account.
    fn named(&self, realm: &str, kind: PrincipalKind) -> Who<'a> {
        let Some(name) = self.user_name.clone().or_else(|| self.principal_id.clone()) else {
            return self.unknown(kind);
        };
        let account = self.account().or_else(|| self.recipient());
        let account = account.unwrap_or_default();
        Who::new(kind, format!("{realm}:{account}:{name}").into(), name)
    }

    fn unknown(&self, kind: PrincipalKind) -> Who<'a> {
        let account = || self.account().or_else(|| self.recipient());
        let key = self.arn.clone().unwrap_or_else(|| match account() {
            Some(account) => format!("unknown:{account}").into(),
            None => "unknown".into(),
        });
        let name = self.user_name.clone().unwrap_or_else(|| key.clone());
        Who::new(kind, key, name)
    }

    /// The ARN of something of IAM in the principal's account.
    fn iam_arn(&self, resource: &str) -> Text<'a> {
        let partition = self.arn.as_deref().and_then(arn_partition);
        let partition = partition.unwrap_or_else(|| self.beyond.partition());
        let account = self.account().or_else(|| self.recipient());
        let account = account.unwrap_or_default();
        format!("arn:{partition}:iam::{account}:{resource}").into()
    }
}

impl<'a> Who<'a> {
    fn new(kind: PrincipalKind, key: Text<'a>, name: Text<'a>) -> Self {
        Self {
            key,
            kind,
            name,
            session: None,
        }
    }
}

const ASSUMED_ROLE: &str = ":assumed-role/";
const ANONYMOUS: &str = "anonymous";
const ANONYMOUS_ACCOUNT: &str = "ANONYMOUS_PRINCIPAL";

/// How services write that nobody signed the call.
fn is_anonymous(id: &str) -> bool {
    id.eq_ignore_ascii_case(ANONYMOUS) || id == ANONYMOUS_ACCOUNT
}

/// A text that is there and not empty.
fn text(value: Json<'_>) -> Option<Text<'_>> {
    value.as_str().filter(|text| !text.is_empty())
}

/// A part of `text`, borrowed where `text` is.
fn part(text: Text<'_>, cut: impl Fn(&str) -> &str) -> Text<'_> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(cut(text)),
        Cow::Owned(text) => Cow::Owned(cut(&text).to_owned()),
    }
}

fn last_segment(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn before_colon(id: &str) -> &str {
    id.split(':').next().unwrap_or(id)
}

fn arn_partition(arn: &str) -> Option<&str> {
    arn.strip_prefix("arn:")?.split(':').next()
}

fn arn_account(arn: &str) -> &str {
    arn.split(':').nth(4).unwrap_or_default()
}

/// IAM's own identifiers, `AROA…` and `AIDA…`; anything else may be of the caller's choice.
fn is_unique_id(id: &str) -> bool {
    id.starts_with('A') && id.len() >= 16 && id.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// A subject without what changes from run to run: `repo:org/name:ref:refs/heads/main` and
/// `project_path:group/name:ref_type:branch:ref:main` keep their first two parts, while
/// `organization:o:project:p:workspace:w:run_phase:apply` loses its last two.
fn stable_subject(subject: &str) -> &str {
    if let Some((workload, _)) = subject.split_once(":run_phase:") {
        return workload;
    }
    if subject.starts_with("repo:") || subject.starts_with("project_path:") {
        let end = subject.match_indices(':').nth(1);
        return end.map_or(subject, |(end, _)| &subject[..end]);
    }
    subject
}
