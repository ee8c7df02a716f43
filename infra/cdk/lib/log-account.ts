/**
 * The log account: the fleet of infra/sam, word for word, and who is told of what.
 *
 * Invariant: no resource of the fleet is described here. What `make deploy` deploys for one account, this
 * deploys for an organization; the file of the organization sets parameters, and code comes as assets.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { CfnStack, Stack, type StackProps } from 'aws-cdk-lib';
import { CfnSubscription, CfnTopic, CfnTopicPolicy } from 'aws-cdk-lib/aws-sns';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { AccountRootPrincipal, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnFunction as CfnPlainFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnFunction } from 'aws-cdk-lib/aws-sam';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import type { Construct, IConstruct } from 'constructs';
import {
  ConfigurationError,
  type Configuration,
  LEVELS,
  accountsOf,
  isFiltered,
  languages,
  parameters,
  topicName,
} from './configuration.js';

/** Where the templates lie that both ways of deploying share. */
export const SAM = resolve(__dirname, '../../../sam');
const BUILT = resolve(SAM, '../../target/lambda');

export interface LogAccountProps extends StackProps {
  readonly configuration: Configuration;
  /** Where built functions lie, a folder each; `target/lambda` if it is not said. */
  readonly functions?: string | undefined;
}

export class LogAccount extends Stack {
  constructor(scope: Construct, id: string, props: LogAccountProps) {
    super(scope, id, props);
    const fleet = new CfnInclude(this, 'Fleet', {
      templateFile: join(SAM, 'template.yaml'),
      loadNestedStacks: nestedStacks(),
      parameters: known(parameters(props.configuration)),
    });
    this.bringCode(fleet, props.functions ?? BUILT);
    this.bringLoops(fleet);
    this.tell(fleet, props.configuration);
  }

  /** Puts the built functions in place of the folders that the templates name. */
  private bringCode(fleet: CfnInclude, built: string): void {
    for (const part of fleet.node.findAll()) {
      if (part instanceof CfnFunction && typeof part.codeUri === 'string') {
        const { s3BucketName: bucket, s3ObjectKey: key } = this.code(part, part.codeUri, built);
        part.codeUri = { bucket, key };
      }
      // Where there is no SAM, the template names a folder in the place of an object.
      if (part instanceof CfnPlainFunction && typeof part.code === 'string') {
        const { s3BucketName: s3Bucket, s3ObjectKey: s3Key } = this.code(part, part.code, built);
        part.code = { s3Bucket, s3Key };
      }
    }
  }

  /** The asset of the function that a template expects in a folder. */
  private code(part: IConstruct, expected: string, built: string): Asset {
    const folder = join(built, basename(expected));
    if (!existsSync(join(folder, 'bootstrap'))) {
      throw new ConfigurationError(folder, ['it holds no function: tools/functions.sh aws arm64 builds it']);
    }
    return new Asset(this, `Code${Stack.of(part).node.id}${part.node.id}`, { path: folder });
  }

  /** Puts templates with loops in as they are: CloudFormation makes of them what is in them. */
  private bringLoops(fleet: CfnInclude): void {
    for (const [name, { templateFile }] of Object.entries(nestedStacks(true))) {
      const template = new Asset(this, `Template${name}`, { path: templateFile });
      (fleet.getResource(name) as CfnStack).templateUrl = template.httpUrl;
    }
  }

  /** The topic of mails in another language: under the key of the others, and open to no more people than they. */
  private topic(topics: CfnStack, language: string, configuration: Configuration): string {
    const id = `Mail${language.replace('-', '')}`;
    const topic = new CfnTopic(this, id, {
      topicName: topicName(language as Parameters<typeof topicName>[0], configuration),
      displayName: 'Trailhound',
      kmsMasterKeyId: topics.getAtt('Outputs.KeyArn').toString(),
    });
    new CfnTopicPolicy(this, `${id}Policy`, {
      topics: [topic.ref],
      policyDocument: new PolicyDocument({
        statements: [
          new PolicyStatement({
            sid: 'TheAccountDecidesByItsPolicies',
            principals: [new AccountRootPrincipal()],
            actions: ['sns:Publish', 'sns:Subscribe'],
            resources: [topic.ref],
          }),
        ],
      }),
    });
    return topic.ref;
  }

  /** Subscribes everybody to the mails that concern them. */
  private tell(fleet: CfnInclude, configuration: Configuration): void {
    const topics = fleet.getResource('Topics') as CfnStack;
    const [own, ...others] = languages(configuration);
    const topicOf = new Map(others.map((language) => [language, this.topic(topics, language, configuration)]));
    if (own) topicOf.set(own, topics.getAtt('Outputs.MailTopicArn').toString());
    for (const [at, recipient] of configuration.recipients.entries()) {
      const accounts = accountsOf(recipient, configuration);
      const levels = recipient.level && [{ numeric: ['>=', LEVELS.indexOf(recipient.level)] }];
      new CfnSubscription(this, `Recipient${at}`, {
        topicArn: topicOf.get(recipient.language) ?? '',
        protocol: 'email',
        endpoint: recipient.address,
        ...(isFiltered(recipient) && {
          filterPolicy: { ...(accounts && { account: accounts }), ...(levels && { level_num: levels }) },
        }),
      });
    }
  }
}

/** The stacks inside the main one without loops in their templates, or with, by name, and where those lie. */
export function nestedStacks(withLoops = false): Record<string, { templateFile: string }> {
  const main = readFileSync(join(SAM, 'template.yaml'), 'utf8');
  const stacks = main.matchAll(
    /^ {2}(\w+):\n {4}Type: AWS::CloudFormation::Stack\n(?: {4}.*\n)*? {6}TemplateURL: (\S+)$/gm,
  );
  const nested = Array.from(stacks, ([, name, file]): [string, string] => [name ?? '', join(SAM, file ?? '')]);
  const wanted = nested.filter(([, file]) => readFileSync(file, 'utf8').includes('Fn::ForEach::') === withLoops);
  return Object.fromEntries(wanted.map(([name, templateFile]) => [name, { templateFile }]));
}

/**
 * The same parameters, lists as lists: they take the place of references, and are read no more by CloudFormation.
 *
 * Throws with the names of those that the template does not have.
 */
export function known(given: Record<string, string>): Record<string, string | string[]> {
  const section =
    readFileSync(join(SAM, 'template.yaml'), 'utf8')
      .split(/^Parameters:\n/m)[1]
      ?.split(/^\w/m)[0] ?? '';
  const types = new Map(
    Array.from(section.matchAll(/^ {2}(\w+):\n {4}Type: (.+)$/gm), ([, name, type]) => [name, type]),
  );
  const strange = Object.keys(given).filter((name) => !types.has(name));
  if (strange.length > 0) throw new ConfigurationError('fleet', [`the template has no parameter ${strange.join(', ')}`]);
  const value = (name: string, text: string) => (types.get(name) === 'CommaDelimitedList' ? text.split(',') : text);
  return Object.fromEntries(Object.entries(given).map(([name, text]) => [name, value(name, text)]));
}
