//! What the template makes, made by hand on the local AWS: bucket, table, topics, queues.

use std::collections::BTreeMap;

use ::cloud::{Cloud, sdk};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
};
use aws_sdk_sqs::types::DeleteMessageBatchRequestEntry;

/// The parts, by address.
pub(crate) struct Parts {
    pub(crate) s3: aws_sdk_s3::Client,
    pub(crate) sqs: aws_sdk_sqs::Client,
    pub(crate) findings_topic: String,
    pub(crate) mail_topic: String,
    pub(crate) log_queue: String,
    pub(crate) findings_queue: String,
    /// Where mails arrive.
    pub(crate) inbox: String,
}

pub(crate) const BUCKET: &str = "trail";
pub(crate) const TABLE: &str = "state";

/// Where the local AWS is, for a client or a function.
pub(crate) fn cloud(port: u16) -> Cloud {
    Cloud {
        region: "us-east-1".to_owned(),
        access_key: "111122223333".to_owned(),
        secret: "local".to_owned(),
        session: None,
        endpoint: Some(format!("http://127.0.0.1:{port}")),
    }
}

impl Parts {
    /// Makes all of them.
    pub(crate) async fn make(port: u16) -> Self {
        let sdk = sdk(&cloud(port));
        let s3 = aws_sdk_s3::config::Builder::from(&sdk)
            .force_path_style(true)
            .build();
        let (s3, sqs) = (
            aws_sdk_s3::Client::from_conf(s3),
            aws_sdk_sqs::Client::new(&sdk),
        );
        let dynamodb = aws_sdk_dynamodb::Client::new(&sdk);
        let sns = aws_sdk_sns::Client::new(&sdk);
        s3.create_bucket().bucket(BUCKET).send().await.unwrap();
        table(&dynamodb, TABLE).await;
        let topic = async |name: &str| {
            let made = sns.create_topic().name(name).send().await.unwrap();
            made.topic_arn.unwrap()
        };
        let queue = async |name: &str| {
            let made = sqs.create_queue().queue_name(name).send().await.unwrap();
            made.queue_url.unwrap()
        };
        let (findings_topic, mail_topic) = (topic("findings").await, topic("mail").await);
        let log_queue = queue("logs").await;
        let (findings_queue, inbox) = (queue("findings").await, queue("inbox").await);
        for (topic, queue) in [(&findings_topic, "findings"), (&mail_topic, "inbox")] {
            let arn = format!("arn:aws:sqs:us-east-1:111122223333:{queue}");
            let subscription = sns
                .subscribe()
                .topic_arn(topic)
                .protocol("sqs")
                .endpoint(arn);
            subscription
                .attributes("RawMessageDelivery", "true")
                .send()
                .await
                .unwrap();
        }
        Self {
            s3,
            sqs,
            findings_topic,
            mail_topic,
            log_queue,
            findings_queue,
            inbox,
        }
    }

    /// The environment of a function that reaches AWS by `port`.
    pub(crate) fn environment(&self, port: u16) -> BTreeMap<String, String> {
        [
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "111122223333"),
            ("AWS_SECRET_ACCESS_KEY", "local"),
            ("AWS_ENDPOINT_URL", &format!("http://127.0.0.1:{port}")),
            ("TRAILHOUND_STATE_TABLE", TABLE),
            ("TRAILHOUND_FINDINGS_TOPIC_ARN", &self.findings_topic),
            ("TRAILHOUND_MAIL_TOPIC_ARN", &self.mail_topic),
            ("TRAILHOUND_LOG_QUEUE_URL", &self.log_queue),
            ("TRAILHOUND_LEVEL", "low"),
            ("TRAILHOUND_MAILS_PER_SECOND", "5"),
            ("TRAILHOUND_UPDATE_AFTER_SECONDS", "1"),
            ("TRAILHOUND_MEDIUM_EVERY_SECONDS", "0"),
            ("TRAILHOUND_LOW_EVERY_SECONDS", "0"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    /// Up to ten messages of a queue: receipt and body.
    pub(crate) async fn receive(&self, queue: &str) -> Vec<(String, String)> {
        let request = self.sqs.receive_message().queue_url(queue);
        let request = request.max_number_of_messages(10).visibility_timeout(60);
        let messages = request.send().await.unwrap().messages.unwrap_or_default();
        let pair = |message: aws_sdk_sqs::types::Message| (message.receipt_handle, message.body);
        messages
            .into_iter()
            .map(pair)
            .map(|(r, b)| (r.unwrap(), b.unwrap()))
            .collect()
    }

    /// Takes messages out of a queue.
    pub(crate) async fn delete(&self, queue: &str, receipts: &[&str]) {
        if receipts.is_empty() {
            return;
        }
        let entries = receipts.iter().enumerate().map(|(at, receipt)| {
            let entry = DeleteMessageBatchRequestEntry::builder().id(at.to_string());
            entry.receipt_handle(*receipt).build().unwrap()
        });
        let request = self.sqs.delete_message_batch().queue_url(queue);
        request
            .set_entries(Some(entries.collect()))
            .send()
            .await
            .unwrap();
    }
}

/// Makes a table as the template does.
pub(crate) async fn table(dynamodb: &aws_sdk_dynamodb::Client, name: &str) {
    let key = KeySchemaElement::builder()
        .attribute_name("key")
        .key_type(KeyType::Hash)
        .build();
    let text = AttributeDefinition::builder();
    let text = text
        .attribute_name("key")
        .attribute_type(ScalarAttributeType::S)
        .build();
    let request = dynamodb.create_table().table_name(name);
    let request = request
        .key_schema(key.unwrap())
        .attribute_definitions(text.unwrap());
    request
        .billing_mode(BillingMode::PayPerRequest)
        .send()
        .await
        .unwrap();
}
