/**
 * What an organization says about itself: one file, checked as a whole.
 *
 * Invariant: whoever holds a `Configuration` need not check it again. What is wrong with a file is told all
 * at once, each problem with its place.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** Levels in rising order, numbered as the attribute `level_num` of mails numbers them. */
export const LEVELS = ['informational', 'low', 'medium', 'high', 'critical'] as const;

/** Where calls to services without a region are logged: IAM, Organizations, sign-ins of root. */
export const GLOBAL_REGIONS = { aws: 'us-east-1', 'aws-cn': 'cn-north-1', 'aws-us-gov': 'us-gov-west-1' } as const;

/**
 * Where sign-ins of IAM users by the global address are logged, by where they are in the world.
 *
 * Source: CloudTrail user guide, *AWS Management Console sign-in events*.
 */
export const SIGN_IN_REGIONS = ['us-east-1', 'us-east-2', 'eu-north-1', 'ap-southeast-2'] as const;

/** SNS refuses a filter with more combinations of values. */
const MOST_VALUES_OF_A_FILTER = 150;
/** SNS refuses more filters on one topic. */
const MOST_FILTERS_OF_A_TOPIC = 200;
/** As the template has it: all names and owners are one setting of a function. */
const LONGEST_ACCOUNTS = 2000;

const account = z.string().regex(/^[0-9]{12}$/, 'must be twelve digits, in quotes');
const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-[0-9]$/, 'must be a region such as eu-central-1');
// What stands between names in the setting that they become.
const name = z.string().regex(/^[^=;,\n]+$/, 'must hold no `=`, `;`, `,` or line break');
const address = z.string().regex(/^[^@ ]+@[^@ ]+$/, 'must be an e-mail address');

const shape = z.strictObject({
  organization: z.strictObject({
    id: z.string().regex(/^o-[a-z0-9]{10,32}$/, 'must be the id of an organization such as o-exampleorgid'),
    managementAccount: account,
    /** Roots or units whose accounts forward their events, those that join later too. */
    units: z
      .array(z.string().regex(/^(r-[a-z0-9]{4,32}|ou-[a-z0-9]{4,32}-[a-z0-9]{8,32})$/, 'must be a root or unit'))
      .min(1, 'names no unit; the root means all accounts'),
  }),
  /** Where the fleet stands. */
  logAccount: z.strictObject({ id: account, region }),
  /** Whose events are forwarded. */
  regions: z.array(region),
  /** Sign-ins by the global address need not be heard within seconds. */
  withoutSignInRegions: z.boolean().default(false),
  deployRoleArn: z
    .string()
    .regex(/^arn:aws[a-z-]*:iam::[0-9]{12}:role\/.+$/, 'must be the ARN of a role')
    .optional(),
  /** The trail of an organization that exists; without, one is made. */
  trail: z
    .strictObject({
      bucket: z.string().min(3),
      keyArn: z.string().startsWith('arn:').optional(),
      topicArn: z.string().startsWith('arn:').optional(),
    })
    .optional(),
  accounts: z
    .array(z.strictObject({ id: account, name, owner: name.optional(), unit: z.string().optional() }))
    .default([]),
  recipients: z
    .array(
      z.strictObject({
        address,
        accounts: z.array(account).min(1).optional(),
        /** Names of units in `accounts`. */
        units: z.array(z.string()).min(1).optional(),
        level: z.enum(LEVELS).optional(),
        language: z.enum(['en', 'zh-CN']).default('en'),
      }),
    )
    .min(1, 'names nobody, so nobody would be told'),
  /** Parameters of infra/sam/template.yaml, but those that follow from the above. */
  fleet: z.record(z.string(), z.string('must be in quotes')).default({}),
  /** What the names of all resources begin with. */
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{3,19}$/, 'must be 4 to 20 lower-case letters, digits, hyphens')
    .default('trailhound'),
});

export type Configuration = z.infer<typeof shape>;
export type Recipient = Configuration['recipients'][number];

/** What is wrong with a file, line by line. */
export class ConfigurationError extends Error {
  constructor(
    readonly file: string,
    readonly problems: readonly string[],
  ) {
    super(`${file} cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

/** Reads and checks a file. Throws `ConfigurationError` with all that is wrong. */
export function load(file: string): Configuration {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (problem) {
    throw new ConfigurationError(file, [
      problem instanceof Error ? problem.message : String(problem),
      'hint: cp organization.example.json organization.json, and fill it in',
    ]);
  }
  return check(content, file);
}

/** Checks what was read from `file`. Throws `ConfigurationError` with all that is wrong. */
export function check(content: unknown, file: string): Configuration {
  const read = shape.safeParse(content);
  if (!read.success) {
    throw new ConfigurationError(
      file,
      read.error.issues.map((issue) => `${place(issue.path)}: ${issue.message}`),
    );
  }
  const problems = contradictions(read.data);
  if (problems.length > 0) throw new ConfigurationError(file, problems);
  return read.data;
}

function place(path: readonly PropertyKey[]): string {
  const written = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
  return written.replace(/^\./, '') || 'the file';
}

/** The partition that a region belongs to. */
export function partition(region: string): keyof typeof GLOBAL_REGIONS {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** What each part may say, but not together. */
function contradictions(given: Configuration): string[] {
  return [...ofRegions(given), ...ofAccounts(given), ...ofRecipients(given), ...ofParameters(given)];
}

function* ofRegions(given: Configuration): Generator<string> {
  const own = partition(given.logAccount.region);
  const foreign = given.regions.filter((region) => partition(region) !== own);
  if (foreign.length > 0) yield `regions: ${foreign.join(', ')}: no events pass from one partition to another`;
  if (new Set(given.regions).size < given.regions.length) yield 'regions: one is named twice';
  if (!given.regions.includes(GLOBAL_REGIONS[own])) {
    yield `regions: ${GLOBAL_REGIONS[own]} is missing, where IAM, Organizations and sign-ins of root are logged`;
  }
  const unheard = SIGN_IN_REGIONS.filter((region) => region !== 'us-east-1' && !given.regions.includes(region));
  if (own === 'aws' && unheard.length > 0 && !given.withoutSignInRegions) {
    yield `regions: ${unheard.join(', ')}: sign-ins of IAM users are logged there too; name them, or set withoutSignInRegions`;
  }
}

function* ofAccounts(given: Configuration): Generator<string> {
  const ids = given.accounts.map((one) => one.id);
  const twice = ids.filter((id, at) => ids.indexOf(id) !== at);
  if (twice.length > 0) yield `accounts: ${[...new Set(twice)].join(', ')}: named twice`;
  if (given.organization.managementAccount === given.logAccount.id) {
    yield 'logAccount.id: is the management account; keep the logs where nobody works';
  }
  const long = accountNames(given).length;
  if (long > LONGEST_ACCOUNTS) {
    yield `accounts: names and owners are ${long} characters, ${LONGEST_ACCOUNTS} are possible; shorten or leave some out`;
  }
}

function* ofRecipients(given: Configuration): Generator<string> {
  const units = new Set(given.accounts.map((one) => one.unit));
  for (const [at, recipient] of given.recipients.entries()) {
    const unknown = (recipient.units ?? []).filter((unit) => !units.has(unit));
    if (unknown.length > 0) yield `recipients[${at}].units: ${unknown.join(', ')}: no account is of that unit`;
    const values = accountsOf(recipient, given)?.length ?? 0;
    if (values > MOST_VALUES_OF_A_FILTER) {
      yield `recipients[${at}]: ${values} accounts; SNS filters by at most ${MOST_VALUES_OF_A_FILTER}`;
    }
  }
  if (given.recipients.every(isFiltered)) {
    yield 'recipients: each is told of some accounts or levels only; alarms about the fleet itself need one without';
  }
  if (given.recipients.filter(isFiltered).length > MOST_FILTERS_OF_A_TOPIC) {
    yield `recipients: SNS takes at most ${MOST_FILTERS_OF_A_TOPIC} with accounts, units or a level`;
  }
}

/** Parameters that have a place of their own in the file. */
const ELSEWHERE: Record<string, string> = {
  MailAddress: 'recipients',
  Language: 'recipients',
  Routes: 'recipients',
  RouteTopicArns: 'recipients',
  Accounts: 'accounts',
  OrganizationId: 'organization.id',
  ManagementAccountId: 'organization.managementAccount',
  DeployRoleArn: 'deployRoleArn',
  ExistingBucket: 'trail.bucket',
  ExistingKeyArn: 'trail.keyArn',
  ExistingTopicArn: 'trail.topicArn',
};

function* ofParameters(given: Configuration): Generator<string> {
  for (const parameter of Object.keys(given.fleet)) {
    const there = ELSEWHERE[parameter];
    if (there !== undefined) yield `fleet.${parameter}: follows from \`${there}\``;
  }
}

/** Whether somebody is told of a part only. */
export function isFiltered(recipient: Recipient): boolean {
  return [recipient.accounts, recipient.units, recipient.level].some((filter) => filter !== undefined);
}

/** The accounts of which somebody is told; `undefined` for all, those that join later too. */
export function accountsOf(recipient: Recipient, given: Configuration): string[] | undefined {
  if (recipient.accounts === undefined && recipient.units === undefined) return undefined;
  const units = recipient.units ?? [];
  const ofUnits = given.accounts.filter((one) => one.unit !== undefined && units.includes(one.unit));
  return [...new Set([...(recipient.accounts ?? []), ...ofUnits.map((one) => one.id)])].sort();
}

/** Names and owners as the functions read them: `111122223333 = prod, platform team; …`. */
export function accountNames(given: Configuration): string {
  return given.accounts
    .map(({ id, name, owner }) => `${id} = ${owner === undefined ? name : `${name}, ${owner}`}`)
    .join('; ');
}

/** The languages of mails: first that of whoever hears of the fleet itself, for which the stack's own topic is. */
export function languages(given: Configuration): Recipient['language'][] {
  const first = given.recipients.find((one) => !isFiltered(one)) ?? given.recipients[0];
  return [...new Set([first, ...given.recipients].flatMap((one) => (one ? [one.language] : [])))];
}

/** The name of the topic of mails in another language than the first. */
export function topicName(language: Recipient['language'], given: Configuration): string {
  return `${given.name}-mail-${language}`;
}

/** What sends each mail to the topics of all languages: none, if there is but one. */
function routes(given: Configuration): { Routes: string; RouteTopicArns: string } {
  const { id, region } = given.logAccount;
  const others = languages(given).slice(1);
  const rows = others.map((language) => `topic = ${topicName(language, given)}, language = ${language}`);
  const arns = others.map((language) => `arn:${partition(region)}:sns:${region}:${id}:${topicName(language, given)}`);
  return { Routes: rows.length > 0 ? ['topic = mail', ...rows].join('; ') : '', RouteTopicArns: arns.join(',') };
}

/** The parameters of infra/sam/template.yaml that follow from the file. */
export function parameters(given: Configuration): Record<string, string> {
  return {
    // The template knows those of the largest partition by itself.
    ...(partition(given.logAccount.region) !== 'aws' && { Regions: given.regions.join(',') }),
    // As without an organization: whoever hears of the fleet itself, until somebody else is named.
    AlarmMailAddress: given.recipients.find((one) => !isFiltered(one))?.address ?? '',
    // The log account may: it is delegated administrator of trails.
    AskOrganizations: 'true',
    ...given.fleet,
    ...routes(given),
    MailAddress: '',
    Language: languages(given)[0] ?? 'en',
    Accounts: accountNames(given),
    OrganizationId: given.organization.id,
    ManagementAccountId: given.organization.managementAccount,
    DeployRoleArn: given.deployRoleArn ?? '',
    ExistingBucket: given.trail?.bucket ?? '',
    ExistingKeyArn: given.trail?.keyArn ?? '',
    ExistingTopicArn: given.trail?.topicArn ?? '',
  };
}
