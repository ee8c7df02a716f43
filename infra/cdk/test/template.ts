/** Templates of CloudFormation, read so that two ways of writing the same are the same. */
import { readFileSync } from 'node:fs';
import { parse, type CollectionTag, type ScalarTag } from 'yaml';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Template = { Resources: Record<string, Resource>; [section: string]: Json | Record<string, Resource> };
export type Resource = { Type: string; Properties?: Record<string, Json>; [attribute: string]: Json | undefined };

const SHORT = [
  'Ref',
  'Condition',
  'And',
  'Equals',
  'FindInMap',
  'GetAtt',
  'If',
  'Join',
  'Not',
  'Or',
  'Select',
  'Split',
  'Sub',
];

const long = (name: string): string => (name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`);

const TAGS = SHORT.flatMap((name): (ScalarTag | CollectionTag)[] => [
  { tag: `!${name}`, resolve: (text: string) => ({ [long(name)]: text }) },
  { tag: `!${name}`, collection: 'seq', resolve: (items) => ({ [long(name)]: items.toJSON() }) as never },
]);

/** A template of infra/sam. */
export function read(file: string): Template {
  return plain(parse(readFileSync(file, 'utf8'), { customTags: TAGS })) as Template;
}

/** A template that was synthesised. */
export function synthesised(file: string): Template {
  return plain(JSON.parse(readFileSync(file, 'utf8'))) as Template;
}

/** `GetAtt` as a list, and what is one or a list as a list. */
function plain(value: Json): Json {
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).map(([key, inner]): [string, Json] => {
    if (key === 'Fn::GetAtt' && typeof inner === 'string') {
      const [resource = '', ...attribute] = inner.split('.');
      return [key, [resource, attribute.join('.')]];
    }
    if (key === 'DependsOn' && typeof inner === 'string') return [key, [inner]];
    return [key, plain(inner)];
  });
  return Object.fromEntries(entries);
}

/** The same with references to parameters replaced by what they were given. */
export function filled(value: Json, given: Record<string, string | string[]>): Json {
  if (Array.isArray(value)) return value.map((inner) => filled(inner, given));
  if (value === null || typeof value !== 'object') return value;
  const reference = value['Ref'];
  if (typeof reference === 'string' && reference in given) return given[reference] ?? '';
  const made = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filled(inner, given)]));
  // Of a list that is known, which member is meant is known too.
  const chosen = made['Fn::Select'];
  if (Array.isArray(chosen) && typeof chosen[0] === 'number' && Array.isArray(chosen[1]))
    return chosen[1][chosen[0]] ?? null;
  return made;
}
