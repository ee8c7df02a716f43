/**
 * The management account, in which as little as possible is done: it lets the log account administer trails
 * and stack sets for the organization, and forwards its own events.
 *
 * CloudFormation has no resource for delegated administrators, so the calls are made by custom resources.
 */
import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { RetentionDays, LogGroup } from 'aws-cdk-lib/aws-logs';
import {
  AwsCustomResource,
  AwsCustomResourcePolicy,
  type AwsSdkCall,
  PhysicalResourceId,
} from 'aws-cdk-lib/custom-resources';
import type { Construct } from 'constructs';
import { forwardManagement, type OrganizationProps } from './forwarding.js';

/** Stack sets that reach the accounts of an organization. */
const STACK_SETS = 'member.org.stacksets.cloudformation.amazonaws.com';

interface Step {
  readonly name: string;
  readonly service: string;
  readonly call: string;
  readonly arguments?: Record<string, string>;
  /** What takes it back when the stack goes; without, it stays, since others may rely on it. */
  readonly undo?: { readonly call: string; readonly arguments: Record<string, string> };
  /** What else AWS asks for behind the call. */
  readonly actions: readonly string[];
  /** The answer that means that it was done before. */
  readonly done?: string;
}

export class Management extends Stack {
  constructor(scope: Construct, id: string, props: OrganizationProps) {
    super(scope, id, props);
    const log = new LogGroup(this, 'Log', { retention: RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY });
    let previous: AwsCustomResource | undefined;
    for (const step of steps(props.configuration.logAccount.id)) {
      const made = this.take(step, log);
      // AWS takes one change of an organization at a time.
      if (previous) made.node.addDependency(previous);
      previous = made;
    }
    forwardManagement(this, props.configuration);
  }

  private take(step: Step, log: LogGroup): AwsCustomResource {
    const call: AwsSdkCall = {
      service: step.service,
      action: step.call,
      ...(step.arguments && { parameters: step.arguments }),
      physicalResourceId: PhysicalResourceId.of(step.name),
      ...(step.done && { ignoreErrorCodesMatching: step.done }),
    };
    return new AwsCustomResource(this, step.name, {
      onUpdate: call,
      ...(step.undo && {
        onDelete: { service: step.service, action: step.undo.call, parameters: step.undo.arguments },
      }),
      policy: AwsCustomResourcePolicy.fromStatements([
        // None of these calls knows resources.
        new iam.PolicyStatement({ actions: [...step.actions], resources: ['*'] }),
      ]),
      installLatestAwsSdk: false,
      logGroup: log,
    });
  }
}

function steps(logAccount: string): Step[] {
  const stackSets = { AccountId: logAccount, ServicePrincipal: STACK_SETS };
  return [
    {
      name: 'TrustStackSets',
      service: 'CloudFormation',
      call: 'activateOrganizationsAccess',
      actions: [
        'cloudformation:ActivateOrganizationsAccess',
        'organizations:EnableAWSServiceAccess',
        'organizations:DescribeOrganization',
      ],
    },
    {
      name: 'DelegateStackSets',
      service: 'Organizations',
      call: 'registerDelegatedAdministrator',
      arguments: stackSets,
      undo: { call: 'deregisterDelegatedAdministrator', arguments: stackSets },
      actions: [
        'organizations:RegisterDelegatedAdministrator',
        'organizations:DeregisterDelegatedAdministrator',
        'organizations:DescribeOrganization',
      ],
      done: 'AccountAlreadyRegisteredException',
    },
    {
      name: 'TrustCloudTrail',
      service: 'Organizations',
      call: 'enableAWSServiceAccess',
      arguments: { ServicePrincipal: 'cloudtrail.amazonaws.com' },
      actions: ['organizations:EnableAWSServiceAccess'],
    },
    {
      name: 'DelegateCloudTrail',
      service: 'CloudTrail',
      call: 'registerOrganizationDelegatedAdmin',
      arguments: { MemberAccountId: logAccount },
      undo: { call: 'deregisterOrganizationDelegatedAdmin', arguments: { DelegatedAdminAccountId: logAccount } },
      actions: [
        'cloudtrail:RegisterOrganizationDelegatedAdmin',
        'cloudtrail:DeregisterOrganizationDelegatedAdmin',
        'organizations:RegisterDelegatedAdministrator',
        'organizations:DeregisterDelegatedAdministrator',
        'organizations:ListAWSServiceAccessForOrganization',
        'organizations:DescribeOrganization',
        'organizations:DescribeAccount',
        'iam:CreateServiceLinkedRole',
        'iam:GetRole',
      ],
      done: 'AccountRegisteredException',
    },
  ];
}
