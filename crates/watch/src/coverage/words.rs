//! What is told of a gap, in both languages, and what to do about it.

use detect::alert::{Alert, Response};
use detect::guidance::Text;
use detect::notice::Notice;
use jiff::Timestamp;
use sigma::Level;

use super::{Gap, Pulse};

/// How many accounts are named of many.
const NAMED: usize = 20;

/// Where calls of global services are logged, in each partition.
const GLOBAL: [&str; 3] = ["us-east-1", "cn-north-1", "us-gov-west-1"];

/// What people call accounts, and where this is.
pub trait Names {
    /// What people call this account, if they do.
    fn name(&self, account: &str) -> Option<String>;
}

/// Who tells, for what is about no account in particular.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    /// The account of the fleet.
    pub account: String,
    /// Its region.
    pub region: String,
}

fn step(title: Text, command: String) -> Response {
    Response {
        title,
        command,
        undo: None,
        limits: None,
    }
}

/// The alert that tells of `gap`.
#[must_use]
pub fn alert(gap: &Gap, home: &Home, names: &impl Names) -> Alert {
    let mut notice = match gap {
        Gap::NewAccount {
            account,
            since,
            listed,
        } => new_account(account, *since, *listed),
        Gap::NewRegion {
            account,
            region,
            since,
        } => new_region(account, region, *since),
        Gap::Uncovered { account, since } => uncovered(account, *since, home),
        Gap::RegionSilent {
            account,
            region,
            last,
            by,
        } => region_silent(account, region, *last, *by),
        Gap::AccountSilent {
            account,
            silent,
            of,
            last,
            by,
        } => account_silent(account, (*silent, *of), *last, *by, home),
        Gap::ManySilent { accounts, last } => many_silent(accounts, *last, home),
    };
    notice.name = notice.account.as_deref().and_then(|id| names.name(id));
    if notice.region.is_none() {
        notice.region = Some(home.region.clone());
    }
    notice.into()
}

/// What a notice has that says no more than this.
fn notice(
    (rule, event): (&'static str, &'static str),
    title: Text,
    level: Level,
    time: Timestamp,
    which: &[&str],
) -> Notice {
    Notice {
        rule,
        event,
        headline: title.clone(),
        summary: title.clone(),
        title,
        threat: Text::new(
            "Whoever wants to do harm unseen begins with the logs: a trail that is stopped, narrowed or filtered tells \
             nothing of what follows. What does not come, no rule can judge.",
            "想暗中作案的人往往先从日志下手：被停用、缩小范围或加了过滤的跟踪，不会留下后续操作的任何记录。没有送达的日志，任何规则都无从判断。",
        ),
        tags: vec![
            "attack.defense-evasion".to_owned(),
            "attack.t1562.008".to_owned(),
        ],
        level,
        time,
        which: which.iter().map(|part| (*part).to_owned()).collect(),
        account: which.first().map(|account| (*account).to_owned()),
        name: None,
        region: None,
        why: Vec::new(),
        response: Vec::new(),
    }
}

fn day(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d").to_string()
}

fn new_account(account: &str, since: Timestamp, listed: Option<bool>) -> Notice {
    let day = day(since);
    let is_stranger = listed.is_none();
    let level = if is_stranger {
        Level::Medium
    } else {
        Level::Low
    };
    let title = Text::new("New account", "新账户");
    let names = ("trailhound-account-new", "AccountNew");
    let mut notice = notice(names, title, level, since, &[account, &day]);
    notice.tags = vec![
        "attack.persistence".to_owned(),
        "attack.t1136.003".to_owned(),
    ];
    notice.threat = Text::new(
        "An account that nobody expected may have been made, or made a member, by somebody who wants a place of their \
         own, beyond the guardrails of the others.",
        "无人预料的新账户，可能是有人创建或拉入组织的，以便获得一个不受其他账户防护约束的据点。",
    );
    notice.headline = Text::new(
        format!("Account `{account}` was not there before."),
        format!("账户 `{account}` 此前未出现过。"),
    );
    notice.summary = match is_stranger {
        true => Text::new(
            format!(
                "Account `{account}` has appeared in the bucket of the trail and was not there before. No directory of \
                 an organization lists it."
            ),
            format!("账户 `{account}` 首次出现在跟踪的存储桶中，且组织目录中没有列出该账户。"),
        ),
        false => Text::new(
            format!("The organization has an account `{account}` that was not there before."),
            format!("组织中出现了此前没有的账户 `{account}`。"),
        ),
    };
    notice.response = vec![
        step(
            Text::new("See what the organization knows of it", "查看组织中该账户的信息"),
            format!("aws organizations describe-account --account-id {account}"),
        ),
        step(
            Text::new("See who made it or let it in", "查看是谁创建或接纳了它"),
            "aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventSource,AttributeValue=organizations.amazonaws.com".to_owned(),
        ),
    ];
    notice
}

fn new_region(account: &str, region: &str, since: Timestamp) -> Notice {
    let day = day(since);
    let title = Text::new("New region", "新区域");
    let names = ("trailhound-region-new", "RegionNew");
    let which = [account, region, &day];
    let mut notice = notice(names, title, Level::Medium, since, &which);
    notice.region = Some(region.to_owned());
    notice.tags = vec![
        "attack.defense-evasion".to_owned(),
        "attack.t1535".to_owned(),
    ];
    notice.threat = Text::new(
        "Regions that nobody uses are where nobody looks: machines that mine or attack are started there. A region \
         begins to write logs when it is switched on in the account, or when a trail begins to hear it.",
        "无人使用的区域也无人查看，挖矿或攻击用的机器常被开在那里。区域在账户中被启用，或被跟踪纳入范围后，才会开始产生日志。",
    );
    notice.headline = Text::new(
        format!("Region `{region}` was not heard before."),
        format!("区域 `{region}` 此前没有日志。"),
    );
    notice.summary = Text::new(
        format!(
            "Logs of region `{region}` have begun to come from account `{account}`; there were none before."
        ),
        format!("账户 `{account}` 的区域 `{region}` 开始有日志送达，此前从未有过。"),
    );
    let mut off = step(
        Text::new(
            "Switch the region off, if nobody needs it",
            "如无人需要，停用该区域",
        ),
        format!("aws account disable-region --region-name {region}"),
    );
    off.undo = Some(format!("aws account enable-region --region-name {region}"));
    off.limits = Some(Text::new(
        "Regions that every account has cannot be switched off; what runs in the region goes on running.",
        "默认启用的区域无法停用；已在该区域运行的资源会继续运行。",
    ));
    notice.response = vec![
        step(
            Text::new("In that account, see whether the region is switched on", "在该账户中查看区域是否已启用"),
            format!("aws account get-region-opt-status --region-name {region}"),
        ),
        step(
            Text::new("See who switched it on", "查看是谁启用了它"),
            "aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=EnableRegion".to_owned(),
        ),
        off,
    ];
    notice
}

fn uncovered(account: &str, since: Timestamp, home: &Home) -> Notice {
    let title = Text::new("Account without logs", "账户没有日志");
    let names = ("trailhound-account-uncovered", "AccountUncovered");
    let which = [account, &since.to_string()];
    let mut notice = notice(names, title, Level::High, since, &which);
    notice.headline = Text::new(
        format!("Nothing comes from account `{account}`."),
        format!("账户 `{account}` 没有任何日志送达。"),
    );
    notice.summary = Text::new(
        format!(
            "Account `{account}` is active in the organization, and not one log file or digest of it has come since it \
             was first seen. Whatever is done there, nobody sees."
        ),
        format!(
            "账户 `{account}` 在组织中处于活动状态，但自首次发现以来，没有收到它的任何日志文件或摘要文件。该账户中的任何操作都无人可见。"
        ),
    );
    notice.why = vec![format!("`firstSeen` is `{since}`")];
    notice.response = vec![
        step(
            Text::new(
                "In the management account, see whether the trail is that of the organization",
                "在管理账户中查看跟踪是否为组织跟踪",
            ),
            format!(
                "aws cloudtrail describe-trails --region {} --query 'trailList[?IsOrganizationTrail]'",
                home.region
            ),
        ),
        step(
            Text::new(
                "See what the organization knows of the account",
                "查看组织中该账户的信息",
            ),
            format!("aws organizations describe-account --account-id {account}"),
        ),
    ];
    notice
}

fn region_silent(account: &str, region: &str, last: Timestamp, by: Pulse) -> Notice {
    let level = match by {
        Pulse::Digests if GLOBAL.contains(&region) => Level::Critical,
        Pulse::Digests => Level::High,
        Pulse::LogFiles => Level::Medium,
    };
    let title = Text::new("Region fell silent", "区域静默");
    let names = ("trailhound-region-silent", "RegionSilent");
    let which = [account, region, &last.to_string()];
    let mut notice = notice(names, title, level, last, &which);
    notice.region = Some(region.to_owned());
    notice.headline = Text::new(
        format!("Nothing comes from region `{region}` any more."),
        format!("区域 `{region}` 不再有日志送达。"),
    );
    let (due, due_zh) = due(by);
    notice.summary = Text::new(
        format!(
            "Nothing has come from region `{region}` of account `{account}` since {last}, and {due}."
        ),
        format!("自 {last} 起，账户 `{account}` 的区域 `{region}` 再无日志送达；{due_zh}。"),
    );
    notice.why = vec![seen(by, last)];
    notice.response = look_at_trails(region);
    notice.response.push(step(
        Text::new(
            "In that account, see whether the region is still switched on",
            "在该账户中查看区域是否仍启用",
        ),
        format!("aws account get-region-opt-status --region-name {region}"),
    ));
    notice
}

fn account_silent(
    account: &str,
    (silent, of): (usize, usize),
    last: Timestamp,
    by: Pulse,
    home: &Home,
) -> Notice {
    let level = match by {
        Pulse::Digests => Level::Critical,
        Pulse::LogFiles => Level::High,
    };
    let title = Text::new("Account fell silent", "账户静默");
    let names = ("trailhound-account-silent", "AccountSilent");
    let which = [account, &last.to_string()];
    let mut notice = notice(names, title, level, last, &which);
    notice.headline = Text::new(
        format!("Nothing comes from account `{account}` any more."),
        format!("账户 `{account}` 不再有日志送达。"),
    );
    let (due, due_zh) = due(by);
    notice.summary = Text::new(
        format!(
            "{silent} of {of} regions of account `{account}` that were heard are silent, and {due}."
        ),
        format!("账户 `{account}` 原有日志的 {of} 个区域中，{silent} 个已静默；{due_zh}。"),
    );
    notice.why = vec![
        format!("`regionsSilent` is `{silent}`"),
        format!("`regionsHeardBefore` is `{of}`"),
        seen(by, last),
    ];
    notice.response = look_at_trails(&home.region);
    notice
}

fn many_silent(accounts: &[String], last: Timestamp, home: &Home) -> Notice {
    let title = Text::new("Many accounts fell silent", "多个账户静默");
    let names = ("trailhound-accounts-silent", "AccountsSilent");
    let which = [home.account.as_str(), &last.to_string()];
    let mut notice = notice(names, title, Level::Critical, last, &which);
    let count = accounts.len();
    notice.headline = Text::new(
        format!("Nothing comes from {count} accounts any more."),
        format!("{count} 个账户不再有日志送达。"),
    );
    notice.summary = Text::new(
        format!(
            "{count} accounts that were heard have fallen silent together. One cause is likely: the trail of the \
             organization, the bucket, or the key of its files."
        ),
        format!(
            "原有日志的 {count} 个账户同时静默。原因很可能只有一个：组织跟踪、存储桶，或日志文件的密钥。"
        ),
    );
    notice.why = accounts
        .iter()
        .take(NAMED)
        .map(|account| format!("`silent` is `{account}`"))
        .chain([format!("`lastHeard` is `{last}`")])
        .collect();
    notice.response = look_at_trails(&home.region);
    notice
}

/// What should have come.
fn due(by: Pulse) -> (&'static str, &'static str) {
    match by {
        Pulse::Digests => (
            "a digest comes each hour, whatever happens there",
            "无论该处有无操作，每小时都应有一个摘要文件",
        ),
        Pulse::LogFiles => (
            "log files used to come; without digests it cannot be told whether nobody does anything there",
            "此前有日志文件送达；由于没有摘要文件，无法判断是否只是无人操作",
        ),
    }
}

fn seen(by: Pulse, last: Timestamp) -> String {
    match by {
        Pulse::Digests => format!("`lastDigest` is `{last}`"),
        Pulse::LogFiles => format!("`lastLogFile` is `{last}`"),
    }
}

/// Trails are looked at, and who changed them.
fn look_at_trails(region: &str) -> Vec<Response> {
    let changed = |call: &str| {
        format!(
            "aws cloudtrail lookup-events --region {region} --lookup-attributes AttributeKey=EventName,AttributeValue={call}"
        )
    };
    vec![
        step(
            Text::new(
                "See which trails hear the region",
                "查看有哪些跟踪覆盖该区域",
            ),
            format!("aws cloudtrail describe-trails --region {region} --include-shadow-trails"),
        ),
        step(
            Text::new("See who stopped a trail", "查看是谁停止了跟踪"),
            changed("StopLogging"),
        ),
        step(
            Text::new("See who changed a trail", "查看是谁修改了跟踪"),
            changed("UpdateTrail"),
        ),
        step(
            Text::new("See who deleted a trail", "查看是谁删除了跟踪"),
            changed("DeleteTrail"),
        ),
    ]
}
