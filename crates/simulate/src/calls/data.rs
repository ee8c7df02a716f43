//! Databases, queues, analytics.

use crate::record::Call;

const TABLE: &str = r#"[{"accountId":"$account","type":"AWS::DynamoDB::Table","ARN":"arn:aws:dynamodb:$region:$account:table/$table"}]"#;

pub(crate) const GET_ITEM: Call = Call::read(
    "dynamodb",
    "GetItem",
    r#"{"tableName":"$table","key":["pk"],"consistentRead":false,"returnConsumedCapacity":"NONE"}"#,
)
.data()
.on(TABLE);
pub(crate) const QUERY: Call = Call::read(
    "dynamodb",
    "Query",
    r#"{"tableName":"$table","indexName":"by-customer","limit":50,"select":"ALL_ATTRIBUTES","keyConditionExpression":"pk = :pk and begins_with(sk, :sk)","expressionAttributeValues":[":pk",":sk"],"scanIndexForward":false}"#,
)
.data()
.on(TABLE);
pub(crate) const PUT_ITEM: Call = Call::write(
    "dynamodb",
    "PutItem",
    r#"{"tableName":"$table","item":["pk"],"conditionExpression":"attribute_not_exists(pk)"}"#,
    "null",
)
.data()
.on(TABLE);
pub(crate) const DESCRIBE_TABLE: Call =
    Call::read("dynamodb", "DescribeTable", r#"{"tableName":"$table"}"#).on(TABLE);
pub(crate) const LIST_TABLES: Call = Call::read("dynamodb", "ListTables", r#"{"limit":100}"#);

const QUEUE: &str = r#"[{"accountId":"$account","type":"AWS::SQS::Queue","ARN":"arn:aws:sqs:$region:$account:$queue"}]"#;
pub(crate) const RECEIVE_MESSAGE: Call = Call::write(
    "sqs",
    "ReceiveMessage",
    r#"{"queueUrl":"https://sqs.$region.amazonaws.com/$account/$queue","maxNumberOfMessages":10,"waitTimeSeconds":20,"attributeNames":["All"],"messageAttributeNames":["All"]}"#,
    r#"{"messages":[{"messageId":"$uuid","receiptHandle":"HIDDEN_DUE_TO_SECURITY_REASONS"}]}"#,
)
.data()
.on(QUEUE);
pub(crate) const DELETE_MESSAGE: Call = Call::write(
    "sqs",
    "DeleteMessage",
    r#"{"queueUrl":"https://sqs.$region.amazonaws.com/$account/$queue","receiptHandle":"HIDDEN_DUE_TO_SECURITY_REASONS"}"#,
    "null",
)
.data()
.on(QUEUE);
pub(crate) const GET_QUEUE_ATTRIBUTES: Call = Call::read(
    "sqs",
    "GetQueueAttributes",
    r#"{"queueUrl":"https://sqs.$region.amazonaws.com/$account/$queue","attributeNames":["ApproximateNumberOfMessages"]}"#,
);
pub(crate) const LIST_TOPICS: Call = Call::read("sns", "ListTopics", "null");
pub(crate) const PUBLISH: Call = Call::write(
    "sns",
    "Publish",
    r#"{"topicArn":"arn:aws:sns:$region:$account:$topic","message":"HIDDEN_DUE_TO_SECURITY_REASONS","subject":"HIDDEN_DUE_TO_SECURITY_REASONS"}"#,
    r#"{"messageId":"$uuid"}"#,
)
.data()
.on(r#"[{"accountId":"$account","type":"AWS::SNS::Topic","ARN":"arn:aws:sns:$region:$account:$topic"}]"#);

pub(crate) const DESCRIBE_DB_INSTANCES: Call =
    Call::read("rds", "DescribeDBInstances", r#"{"maxRecords":100}"#);
pub(crate) const DESCRIBE_DB_INSTANCE: Call = Call::read(
    "rds",
    "DescribeDBInstances",
    r#"{"dBInstanceIdentifier":"$db"}"#,
);
pub(crate) const DESCRIBE_DB_SNAPSHOTS: Call = Call::read(
    "rds",
    "DescribeDBSnapshots",
    r#"{"dBInstanceIdentifier":"$db","snapshotType":"automated","maxRecords":100}"#,
);

pub(crate) const START_QUERY: Call = Call::write(
    "athena",
    "StartQueryExecution",
    r#"{"queryString":"***OMITTED***","clientRequestToken":"$uuid","queryExecutionContext":{"database":"shop","catalog":"AwsDataCatalog"},"resultConfiguration":{"outputLocation":"s3://acme-shop-exports/athena/$user/"},"workGroup":"analysts"}"#,
    r#"{"queryExecutionId":"$iduuid"}"#,
);
pub(crate) const GET_QUERY: Call = Call::read(
    "athena",
    "GetQueryExecution",
    r#"{"queryExecutionId":"$uuid"}"#,
);
pub(crate) const GET_QUERY_RESULTS: Call = Call::read(
    "athena",
    "GetQueryResults",
    r#"{"queryExecutionId":"$uuid","maxResults":1000}"#,
);
pub(crate) const GET_GLUE_TABLE: Call = Call::read(
    "glue",
    "GetTable",
    r#"{"catalogId":"$account","databaseName":"shop","name":"$table"}"#,
);
pub(crate) const GET_GLUE_PARTITIONS: Call = Call::read(
    "glue",
    "GetPartitions",
    r#"{"catalogId":"$account","databaseName":"shop","tableName":"$table","expression":"day >= '2026-01-01'","maxResults":1000}"#,
);
