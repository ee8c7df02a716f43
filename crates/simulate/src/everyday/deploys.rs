//! Pipelines: some deployments a day, each a burst of calls from a hosted runner.

use super::Desk;
use crate::calendar::is_weekend;
use crate::calls::{
    compute::*, containers::*, data::*, identity::*, launch, secrets::*, storage::*,
};
use crate::cast::{Account, HOME, PROD, STAGING, Things};
use crate::clock::{DAY, HOUR, MINUTE, SLOT, Second};
use crate::record::{Call, Caller, Deed, Session};
use crate::rng::Rng;

const DEPLOYS: u64 = 0xde91;
const LOGIN_ACTION: &str = "aws-sdk-js/3.906.0 ua/2.1 os/linux#6.11.0-1018-azure lang/js md/nodejs#20.19.5 configure-aws-credentials-for-github-actions";
const TERRAFORM: &str = "APN/1.0 HashiCorp/1.0 Terraform/1.13.4 (+https://www.terraform.io) terraform-provider-aws/6.18.0 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.39.4 ua/2.1 os/linux lang/go#1.24.9 md/GOOS#linux md/GOARCH#amd64";
const CDK: &str = "aws-sdk-js/3.906.0 ua/2.1 os/linux#6.11.0-1018-azure lang/js md/nodejs#22.21.0 api/cloudformation#3.906.0 app/aws-cdk-cli-2.1031.0";
const DEPLOY_ROLE: &str = "github-deploy";

/// Deployments that begin in the slot beginning at `slot`.
pub(super) fn deploy(slot: Second, desk: &mut Desk<'_>) {
    let midnight = slot.div_euclid(DAY) * DAY;
    let mut today = Rng::about(desk.seed, &[DEPLOYS, midnight as u64]);
    let planned = if is_weekend(midnight) {
        today.times(100)
    } else {
        today.between(3, 6)
    };
    for number in 0..planned {
        let at = midnight + today.between(9 * HOUR as u64, 17 * HOUR as u64) as Second;
        if (slot..slot + SLOT).contains(&at) {
            let mut rng = Rng::about(desk.seed, &[DEPLOYS, midnight as u64, number]);
            let pipeline = if rng.chance(600) { terraform } else { cdk };
            pipeline(at, desk, &mut rng);
        }
    }
}

/// The runner signs in with its token and becomes the deployment role.
fn runner(
    account: &Account,
    at: Second,
    agent: &str,
    desk: &mut Desk<'_>,
    rng: &mut Rng,
) -> Caller {
    let address = format!("192.0.2.{}", rng.between(1, 62));
    let token = Caller::github(account, "shop").from(&*address, LOGIN_ACTION);
    let call = &ASSUME_ROLE_FROM_GITHUB;
    desk.hand_in(&Deed::new(call, &token, at, HOME).about(DEPLOY_ROLE));
    let session = Session::new("GitHubActions", at);
    Caller::role(account, "/", DEPLOY_ROLE, session).from(address, agent)
}

fn terraform(at: Second, desk: &mut Desk<'_>, rng: &mut Rng) {
    let (account, state) = if rng.chance(500) {
        (&PROD, "acme-tf-state-prod")
    } else {
        (&STAGING, "acme-tf-state-staging")
    };
    let role = runner(account, at, TERRAFORM, desk, rng);
    let at = lock(&role, state, at + 15, desk, rng);
    let refresh: [&Call; 14] = [
        &DESCRIBE_VPCS,
        &DESCRIBE_SUBNETS,
        &DESCRIBE_SECURITY_GROUPS,
        &DESCRIBE_NETWORK_INTERFACES,
        &GET_ROLE,
        &LIST_ROLE_POLICIES,
        &LIST_ATTACHED_ROLE_POLICIES,
        &GET_BUCKET_POLICY,
        &GET_BUCKET_VERSIONING,
        &GET_BUCKET_ENCRYPTION,
        &DESCRIBE_TABLE,
        &DESCRIBE_SECRET,
        &DESCRIBE_KEY,
        &GET_FUNCTION,
    ];
    let at = desk.burst(&role, HOME, at, 3, &refresh, rng);
    let at = desk.burst(&role, HOME, at, 3, &refresh, rng);
    let ship: [&Call; 4] = [
        &REGISTER_TASK_DEFINITION,
        &UPDATE_SERVICE,
        &UPDATE_FUNCTION_CODE,
        &DESCRIBE_SERVICES,
    ];
    let at = desk.burst(&role, HOME, at, 12, &ship, rng);
    unlock(&role, state, at, desk, rng);
}

/// Terraform takes its lock and reads its state.
fn lock(
    role: &Caller,
    bucket: &'static str,
    at: Second,
    desk: &mut Desk<'_>,
    rng: &mut Rng,
) -> Second {
    let calls: [&Call; 3] = [&GET_CALLER_IDENTITY, &PUT_ITEM, &GET_OBJECT];
    desk.burst(
        &role.clone().with(state_of(role, bucket)),
        HOME,
        at,
        2,
        &calls,
        rng,
    )
}

/// Terraform writes its state and lets the lock go.
fn unlock(role: &Caller, bucket: &'static str, at: Second, desk: &mut Desk<'_>, rng: &mut Rng) {
    let calls: [&Call; 2] = [&PUT_OBJECT, &PUT_ITEM];
    desk.burst(
        &role.clone().with(state_of(role, bucket)),
        HOME,
        at,
        2,
        &calls,
        rng,
    );
}

fn state_of(role: &Caller, bucket: &'static str) -> Things {
    let bucket: &'static [&'static str] = if bucket.ends_with("prod") {
        &["acme-tf-state-prod"]
    } else {
        &["acme-tf-state-staging"]
    };
    Things {
        bucket,
        object: &["shop/terraform.tfstate"],
        table: &["tf-locks"],
        ..role.things
    }
}

fn cdk(at: Second, desk: &mut Desk<'_>, rng: &mut Rng) {
    let account = &STAGING;
    let role = runner(account, at, CDK, desk, rng);
    let item = "cdk-hnb659fds-deploy-role";
    let call = &ASSUME_ROLE;
    desk.hand_in(&Deed::new(call, &role, at + 8, HOME).about(item));
    let session = Session::new("aws-cdk-runner", at + 8);
    let deployer = Caller::role(account, "/", item, session).from(&*role.address, CDK);
    let calls: [&Call; 6] = [
        &DESCRIBE_STACKS,
        &GET_STACK_TEMPLATE,
        &CREATE_CHANGE_SET,
        &DESCRIBE_STACKS,
        &EXECUTE_CHANGE_SET,
        &DESCRIBE_STACKS,
    ];
    let at = desk.burst(&deployer, HOME, at + 12, 9, &calls, rng);
    let session = Session::new("AWSCloudFormation", at);
    let item = "cdk-hnb659fds-cfn-exec-role";
    let executor = Caller::linked(account, "/", item, session, "cloudformation.amazonaws.com");
    let calls: [&Call; 3] = [
        &UPDATE_FUNCTION_CODE,
        &GET_FUNCTION_CONFIGURATION,
        &DESCRIBE_TABLE,
    ];
    desk.burst(&executor, HOME, at + 5, 9, &calls, rng);
}

/// The first deployment of the reviews service, with everything that it needs.
pub(super) fn launch_reviews(at: Second, desk: &mut Desk<'_>, rng: &mut Rng) {
    let role = runner(&PROD, at, TERRAFORM, desk, rng);
    let mut at = lock(&role, "acme-tf-state-prod", at + 15, desk, rng);
    for call in [
        &launch::CREATE_REPOSITORY,
        &launch::CREATE_LOG_GROUP,
        &launch::CREATE_ROLE,
        &launch::PUT_ROLE_POLICY,
        &launch::CREATE_TABLE,
        &launch::CREATE_SECRET,
        &launch::CREATE_SECURITY_GROUP,
        &launch::AUTHORIZE_FROM_BALANCER,
        &launch::CREATE_TARGET_GROUP,
        &launch::CREATE_SERVICE,
    ] {
        let item = "reviews-api";
        desk.hand_in(&Deed::new(call, &role, at, HOME).about(item));
        at += rng.between(2, 20) as Second;
    }
    unlock(&role, "acme-tf-state-prod", at + MINUTE, desk, rng);
}
