import type { ImportContext } from '../context.ts';
import { BadRow, type Importer, type Meaning, Person } from '../importer.ts';
import { readJson } from '../read/json.ts';
import { identifier, identifiers } from '../values/identifiers.ts';
import {
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

const STATUSES = new Map<unknown, Activation['status']>([
  ['SUSPENDED', 'DISABLED'],
  ['BANNED', 'DISABLED'],
  ['EXPIRED', 'EXPIRED'],
  ['INACTIVE', 'INACTIVE'],
]);

export function openKeygen(context: ImportContext): Importer {
  const keygen = new Keygen(context);
  return {
    source: 'keygen',
    read: (file) => readJson(file, { lists: ['data', 'included'] }),
    glance: (record) => keygen.glance(record),
    isIdentity: (record) => isObject(record) && record['type'] === 'users',
    understand(record) {
      const resource = objectAt(record, 'the record');
      const id = requiredId(resource['id'], 'id');
      switch (resource['type']) {
        case 'users':
          return keygen.understandUser(id, partOf(resource, 'attributes'));
        case 'licenses':
          return keygen.understandLicence(id, resource);
        case 'machines':
          return keygen.understandMachine(id, resource);
        default:
          return 'resource of another type';
      }
    },
  };
}

class Keygen {
  readonly #context: ImportContext;
  readonly #unusable = new Map<string, Activation['status']>();

  constructor(context: ImportContext) {
    this.#context = context;
  }

  /** A machine has no status of its own: it is as good as its licence. */
  glance(record: unknown): void {
    if (!isObject(record) || record['type'] !== 'licenses') return;
    const attributes = partOf(record, 'attributes');
    const status = STATUSES.get(attributes['status']) ?? (attributes['suspended'] === true ? 'DISABLED' : undefined);
    if (status) this.#unusable.set(textOf(record['id']) ?? '', status);
  }

  understandUser(id: string, attributes: Json): Meaning {
    return { people: [personOf(id, textOf(attributes['email']))], rows: [] };
  }

  understandLicence(id: string, resource: Json): Meaning {
    const attributes = partOf(resource, 'attributes');
    const metadata = partOf(attributes, 'metadata');
    const key = textOf(attributes['key']);
    if (key === null) throw new BadRow('attributes.key is missing');
    // A user is called the owner since version 1.5.
    const user = relatedTo(resource, 'owner') ?? relatedTo(resource, 'user');
    const holder = personOf(user, textOf(metadata['email']) ?? textOf(metadata['customerEmail']));
    const policy = relatedTo(resource, 'policy');
    const type =
      textOf(attributes['name']) ?? textOf(metadata['plan']) ?? (policy === null ? 'licence' : `policy ${policy}`);
    const createdAt = instantAt(attributes['created'], 'attributes.created');
    return {
      people: [holder],
      rows: [licenceRow(this.#context, { source: 'keygen', id, holder, key, type, createdAt })],
    };
  }

  understandMachine(id: string, resource: Json): Meaning {
    const licence = relatedTo(resource, 'license');
    if (licence === null) throw new BadRow('relationships.license is missing');
    const activatedAt = requiredInstant(partOf(resource, 'attributes')['created'], 'attributes.created');
    const status = this.#unusable.get(licence) ?? 'ACTIVE';
    return { people: [], rows: [activationRow(this.#context, { source: 'keygen', id, licence, status, activatedAt })] };
  }
}

function personOf(user: string | null, email: string | null): Person {
  return new Person(
    identifiers(
      user === null ? null : identifier('ACCOUNT_ID', `keygen:${user}`, null),
      identifier('EMAIL', email ?? '', null),
    ),
  );
}

function relatedTo(resource: Json, name: string): string | null {
  return textOf(partOf(partOf(partOf(resource, 'relationships'), name), 'data')['id']);
}
