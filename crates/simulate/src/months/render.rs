//! Deeds as records.

use std::io::Write as _;

use super::Attack;
use super::life::midnight;
use super::people::TRADES;
use super::programs::Host;
use super::world::{ACCOUNTS, Actor, Deed, World};
use crate::clock::write_time;
use crate::record::ids::write_uuid;
use crate::rng::{Rng, number_of};

/// A day's log file; notes of attacks which events are theirs.
pub(super) fn file(world: &World, day: u32, deeds: &[Deed], attacks: &mut [Attack]) -> Vec<u8> {
    let mut out = Vec::with_capacity(deeds.len() * 700);
    let mut ids = world.rng(&[50, day.into()]);
    debug_assert!(deeds.iter().all(|deed| deed.at >= midnight(day)));
    out.extend_from_slice(b"{\"Records\":[");
    for (at, deed) in deeds.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        let mut id = Vec::with_capacity(36);
        write_uuid(&mut id, &mut ids);
        let id = String::from_utf8_lossy(&id);
        record(world, deed, &id, &mut out);
        if let Some(attack) = deed.attack {
            attacks[attack as usize].event_ids.push(id.into_owned());
        }
    }
    out.extend_from_slice(b"]}");
    out
}

fn record(world: &World, deed: &Deed, id: &str, out: &mut Vec<u8>) {
    let (service, name) = deed.call.split_once(':').unwrap_or((deed.call, ""));
    let account = ACCOUNTS[deed.account];
    out.extend_from_slice(b"{\"eventVersion\":\"1.11\",\"userIdentity\":");
    identity(world, deed, out);
    out.extend_from_slice(b",\"eventTime\":\"");
    write_time(out, deed.at);
    let error = match (deed.denied, service) {
        (false, _) => "",
        (true, "ec2") => {
            ",\"errorCode\":\"Client.UnauthorizedOperation\",\"errorMessage\":\"You are not authorized to perform this operation.\""
        }
        (true, _) => {
            ",\"errorCode\":\"AccessDenied\",\"errorMessage\":\"User is not authorized to perform this operation because no identity-based policy allows it\""
        }
    };
    // Writing to memory does not fail.
    let _ = write!(
        out,
        "\",\"eventSource\":\"{service}.amazonaws.com\",\"eventName\":\"{name}\",\"awsRegion\":\"{}\",\"sourceIPAddress\":\"{}\",\"userAgent\":\"{}\"{error},\"requestParameters\":{},\"responseElements\":null,\"requestID\":\"{id}\",\"eventID\":\"{id}\",\"readOnly\":{},\"eventType\":\"AwsApiCall\",\"managementEvent\":true,\"recipientAccountId\":\"{account}\",\"eventCategory\":\"Management\"}}",
        if service == "iam" {
            "us-east-1"
        } else {
            deed.region
        },
        deed.address,
        deed.agent,
        parameters(deed, name),
        reads(name),
    );
}

fn reads(name: &str) -> bool {
    const VERBS: [&str; 9] = [
        "Get", "List", "Describe", "Lookup", "BatchGet", "Query", "Search", "Filter", "View",
    ];
    VERBS.iter().any(|verb| name.starts_with(verb))
}

fn parameters(deed: &Deed, name: &str) -> String {
    let (service, _) = deed.call.split_once(':').unwrap_or((deed.call, ""));
    let thing = &deed.thing;
    match (service, name) {
        _ if thing.is_empty() => "null".to_owned(),
        ("s3", _) => format!(r#"{{"bucketName":"{thing}"}}"#),
        ("secretsmanager", _) => format!(r#"{{"secretId":"{thing}"}}"#),
        ("ssm", _) => format!(r#"{{"name":"/{thing}"}}"#),
        ("sts", _) => format!(
            r#"{{"roleArn":"arn:aws:iam::{}:role/{thing}"}}"#,
            ACCOUNTS[deed.account]
        ),
        ("ec2", "RunInstances") => format!(r#"{{"instanceType":"{thing}"}}"#),
        ("ec2", "ModifySnapshotAttribute") => format!(
            r#"{{"snapshotId":"snap-0be51ac5f7a02d346","createVolumePermission":{{"add":{{"items":[{{"userId":"{thing}"}}]}}}},"attributeType":"CREATE_VOLUME_PERMISSION"}}"#
        ),
        ("bedrock", _) => format!(r#"{{"modelId":"{thing}"}}"#),
        ("iam", _) => format!(r#"{{"userName":"{thing}"}}"#),
        _ => "null".to_owned(),
    }
}

fn identity(world: &World, deed: &Deed, out: &mut Vec<u8>) {
    let account = ACCOUNTS[deed.account];
    let number = Rng::about(deed.session, &[7]).draw();
    let key = |prefix: &str| format!("{prefix}{number:016X}");
    let mut created = Vec::new();
    write_time(&mut created, deed.at - deed.at.rem_euclid(6 * 3600));
    let created = String::from_utf8_lossy(&created);
    let role = |role: &str, path: &str, session: &str| {
        format!(
            r#"{{"type":"AssumedRole","principalId":"AROA{:016X}:{session}","arn":"arn:aws:sts::{account}:assumed-role/{role}/{session}","accountId":"{account}","accessKeyId":"{}","sessionContext":{{"sessionIssuer":{{"type":"Role","principalId":"AROA{:016X}","arn":"arn:aws:iam::{account}:role{path}{role}","accountId":"{account}","userName":"{role}"}},"attributes":{{"creationDate":"{created}","mfaAuthenticated":"false"}}}}}}"#,
            number_of(role),
            key("ASIA"),
            number_of(role),
        )
    };
    let user = |name: &str, key: &str| {
        format!(
            r#"{{"type":"IAMUser","principalId":"AIDA{:016X}","arn":"arn:aws:iam::{account}:user/{name}","accountId":"{account}","accessKeyId":"{key}","userName":"{name}"}}"#,
            number_of(name),
        )
    };
    let text = match deed.who {
        Actor::Person(at) => {
            let person = &world.people[usize::from(at)];
            let set = TRADES[person.trade].set;
            if person.iam {
                user(
                    &person.name,
                    &format!("AKIA{:016X}", number_of(&person.name)),
                )
            } else {
                let name = format!(
                    "AWSReservedSSO_{set}_{:016x}",
                    number_of(set) ^ number_of(account)
                );
                role(
                    &name,
                    "/aws-reserved/sso.amazonaws.com/eu-west-1/",
                    &format!("{}@brightwater.example", person.name),
                )
            }
        }
        Actor::Program(at) => {
            let program = &world.programs[usize::from(at)];
            match program.host {
                Host::Keyed => user(&program.name, &key("AKIA")),
                Host::Instance => role(
                    &program.name,
                    "/",
                    &format!("i-0{:016x}", deed.session >> 32),
                ),
                Host::Pipeline => role(&program.name, "/", "GitHubActions"),
                Host::Scanner => role(&program.name, "/", "posture-scan"),
                Host::Function => role(&program.name, "/", &program.name),
            }
        }
    };
    out.extend_from_slice(text.as_bytes());
}
