import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isObjectType } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../../src/graphql/schema.ts';
import { openOutgoingDoor } from '../../src/notices/outgoing.ts';
import { openPartnerKeys } from '../../src/delivery/transmission/partner-keys.ts';

const SOURCES = fileURLToPath(new URL('../../src/', import.meta.url));

/**
 * What opens connections beside the one guarded door, and whence it has its addresses: from whoever runs Carryall, and never from
 * a tenant, a person or a query. Of the catalogue's addresses (websites, logos, recordings) none is ever dialled.
 */
const DIALS = {
  'bundle/sign/jwks.ts': 'the keys that whoever runs `carryall verify` names',
  'bundle/storage/s3-client.ts': 'CARRYALL_STORAGE',
  'http/graphiql/page/ask.ts': 'a page in the browser, to its own origin',
  'http/identity/bounded-fetch.ts': 'the file of CARRYALL_IDENTITY',
  'notices/mail.ts': 'CARRYALL_SMTP',
  'notices/outgoing.ts': 'the guarded door itself',
} as const;

const OPENS = [
  /(?<![.\w])fetch\((?!request: )/,
  /from 'undici'/,
  /createTransport\(/,
  /new S3Client\(/,
  /\bhttps?\.(?:request|get)\(/,
  /\b(?:net|tls)\.(?:connect|createConnection)\(/,
  /new (?:WebSocket|EventSource)\(/,
];

test('X-26: only the guarded door, and what the operator’s own configuration names, opens connections', async () => {
  const files = (await readdir(SOURCES, { recursive: true })).filter(
    (name) => name.endsWith('.ts') && !name.startsWith('generated') && !name.startsWith('cli/demo'),
  );
  expect(files.length).toBeGreaterThan(400);
  const found: string[] = [];
  for (const name of files) {
    const text = (await readFile(join(SOURCES, name), 'utf8')).replaceAll(/^ *(?:\*|\/\/|\/\*).*$/gm, '');
    if (OPENS.some((each) => each.test(text))) found.push(name.replaceAll('\\', '/'));
  }
  expect(found.toSorted()).toEqual(Object.keys(DIALS).toSorted());
});

test('X-26: of all that a query may hold one argument is an address, and it goes through the door', () => {
  const types = Object.values(schema.getTypeMap()).filter(isObjectType);
  const addresses = types.flatMap((type) =>
    Object.values(type.getFields()).flatMap((field) =>
      field.args
        .filter(({ name }) =>
          /url|uri|host|origin|endpoint|callback|website|webhook|logo|jwks|bucket|proxy/i.test(name),
        )
        .map(({ name }) => `${type.name}.${field.name}(${name})`),
    ),
  );
  // Refused for every inner address in test/graphql/webhooks.test.ts, and again when it is dialled.
  expect(addresses).toEqual(['Mutation.createWebhookEndpoint(url)']);
});

test.each(['https://169.254.169.254/jwks.json', 'https://[::1]/jwks.json', 'http://keys.example.org/jwks.json'])(
  'X-26: the keys of another controller are not asked for at %s',
  async (url) => {
    await using door = openOutgoingDoor();
    await expect(openPartnerKeys(door).of(url, null)).rejects.toMatchObject({ code: 'BAD_INPUT' });
  },
);
