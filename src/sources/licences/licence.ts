import { type ImportContext, rowId } from '../context.ts';
import type { Person, Row } from '../importer.ts';

/** A licence key of any shop, as it is stored. The key itself unlocks the product: it stands in no message. */
export interface Licence {
  readonly source: string;
  readonly id: string;
  readonly holder: Person;
  readonly key: string;
  readonly type: string;
  readonly createdAt: string | null;
}

export function licenceRow(context: ImportContext, licence: Licence): Row {
  const { source, id, holder, key, type, createdAt } = licence;
  return {
    model: 'LicenseKey',
    id: rowId(context, 'LicenseKey', source, id),
    // Where the shop does not tell when it made the key, the first import is the latest it can have been.
    values: { subjectId: holder, key, type, createdAt: createdAt ?? context.clock.now().toISOString() },
    assumed: createdAt === null ? ['createdAt'] : [],
  };
}

export interface Activation {
  readonly source: string;
  readonly id: string;
  readonly licence: string;
  readonly status: 'ACTIVE' | 'INACTIVE' | 'EXPIRED' | 'DISABLED';
  readonly activatedAt: string;
}

/** An activation belongs to the holder of its key. */
export function activationRow(context: ImportContext, activation: Activation): Row {
  const { source, id, licence, status, activatedAt } = activation;
  return {
    model: 'Activation',
    id: rowId(context, 'Activation', source, id),
    values: { licenseKeyId: rowId(context, 'LicenseKey', source, licence), status, activatedAt },
  };
}
