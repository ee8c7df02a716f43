//! Machines: EC2 instances, their images, keys and start-up scripts.

use super::{Row, Service};

pub(super) const SERVICES: &[Service] = &[
    Service {
        source: "ec2",
        calls: INSTANCES,
    },
    Service {
        source: "ec2",
        calls: IMAGES,
    },
    Service {
        source: "ec2",
        calls: LOOKING,
    },
    Service {
        source: "ec2-instance-connect",
        calls: CONNECT,
    },
    Service {
        source: "autoscaling",
        calls: SCALING,
    },
];

#[rustfmt::skip]
const INSTANCES: &[Row] = &[
    ("RunInstances", "launch instances[ {responseElements.instancesSet.items.instanceId}][ of type {instanceType}]", "启动{了}[ {instanceType} 类型的]新实例[ {responseElements.instancesSet.items.instanceId}]"),
    ("StartInstances", "start the instances {instancesSet.items.instanceId}", "启动{了}实例 {instancesSet.items.instanceId}"),
    ("StopInstances", "stop the instances {instancesSet.items.instanceId}", "停止{了}实例 {instancesSet.items.instanceId}"),
    ("RebootInstances", "reboot the instances {instancesSet.items.instanceId}", "重启{了}实例 {instancesSet.items.instanceId}"),
    ("TerminateInstances", "terminate the instances {instancesSet.items.instanceId}", "终止{了}实例 {instancesSet.items.instanceId}"),
    ("RequestSpotInstances", "request spot instances[ of type {launchSpecification.instanceType}]", "申请{了}[ {launchSpecification.instanceType} 类型的] Spot 实例"),
    ("ModifyInstanceAttribute", "change an attribute of instance {instanceId}", "更改{了}实例 {instanceId} 的属性"),
    ("ModifyInstanceMetadataOptions", "change the metadata service of instance {instanceId|ModifyInstanceMetadataOptionsRequest.InstanceId}", "更改{了}实例 {instanceId|ModifyInstanceMetadataOptionsRequest.InstanceId} 的元数据服务设置"),
    ("AssociateIamInstanceProfile", "give a role to instance {instanceId|AssociateIamInstanceProfileRequest.InstanceId}", "为实例 {instanceId|AssociateIamInstanceProfileRequest.InstanceId} 关联{了}角色"),
    ("ReplaceIamInstanceProfileAssociation", "swap the role of an instance", "替换{了}实例的角色"),
    ("CreateLaunchTemplate", "create the launch template {CreateLaunchTemplateRequest.LaunchTemplateName}", "创建{了}启动模板 {CreateLaunchTemplateRequest.LaunchTemplateName}"),
    ("CreateLaunchTemplateVersion", "write a new version of a launch template", "写入{了}启动模板的新版本"),
    ("CreateKeyPair", "create the key pair {keyName}", "创建{了}密钥对 {keyName}"),
    ("ImportKeyPair", "import the key pair {keyName}", "导入{了}密钥对 {keyName}"),
    ("DeleteKeyPair", "delete the key pair {keyName}", "删除{了}密钥对 {keyName}"),
    ("GetPasswordData", "fetch the Windows administrator password of instance {instanceId}", "获取{了}实例 {instanceId} 的 Windows 管理员密码"),
    ("GetConsoleScreenshot", "take a screenshot of instance {instanceId}", "获取{了}实例 {instanceId} 的屏幕截图"),
    ("GetConsoleOutput", "read the console output of instance {instanceId}", "读取{了}实例 {instanceId} 的控制台输出"),
    ("EnableSerialConsoleAccess", "allow serial console access in the account", "在账户中启用{了}串行控制台访问"),
];

#[rustfmt::skip]
const IMAGES: &[Row] = &[
    ("CreateImage", "create an image of instance {instanceId}", "为实例 {instanceId} 创建{了}映像"),
    ("CopyImage", "copy the image {sourceImageId}", "复制{了}映像 {sourceImageId}"),
    ("ModifyImageAttribute", "change the attributes of image {imageId}", "更改{了}映像 {imageId} 的属性"),
    ("DeregisterImage", "deregister the image {imageId}", "注销{了}映像 {imageId}"),
    ("DisableImageBlockPublicAccess", "allow images to be made public", "允许{了}将映像公开"),
    ("CreateSnapshot", "create a snapshot of volume {volumeId}", "为卷 {volumeId} 创建{了}快照"),
    ("CopySnapshot", "copy the snapshot {sourceSnapshotId}", "复制{了}快照 {sourceSnapshotId}"),
    ("DeleteSnapshot", "delete the snapshot {snapshotId}", "删除{了}快照 {snapshotId}"),
    ("ModifySnapshotAttribute", "change who may use the snapshot {snapshotId}", "更改{了}快照 {snapshotId} 的使用权限"),
    ("DisableSnapshotBlockPublicAccess", "allow snapshots to be made public", "允许{了}将快照公开"),
    ("CreateVolume", "create a volume[ from snapshot {snapshotId}]", "[从快照 {snapshotId} ]创建{了}卷"),
    ("AttachVolume", "attach volume {volumeId} to instance {instanceId}", "将卷 {volumeId} 挂载到{了}实例 {instanceId}"),
    ("DetachVolume", "detach the volume {volumeId}", "卸载{了}卷 {volumeId}"),
    ("DeleteVolume", "delete the volume {volumeId}", "删除{了}卷 {volumeId}"),
    ("DisableEbsEncryptionByDefault", "switch off default volume encryption", "关闭{了}卷的默认加密"),
    ("EnableEbsEncryptionByDefault", "switch on default volume encryption", "启用{了}卷的默认加密"),
];

#[rustfmt::skip]
const LOOKING: &[Row] = &[
    ("DescribeInstances", "list the instances[ {instancesSet.items.instanceId}]", "查看{了}实例[ {instancesSet.items.instanceId}]"),
    ("DescribeInstanceAttribute", "read {attribute} of instance {instanceId}", "读取{了}实例 {instanceId} 的 {attribute}"),
    ("DescribeInstanceTypes", "list the instance types", "查看{了}实例类型"),
    ("DescribeSnapshots", "list the snapshots[ {snapshotSet.items.snapshotId}]", "查看{了}快照[ {snapshotSet.items.snapshotId}]"),
    ("DescribeImages", "list the images", "查看{了}映像"),
    ("DescribeVolumes", "list the volumes", "查看{了}卷"),
    ("DescribeKeyPairs", "list the key pairs", "查看{了}密钥对"),
    ("DescribeRegions", "list the regions", "查看{了}区域"),
    ("DescribeVpcs", "list the VPCs", "查看{了} VPC"),
    ("DescribeSubnets", "list the subnets", "查看{了}子网"),
    ("DescribeSecurityGroups", "list the security groups", "查看{了}安全组"),
    ("DescribeAccountAttributes", "read the EC2 settings of the account", "读取{了}账户的 EC2 设置"),
];

#[rustfmt::skip]
const CONNECT: &[Row] = &[
    ("SendSSHPublicKey", "push an SSH key for {instanceOSUser} to instance {instanceId}", "向实例 {instanceId} 推送{了}用户 {instanceOSUser} 的 SSH 密钥"),
    ("SendSerialConsoleSSHPublicKey", "push an SSH key for the serial console of instance {instanceId}", "向实例 {instanceId} 的串行控制台推送{了} SSH 密钥"),
    ("OpenTunnel", "open a tunnel[ to {privateIpAddress|remoteHost}]", "打开{了}[到 {privateIpAddress|remoteHost} 的]隧道"),
];

#[rustfmt::skip]
const SCALING: &[Row] = &[
    ("CreateAutoScalingGroup", "create the Auto Scaling group {autoScalingGroupName}", "创建{了} Auto Scaling 组 {autoScalingGroupName}"),
    ("UpdateAutoScalingGroup", "change the Auto Scaling group {autoScalingGroupName}", "更改{了} Auto Scaling 组 {autoScalingGroupName}"),
    ("CreateLaunchConfiguration", "create the launch configuration {launchConfigurationName}", "创建{了}启动配置 {launchConfigurationName}"),
];
