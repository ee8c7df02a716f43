//! Who makes a call, and from where: the `userIdentity` block and what goes with it.
//!
//! Source: AWS CloudTrail User Guide, *CloudTrail userIdentity element*.

use std::fmt::Write as _;

use super::principal::{access_key, attributes, role_identity, session_arn, user_arn, user_head};
use crate::cast::{Account, Place, Things};
use crate::clock::Second;
use crate::record::ids;
use crate::rng::{Rng, number_of};

/// One session of one principal: the same for all its records.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// The account that receives the records.
    pub(crate) account: &'static str,
    /// What the caller works on.
    pub(crate) things: Things,
    /// User name, session name, or service.
    pub(crate) user: String,
    /// Empty for services.
    pub(crate) arn: String,
    /// The `userIdentity` object as JSON text.
    pub(crate) identity: String,
    /// `sourceIPAddress`.
    pub(crate) address: String,
    /// `userAgent`.
    pub(crate) agent: String,
    /// The endpoint in the VPC through which the call came.
    pub(crate) endpoint: Option<&'static str>,
    /// The call came over TLS from outside AWS's own machinery, so the record has `tlsDetails`.
    pub(crate) direct: bool,
    /// The call was made by the web console.
    pub(crate) console: bool,
}

/// When a session began, and whether with a second factor.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Session<'a> {
    pub(crate) name: &'a str,
    pub(crate) started: Second,
    pub(crate) mfa: bool,
}

impl<'a> Session<'a> {
    /// A session without a second factor, as those of roles are.
    pub(crate) fn new(name: &'a str, started: Second) -> Self {
        Self {
            name,
            started,
            mfa: false,
        }
    }

    /// The same with a second factor.
    pub(crate) fn with_mfa(self) -> Self {
        Self { mfa: true, ..self }
    }
}

impl Caller {
    fn new(account: &Account, user: &str, arn: String, identity: String) -> Self {
        Self {
            account: account.id,
            things: account.things,
            user: user.to_owned(),
            arn,
            identity,
            address: String::new(),
            agent: String::new(),
            endpoint: None,
            direct: true,
            console: false,
        }
    }

    /// An IAM user with the long-term key of that generation: 0 at first, 1 after one rotation.
    pub(crate) fn user(account: &Account, name: &str, generation: u64) -> Self {
        let key = access_key("AKIA", name, generation);
        let head = user_head(account, name);
        let identity = format!(r#"{head},"accessKeyId":"{key}","userName":"{name}"}}"#);
        Self::new(account, name, user_arn(account, name), identity)
    }

    /// An IAM user in the web console.
    pub(crate) fn user_session(account: &Account, session: Session<'_>) -> Self {
        let Session { name, started, .. } = session;
        let key = access_key("ASIA", name, started as u64);
        let head = user_head(account, name);
        let attributes = attributes(session);
        let identity = format!(
            r#"{head},"accessKeyId":"{key}","userName":"{name}","sessionContext":{{{attributes}}}}}"#
        );
        Self::new(account, name, user_arn(account, name), identity)
    }

    /// A session of a role; `path` is `/` or like `/service-role/`.
    pub(crate) fn role(account: &Account, path: &str, role: &str, session: Session<'_>) -> Self {
        let arn = session_arn(account, role, session.name);
        let identity = format!("{}}}", role_identity(account, path, role, session));
        Self::new(account, session.name, arn, identity)
    }

    /// A role session that `service` opened to work on the account's behalf.
    pub(crate) fn linked(
        account: &Account,
        path: &str,
        role: &str,
        session: Session<'_>,
        service: &str,
    ) -> Self {
        let head = role_identity(account, path, role, session);
        let identity = format!(r#"{head},"invokedBy":"{service}"}}"#);
        let arn = session_arn(account, role, session.name);
        Self::new(account, session.name, arn, identity).on_behalf(service)
    }

    /// A person in the role that Identity Center made for a permission set.
    pub(crate) fn permission_set(account: &Account, set: &str, session: Session<'_>) -> Self {
        let mark = number_of(set) ^ number_of(account.id);
        let role = format!("AWSReservedSSO_{set}_{mark:016x}");
        Self::role(
            account,
            "/aws-reserved/sso.amazonaws.com/eu-west-1/",
            &role,
            session,
        )
    }

    /// AWS itself, in its own name.
    pub(crate) fn service(account: &Account, service: &str) -> Self {
        let identity = format!(r#"{{"type":"AWSService","invokedBy":"{service}"}}"#);
        Self::new(account, service, String::new(), identity).on_behalf(service)
    }

    /// The holder of a token of GitHub's identity provider, before it has any role.
    pub(crate) fn github(account: &Account, repository: &str) -> Self {
        let subject = format!("repo:acme-shop/{repository}:ref:refs/heads/main");
        let provider = format!(
            "arn:aws:iam::{}:oidc-provider/token.actions.githubusercontent.com",
            account.id
        );
        Self::web_identity(account, &provider, "sts.amazonaws.com", &subject)
    }

    /// The holder of a token of any OpenID provider; `provider` is the provider's ARN.
    pub(crate) fn web_identity(
        account: &Account,
        provider: &str,
        audience: &str,
        subject: &str,
    ) -> Self {
        let identity = format!(
            r#"{{"type":"WebIdentityUser","principalId":"{provider}:{audience}:{subject}","userName":"{subject}","identityProvider":"{provider}"}}"#
        );
        Self::new(account, subject, String::new(), identity)
    }

    /// A person at Identity Center's portal, before choosing an account.
    pub(crate) fn portal_user(account: &Account, name: &str) -> Self {
        let mut user = Rng::about(number_of(name), &[]);
        let (mut id, mut credential) = (Vec::new(), Vec::new());
        ids::write_uuid(&mut id, &mut user);
        ids::write_uuid(&mut credential, &mut user);
        let (id, credential) = (
            String::from_utf8_lossy(&id),
            String::from_utf8_lossy(&credential),
        );
        let home = account.id;
        let identity = format!(
            r#"{{"type":"IdentityCenterUser","accountId":"{home}","onBehalfOf":{{"userId":"{id}","identityStoreArn":"arn:aws:identitystore::{home}:identitystore/d-9367a1b2c3"}},"credentialId":"{credential}"}}"#
        );
        Self::new(account, name, String::new(), identity)
    }

    /// A principal of another account, of which ours learns little; `principal` is its unique id.
    pub(crate) fn outsider(account: &Account, home: &str, principal: &str) -> Self {
        let identity =
            format!(r#"{{"type":"AWSAccount","principalId":"{principal}","accountId":"{home}"}}"#);
        Self::new(account, principal, String::new(), identity)
    }

    /// Nobody in particular: a request without any credentials.
    pub(crate) fn anonymous(account: &Account) -> Self {
        let identity = r#"{"type":"AWSAccount","principalId":"","accountId":"anonymous"}"#;
        Self::new(account, "anonymous", String::new(), identity.into())
    }

    /// The root user, before or after it signed in.
    pub(crate) fn root(account: &Account, session: Option<Session<'_>>) -> Self {
        let id = account.id;
        let arn = format!("arn:aws:iam::{id}:root");
        let mut identity = format!(
            r#"{{"type":"Root","principalId":"{id}","arn":"{arn}","accountId":"{id}","accessKeyId":""#
        );
        if let Some(session) = session {
            let key = access_key("ASIA", id, session.started as u64);
            let attributes = attributes(session);
            let _ = write!(identity, r#"{key}","sessionContext":{{{attributes}}}"#);
        } else {
            identity.push('"');
        }
        identity.push('}');
        Self::new(account, "root", arn, identity)
    }

    /// Someone who typed a user name into the sign-in page; `name` need not exist.
    pub(crate) fn at_sign_in(account: &Account, name: &str) -> Self {
        let head = user_head(account, name);
        let identity = format!(r#"{head},"userName":"{name}"}}"#);
        Self::new(account, name, user_arn(account, name), identity)
    }

    /// Calls from there with that tool.
    pub(crate) fn from(mut self, address: impl Into<String>, agent: impl Into<String>) -> Self {
        self.address = address.into();
        self.agent = agent.into();
        self
    }

    /// Calls from inside a VPC: a private address, by way of an endpoint.
    pub(crate) fn inside(mut self, place: Place, agent: impl Into<String>) -> Self {
        self.endpoint = Some(place.endpoint);
        self.from(place.address, agent)
    }

    /// Calls from the web console.
    pub(crate) fn in_console(mut self) -> Self {
        self.console = true;
        self
    }

    /// Works on `things` rather than on anything of the account.
    pub(crate) fn with(mut self, things: Things) -> Self {
        self.things = things;
        self
    }

    fn on_behalf(mut self, service: &str) -> Self {
        self.direct = false;
        self.from(service, service)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cast::PROD;
    use crate::record::principal::principal_id;

    fn parsed(caller: &Caller) -> serde_json::Value {
        serde_json::from_str(&caller.identity).unwrap()
    }

    #[test]
    fn identities_are_json_and_name_their_kind() {
        let session = Session::new("alice", 0).with_mfa();
        for (caller, kind) in [
            (Caller::user(&PROD, "maria.santos", 0), "IAMUser"),
            (Caller::user_session(&PROD, session), "IAMUser"),
            (
                Caller::role(&PROD, "/", "Developer", session),
                "AssumedRole",
            ),
            (
                Caller::linked(&PROD, "/", "Backup", session, "backup.amazonaws.com"),
                "AssumedRole",
            ),
            (
                Caller::service(&PROD, "cloudtrail.amazonaws.com"),
                "AWSService",
            ),
            (Caller::github(&PROD, "storefront"), "WebIdentityUser"),
            (
                Caller::outsider(&PROD, "777788889999", "AROAEXAMPLE"),
                "AWSAccount",
            ),
            (Caller::anonymous(&PROD), "AWSAccount"),
            (Caller::root(&PROD, None), "Root"),
            (Caller::root(&PROD, Some(session)), "Root"),
            (Caller::at_sign_in(&PROD, "maria.santos"), "IAMUser"),
        ] {
            assert_eq!(parsed(&caller)["type"], kind);
        }
    }

    #[test]
    fn a_principal_keeps_its_id_and_changes_its_session_key() {
        let session = |started| {
            parsed(&Caller::role(
                &PROD,
                "/",
                "Dev",
                Session::new("alice", started).with_mfa(),
            ))
        };
        let (first, second) = (session(0), session(60));
        assert_eq!(first["principalId"], second["principalId"]);
        assert_ne!(first["accessKeyId"], second["accessKeyId"]);
    }

    #[test]
    fn keys_and_ids_have_the_shape_of_documentation_keys() {
        let key = access_key("AKIA", "maria.santos", 0);
        assert!(
            key.len() == 20 && key.starts_with("AKIA") && key.ends_with("EXAMPLE"),
            "{key}"
        );
        assert_eq!(principal_id("AIDA", "maria.santos").len(), 21);
    }
}
