//! Lambda, ECS, EKS, ECR, CloudFormation: where code runs, and how it gets there.

use crate::record::Call;

const FUNCTION_STATE: &str = r#"{"functionName":"$function","functionArn":"arn:aws:lambda:$region:$account:function:$function","runtime":"python3.13","role":"arn:aws:iam::$account:role/$function","handler":"app.handler","codeSize":$n6,"description":"","timeout":30,"memorySize":512,"lastModified":"$time","codeSha256":"$codesha","version":"$$LATEST","tracingConfig":{"mode":"PassThrough"},"revisionId":"$iduuid","state":"Active","lastUpdateStatus":"InProgress","lastUpdateStatusReason":"The function is being created.","lastUpdateStatusReasonCode":"Creating","packageType":"Zip","architectures":["arm64"],"ephemeralStorage":{"size":512},"snapStart":{"applyOn":"None","optimizationStatus":"Off"},"loggingConfig":{"logFormat":"JSON","logGroup":"/aws/lambda/$function"}}"#;

pub(crate) const LIST_FUNCTIONS: Call =
    Call::read("lambda", "ListFunctions20150331", r#"{"maxItems":50}"#);
pub(crate) const GET_FUNCTION: Call = Call::read(
    "lambda",
    "GetFunction20150331v2",
    r#"{"functionName":"$function"}"#,
);
pub(crate) const GET_FUNCTION_CONFIGURATION: Call = Call::read(
    "lambda",
    "GetFunctionConfiguration20150331v2",
    r#"{"functionName":"arn:aws:lambda:$region:$account:function:$function"}"#,
);
pub(crate) const UPDATE_FUNCTION_CODE: Call = Call::write(
    "lambda",
    "UpdateFunctionCode20150331v2",
    r#"{"functionName":"$function","s3Bucket":"acme-build-artifacts","s3Key":"$function/$hex32.zip","publish":false,"dryRun":false,"architectures":["arm64"]}"#,
    FUNCTION_STATE,
);

pub(crate) const DESCRIBE_SERVICES: Call = Call::read(
    "ecs",
    "DescribeServices",
    r#"{"cluster":"$cluster","services":["arn:aws:ecs:$region:$account:service/$cluster/$service"]}"#,
);
pub(crate) const LIST_TASKS: Call = Call::read(
    "ecs",
    "ListTasks",
    r#"{"cluster":"$cluster","serviceName":"$service","desiredStatus":"RUNNING"}"#,
);
pub(crate) const DESCRIBE_TASKS: Call = Call::read(
    "ecs",
    "DescribeTasks",
    r#"{"cluster":"$cluster","tasks":["arn:aws:ecs:$region:$account:task/$cluster/$hex32"]}"#,
);
pub(crate) const REGISTER_TASK_DEFINITION: Call = Call::write(
    "ecs",
    "RegisterTaskDefinition",
    r#"{"family":"$service","networkMode":"awsvpc","requiresCompatibilities":["FARGATE"],"cpu":"512","memory":"1024","executionRoleArn":"arn:aws:iam::$account:role/ecs-execution","taskRoleArn":"arn:aws:iam::$account:role/$service","containerDefinitions":[{"name":"app","image":"$account.dkr.ecr.$region.amazonaws.com/$service:$id8","essential":true,"portMappings":[{"containerPort":8080,"protocol":"tcp"}],"logConfiguration":{"logDriver":"awslogs","options":{"awslogs-group":"/ecs/$service","awslogs-region":"$region","awslogs-stream-prefix":"app"}},"environment":[]}]}"#,
    r#"{"taskDefinition":{"taskDefinitionArn":"arn:aws:ecs:$region:$account:task-definition/$service:$n3","family":"$service","revision":$n3,"status":"ACTIVE","networkMode":"awsvpc","cpu":"512","memory":"1024","registeredAt":"$date","registeredBy":"$arn"}}"#,
);
pub(crate) const UPDATE_SERVICE: Call = Call::write(
    "ecs",
    "UpdateService",
    r#"{"cluster":"$cluster","service":"$service","taskDefinition":"arn:aws:ecs:$region:$account:task-definition/$service:$n3","forceNewDeployment":false}"#,
    r#"{"service":{"serviceArn":"arn:aws:ecs:$region:$account:service/$cluster/$service","serviceName":"$service","status":"ACTIVE","desiredCount":3,"runningCount":3,"pendingCount":0,"launchType":"FARGATE","deployments":[{"id":"ecs-svc/$n6$n6","status":"PRIMARY","desiredCount":3,"rolloutState":"IN_PROGRESS"}]}}"#,
);
pub(crate) const SUBMIT_TASK_STATE: Call = Call::write(
    "ecs",
    "SubmitTaskStateChange",
    r#"{"cluster":"arn:aws:ecs:$region:$account:cluster/$cluster","task":"arn:aws:ecs:$region:$account:task/$cluster/$hex32","status":"RUNNING"}"#,
    r#"{"acknowledgment":"ACCEPT"}"#,
);

pub(crate) const DESCRIBE_CLUSTER: Call =
    Call::read("eks", "DescribeCluster", r#"{"name":"$cluster"}"#);
pub(crate) const LIST_CLUSTERS: Call = Call::read("eks", "ListClusters", r#"{"maxResults":100}"#);

pub(crate) const GET_AUTHORIZATION_TOKEN: Call = Call::read("ecr", "GetAuthorizationToken", "null");
const REPOSITORY: &str =
    r#"[{"accountId":"$account","ARN":"arn:aws:ecr:$region:$account:repository/$service"}]"#;
pub(crate) const BATCH_GET_IMAGE: Call = Call::read(
    "ecr",
    "BatchGetImage",
    r#"{"registryId":"$account","repositoryName":"$service","imageIds":[{"imageTag":"$hex8"}],"acceptedMediaTypes":["application/vnd.docker.distribution.manifest.v2+json","application/vnd.oci.image.manifest.v1+json","application/vnd.oci.image.index.v1+json"]}"#,
)
.on(REPOSITORY);
pub(crate) const GET_LAYER: Call = Call::read(
    "ecr",
    "GetDownloadUrlForLayer",
    r#"{"registryId":"$account","repositoryName":"$service","layerDigest":"sha256:$hex64"}"#,
)
.on(REPOSITORY);

pub(crate) const DESCRIBE_STACKS: Call = Call::read(
    "cloudformation",
    "DescribeStacks",
    r#"{"stackName":"$stack"}"#,
);
pub(crate) const GET_STACK_TEMPLATE: Call = Call::read(
    "cloudformation",
    "GetTemplate",
    r#"{"stackName":"$stack","templateStage":"Original"}"#,
);
pub(crate) const CREATE_CHANGE_SET: Call = Call::write(
    "cloudformation",
    "CreateChangeSet",
    r#"{"stackName":"$stack","changeSetName":"cdk-deploy-change-set","changeSetType":"UPDATE","templateURL":"https://cdk-hnb659fds-assets-$account-$region.s3.$region.amazonaws.com/$hex64.json","roleARN":"arn:aws:iam::$account:role/cdk-hnb659fds-cfn-exec-role","capabilities":["CAPABILITY_IAM","CAPABILITY_NAMED_IAM","CAPABILITY_AUTO_EXPAND"],"clientToken":"create$iduuid"}"#,
    r#"{"id":"arn:aws:cloudformation:$region:$account:changeSet/cdk-deploy-change-set/$iduuid","stackId":"arn:aws:cloudformation:$region:$account:stack/$stack/$uuid"}"#,
);
pub(crate) const EXECUTE_CHANGE_SET: Call = Call::write(
    "cloudformation",
    "ExecuteChangeSet",
    r#"{"stackName":"$stack","changeSetName":"cdk-deploy-change-set","clientRequestToken":"exec$uuid"}"#,
    "null",
);
