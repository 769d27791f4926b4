import type { ImportContext } from '../context.ts';
import { BadRow, type Importer, type Meaning, Person } from '../importer.ts';
import { readJson } from '../read/json.ts';
import { identifier, identifiers } from '../values/identifiers.ts';
import {
  idOf,
  instantAt,
  isObject,
  type Json,
  objectAt,
  partOf,
  requiredId,
  requiredInstant,
  textOf,
} from '../values/parts.ts';
import { type Activation, activationRow, licenceRow } from './licence.ts';

const INSTANCES = 'license-key-instances';

const STATUSES = new Map<unknown, Activation['status']>([
  ['disabled', 'DISABLED'],
  ['expired', 'EXPIRED'],
]);

export function openLemonSqueezy(context: ImportContext): Importer {
  // An instance has no status of its own: it is as good as its key.
  const unusable = new Map<string, Activation['status']>();
  return {
    source: 'lemonsqueezy',
    read: (file) => readJson(file, { lists: ['data', 'included'] }),
    glance(record) {
      if (!isObject(record) || !isKey(record)) return;
      const attributes = partOf(record, 'attributes');
      const status = STATUSES.get(attributes['status']) ?? (attributes['disabled'] ? 'DISABLED' : undefined);
      if (status) unusable.set(idOf(record['id']) ?? '', status);
    },
    understand(record) {
      const resource = objectAt(record, 'the record');
      const id = requiredId(resource['id'], 'id');
      const attributes = partOf(resource, 'attributes');
      if (resource['type'] === INSTANCES) return understandInstance(context, id, attributes, unusable);
      if (!isKey(resource)) return textOf(resource['type']) ? 'resource of another type' : 'record that is no resource';
      return understandKey(context, id, attributes);
    },
  };
}

function isKey(resource: Json): boolean {
  return (
    resource['type'] === 'license-keys' || (resource['type'] === undefined && 'key' in partOf(resource, 'attributes'))
  );
}

function understandKey(context: ImportContext, id: string, attributes: Json): Meaning {
  const key = textOf(attributes['key']);
  if (key === null) throw new BadRow('attributes.key is missing');
  const holder = new Person(identifiers(identifier('EMAIL', textOf(attributes['user_email']) ?? '', null)));
  const product = textOf(attributes['variant_name']) ?? textOf(attributes['product_name']);
  const number = idOf(attributes['product_id']);
  const type = product ?? (number === null ? 'licence' : `product ${number}`);
  const createdAt = instantAt(attributes['created_at'], 'attributes.created_at');
  return {
    people: [holder],
    rows: [licenceRow(context, { source: 'lemonsqueezy', id, holder, key, type, createdAt })],
  };
}

function understandInstance(
  context: ImportContext,
  id: string,
  attributes: Json,
  unusable: ReadonlyMap<string, Activation['status']>,
): Meaning {
  const licence = requiredId(attributes['license_key_id'], 'attributes.license_key_id');
  const activatedAt = requiredInstant(attributes['created_at'], 'attributes.created_at');
  const status = unusable.get(licence) ?? 'ACTIVE';
  return { people: [], rows: [activationRow(context, { source: 'lemonsqueezy', id, licence, status, activatedAt })] };
}
