//! Secrets, one after the other.

use super::{Stage, Story};
use crate::calls::secrets;
use crate::cast::{HOME, PROD, SECOND};
use crate::clock::HOUR;
use crate::record::{Call, Caller, Session};

const CLI: &str = "Boto3/1.33.2 md/Botocore#1.33.2 ua/2.0 os/windows#10 md/arch#amd64 lang/python#3.10.11 md/pyimpl#CPython Botocore/1.33.2";

pub(super) const SECRETS_HARVEST: Story = Story {
    id: "secrets-harvest",
    title: "Every secret and parameter is read in a few minutes",
    description: "With emma.lindqvist's hijacked session somebody lists the secrets, asks for all of \
                  them in one batch with a filter that matches everything, reads two dozen one by one, \
                  and then the encrypted parameters.",
    expected: &[
        "secret-batch-read-catch-all",
        "secret-read-burst",
        "ssm-parameters-decrypted",
        "secret-read-first-seen",
    ],
    hour: 18,
    script: secrets_harvest,
};

/// What there is to know, in a shop.
const SERVICES: [&str; 12] = [
    "orders", "payments", "mail", "search", "reviews", "stock", "invoices", "shipping", "accounts",
    "web", "reports", "support",
];

fn secrets_harvest(stage: &mut Stage) {
    let session = Session::new("emma.lindqvist", stage.now() - 5 * HOUR);
    let thief = Caller::permission_set(&PROD, "ReadOnly", session).from("203.0.113.199", CLI);
    stage.act(0, &thief, HOME, &secrets::LIST_SECRETS);
    stage.act(3, &thief, HOME, &BATCH_READ_ALL);
    stage.act(2, &thief, SECOND, &BATCH_READ_ALL);
    for service in SERVICES {
        for kind in ["database", "token"] {
            stage.act_on(
                3,
                &thief,
                HOME,
                &READ_SECRET,
                &format!("prod/{service}/{kind}"),
            );
        }
    }
    stage.act(20, &thief, HOME, &secrets::DESCRIBE_PARAMETERS);
    for service in SERVICES {
        stage.act_on(
            2,
            &thief,
            HOME,
            &READ_PARAMETER,
            &format!("/prod/{service}/key"),
        );
    }
}

const BATCH_READ_ALL: Call = Call::read(
    "secretsmanager",
    "BatchGetSecretValue",
    r#"{"filters":[{"key":"tag-key","values":["!nothing-is-tagged-like-this"]}],"maxResults":20}"#,
);
const READ_SECRET: Call = Call::read(
    "secretsmanager",
    "GetSecretValue",
    r#"{"secretId":"$item"}"#,
);
const READ_PARAMETER: Call = Call::read(
    "ssm",
    "GetParameter",
    r#"{"name":"$item","withDecryption":true}"#,
)
.on(r#"[{"accountId":"$account","ARN":"arn:aws:ssm:$region:$account:parameter$item"}]"#);
