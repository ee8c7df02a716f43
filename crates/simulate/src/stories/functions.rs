//! Code that is not ours in a function that is.

use super::{Stage, Story};
use crate::calls::containers;
use crate::cast::{HOME, PROD, Things};
use crate::clock::{HOUR, MINUTE};
use crate::record::{Call, Caller, Session};

const CLI: &str = "aws-cli/2.15.8 Python/3.11.6 Windows/10 exe/AMD64 prompt/off command";

pub(super) const LAMBDA_BACKDOOR: Story = Story {
    id: "lambda-backdoor",
    title: "A function gets a stranger's layer, code and callers",
    description: "With alice.nowak's hijacked session somebody attaches a layer of an unknown account \
                  to the order webhook, replaces its code, lets everybody invoke it, and gives it an \
                  address on the internet.",
    expected: &[
        "lambda-public-invoke",
        "lambda-layer-attached",
        "lambda-code-replaced",
        "lambda-url-public",
    ],
    hour: 19,
    script: lambda_backdoor,
};

const WEBHOOK: Things = Things {
    function: &["order-webhook"],
    ..PROD.things
};

fn lambda_backdoor(stage: &mut Stage) {
    let session = Session::new("alice.nowak", stage.now() - HOUR);
    let intruder = Caller::permission_set(&PROD, "Developer", session)
        .from("203.0.113.166", CLI)
        .with(WEBHOOK);
    stage.act(0, &intruder, HOME, &containers::LIST_FUNCTIONS);
    stage.act(35, &intruder, HOME, &containers::GET_FUNCTION);
    stage.act(4 * MINUTE, &intruder, HOME, &ATTACH_LAYER);
    stage.act(50, &intruder, HOME, &REPLACE_CODE);
    stage.act(20, &intruder, HOME, &LET_EVERYBODY_INVOKE);
    stage.act(12, &intruder, HOME, &CREATE_URL);
}

const ATTACH_LAYER: Call = Call::write(
    "lambda",
    "UpdateFunctionConfiguration20150331v2",
    r#"{"functionName":"$function","layers":["arn:aws:lambda:$region:999988887777:layer:telemetry:3"],"environment":{}}"#,
    r#"{"functionName":"$function","functionArn":"arn:aws:lambda:$region:$account:function:$function","runtime":"python3.13","role":"arn:aws:iam::$account:role/$function","handler":"app.handler","codeSize":8844,"description":"","timeout":30,"memorySize":256,"lastModified":"$time","codeSha256":"$codesha","version":"$$LATEST","layers":[{"arn":"arn:aws:lambda:$region:999988887777:layer:telemetry:3","codeSize":21804,"uncompressedCodeSize":60112}],"revisionId":"$uuid","state":"Active","lastUpdateStatus":"InProgress","packageType":"Zip","architectures":["arm64"],"environment":{}}"#,
);
const REPLACE_CODE: Call = Call {
    request: r#"{"functionName":"$function","publish":true,"dryRun":false}"#,
    ..containers::UPDATE_FUNCTION_CODE
};
const LET_EVERYBODY_INVOKE: Call = Call::write(
    "lambda",
    "AddPermission20150331v2",
    r#"{"functionName":"$function","statementId":"monitoring","action":"lambda:InvokeFunction","principal":"*"}"#,
    r#"{"statement":"{\"Sid\":\"monitoring\",\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"lambda:InvokeFunction\",\"Resource\":\"arn:aws:lambda:$region:$account:function:$function\"}"}"#,
);
const CREATE_URL: Call = Call::write(
    "lambda",
    "CreateFunctionUrlConfig",
    r#"{"functionName":"$function","authType":"NONE","invokeMode":"BUFFERED"}"#,
    r#"{"functionUrl":"https://abcdefghijklmnopqrstuvwxyz012345.lambda-url.$region.on.aws/","functionArn":"arn:aws:lambda:$region:$account:function:$function","authType":"NONE","creationTime":"$time","invokeMode":"BUFFERED"}"#,
);
