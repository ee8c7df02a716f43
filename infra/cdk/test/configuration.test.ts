/** What an organization may say about itself, and what is told of mistakes. */
import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import {
  ConfigurationError,
  accountNames,
  accountsOf,
  check,
  languages,
  load,
  parameters,
} from '../lib/configuration.js';

const EXAMPLE = resolve(__dirname, '../../organization.example.json');

type Given = Record<string, any>;

/** The example, changed. */
function example(change: (given: Given) => void = () => {}): Given {
  const given = structuredClone(load(EXAMPLE)) as Given;
  change(given);
  return given;
}

/** What is said against it. */
function problems(change: (given: Given) => void): readonly string[] {
  try {
    check(example(change), 'organization.json');
  } catch (problem) {
    assert.ok(problem instanceof ConfigurationError);
    return problem.problems;
  }
  return [];
}

test('the example is good', () => {
  assert.deepEqual(
    problems(() => {}),
    [],
  );
});

const MISTAKES: [string, (given: Given) => void, RegExp][] = [
  ['an id of no organization', (g) => (g['organization'].id = 'acme'), /^organization\.id: must be the id/],
  ['a number for an account', (g) => (g['logAccount'].id = 123456789012), /^logAccount\.id: .*string/],
  ['no units', (g) => (g['organization'].units = []), /^organization\.units: names no unit/],
  ['a word that nobody knows', (g) => (g['recipient'] = []), /^the file: .*recipient/],
  ['no region of global services', (g) => g['regions'].shift(), /^regions: us-east-1 is missing, where IAM/],
  [
    'no region of sign-ins',
    (g) => g['regions'].splice(1, 3),
    /^regions: us-east-2, eu-north-1, ap-southeast-2: sign-ins/,
  ],
  ['a region of another partition', (g) => g['regions'].push('cn-north-1'), /^regions: cn-north-1: no events pass/],
  ['a region twice', (g) => g['regions'].push('us-east-1'), /^regions: one is named twice/],
  ['an account twice', (g) => g['accounts'].push(g['accounts'][0]), /^accounts: 111122223333: named twice/],
  ['a name that is two', (g) => (g['accounts'][0].name = 'a;b'), /^accounts\[0\]\.name: must hold no/],
  [
    'more names than fit',
    (g) => (g['accounts'][0].owner = 'x'.repeat(2000)),
    /^accounts: names and owners are 2\d{3} characters, 2000 are possible/,
  ],
  ['logs where everybody works', (g) => (g['logAccount'].id = '999988887777'), /^logAccount\.id: is the management/],
  ['nobody to be told', (g) => (g['recipients'] = []), /^recipients: names nobody/],
  ['nobody who hears alarms', (g) => g['recipients'].shift(), /^recipients: each is told of some/],
  [
    'a unit that nobody is in',
    (g) => (g['recipients'][1].units = ['bank']),
    /^recipients\[1\]\.units: bank: no account/,
  ],
  ['a level that there is not', (g) => (g['recipients'][1].level = 'severe'), /^recipients\[1\]\.level: /],
  ['a parameter in two places', (g) => (g['fleet'].Language = 'en'), /^fleet\.Language: follows from `recipients`/],
  ['a number for a parameter', (g) => (g['fleet'].QuietMinutes = 30), /^fleet\.QuietMinutes: must be in quotes/],
  [
    'more accounts than SNS filters by',
    (g) => (g['recipients'][1].accounts = Array.from({ length: 151 }, (_, at) => String(100000000000 + at))),
    /^recipients\[1\]: 153 accounts; SNS filters by at most 150/,
  ],
];

for (const [what, change, said] of MISTAKES) {
  test(`${what} is named, with its place`, () => {
    const [problem, ...others] = problems(change);
    assert.match(problem ?? 'nothing', said);
    assert.deepEqual(others, []);
  });
}

test('all that is wrong is told at once', () => {
  const told = problems((g) => {
    g['regions'] = ['eu-central-1'];
    g['accounts'].push(g['accounts'][0]);
    g['recipients'] = [{ address: 'a@example.com', level: 'high', units: ['bank'] }];
  });
  assert.equal(told.length, 5, told.join('\n'));
});

test('a file that is none is named, with a hint', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'organization-')), 'organization.json');
  assert.throws(
    () => load(file),
    /organization\.json cannot be used:\n.*no such file[^]*hint: cp organization\.example\.json/,
  );
  writeFileSync(file, '{');
  assert.throws(() => load(file), /organization\.json cannot be used:\n.*JSON/);
});

test('China needs no regions of sign-ins, but its own of global services', () => {
  const china = (regions: string[]) => (g: Given) =>
    Object.assign(g, { regions, logAccount: { id: '123456789012', region: regions[0] } });
  assert.deepEqual(problems(china(['cn-north-1', 'cn-northwest-1'])), []);
  assert.match(problems(china(['cn-northwest-1']))[0] ?? '', /cn-north-1 is missing/);
});

test('who wants units and accounts hears of both, and of each once', () => {
  const given = check(
    example((g) => (g['recipients'][1].accounts = ['123456789012', '111122223333'])),
    '',
  );
  assert.deepEqual(accountsOf(given.recipients[1]!, given), ['111122223333', '123456789012', '444455556666']);
  assert.equal(accountsOf(given.recipients[0]!, given), undefined, 'all, those that join later too');
});

test('names and owners become the setting that the functions read', () => {
  assert.equal(
    accountNames(load(EXAMPLE)),
    '111122223333 = prod, platform team; 444455556666 = staging; 123456789012 = security',
  );
});

test("the stack's own topic is in the language of whoever hears of the fleet itself", () => {
  assert.deepEqual(languages(load(EXAMPLE)), ['en', 'zh-CN']);
  const reversed = check(
    example((g) => g['recipients'].reverse()),
    '',
  );
  assert.deepEqual(languages(reversed), ['en', 'zh-CN']);
});

test('with one language there is nothing to route', () => {
  const given = parameters(
    check(
      example((g) => g['recipients'].pop()),
      '',
    ),
  );
  assert.deepEqual([given['Language'], given['Routes'], given['RouteTopicArns']], ['en', '', '']);
});
