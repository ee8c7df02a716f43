//! Data out, data gone: snapshots and buckets.

use super::{Stage, Story};
use crate::calls::{secrets, storage};
use crate::cast::{HOME, PROD, Things};
use crate::clock::MINUTE;
use crate::record::{Call, Caller, Session};

const CLI: &str =
    "aws-cli/2.15.30 Python/3.11.8 Linux/6.5.0-1016-gcp exe/x86_64.debian.12 prompt/off command";
const WGET: &str = "[Wget/1.21.4]";

pub(super) const SNAPSHOT_SHARED: Story = Story {
    id: "snapshot-shared",
    title: "A database volume leaves by way of a shared snapshot",
    description: "From a rented server, tom.becker's key takes a snapshot of a volume, shares it with \
                  an account outside the company, and then with everybody.",
    expected: &[
        "ebs-snapshot-shared-with-outsider",
        "ebs-snapshot-shared-publicly",
        "access-key-new-address",
    ],
    hour: 22,
    script: snapshot_shared,
};

fn snapshot_shared(stage: &mut Stage) {
    let thief = Caller::user(&PROD, "tom.becker", 0).from("203.0.113.20", CLI);
    stage.act(0, &thief, HOME, &crate::calls::compute::DESCRIBE_VOLUMES);
    stage.act_on(25, &thief, HOME, &CREATE_SNAPSHOT, "vol-0f1d2c3b4a5968774");
    stage.act_on(6 * MINUTE, &thief, HOME, &SHARE_SNAPSHOT, "999988887777");
    stage.act(3 * MINUTE, &thief, HOME, &PUBLISH_SNAPSHOT);
}

const CREATE_SNAPSHOT: Call = Call::write(
    "ec2",
    "CreateSnapshot",
    r#"{"volumeId":"$item","description":"copy"}"#,
    r#"{"requestId":"$iduuid","snapshotId":"snap-0be51ac5f7a02d346","volumeId":"$item","status":"pending","startTime":$epoch,"progress":"","ownerId":"$account","volumeSize":"200","description":"copy","encrypted":false}"#,
);
const SHARE_SNAPSHOT: Call = Call::write(
    "ec2",
    "ModifySnapshotAttribute",
    r#"{"snapshotId":"snap-0be51ac5f7a02d346","createVolumePermission":{"add":{"items":[{"userId":"$item"}]}},"attributeType":"CREATE_VOLUME_PERMISSION"}"#,
    r#"{"requestId":"$iduuid","_return":true}"#,
);
const PUBLISH_SNAPSHOT: Call = Call {
    request: r#"{"snapshotId":"snap-0be51ac5f7a02d346","createVolumePermission":{"add":{"items":[{"group":"all"}]}},"attributeType":"CREATE_VOLUME_PERMISSION"}"#,
    ..SHARE_SNAPSHOT
};

pub(super) const BUCKET_MADE_PUBLIC: Story = Story {
    id: "bucket-made-public",
    title: "A bucket is opened to the world and emptied",
    description: "With chloe.dubois' hijacked session somebody lifts the public access block of the \
                  exports bucket and lets everybody read. Minutes later strangers without any \
                  credentials download file after file.",
    expected: &[
        "s3-public-block-removed-bucket",
        "s3-bucket-policy-public",
        "s3-anonymous-access",
        "s3-download-volume",
    ],
    hour: 23,
    script: bucket_made_public,
};

const EXPORTS: Things = Things {
    bucket: &["acme-shop-exports"],
    object: &[
        "customers/part-0001.csv.gz",
        "customers/part-0002.csv.gz",
        "orders/2026-q1.parquet",
    ],
    ..PROD.things
};

fn bucket_made_public(stage: &mut Stage) {
    let session = Session::new("chloe.dubois", stage.now() - 20 * MINUTE);
    let insider = Caller::permission_set(&PROD, "Analyst", session)
        .from("203.0.113.150", CLI)
        .with(EXPORTS);
    stage.act(0, &insider, HOME, &storage::LIST_BUCKETS);
    stage.act(18, &insider, HOME, &storage::GET_BUCKET_PUBLIC_ACCESS_BLOCK);
    stage.act(30, &insider, HOME, &LIFT_PUBLIC_BLOCK);
    stage.act(12, &insider, HOME, &OPEN_BUCKET);
    for number in 0..40 {
        let address = ["203.0.113.33", "203.0.113.101", "203.0.113.34"][number % 3];
        let stranger = Caller::anonymous(&PROD).from(address, WGET).with(EXPORTS);
        stage.act(
            if number == 0 { 4 * MINUTE } else { 2 },
            &stranger,
            HOME,
            &DOWNLOAD,
        );
    }
}

const BUCKET: &str =
    r#"[{"accountId":"$account","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::$bucket"}]"#;
const SMALL: &str = r#"{"SignatureVersion":"SigV4","CipherSuite":"TLS_AES_128_GCM_SHA256","bytesTransferredIn":$n3,"AuthenticationMethod":"AuthHeader","x-amz-id-2":"$s3host","bytesTransferredOut":0}"#;

const fn bucket_change(name: &'static str, request: &'static str) -> Call {
    Call::write("s3", name, request, "null")
        .extra(SMALL)
        .on(BUCKET)
}

const LIFT_PUBLIC_BLOCK: Call = bucket_change(
    "PutBucketPublicAccessBlock",
    r#"{"bucketName":"$bucket","Host":"$bucket.s3.$region.amazonaws.com","publicAccessBlock":"","PublicAccessBlockConfiguration":{"xmlns":"http://s3.amazonaws.com/doc/2006-03-01/","BlockPublicAcls":false,"IgnorePublicAcls":false,"BlockPublicPolicy":false,"RestrictPublicBuckets":false}}"#,
);
const OPEN_BUCKET: Call = bucket_change(
    "PutBucketPolicy",
    r#"{"bucketName":"$bucket","Host":"$bucket.s3.$region.amazonaws.com","policy":"","bucketPolicy":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::$bucket","arn:aws:s3:::$bucket/*"]}]}}"#,
);
const DOWNLOAD: Call = storage::GET_OBJECT.extra(
    r#"{"CipherSuite":"TLS_AES_128_GCM_SHA256","bytesTransferredIn":0,"x-amz-id-2":"$s3host","bytesTransferredOut":1048$n5}"#,
);

pub(super) const BUCKET_RANSOM: Story = Story {
    id: "bucket-ransom",
    title: "A bucket is encrypted with somebody else's key, and the originals go",
    description: "An operator's stolen key suspends versioning of the orders bucket, sets everything to \
                  expire, rewrites objects under a key that only the attacker knows, deletes the \
                  originals one by one and in a batch, and leaves a note.",
    expected: &[
        "s3-versioning-suspended",
        "s3-sse-c-encryption",
        "s3-object-delete-burst",
        "s3-batch-delete",
        "s3-ransom-note",
    ],
    hour: 0,
    script: bucket_ransom,
};

const ORDERS: Things = Things {
    bucket: &["acme-shop-orders"],
    ..PROD.things
};

fn bucket_ransom(stage: &mut Stage) {
    let robber = Caller::user(&PROD, "maria.santos", 0)
        .from("203.0.113.90", CLI)
        .with(ORDERS);
    stage.act(0, &robber, HOME, &storage::GET_BUCKET_VERSIONING);
    stage.act(9, &robber, HOME, &SUSPEND_VERSIONING);
    stage.act(15, &robber, HOME, &EXPIRE_SOON);
    stage.act(30, &robber, HOME, &storage::LIST_OBJECTS);
    for number in 0..24 {
        let object = format!("orders/batch-{number:04}.parquet");
        stage.act_on(2, &robber, HOME, &ENCRYPT_WITH_OWN_KEY, &object);
    }
    stage.act(4, &robber, HOME, &secrets::DECRYPT_FOR_S3);
    for number in 24..78 {
        let object = format!("orders/batch-{number:04}.parquet");
        stage.act_on(1, &robber, HOME, &DELETE_OBJECT, &object);
    }
    stage.act(5, &robber, HOME, &DELETE_OBJECTS);
    stage.act_on(
        40,
        &robber,
        HOME,
        &PUT_NOTE,
        "HOW_TO_DECRYPT_YOUR_FILES.txt",
    );
}

const SUSPEND_VERSIONING: Call = bucket_change(
    "PutBucketVersioning",
    r#"{"bucketName":"$bucket","Host":"$bucket.s3.$region.amazonaws.com","versioning":"","VersioningConfiguration":{"xmlns":"http://s3.amazonaws.com/doc/2006-03-01/","Status":"Suspended"}}"#,
);
const EXPIRE_SOON: Call = bucket_change(
    "PutBucketLifecycle",
    r#"{"bucketName":"$bucket","Host":"$bucket.s3.$region.amazonaws.com","lifecycle":"","LifecycleConfiguration":{"xmlns":"http://s3.amazonaws.com/doc/2006-03-01/","Rule":{"ID":"expire","Status":"Enabled","Filter":{"Prefix":""},"Expiration":{"Days":3},"NoncurrentVersionExpiration":{"NoncurrentDays":1}}}}"#,
);
const OBJECT: &str = r#"[{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::$bucket/$item"},{"accountId":"$account","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::$bucket"}]"#;

const fn object_change(name: &'static str, request: &'static str, response: &'static str) -> Call {
    Call::write("s3", name, request, response)
        .data()
        .extra(SMALL)
        .on(OBJECT)
}

const ENCRYPT_WITH_OWN_KEY: Call = object_change(
    "CopyObject",
    r#"{"bucketName":"$bucket","Host":"$bucket.s3.$region.amazonaws.com","key":"$item","x-amz-copy-source":"$bucket/$item","x-amz-server-side-encryption-customer-algorithm":"AES256"}"#,
    r#"{"x-amz-server-side-encryption-customer-algorithm":"AES256"}"#,
);
const DELETE_OBJECT: Call = object_change(
    "DeleteObject",
    r#"{"bucketName":"$bucket","Host":"$bucket.s3.$region.amazonaws.com","key":"$item"}"#,
    "null",
);
const DELETE_OBJECTS: Call = Call {
    name: "DeleteObjects",
    request: r#"{"bucketName":"$bucket","Host":"$bucket.s3.$region.amazonaws.com","delete":""}"#,
    resources: r#"[{"type":"AWS::S3::Object","ARNPrefix":"arn:aws:s3:::$bucket/"},{"accountId":"$account","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::$bucket"}]"#,
    ..DELETE_OBJECT
};
const PUT_NOTE: Call = object_change(
    "PutObject",
    r#"{"bucketName":"$bucket","Host":"$bucket.s3.$region.amazonaws.com","key":"$item"}"#,
    r#"{"x-amz-server-side-encryption":"AES256"}"#,
);
