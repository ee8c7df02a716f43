//! EC2, Auto Scaling, load balancing, Systems Manager.

use crate::record::Call;

pub(crate) const DESCRIBE_INSTANCES: Call = Call::read(
    "ec2",
    "DescribeInstances",
    r#"{"maxResults":1000,"instancesSet":{},"filterSet":{"items":[{"name":"instance-state-name","valueSet":{"items":[{"value":"running"},{"value":"pending"}]}}]}}"#,
);
pub(crate) const DESCRIBE_INSTANCE: Call = Call::read(
    "ec2",
    "DescribeInstances",
    r#"{"instancesSet":{"items":[{"instanceId":"$instance"}]},"filterSet":{}}"#,
);
pub(crate) const DESCRIBE_INSTANCE_STATUS: Call = Call::read(
    "ec2",
    "DescribeInstanceStatus",
    r#"{"maxResults":1000,"instancesSet":{},"filterSet":{},"includeAllInstances":true}"#,
);
pub(crate) const DESCRIBE_TAGS: Call = Call::read(
    "ec2",
    "DescribeTags",
    r#"{"maxResults":1000,"filterSet":{"items":[{"name":"resource-id","valueSet":{"items":[{"value":"$instance"}]}}]}}"#,
);
pub(crate) const DESCRIBE_VOLUMES: Call = Call::read(
    "ec2",
    "DescribeVolumes",
    r#"{"maxResults":500,"volumeSet":{},"filterSet":{"items":[{"name":"attachment.instance-id","valueSet":{"items":[{"value":"$instance"}]}}]}}"#,
);
pub(crate) const DESCRIBE_VOLUME_STATUS: Call = Call::read(
    "ec2",
    "DescribeVolumeStatus",
    r#"{"maxResults":500,"volumeSet":{"items":[{"volumeId":"$volume"}]},"filterSet":{}}"#,
);
pub(crate) const DESCRIBE_ADDRESSES: Call = Call::read(
    "ec2",
    "DescribeAddresses",
    r#"{"publicIpsSet":{},"filterSet":{},"allocationIdsSet":{}}"#,
);
pub(crate) const DESCRIBE_SUBNETS: Call = Call::read(
    "ec2",
    "DescribeSubnets",
    r#"{"subnetSet":{"items":[{"subnetId":"$subnet"}]},"filterSet":{}}"#,
);
pub(crate) const DESCRIBE_VPCS: Call =
    Call::read("ec2", "DescribeVpcs", r#"{"vpcSet":{},"filterSet":{}}"#);
pub(crate) const DESCRIBE_SECURITY_GROUPS: Call = Call::read(
    "ec2",
    "DescribeSecurityGroups",
    r#"{"maxResults":1000,"securityGroupSet":{},"securityGroupIdSet":{},"filterSet":{}}"#,
);
pub(crate) const DESCRIBE_NETWORK_INTERFACES: Call = Call::read(
    "ec2",
    "DescribeNetworkInterfaces",
    r#"{"networkInterfaceIdSet":{},"filterSet":{"items":[{"name":"subnet-id","valueSet":{"items":[{"value":"$subnet"}]}}]}}"#,
);
pub(crate) const DESCRIBE_REGIONS: Call = Call::read(
    "ec2",
    "DescribeRegions",
    r#"{"regionSet":{},"allRegions":true}"#,
);
pub(crate) const DESCRIBE_IMAGES: Call = Call::read(
    "ec2",
    "DescribeImages",
    r#"{"executableBySet":{},"imagesSet":{},"ownersSet":{"items":[{"owner":"self"}]},"filterSet":{}}"#,
);
pub(crate) const CREATE_TAGS: Call = Call::write(
    "ec2",
    "CreateTags",
    r#"{"resourcesSet":{"items":[{"resourceId":"$instance"}]},"tagSet":{"items":[{"key":"owner","value":"$user"},{"key":"reviewed","value":"$folders"}]}}"#,
    r#"{"requestId":"$iduuid","_return":true}"#,
);
pub(crate) const START_INSTANCES: Call = Call::write(
    "ec2",
    "StartInstances",
    r#"{"instancesSet":{"items":[{"instanceId":"$instance"}]}}"#,
    r#"{"requestId":"$iduuid","instancesSet":{"items":[{"instanceId":"$instance","currentState":{"code":0,"name":"pending"},"previousState":{"code":80,"name":"stopped"}}]}}"#,
);
pub(crate) const STOP_INSTANCES: Call = Call::write(
    "ec2",
    "StopInstances",
    r#"{"instancesSet":{"items":[{"instanceId":"$instance"}]},"force":false}"#,
    r#"{"requestId":"$iduuid","instancesSet":{"items":[{"instanceId":"$instance","currentState":{"code":64,"name":"stopping"},"previousState":{"code":16,"name":"running"}}]}}"#,
);
pub(crate) const RUN_INSTANCES: Call = Call::write(
    "ec2",
    "RunInstances",
    r#"{"instancesSet":{"items":[{"minCount":1,"maxCount":1}]},"blockDeviceMapping":{},"availabilityZone":"$zone","monitoring":{"enabled":false},"subnetId":"$subnet","disableApiTermination":false,"disableApiStop":false,"clientToken":"fleet-$iduuid-0","launchTemplate":{"launchTemplateId":"lt-05e3c1a7b9d2f4608","version":"14"},"tagSpecificationSet":{"items":[{"resourceType":"instance","tags":[{"key":"aws:autoscaling:groupName","value":"shop-nodes"}]}]}}"#,
    r#"{"requestId":"$iduuid","reservationId":"r-$id17","ownerId":"$account","groupSet":{},"instancesSet":{"items":[{"instanceId":"i-$id17","imageId":"ami-0b7c5d3e1f9a82604","currentState":{"code":0,"name":"pending"},"instanceState":{"code":0,"name":"pending"},"privateDnsName":"ip-10-20-$n2-$n2.$region.compute.internal","amiLaunchIndex":0,"instanceType":"m7g.large","launchTime":$epoch,"placement":{"availabilityZone":"$zone","tenancy":"default"},"monitoring":{"state":"disabled"},"subnetId":"$subnet","vpcId":"vpc-0c1d2e3f4a5b60718","privateIpAddress":"10.20.4.$n2","stateReason":{"code":"pending","message":"pending"},"architecture":"arm64","rootDeviceType":"ebs","rootDeviceName":"/dev/xvda","virtualizationType":"hvm","hypervisor":"xen","ebsOptimized":true,"metadataOptions":{"state":"pending","httpTokens":"required","httpPutResponseHopLimit":2,"httpEndpoint":"enabled"}}]},"requesterId":"$account"}"#,
);
pub(crate) const TERMINATE_INSTANCES: Call = Call::write(
    "ec2",
    "TerminateInstances",
    r#"{"instancesSet":{"items":[{"instanceId":"i-$id17"}]}}"#,
    r#"{"requestId":"$iduuid","instancesSet":{"items":[{"instanceId":"i-$id17","currentState":{"code":32,"name":"shutting-down"},"previousState":{"code":16,"name":"running"}}]}}"#,
);
pub(crate) const DESCRIBE_SCALING_GROUPS: Call = Call::read(
    "autoscaling",
    "DescribeAutoScalingGroups",
    r#"{"autoScalingGroupNames":["shop-nodes","shop-workers"],"maxRecords":100}"#,
);
pub(crate) const DESCRIBE_LOAD_BALANCERS: Call = Call::read(
    "elasticloadbalancing",
    "DescribeLoadBalancers",
    r#"{"pageSize":100}"#,
);
pub(crate) const DESCRIBE_TARGET_HEALTH: Call = Call::read(
    "elasticloadbalancing",
    "DescribeTargetHealth",
    r#"{"targetGroupArn":"arn:aws:elasticloadbalancing:$region:$account:targetgroup/$service/6d0ecf831eec9f09"}"#,
);
pub(crate) const REGISTER_TARGETS: Call = Call::write(
    "elasticloadbalancing",
    "RegisterTargets",
    r#"{"targetGroupArn":"arn:aws:elasticloadbalancing:$region:$account:targetgroup/$service/6d0ecf831eec9f09","targets":[{"id":"10.20.4.$n2","port":8080}]}"#,
    "null",
);
pub(crate) const UPDATE_INSTANCE_INFORMATION: Call = Call::write(
    "ssm",
    "UpdateInstanceInformation",
    r#"{"instanceId":"$user","agentVersion":"3.3.3050.0","agentStatus":"Active","platformType":"Linux","platformName":"Amazon Linux","platformVersion":"2023","iPAddress":"10.20.4.$n2","computerName":"ip-10-20-4-$n2.$region.compute.internal","agentName":"amazon-ssm-agent","availabilityZone":"$zone","availabilityZoneId":"euw1-az2","sSMConnectionChannel":"ssmmessages"}"#,
    "null",
);
pub(crate) const DESCRIBE_INSTANCE_INFORMATION: Call = Call::read(
    "ssm",
    "DescribeInstanceInformation",
    r#"{"maxResults":50,"filters":[]}"#,
);
