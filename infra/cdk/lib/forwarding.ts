/**
 * What brings the events of all accounts and regions to the log account: infra/sam/forward.yaml as stack sets.
 *
 * One of the log account reaches all member accounts, and those that join by themselves. AWS leaves out the
 * management account of such sets, so it has one of its own.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfnStackSet, Stack, type StackProps } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { type Configuration, partition } from './configuration.js';
import { SAM } from './log-account.js';

export interface OrganizationProps extends StackProps {
  readonly configuration: Configuration;
}

/** The name of the bus of the log account, as infra/sam/doors.yaml makes it. */
function centralBus(given: Configuration): string {
  const { id, region } = given.logAccount;
  return `arn:${partition(region)}:events:${region}:${id}:event-bus/${given.name}-central`;
}

/** What both sets have in common. */
export function forwarding(given: Configuration): Omit<CfnStackSetCommon, 'permissionModel'> {
  const values = {
    Prefix: given.name,
    CentralBusArn: centralBus(given),
    CentralAccountId: given.logAccount.id,
    CentralRegion: given.logAccount.region,
    SourcePrefix: given.fleet['EventSourcePrefix'] ?? 'aws.',
  };
  return {
    description: 'Forwards the events of each account and region to the log account',
    templateBody: readFileSync(join(SAM, 'forward.yaml'), 'utf8'),
    capabilities: ['CAPABILITY_NAMED_IAM'],
    parameters: Object.entries(values).map(([parameterKey, parameterValue]) => ({ parameterKey, parameterValue })),
    managedExecution: { Active: true },
    // An account that refuses, by a policy of its unit perhaps, must not keep the others from being heard.
    operationPreferences: {
      failureTolerancePercentage: 100,
      maxConcurrentPercentage: 100,
      regionConcurrencyType: 'PARALLEL',
    },
  };
}

type CfnStackSetCommon = Omit<ConstructorParameters<typeof CfnStackSet>[2], 'stackSetName'>;

/** In the log account, which administers stack sets for the organization: all member accounts. */
export class Forwarding extends Stack {
  constructor(scope: Construct, id: string, props: OrganizationProps) {
    super(scope, id, props);
    const given = props.configuration;
    new CfnStackSet(this, 'Members', {
      ...forwarding(given),
      stackSetName: `${given.name}-forwarding`,
      permissionModel: 'SERVICE_MANAGED',
      callAs: 'DELEGATED_ADMIN',
      autoDeployment: { enabled: true, retainStacksOnAccountRemoval: false },
      stackInstancesGroup: [
        { deploymentTargets: { organizationalUnitIds: given.organization.units }, regions: given.regions },
      ],
    });
  }
}

/** In the management account: itself. */
export function forwardManagement(stack: Stack, given: Configuration): void {
  const executor = `${given.name}-stack-set-execution`;
  const { account, partition: own } = stack;
  const administrator = new iam.Role(stack, 'StackSetAdministration', {
    description: 'Deploys what forwards events into the regions of this account',
    assumedBy: new iam.ServicePrincipal('cloudformation.amazonaws.com'),
    inlinePolicies: {
      execute: new iam.PolicyDocument({
        statements: [
          new iam.PolicyStatement({
            actions: ['sts:AssumeRole'],
            resources: [`arn:${own}:iam::${account}:role/${executor}`],
          }),
        ],
      }),
    },
  });
  const execution = new iam.Role(stack, 'StackSetExecution', {
    roleName: executor,
    description: 'Makes the rule and the role that forward events, and nothing else',
    assumedBy: administrator,
    inlinePolicies: { forward: new iam.PolicyDocument({ statements: executorMay(given, own, account) }) },
  });
  const set = new CfnStackSet(stack, 'ManagementAccount', {
    ...forwarding(given),
    stackSetName: `${given.name}-forwarding-management`,
    permissionModel: 'SELF_MANAGED',
    administrationRoleArn: administrator.roleArn,
    executionRoleName: executor,
    stackInstancesGroup: [{ deploymentTargets: { accounts: [account] }, regions: given.regions }],
  });
  set.node.addDependency(execution);
}

/** What stack sets need to make, change and remove the resources of forward.yaml. */
function executorMay(given: Configuration, own: string, account: string): iam.PolicyStatement[] {
  return [
    new iam.PolicyStatement({
      actions: [
        'cloudformation:CreateStack',
        'cloudformation:UpdateStack',
        'cloudformation:DeleteStack',
        'cloudformation:DescribeStacks',
        'cloudformation:DescribeStackEvents',
        'cloudformation:DescribeStackResources',
        'cloudformation:GetTemplate',
        'cloudformation:GetTemplateSummary',
        'cloudformation:ListStackResources',
        'cloudformation:SetStackPolicy',
      ],
      resources: [`arn:${own}:cloudformation:*:${account}:stack/StackSet-${given.name}-forwarding-*/*`],
    }),
    new iam.PolicyStatement({
      actions: [
        'events:PutRule',
        'events:DeleteRule',
        'events:DescribeRule',
        'events:EnableRule',
        'events:DisableRule',
        'events:PutTargets',
        'events:RemoveTargets',
        'events:ListTargetsByRule',
        'events:TagResource',
      ],
      resources: [`arn:${own}:events:*:${account}:rule/${given.name}-forward`],
    }),
    new iam.PolicyStatement({
      actions: [
        'iam:CreateRole',
        'iam:DeleteRole',
        'iam:GetRole',
        'iam:UpdateRole',
        'iam:UpdateAssumeRolePolicy',
        'iam:TagRole',
        'iam:PutRolePolicy',
        'iam:GetRolePolicy',
        'iam:DeleteRolePolicy',
        'iam:PassRole',
      ],
      resources: [`arn:${own}:iam::${account}:role/${given.name}-forward-*`],
    }),
  ];
}
