//! What the pipeline calls when a service comes into being, and what administrators call rarely.

use crate::record::Call;

pub(crate) const CREATE_REPOSITORY: Call = Call::write(
    "ecr",
    "CreateRepository",
    r#"{"repositoryName":"$item","imageTagMutability":"IMMUTABLE","imageScanningConfiguration":{"scanOnPush":true}}"#,
    r#"{"repository":{"repositoryArn":"arn:aws:ecr:$region:$account:repository/$item","registryId":"$account","repositoryName":"$item","repositoryUri":"$account.dkr.ecr.$region.amazonaws.com/$item","createdAt":"$date","imageTagMutability":"IMMUTABLE"}}"#,
);
pub(crate) const CREATE_LOG_GROUP: Call = Call::write(
    "logs",
    "CreateLogGroup",
    r#"{"logGroupName":"/ecs/$item"}"#,
    "null",
);
pub(crate) const CREATE_ROLE: Call = Call::write(
    "iam",
    "CreateRole",
    r#"{"path":"/","roleName":"$item","assumeRolePolicyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"ecs-tasks.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}]}","maxSessionDuration":3600,"tags":[{"key":"service","value":"$item"}]}"#,
    r#"{"role":{"path":"/","roleName":"$item","roleId":"$roleid","arn":"arn:aws:iam::$account:role/$item","createDate":"$date","assumeRolePolicyDocument":"%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22Service%22%3A%22ecs-tasks.amazonaws.com%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%5D%7D"}}"#,
);
pub(crate) const PUT_ROLE_POLICY: Call = Call::write(
    "iam",
    "PutRolePolicy",
    r#"{"roleName":"$item","policyName":"table","policyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"dynamodb:GetItem\",\"dynamodb:PutItem\",\"dynamodb:Query\"],\"Resource\":\"arn:aws:dynamodb:$region:$account:table/reviews\"}]}"}"#,
    "null",
);
pub(crate) const CREATE_TABLE: Call = Call::write(
    "dynamodb",
    "CreateTable",
    r#"{"tableName":"reviews","attributeDefinitions":[{"attributeName":"pk","attributeType":"S"}],"keySchema":[{"attributeName":"pk","keyType":"HASH"}],"billingMode":"PAY_PER_REQUEST","deletionProtectionEnabled":true}"#,
    r#"{"tableDescription":{"tableName":"reviews","tableStatus":"CREATING","tableArn":"arn:aws:dynamodb:$region:$account:table/reviews","tableId":"$uuid","creationDateTime":"$date"}}"#,
)
.on(r#"[{"accountId":"$account","type":"AWS::DynamoDB::Table","ARN":"arn:aws:dynamodb:$region:$account:table/reviews"}]"#);
pub(crate) const CREATE_SECRET: Call = Call::write(
    "secretsmanager",
    "CreateSecret",
    r#"{"name":"prod/reviews/database","clientRequestToken":"$iduuid","description":"Managed by Terraform"}"#,
    r#"{"arn":"arn:aws:secretsmanager:$region:$account:secret:prod/reviews/database-Qe71Zn","name":"prod/reviews/database","versionId":"$iduuid"}"#,
);
pub(crate) const CREATE_SECURITY_GROUP: Call = Call::write(
    "ec2",
    "CreateSecurityGroup",
    r#"{"groupName":"$item","groupDescription":"Managed by Terraform","vpcId":"vpc-0c1d2e3f4a5b60718"}"#,
    r#"{"requestId":"$iduuid","_return":true,"groupId":"sg-0e4d3c2b1a0f98765","securityGroupArn":"arn:aws:ec2:$region:$account:security-group/sg-0e4d3c2b1a0f98765"}"#,
);
/// From the load balancer's group only.
pub(crate) const AUTHORIZE_FROM_BALANCER: Call = Call::write(
    "ec2",
    "AuthorizeSecurityGroupIngress",
    r#"{"groupId":"sg-0e4d3c2b1a0f98765","ipPermissions":{"items":[{"ipProtocol":"tcp","fromPort":8080,"toPort":8080,"groups":{"items":[{"groupId":"sg-04f5e6d7c8b9a0123","description":"load balancer"}]},"ipRanges":{},"ipv6Ranges":{},"prefixListIds":{}}]}}"#,
    r#"{"requestId":"$iduuid","_return":true,"securityGroupRuleSet":{"items":[{"groupOwnerId":"$account","groupId":"sg-0e4d3c2b1a0f98765","securityGroupRuleId":"sgr-$hex17","isEgress":false,"ipProtocol":"tcp","fromPort":8080,"toPort":8080,"referencedGroupInfo":{"groupId":"sg-04f5e6d7c8b9a0123","userId":"$account"}}]}}"#,
);
pub(crate) const CREATE_TARGET_GROUP: Call = Call::write(
    "elasticloadbalancing",
    "CreateTargetGroup",
    r#"{"name":"$item","protocol":"HTTP","port":8080,"vpcId":"vpc-0c1d2e3f4a5b60718","healthCheckPath":"/health","targetType":"ip"}"#,
    r#"{"targetGroups":[{"targetGroupArn":"arn:aws:elasticloadbalancing:$region:$account:targetgroup/$item/8f4b2a6c0e1d3957","targetGroupName":"$item","protocol":"HTTP","port":8080,"targetType":"ip"}]}"#,
);
pub(crate) const CREATE_SERVICE: Call = Call::write(
    "ecs",
    "CreateService",
    r#"{"cluster":"shop","serviceName":"$item","taskDefinition":"$item:1","desiredCount":2,"launchType":"FARGATE","networkConfiguration":{"awsvpcConfiguration":{"subnets":["subnet-0a4b8c1d2e3f50617"],"securityGroups":["sg-0e4d3c2b1a0f98765"],"assignPublicIp":"DISABLED"}},"clientToken":"$uuid"}"#,
    r#"{"service":{"serviceArn":"arn:aws:ecs:$region:$account:service/shop/$item","serviceName":"$item","status":"ACTIVE","desiredCount":2,"runningCount":0,"pendingCount":0,"launchType":"FARGATE","createdAt":"$date","createdBy":"$arn"}}"#,
);

/// A user renewing the own key: no user name in the request. `$item` is the new key.
pub(crate) const CREATE_OWN_ACCESS_KEY: Call = Call::write(
    "iam",
    "CreateAccessKey",
    "null",
    r#"{"accessKey":{"userName":"$user","accessKeyId":"$item","status":"Active","createDate":"$date"}}"#,
);
pub(crate) const RETIRE_ACCESS_KEY: Call = Call::write(
    "iam",
    "UpdateAccessKey",
    r#"{"userName":"$user","accessKeyId":"$item","status":"Inactive"}"#,
    "null",
);
pub(crate) const DELETE_ACCESS_KEY: Call = Call::write(
    "iam",
    "DeleteAccessKey",
    r#"{"userName":"$user","accessKeyId":"$item"}"#,
    "null",
);

pub(crate) const ADD_PERSON: Call = Call::write(
    "sso-directory",
    "CreateUser",
    r#"{"identityStoreId":"d-9367a1b2c3","userName":"HIDDEN_DUE_TO_SECURITY_REASONS","displayName":"HIDDEN_DUE_TO_SECURITY_REASONS"}"#,
    r#"{"user":{"userId":"$uuid","active":true,"meta":{"createdAt":"$date","createdBy":"$arn"}}}"#,
);
pub(crate) const ASSIGN_ACCOUNT: Call = Call::write(
    "sso",
    "CreateAccountAssignment",
    r#"{"instanceArn":"arn:aws:sso:::instance/ssoins-6804a1b2c3d4e5f6","targetId":"$item","targetType":"AWS_ACCOUNT","permissionSetArn":"arn:aws:sso:::permissionSet/ssoins-6804a1b2c3d4e5f6/ps-1a2b3c4d5e6f7081","principalType":"USER","principalId":"$uuid"}"#,
    r#"{"accountAssignmentCreationStatus":{"status":"IN_PROGRESS","requestId":"$uuid","targetId":"$item","targetType":"AWS_ACCOUNT"}}"#,
);
pub(crate) const GET_CONTACT: Call = Call::read("account", "GetContactInformation", "null");
