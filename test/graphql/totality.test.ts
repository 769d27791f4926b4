import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isObjectType, type GraphQLField } from 'graphql';
import { expect, test } from 'vitest';
import { datasets, itemsOf } from '../../src/catalogue/look-up.ts';
import { printGatewaySchema } from '../../src/graphql/print.ts';
import { schema } from '../../src/graphql/schema.ts';
import { SECRET_MODELS } from '../../src/graphql/secret-models.ts';

const types = Object.values(schema.getTypeMap()).filter(isObjectType);

function fieldsOf(model: string): readonly GraphQLField<unknown, unknown>[] {
  const type = schema.getType(model);
  return isObjectType(type) ? Object.values(type.getFields()) : [];
}

interface Declared {
  readonly name: string;
  readonly args: { readonly item: readonly string[] };
}

test.each(
  datasets
    .flatMap((dataset) => Object.entries(dataset.fields).map(([column, entry]) => ({ dataset, column, entry })))
    .filter(({ entry }) => entry.kind === 'personal'),
)('$dataset.model.$column is shown by a field that declares its items', ({ dataset, entry }) => {
  const declared = fieldsOf(dataset.model).flatMap(({ extensions }) =>
    ((extensions['directives'] ?? []) as Declared[]).flatMap(({ args }) => args.item),
  );
  expect(declared).toEqual(expect.arrayContaining([...itemsOf(entry)]));
});

test('every model but those of secrets has a type', () => {
  const missing = datasets.map(({ model }) => model as string).filter((model) => schema.getType(model) === undefined);
  expect(missing.toSorted()).toEqual([...SECRET_MODELS].toSorted());
});

test('no secret has a field', () => {
  for (const { model, fields } of datasets) {
    const shown = fieldsOf(model).map(({ name }) => name);
    const secrets = Object.entries(fields).flatMap(([column, entry]) => (entry.kind === 'secret' ? [column] : []));
    expect(shown.filter((name) => secrets.includes(name))).toEqual([]);
  }
});

test('no field of the schema has the name of a secret, but of that of a webhook, which its maker is shown once, and of the chain', () => {
  const names = types
    .filter(({ name }) => !name.startsWith('__'))
    .flatMap((type) => Object.keys(type.getFields()).map((field) => `${type.name}.${field}`));
  expect(
    names.filter((name) => /\..*(?:password|token|secret|hash$|cookie$|technicalKey)/i.test(name)).toSorted(),
  ).toEqual([
    'AuditEntry.hash',
    'AuditEntry.previousHash',
    'Mutation.rotateWebhookSecret',
    'NewWebhookSecret.secret',
    'Webhook.previousSecretEndsAt',
  ]);
});

test('an organisation does not lead to its members', () => {
  expect(
    fieldsOf('Organisation')
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual([
    'id',
    'instructions',
    'legalName',
    'licenceAgreements',
    'name',
    'nameDerivedFromEmailDomain',
    'retention',
    'sourceSystem',
  ]);
});

test('schema.graphql is the schema: node src/graphql/print.ts > schema.graphql', () => {
  const committed = readFileSync(fileURLToPath(new URL('../../schema.graphql', import.meta.url)), 'utf8');
  expect(printGatewaySchema()).toBe(committed);
});
