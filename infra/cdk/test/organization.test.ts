/** The stacks as they are synthesised: the fleet is that of infra/sam, and every account is heard. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { before, test } from 'node:test';
import { App } from 'aws-cdk-lib';
import { type Configuration, check, load, parameters } from '../lib/configuration.js';
import { exceptions } from '../lib/exceptions.js';
import { SAM, known, nestedStacks } from '../lib/log-account.js';
import { organization } from '../lib/organization.js';
import { type Json, type Resource, type Template, filled, read, synthesised } from './template.js';

const EXAMPLE = resolve(__dirname, '../../organization.example.json');
const given: Configuration = load(EXAMPLE);

let folder: string;
let log: Template;
let management: Template;
let forwarding: Template;

before(() => {
  folder = synthesise(given);
  log = synthesised(join(folder, 'trailhound.template.json'));
  management = synthesised(join(folder, 'trailhound-management.template.json'));
  forwarding = synthesised(join(folder, 'trailhound-forwarding.template.json'));
});

/** Synthesises into a folder of its own, with functions of which only the name is real. */
function synthesise(configuration: Configuration, standing = true): string {
  const outdir = mkdtempSync(join(tmpdir(), 'organization-'));
  const functions = join(outdir, 'functions');
  for (const name of ['s3-logs', 'eventbridge', 'alerts', 'delivery', 'response', 'watch']) {
    mkdirSync(join(functions, `lambda-${name}`), { recursive: true });
    writeFileSync(join(functions, `lambda-${name}`, 'bootstrap'), name);
  }
  const app = new App({ outdir: join(outdir, 'cdk') });
  organization(app, configuration, functions, standing);
  const [code, say] = [process.exitCode, console.error];
  if (!standing) console.error = () => {}; // what it finds is asked of its report
  try {
    app.synth();
  } catch (problem) {
    if (standing) throw problem;
  } finally {
    console.error = say;
  }
  if (standing) assert.equal(process.exitCode, code, 'synthesis has found nothing wrong');
  process.exitCode = code; // it says by this that there are findings
  return join(outdir, 'cdk');
}

/** The resources of a type. */
function of(template: Template, type: string): Resource[] {
  return Object.values(template.Resources).filter((resource) => resource.Type === type);
}

/** The template that was made of a nested one. */
function nested(name: string): Template {
  const files = JSON.parse(readFileSync(join(folder, 'trailhound.assets.json'), 'utf8')).files as Record<
    string,
    { source: { path: string } }
  >;
  const paths = Object.values(files).map((file) => file.source.path);
  const path = paths.find((one) => new RegExp(`^trailhoundFleet${name}[0-9A-F]{8}\\.`).test(one));
  assert.ok(path, `${name} is among the assets`);
  return synthesised(join(folder, path));
}

test('every stack inside the main one is known', () => {
  const main = read(join(SAM, 'template.yaml'));
  const stacks = Object.entries(main.Resources).filter(
    ([, resource]) => resource.Type === 'AWS::CloudFormation::Stack',
  );
  const files = stacks.map(([name, resource]) => [name, resource.Properties?.['TemplateURL']]);
  assert.ok(files.length >= 5);
  const known = { ...nestedStacks(), ...nestedStacks(true) };
  const names = Object.entries(known).map(([name, { templateFile }]) => [name, basename(templateFile)]);
  assert.deepEqual(names.sort(), files.sort());
});

test('the main stack is that of SAM, with what the file of the organization says', () => {
  const wanted = read(join(SAM, 'template.yaml'));
  const values = known(parameters(given));
  for (const [name, resource] of Object.entries(wanted.Resources)) {
    const made = log.Resources[name];
    assert.ok(made, name);
    assert.deepEqual(without(made), filled(without(resource), values), name);
  }
  const own = Object.keys(log.Resources).filter((name) => !(name in wanted.Resources));
  assert.deepEqual(own, ['MailzhCN', 'MailzhCNPolicy', 'Recipient0', 'Recipient1', 'Recipient2']);
  for (const section of ['Conditions', 'Mappings', 'Globals', 'Transform']) {
    assert.deepEqual(log[section], filled(wanted[section] as Json, values), section);
  }
});

/** A resource but for where its code or template lies: here these are assets. */
function without(resource: Resource): Json {
  const { CodeUri: _uri, Code: _code, TemplateURL: _template, ...properties } = resource.Properties ?? {};
  const { Metadata: _metadata, ...rest } = resource;
  return { ...(rest as Record<string, Json>), Properties: properties };
}

test('the stacks inside are those of SAM, word for word', () => {
  for (const [name, { templateFile }] of Object.entries(nestedStacks())) {
    const [wanted, made] = [read(templateFile), nested(name)];
    for (const section of ['Parameters', 'Conditions', 'Mappings', 'Outputs']) {
      assert.deepEqual(made[section], wanted[section], `${basename(templateFile)}: ${section}`);
    }
    assert.deepEqual(Object.keys(made.Resources).sort(), Object.keys(wanted.Resources).sort(), name);
    for (const [resource, description] of Object.entries(wanted.Resources)) {
      assert.deepEqual(without(made.Resources[resource]!), without(description), `${name}.${resource}`);
    }
  }
});

test('a template with a loop in it is brought as it is', () => {
  assert.deepEqual(Object.keys(nestedStacks(true)), ['WatchRegions']);
  const url = JSON.stringify(log.Resources['WatchRegions']?.Properties?.['TemplateURL']);
  const [hash] = /[0-9a-f]{64}/.exec(url) ?? [];
  assert.equal(
    readFileSync(join(folder, `asset.${hash}.yaml`), 'utf8'),
    readFileSync(join(SAM, 'regions.yaml'), 'utf8'),
  );
});

test('functions and templates come as assets', () => {
  for (const resource of of(log, 'AWS::Serverless::Function')) {
    const code = resource.Properties?.['CodeUri'] as Record<string, string>;
    assert.match(code['Bucket'] ?? '', /^cdk-hnb659fds-assets-123456789012-eu-central-1$/);
  }
  for (const resource of of(log, 'AWS::CloudFormation::Stack')) {
    assert.match(JSON.stringify(resource.Properties?.['TemplateURL']), /cdk-hnb659fds-assets-/);
  }
});

test('everybody is told of what concerns them', () => {
  const subscriptions = of(log, 'AWS::SNS::Subscription').map((one) => one.Properties);
  const topic = { 'Fn::GetAtt': ['Topics', 'Outputs.MailTopicArn'] };
  assert.deepEqual(
    subscriptions.map((one) => [one?.['Endpoint'], one?.['FilterPolicy']]),
    [
      ['security@example.com', undefined],
      ['shop-oncall@example.com', { account: ['111122223333', '444455556666'], level_num: [{ numeric: ['>=', 3] }] }],
      ['shop-cn@example.com', { account: ['111122223333'], level_num: [{ numeric: ['>=', 4] }] }],
    ],
  );
  assert.ok(subscriptions.every((one) => one?.['Protocol'] === 'email'));
  assert.deepEqual(
    subscriptions.map((one) => one?.['TopicArn']),
    [topic, topic, { Ref: 'MailzhCN' }],
    'each in its language',
  );
});

test('a mail goes to the topics of all languages, and the function may send it there', () => {
  const { Routes, RouteTopicArns } = known(parameters(given));
  assert.equal(Routes, 'topic = mail; topic = trailhound-mail-zh-CN, language = zh-CN');
  assert.deepEqual(RouteTopicArns, ['arn:aws:sns:eu-central-1:123456789012:trailhound-mail-zh-CN']);
  const topic = log.Resources['MailzhCN']?.Properties;
  assert.equal(topic?.['TopicName'], 'trailhound-mail-zh-CN');
  assert.deepEqual(topic?.['KmsMasterKeyId'], { 'Fn::GetAtt': ['Topics', 'Outputs.KeyArn'] });
  assert.ok(JSON.stringify(log.Resources['AlertsRole']).includes('trailhound-mail-zh-CN'));
});

test('where the template does not know the regions, they are those of the file', () => {
  const china = {
    ...given,
    regions: ['cn-north-1', 'cn-northwest-1'],
    logAccount: { id: '123456789012', region: 'cn-north-1' },
  };
  assert.equal(known(parameters(china))['Regions'], 'cn-north-1,cn-northwest-1');
  assert.equal(known(parameters(given))['Regions'], undefined);
});

test('each member account, and each that joins, forwards from every region', () => {
  const [set, ...others] = of(forwarding, 'AWS::CloudFormation::StackSet');
  assert.ok(set?.Properties && others.length === 0);
  const properties = set.Properties;
  assert.equal(properties['PermissionModel'], 'SERVICE_MANAGED');
  assert.equal(properties['CallAs'], 'DELEGATED_ADMIN');
  assert.deepEqual(properties['AutoDeployment'], { Enabled: true, RetainStacksOnAccountRemoval: false });
  assert.deepEqual(properties['StackInstancesGroup'], [
    { DeploymentTargets: { OrganizationalUnitIds: ['r-ab12'] }, Regions: given.regions },
  ]);
  assert.equal(properties['TemplateBody'], readFileSync(join(SAM, 'forward.yaml'), 'utf8'));
  assertParameters(properties);
});

test('so does the management account, which such sets leave out', () => {
  const [set] = of(management, 'AWS::CloudFormation::StackSet');
  assert.ok(set?.Properties);
  assert.equal(set.Properties['PermissionModel'], 'SELF_MANAGED');
  assert.deepEqual(set.Properties['StackInstancesGroup'], [
    { DeploymentTargets: { Accounts: ['999988887777'] }, Regions: given.regions },
  ]);
  assertParameters(set.Properties);
});

/** A stack set gives the template what it asks for, and the bus that the log account makes. */
function assertParameters(properties: Record<string, Json>): void {
  const pairs = properties['Parameters'] as { ParameterKey: string; ParameterValue: string }[];
  const values = Object.fromEntries(pairs.map((one) => [one.ParameterKey, one.ParameterValue]));
  const asked = read(join(SAM, 'forward.yaml'))['Parameters'] as Record<string, Json>;
  assert.deepEqual(Object.keys(values).sort(), Object.keys(asked).sort());
  assert.equal(values['CentralBusArn'], 'arn:aws:events:eu-central-1:123456789012:event-bus/trailhound-central');
  const bus = read(join(SAM, 'doors.yaml')).Resources['CentralBus']?.Properties?.['Name'];
  assert.deepEqual(bus, { 'Fn::Sub': '${Prefix}-central' });
}

test('the management account delegates, one step after the other, and takes back only what is ours', () => {
  const steps = Object.entries(management.Resources).filter(([, one]) => one.Type === 'Custom::AWS');
  const calls = steps.map(([, one]) => JSON.stringify(one.Properties?.['Update'] ?? ''));
  const undone = steps.map(([, one]) => JSON.stringify(one.Properties?.['Delete'] ?? ''));
  const wanted = [
    ['activateOrganizationsAccess', ''],
    ['registerDelegatedAdministrator', 'deregisterDelegatedAdministrator'],
    ['enableAWSServiceAccess', ''],
    ['registerOrganizationDelegatedAdmin', 'deregisterOrganizationDelegatedAdmin'],
  ];
  assert.equal(calls.length, wanted.length);
  for (const [at, [call = '', undo = '']] of wanted.entries()) {
    assert.ok(calls[at]?.includes(call), `${call} in ${calls[at]}`);
    assert.ok(undo === '' ? undone[at] === '""' : undone[at]?.includes(undo), `${undo} in ${undone[at]}`);
    const before = at > 0 ? steps[at - 1]?.[0] : undefined;
    if (before) assert.ok((steps[at]?.[1]['DependsOn'] as string[]).includes(before), 'one after the other');
  }
});

test('there is a reason for each finding of AwsSolutions, and no reason without a finding', () => {
  const found = findings(synthesise(given, false));
  assert.ok(found.length > 10);
  for (const { rule, path } of found) {
    assert.ok(
      exceptions(given).some((one) => one.finding === rule && one.of.test(path)),
      `${path}: ${rule}`,
    );
  }
  for (const one of exceptions(given)) {
    assert.ok(
      found.some(({ rule, path }) => one.finding === rule && one.of.test(path)),
      `nobody finds ${one.finding}`,
    );
    assert.ok(one.reason.length > 20, one.finding);
  }
  assert.deepEqual(findings(folder), []);
});

/** What AwsSolutions has found in what was synthesised. */
function findings(synthesis: string): { rule: string; path: string }[] {
  const report = JSON.parse(readFileSync(join(synthesis, 'validation-report.json'), 'utf8')) as {
    pluginReports: {
      pluginName: string;
      violations: { ruleName: string; violatingConstructs: { constructPath: string }[] }[];
    }[];
  };
  const ours = report.pluginReports.filter((one) => one.pluginName === 'AwsSolutions');
  return ours.flatMap((plugin) =>
    plugin.violations.flatMap(({ ruleName: rule, violatingConstructs }) =>
      violatingConstructs.map(({ constructPath: path }) => ({ rule, path })),
    ),
  );
}

test('a parameter that the template does not have is refused', () => {
  const strange = check({ ...given, fleet: { Levl: 'high' } }, 'organization.json');
  assert.throws(() => synthesise(strange), /the template has no parameter Levl/);
});
