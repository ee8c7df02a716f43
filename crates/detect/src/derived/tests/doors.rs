use super::*;

#[test]
fn openings_to_the_world() {
    let world = r#""ipRanges":{"items":[{"cidrIp":"10.0.0.0/8"},{"cidrIp":"0.0.0.0/0"}]}"#;
    let ingress = "AuthorizeSecurityGroupIngress";
    let rule = |fields: &str, ranges: &str| {
        format!(r#"{{"groupId":"sg-1","ipPermissions":{{"items":[{{{fields},{ranges}}}]}}}}"#)
    };
    for (name, request, expected, why) in [
        (ingress, rule(r#""ipProtocol":"tcp","fromPort":22,"toPort":22"#, world), &["world", "world:22"][..], "SSH"),
        (ingress, rule(r#""ipProtocol":"tcp","fromPort":443,"toPort":443"#, world), &["world"], "a web server"),
        (ingress, rule(r#""ipProtocol":"6","fromPort":"3300","toPort":"3400""#, world), &["world", "world:3306", "world:3389"], "a range, as text"),
        (ingress, rule(r#""ipProtocol":"tcp","fromPort":22,"toPort":22"#, r#""ipRanges":{"items":[{"cidrIp":"203.0.113.0/24"}]}"#), &[], "one network"),
        (ingress, rule(r#""ipProtocol":"tcp","fromPort":22,"toPort":22"#, r#""ipv6Ranges":{"items":[{"cidrIpv6":"::/0"}]}"#), &["world", "world:22"], "IPv6"),
        (ingress, rule(r#""ipProtocol":"tcp","fromPort":22,"toPort":22"#, r#""ipRanges":{"items":[{"cidrIp":"128.0.0.0/1"}]}"#), &["world", "world:22"], "half of it"),
        (ingress, rule(r#""ipProtocol":"icmp","fromPort":22,"toPort":-1"#, world), &["world"], "ICMP has types, not ports"),
        (ingress, r#"{"ipProtocol":"tcp","fromPort":3389,"toPort":3389,"cidrIp":"0.0.0.0/0","ipPermissions":{}}"#.into(), &["world", "world:3389"], "the old form"),
        ("RevokeSecurityGroupIngress", rule(r#""ipProtocol":"tcp","fromPort":22,"toPort":22"#, world), &[], "closed, not opened"),
        ("AuthorizeSecurityGroupEgress", rule(r#""ipProtocol":"tcp","fromPort":22,"toPort":22"#, world), &[], "outwards"),
        ("ModifySecurityGroupRules", r#"{"ModifySecurityGroupRulesRequest":{"SecurityGroupRule":{"SecurityGroupRule":{"IpProtocol":"tcp","FromPort":5432,"ToPort":5432,"CidrIpv4":"0.0.0.0/0"}}}}"#.into(), &["world", "world:5432"], "capitalised"),
        ("CreateNetworkAclEntry", r#"{"egress":false,"ruleAction":"allow","aclProtocol":"6","portRange":{"from":22,"to":23},"cidrBlock":"0.0.0.0/0"}"#.into(), &["world", "world:22", "world:23"], "an ACL"),
        ("CreateNetworkAclEntry", r#"{"egress":true,"ruleAction":"allow","aclProtocol":"-1","cidrBlock":"0.0.0.0/0"}"#.into(), &[], "an ACL, outwards"),
        ("CreateNetworkAclEntry", r#"{"cidrBlock":"0.0.0.0/0","egress":false,"ruleAction":"deny","aclProtocol":"-1"}"#.into(), &[], "an ACL that denies"),
        ("AuthorizeDBSecurityGroupIngress", r#"{"dBSecurityGroupName":"x","cIDRIP":"0.0.0.0/0"}"#.into(), &["world"], "a database's own group"),
        (ingress, r#"{"ipPermissions":{"items":[7,null,{"ipRanges":"0.0.0.0/0"}]}}"#.into(), &[], "ill-typed"),
    ] {
        let text = record("ec2", name, &format!(r#""requestParameters":{request}"#));
        assert_eq!(tags(&text, "opens"), expected, "{why}");
    }
}

#[test]
fn all_ports_are_every_port() {
    let ranges = r#""ipRanges":{"items":[{"cidrIp":"0.0.0.0/0"}]}"#;
    for ports in [
        r#""ipProtocol":"-1""#,
        r#""ipProtocol":"tcp","fromPort":0,"toPort":65535"#,
    ] {
        let request = format!(
            r#""requestParameters":{{"ipPermissions":{{"items":[{{{ports},{ranges}}}]}}}}"#
        );
        let found = tags(
            &record("ec2", "AuthorizeSecurityGroupIngress", &request),
            "opens",
        );
        assert_eq!(found.len(), 2 + opens::SENSITIVE_PORTS.len());
        assert!(found.contains(&"world:all".to_owned()));
    }
}

#[test]
fn an_answer_tells_what_the_request_did_not() {
    let fields = r#""requestParameters":{"groupId":"sg-1"},"responseElements":{"securityGroupRuleSet":{"items":[
        {"isEgress":false,"ipProtocol":"tcp","fromPort":22,"toPort":22,"cidrIpv4":"0.0.0.0/0"},
        {"isEgress":true,"ipProtocol":"tcp","fromPort":25,"toPort":25,"cidrIpv4":"0.0.0.0/0"}]}}"#;
    let text = record("ec2", "AuthorizeSecurityGroupIngress", fields);
    assert_eq!(tags(&text, "opens"), ["world", "world:22"]);
}

#[test]
fn shares_with_others() {
    for (name, request, expected) in [
        (
            "ModifySnapshotAttribute",
            r#"{"createVolumePermission":{"add":{"items":[{"group":"all"}]}}}"#,
            &["public"][..],
        ),
        (
            "ModifySnapshotAttribute",
            r#"{"createVolumePermission":{"add":{"items":[{"userId":"444455556666"},{"userId":"111122223333"}]}}}"#,
            &["account:444455556666"],
        ),
        (
            "ModifySnapshotAttribute",
            r#"{"createVolumePermission":{"remove":{"items":[{"group":"all"}]}}}"#,
            &[],
        ),
        (
            "ModifyImageAttribute",
            r#"{"launchPermission":{"add":{"items":[{"organizationArn":"arn:aws:organizations::444455556666:organization/o-abc"}]}}}"#,
            &[],
        ),
        (
            "ModifyImageAttribute",
            r#"{"launchPermission":{"add":{"items":[{"group":"all"}]}}}"#,
            &["public"],
        ),
        (
            "ModifyDBSnapshotAttribute",
            r#"{"attributeName":"restore","valuesToAdd":["all","444455556666"]}"#,
            &["account:444455556666", "public"],
        ),
        (
            "ModifyDBClusterSnapshotAttribute",
            r#"{"valuesToRemove":["all"]}"#,
            &[],
        ),
        (
            "ModifyDocumentPermission",
            r#"{"accountIdsToAdd":["All"]}"#,
            &["public"],
        ),
        (
            "CreateResourceShare",
            r#"{"principals":["444455556666"]}"#,
            &["account:444455556666"],
        ),
        ("DescribeSnapshots", r#"{"valuesToAdd":["all"]}"#, &[]),
    ] {
        let text = record("ec2", name, &format!(r#""requestParameters":{request}"#));
        assert_eq!(tags(&text, "shares"), expected, "{name} {request}");
    }
}
