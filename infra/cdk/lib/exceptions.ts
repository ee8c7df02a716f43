/**
 * Where the stacks do otherwise than AwsSolutions asks, and why.
 *
 * Invariant, held by a test: each exception is needed, and there is no finding without one.
 */
import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { Configuration } from './configuration.js';

export interface Exception {
  /** As the report names it, without the pack. */
  readonly finding: string;
  /** Ends of the paths of the constructs that it is for. */
  readonly of: RegExp;
  readonly reason: string;
}

const BY_PREFIX = 'Names begin as ours do; what AWS appends to them, and the region, are not known before';

const READS = 'Log files are named when they are written; it may read those of this bucket below AWSLogs';

/** The exceptions of the stacks that a configuration makes. */
export function exceptions({ name, organization }: Configuration): Exception[] {
  const account = organization.managementAccount;
  const executor = (resource: string): Exception => ({
    finding: `AwsSolutions-IAM5[Resource::${resource}]`,
    of: /-management\/StackSetExecution\/Resource$/,
    reason: BY_PREFIX,
  });
  return [
    {
      finding: 'AwsSolutions-IAM5[Resource::*]',
      of: /-management\/(Trust|Delegate)\w+\/CustomResourcePolicy\/Resource$/,
      reason: 'Organizations, and stack sets for them, know no resources for these calls',
    },
    {
      finding:
        'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]',
      of: /-management\/AWS679f53fac002430cb0da5b7982bd2287\/ServiceRole\/Resource$/,
      reason: 'The function of the custom resources writes its log by it; the CDK offers no other way',
    },
    executor(`arn:<AWS::Partition>:cloudformation:*:${account}:stack/StackSet-${name}-forwarding-*/*`),
    executor(`arn:<AWS::Partition>:events:*:${account}:rule/${name}-forward`),
    executor(`arn:<AWS::Partition>:iam::${account}:role/${name}-forward-*`),
    {
      finding: 'AwsSolutions-IAM5[Resource::*]',
      of: /\/Fleet\/AlertsRole$/,
      reason: 'CloudTrail knows no resources for looking up events',
    },
    {
      finding: 'AwsSolutions-SQS3',
      of: /\/(Log|Event|Findings|Delivery|Respond|)DeadLetters$/,
      reason: 'It is the queue of dead letters of the one beside it, and an alarm watches it',
    },
    {
      finding: 'AwsSolutions-SQS4',
      of: /\/((Log|Event|Findings|Delivery|Respond|)(Queue|DeadLetters)|Past\/Found)$/,
      reason: 'Its policy lets in services of AWS alone, which speak TLS, as the functions that read it do',
    },
    {
      finding: 'AwsSolutions-SQS3',
      of: /\/Past\/Found$/,
      reason: 'A person takes what was found in old log files; nothing works it off that could fail',
    },
    {
      finding: 'AwsSolutions-SF1',
      of: /\/Past\/Machine$/,
      reason: 'It runs once in years, by hand; the run of its map counts, and what fails is set aside',
    },
    {
      finding: 'AwsSolutions-SF2',
      of: /\/Past\/Machine$/,
      reason: 'A trace of each of a million files would cost more than the run; the function logs what it does',
    },
    {
      finding: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::<BucketName>/*AWSLogs/*]',
      of: /\/Past\/HistoryRole$/,
      reason: READS,
    },
    {
      finding: 'AwsSolutions-S1',
      of: /\/Logs\/Bucket$/,
      reason: 'Who reads it, data events tell; a second bucket for access logs would need watching in turn',
    },
    {
      finding: 'AwsSolutions-S10',
      of: /\/Logs\/Bucket(Policy)?$/,
      reason: 'The policy refuses calls without TLS, behind a condition that only a local AWS makes false',
    },
    {
      finding:
        'AwsSolutions-IAM5[Resource::["arn:${AWS::Partition}:s3:::${Bucket}/*AWSLogs/*",' +
        '{"Bucket":{"Fn::GetAtt":"Doors.Outputs.BucketName"}}]]',
      of: /\/Fleet\/S3LogsRole$/,
      reason: READS,
    },
  ];
}

/** What is said of templates for many settings once these are given: a condition has but one answer. */
const SETTLED = ['W8003', 'W1028'];

/** Gives each finding that we stand by its reason. */
export function acknowledge(parts: readonly IConstruct[], given: Configuration): void {
  for (const part of parts) {
    for (const { finding, of, reason } of exceptions(given)) {
      if (of.test(part.node.path)) Validations.of(part).acknowledge({ id: finding, reason });
    }
  }
}

/** The same of what CloudFormation's own check warns of. */
export function settle(stack: IConstruct): void {
  Validations.of(stack).acknowledge({
    id: 'CloudFormation-Validate::W2509',
    reason: 'RoomsSecretArn is where a secret lies, and none itself',
  });
  for (const warning of SETTLED) {
    Validations.of(stack).acknowledge({
      id: `CloudFormation-Validate::${warning}`,
      reason: 'The template is for one account too; here the file of the organization has answered',
    });
  }
}
