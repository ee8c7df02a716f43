//! What a step does, what it does not do, and why something is refused, as a person says it.

use detect::guidance::Text;
use detect::neutral::neutral;
use detect::target::Opening;

use crate::action::{Action, Holder, Kind, Undo};
use crate::plan::{Refusal, Why};

/// How many characters of a name are shown.
const NAME: usize = 256;

fn name(text: &str) -> String {
    neutral(text, NAME)
}

impl Action {
    /// What it does.
    #[must_use]
    pub fn does(&self) -> Text {
        match self {
            Self::DisableAccessKey { user, key } => {
                let (user, key) = (name(user), name(key));
                Text::new(
                    format!("Switches off the access key `{key}` of user `{user}`."),
                    format!("停用用户 `{user}` 的访问密钥 `{key}`。"),
                )
            }
            Self::Quarantine {
                to: Holder::User(user),
                ..
            } => {
                let user = name(user);
                Text::new(
                    format!("Denies everything to user `{user}`, the rightful one too."),
                    format!("禁止用户 `{user}` 的一切操作，包括正当使用者。"),
                )
            }
            Self::Quarantine {
                to: Holder::Role(role),
                ..
            } => {
                let role = name(role);
                Text::new(
                    format!("Denies everything to role `{role}`, in sessions to come too."),
                    format!("禁止角色 `{role}` 的一切操作，包括之后的会话。"),
                )
            }
            Self::RevokeSessions { role, .. } => {
                let role = name(role);
                Text::new(
                    format!("Cuts off all sessions of role `{role}` that are open at that moment."),
                    format!("撤销角色 `{role}` 届时已打开的所有会话。"),
                )
            }
            Self::RestartTrail { trail, .. } => {
                let trail = name(trail);
                Text::new(
                    format!("Lets the trail `{trail}` log again."),
                    format!("重新开启跟踪 `{trail}` 的日志记录。"),
                )
            }
            Self::ClosePort { group, opening, .. } => {
                let (group, range) = (name(group), name(&opening.range));
                let (en, zh) = ports(opening);
                Text::new(
                    format!("Takes the rule out of `{group}` that lets in {range} on {en}."),
                    format!("从安全组 `{group}` 中移除对 {range} 开放{zh}的规则。"),
                )
            }
        }
    }

    /// What it does not do, where one could think it did.
    #[must_use]
    pub fn limits(&self) -> Text {
        match self.kind() {
            Kind::DisableAccessKey => Text::new(
                "Sessions that were made with the key live on for up to 36 hours; the user's other keys and password go on working.",
                "用该密钥建立的会话最长还可持续 36 小时；该用户的其他密钥和密码仍然有效。",
            ),
            Kind::QuarantineUser => Text::new(
                "Roles that the user has already assumed are not stopped; the password still signs in, to no avail.",
                "该用户已担任的角色会话不受影响；密码仍可登录，但无法进行任何操作。",
            ),
            Kind::QuarantineRole => Text::new(
                "Whatever works by this role stands still. Policies of resources that name the role are overruled too; who may assume it still can.",
                "依赖该角色的业务会停止；点名该角色的资源策略也不再起作用；有权担任者仍可担任它。",
            ),
            Kind::RevokeSessions => Text::new(
                "Whoever may assume the role can open a new session at once, and machines fetch new credentials by themselves.",
                "有权担任该角色的人可以立即开启新会话，主机也会自动获取新凭证。",
            ),
            Kind::RestartTrail => Text::new(
                "What happened meanwhile is not logged afterwards; other changes to the trail stay.",
                "期间发生的操作不会补记；对该跟踪的其他更改仍然保留。",
            ),
            Kind::ClosePort => Text::new(
                "Connections that are open stay open for a while; other rules of the group stay as they are.",
                "已建立的连接会保持一段时间；该安全组的其他规则不变。",
            ),
        }
    }
}

impl Undo {
    /// Who takes it back, where that is not us.
    #[must_use]
    pub fn by(&self) -> Text {
        match self {
            Self::Call(_) => Text::new(
                "by `trailhound respond undo`",
                "使用 `trailhound respond undo`",
            ),
            Self::ByHand(_) => Text::new(
                "by hand: we may stop no trail",
                "需人工执行：本功能无权停止跟踪",
            ),
        }
    }
}

/// The ports of a rule.
fn ports(opening: &Opening) -> (String, String) {
    let protocol = name(&opening.protocol);
    match (protocol.as_str(), opening.from_port, opening.to_port) {
        ("-1", ..) => ("all ports".to_owned(), "所有端口".to_owned()),
        (_, Some(from), Some(to)) if from == to => (
            format!("{protocol} port {from}"),
            format!(" {protocol} 端口 {from} "),
        ),
        (_, Some(from), Some(to)) => (
            format!("{protocol} ports {from} to {to}"),
            format!(" {protocol} 端口 {from}–{to} "),
        ),
        _ => (protocol.clone(), format!(" {protocol} ")),
    }
}

impl Refusal {
    /// What is not done, and why.
    #[must_use]
    pub fn says(&self) -> Text {
        let what = name(&self.what);
        let why = self.why.says();
        match self.step {
            Some(step) => {
                let step = step.as_str();
                Text::new(
                    format!("Not {step} of `{what}`: {}", why.en),
                    format!("不对 `{what}` 执行 {step}：{}", why.zh_cn),
                )
            }
            None => Text::new(
                format!("Nothing is done to `{what}`: {}", why.en),
                format!("不对 `{what}` 采取措施：{}", why.zh_cn),
            ),
        }
    }
}

impl Why {
    fn says(&self) -> Text {
        match self {
            Self::BelowLevel { level } => Text::new(
                format!("alerts below {level} are not answered."),
                format!("低于 {level} 级别的警报不作响应。"),
            ),
            Self::RuleNotListed => Text::new(
                "its rule is not among those that are answered.",
                "其规则不在需响应的列表中。",
            ),
            Self::NeverTouch { pattern } => {
                let pattern = name(pattern);
                Text::new(
                    format!("`{pattern}` is never touched."),
                    format!("`{pattern}` 在永不触碰的名单上。"),
                )
            }
            Self::OtherAccount => {
                Text::new("it is in another account than ours.", "它不在本账户中。")
            }
            Self::CannotBeContained { kind } => Text::new(
                format!("a principal of the kind `{kind}` cannot be stopped by its own policies."),
                format!("类型为 `{kind}` 的主体无法通过自身的策略加以制止。"),
            ),
            Self::NotNamed => Text::new(
                "the record does not name it as AWS would.",
                "记录中没有它的规范名称。",
            ),
            Self::NotAsked => Text::new(
                "the settings leave such steps out.",
                "设置中未启用此类措施。",
            ),
            Self::InAnotherPlan { plan } => Text::new(
                format!("plan {plan} has this step already."),
                format!("计划 {plan} 已包含该措施。"),
            ),
        }
    }
}
