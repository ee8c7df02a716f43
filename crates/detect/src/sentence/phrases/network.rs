//! Ways in and out: security groups, ACLs, routes, gateways, names, firewalls.

use super::{Row, Service};

pub(super) const SERVICES: &[Service] = &[
    Service {
        source: "ec2",
        calls: DOORS,
    },
    Service {
        source: "ec2",
        calls: ROADS,
    },
    Service {
        source: "route53",
        calls: ZONES,
    },
    Service {
        source: "route53domains",
        calls: DOMAINS,
    },
    Service {
        source: "route53resolver",
        calls: RESOLVER,
    },
    Service {
        source: "elasticloadbalancing",
        calls: BALANCERS,
    },
    Service {
        source: "wafv2",
        calls: FIREWALL,
    },
    Service {
        source: "cloudfront",
        calls: EDGE,
    },
];

#[rustfmt::skip]
const DOORS: &[Row] = &[
    ("AuthorizeSecurityGroupIngress", "allow incoming traffic in security group {groupId|groupName}", "在安全组 {groupId|groupName} 中放行{了}入站流量"),
    ("AuthorizeSecurityGroupEgress", "allow outgoing traffic in security group {groupId|groupName}", "在安全组 {groupId|groupName} 中放行{了}出站流量"),
    ("RevokeSecurityGroupIngress", "withdraw a rule for incoming traffic from security group {groupId|groupName}", "撤销{了}安全组 {groupId|groupName} 的入站规则"),
    ("RevokeSecurityGroupEgress", "withdraw a rule for outgoing traffic from security group {groupId|groupName}", "撤销{了}安全组 {groupId|groupName} 的出站规则"),
    ("ModifySecurityGroupRules", "change the rules of security group {ModifySecurityGroupRulesRequest.GroupId}", "更改{了}安全组 {ModifySecurityGroupRulesRequest.GroupId} 的规则"),
    ("CreateSecurityGroup", "create the security group {groupName}", "创建{了}安全组 {groupName}"),
    ("DeleteSecurityGroup", "delete the security group {groupId|groupName}", "删除{了}安全组 {groupId|groupName}"),
    ("CreateNetworkAcl", "create a network ACL[ in {vpcId}]", "[在 {vpcId} 中]创建{了}网络 ACL"),
    ("DeleteNetworkAcl", "delete the network ACL {networkAclId}", "删除{了}网络 ACL {networkAclId}"),
    ("CreateNetworkAclEntry", "add a rule to network ACL {networkAclId}", "向网络 ACL {networkAclId} 添加{了}规则"),
    ("ReplaceNetworkAclEntry", "replace a rule of network ACL {networkAclId}", "替换{了}网络 ACL {networkAclId} 的规则"),
    ("DeleteNetworkAclEntry", "delete a rule of network ACL {networkAclId}", "删除{了}网络 ACL {networkAclId} 的规则"),
];

#[rustfmt::skip]
const ROADS: &[Row] = &[
    ("CreateVpc", "create a VPC[ for {cidrBlock}]", "创建{了} VPC[（{cidrBlock}）]"),
    ("DeleteVpc", "delete the VPC {vpcId}", "删除{了} VPC {vpcId}"),
    ("CreateRoute", "add a route to {destinationCidrBlock|destinationIpv6CidrBlock} in route table {routeTableId}", "在路由表 {routeTableId} 中添加到{了} {destinationCidrBlock|destinationIpv6CidrBlock} 的路由"),
    ("ReplaceRoute", "replace the route to {destinationCidrBlock|destinationIpv6CidrBlock} in route table {routeTableId}", "替换{了}路由表 {routeTableId} 中到 {destinationCidrBlock|destinationIpv6CidrBlock} 的路由"),
    ("DeleteRoute", "delete the route to {destinationCidrBlock|destinationIpv6CidrBlock} from route table {routeTableId}", "删除{了}路由表 {routeTableId} 中到 {destinationCidrBlock|destinationIpv6CidrBlock} 的路由"),
    ("CreateRouteTable", "create a route table[ in {vpcId}]", "[在 {vpcId} 中]创建{了}路由表"),
    ("DeleteRouteTable", "delete the route table {routeTableId}", "删除{了}路由表 {routeTableId}"),
    ("CreateInternetGateway", "create an internet gateway", "创建{了}互联网网关"),
    ("AttachInternetGateway", "attach internet gateway {internetGatewayId} to {vpcId}", "将互联网网关 {internetGatewayId} 连接到{了} {vpcId}"),
    ("DetachInternetGateway", "detach internet gateway {internetGatewayId} from {vpcId}", "断开{了}互联网网关 {internetGatewayId} 与 {vpcId} 的连接"),
    ("CreateVpcPeeringConnection", "ask for a peering connection of {vpcId|CreateVpcPeeringConnectionRequest.VpcId} with {peerVpcId|CreateVpcPeeringConnectionRequest.PeerVpcId}", "申请{了} {vpcId|CreateVpcPeeringConnectionRequest.VpcId} 与 {peerVpcId|CreateVpcPeeringConnectionRequest.PeerVpcId} 的对等连接"),
    ("AcceptVpcPeeringConnection", "accept the peering connection {vpcPeeringConnectionId}", "接受{了}对等连接 {vpcPeeringConnectionId}"),
    ("CreateVpnConnection", "create a VPN connection", "创建{了} VPN 连接"),
    ("AllocateAddress", "allocate a public address", "分配{了}公有 IP 地址"),
    ("AssociateAddress", "give a public address to {instanceId|networkInterfaceId}", "为 {instanceId|networkInterfaceId} 关联{了}公有 IP 地址"),
    ("CreateTrafficMirrorSession", "mirror the traffic of a network interface", "镜像{了}网络接口的流量"),
    ("CreateFlowLogs", "create flow logs[ of {CreateFlowLogsRequest.ResourceId.content}]", "[为 {CreateFlowLogsRequest.ResourceId.content} ]创建{了}流日志"),
    ("DeleteFlowLogs", "delete the flow logs {DeleteFlowLogsRequest.FlowLogId.content}", "删除{了}流日志 {DeleteFlowLogsRequest.FlowLogId.content}"),
];

#[rustfmt::skip]
const ZONES: &[Row] = &[
    ("ChangeResourceRecordSets", "change DNS records in zone {hostedZoneId}", "更改{了}托管区域 {hostedZoneId} 的 DNS 记录"),
    ("CreateHostedZone", "create the DNS zone {name}", "创建{了}托管区域 {name}"),
    ("DeleteHostedZone", "delete the DNS zone {id}", "删除{了}托管区域 {id}"),
    ("DeleteQueryLoggingConfig", "switch off DNS query logging", "关闭{了} DNS 查询日志"),
];

#[rustfmt::skip]
const DOMAINS: &[Row] = &[
    ("DisableDomainTransferLock", "unlock domain {domainName} for transfer", "解除{了}域名 {domainName} 的转移锁定"),
    ("TransferDomainToAnotherAwsAccount", "transfer domain {domainName} to account {accountId}", "将域名 {domainName} 转移到{了}账户 {accountId}"),
    ("TransferDomain", "transfer domain {domainName} to this account", "将域名 {domainName} 转入{了}本账户"),
    ("UpdateDomainNameservers", "change the name servers of domain {domainName}", "更改{了}域名 {domainName} 的名称服务器"),
];

#[rustfmt::skip]
const RESOLVER: &[Row] = &[
    ("DeleteResolverQueryLogConfig", "delete the DNS query log configuration {resolverQueryLogConfigId}", "删除{了} DNS 查询日志配置 {resolverQueryLogConfigId}"),
    ("DisassociateResolverQueryLogConfig", "stop DNS query logging of {resourceId}", "停止{了} {resourceId} 的 DNS 查询日志"),
    ("DeleteFirewallRule", "delete a DNS firewall rule", "删除{了} DNS 防火墙规则"),
    ("DisassociateFirewallRuleGroup", "detach a DNS firewall rule group", "解除{了} DNS 防火墙规则组的关联"),
];

#[rustfmt::skip]
const BALANCERS: &[Row] = &[
    ("CreateLoadBalancer", "create the load balancer {name|loadBalancerName}", "创建{了}负载均衡器 {name|loadBalancerName}"),
    ("DeleteLoadBalancer", "delete the load balancer {loadBalancerArn|loadBalancerName}", "删除{了}负载均衡器 {loadBalancerArn|loadBalancerName}"),
    ("ModifyLoadBalancerAttributes", "change the attributes of load balancer {loadBalancerArn|loadBalancerName}", "更改{了}负载均衡器 {loadBalancerArn|loadBalancerName} 的属性"),
    ("ModifyListener", "change the listener {listenerArn}", "更改{了}侦听器 {listenerArn}"),
];

#[rustfmt::skip]
const FIREWALL: &[Row] = &[
    ("DeleteWebACL", "delete the web ACL {name}", "删除{了} Web ACL {name}"),
    ("UpdateWebACL", "change the web ACL {name}", "更改{了} Web ACL {name}"),
    ("DisassociateWebACL", "take the web ACL off {resourceArn}", "移除{了} {resourceArn} 上的 Web ACL"),
    ("UpdateIPSet", "change the address list {name} of the firewall", "更改{了}防火墙的 IP 地址集 {name}"),
    ("DeleteLoggingConfiguration", "switch off the log of web ACL {resourceArn}", "关闭{了} Web ACL {resourceArn} 的日志"),
];

#[rustfmt::skip]
const EDGE: &[Row] = &[
    ("CreateDistribution", "create a distribution", "创建{了}分配"),
    ("UpdateDistribution", "change the distribution {id}", "更改{了}分配 {id}"),
    ("DeleteDistribution", "delete the distribution {id}", "删除{了}分配 {id}"),
];
