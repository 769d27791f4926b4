import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readPartners } from '../../src/delivery/transmission/partners.ts';
import { isCarryallError, type Fault } from '../../src/errors.ts';
import { openOutgoingDoor } from '../../src/notices/outgoing.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';

async function read(text: string) {
  using folder = openTemporaryFolder();
  await using door = openOutgoingDoor();
  const file = join(folder.path, 'recipients.yaml');
  await writeFile(file, text);
  return { folder: folder.path, ...(await readPartners(file, door)) };
}

async function faultsOf(text: string): Promise<readonly Fault[]> {
  return read(text).then(
    () => [],
    (error: unknown) => {
      if (!isCarryallError(error, 'BAD_INPUT')) throw error;
      return error.faults;
    },
  );
}

const RECIPIENT = `
  - name: beta
    label: Beta Telecom
    tenant: cp
    url: https://beta.example/intake/bundles
    as: alpha
    tenantThere: people
    keys: https://beta.example/.well-known/jwks.json
`;

test('recipients and senders come from a file, keys also from files beside it', async () => {
  const { folder, recipients, senders } = await read(
    `recipients:${RECIPIENT}\nsenders:\n  - { name: delta, keys: delta.jwk, tenant: cp, reviewer: privacy-desk }\n`,
  );
  expect(recipients).toMatchObject([{ name: 'beta', label: 'Beta Telecom', as: 'alpha' }]);
  expect(senders).toMatchObject([{ name: 'delta', keys: join(folder, 'delta.jwk'), maxBytes: 2 * 1024 ** 3 }]);
  expect(await read('')).toMatchObject({ recipients: [], senders: [] });
});

test('all faults of a file are told at once, each with its place', async () => {
  const faults = await faultsOf(`recipients:
  - name: Beta
    label: ''
    tenant: cp
    url: https://beta.example/elsewhere
    as: alpha
    tenantThere: people
    keys: k.jwk
    colour: red
senders:
  - name: delta
    tenant: cp
    keys: k.jwk
    maxBytes: -1
`);
  const places = faults.map(({ path }) => path.replace(/^recipients\.yaml:\d+:\d+ /, ''));
  expect(places.toSorted()).toEqual(
    [
      'recipients[0].colour',
      'recipients[0].label',
      'recipients[0].name',
      'recipients[0].url',
      'senders[0].maxBytes',
      'senders[0].reviewer',
    ].toSorted(),
  );
});

test('a name that stands there twice is a fault', async () => {
  expect(await faultsOf(`recipients:${RECIPIENT}${RECIPIENT}`)).toMatchObject([{ reason: 'stands there twice' }]);
});

test.each([
  'http://beta.example/intake/bundles',
  'https://10.0.0.1/intake/bundles',
  'https://[::1]/intake/bundles',
  'https://0x7f.1/intake/bundles',
  'https://169.254.169.254/intake/bundles',
])('X-23: the address %s is a fault of the file', async (url) => {
  const text = `recipients:${RECIPIENT.replace('https://beta.example/intake/bundles', `'${url}'`)}`;
  expect(await faultsOf(text)).toMatchObject([{ path: expect.stringMatching(/recipients\[0\]\.url$/) }]);
});
