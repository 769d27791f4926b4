import type { LookupAddress } from 'node:dns';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Resolve } from '../../src/notices/addresses.ts';
import { openOutgoingDoor, readAtMost, type Outgoing, type OutgoingOptions } from '../../src/notices/outgoing.ts';
import { openListener } from './listener.ts';

const POST: Outgoing = { method: 'POST', headers: {}, body: '{}', patienceMs: 5000 };
const REFUSED = { code: 'BAD_INPUT' };

const at = (address: string): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 });
/** A resolver that says of any name what the test says, one answer after another. */
const saying = (...answers: readonly (readonly string[])[]): { resolve: Resolve; asked: () => number } => {
  let asked = 0;
  return {
    asked: () => asked,
    resolve: (_name) => Promise.resolve((answers[Math.min(asked++, answers.length - 1)] ?? []).map(at)),
  };
};

async function isRefused(url: string, options: OutgoingOptions = {}): Promise<void> {
  await using door = openOutgoingDoor(options);
  await expect(door.assertMaySend(url), `at create: ${url}`).rejects.toMatchObject(REFUSED);
  await expect(door.send(url, POST), `at send: ${url}`).rejects.toMatchObject(REFUSED);
}

describe('X-23: addresses of inner networks, however they are written, are refused at create and at send', () => {
  test.each([
    '127.0.0.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '0x7f000001',
    '2130706433',
    '0',
    '0177.0.0.1',
    '127.1',
    '①②⑦.0.0.1',
    '127.0.0.1.',
    '169.254.169.254',
    '[fe80::1]',
    '[fd00::1]',
    '[fec0::1]',
    '100.64.0.1',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '192.0.0.8',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '240.0.0.1',
    '[64:ff9b::a00:1]',
    '[64:ff9b:1::a00:1]',
    '[2002:a00:1::]',
    '[2001::1]',
    '[2001:db8::1]',
    '[ff02::1]',
    '[::]',
    '[4000::1]',
  ])('%s', (host) => isRefused(`https://${host}/`));

  test('any address of the private ranges, in figures, in hex, as one number or within IPv6', async () => {
    const octet = fc.integer({ min: 0, max: 255 });
    const inside = fc.oneof(
      fc.tuple(fc.constantFrom(10, 127, 0), octet, octet, octet),
      fc.tuple(fc.constant(192), fc.constant(168), octet, octet),
      fc.tuple(fc.constant(169), fc.constant(254), octet, octet),
      fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), octet, octet),
      fc.tuple(fc.constant(100), fc.integer({ min: 64, max: 127 }), octet, octet),
      fc.tuple(fc.integer({ min: 224, max: 255 }), octet, octet, octet),
    );
    await using door = openOutgoingDoor();
    await fc.assert(
      fc.asyncProperty(inside, async ([a, b, c, d]) => {
        const hex = [a, b, c, d].map((each) => each.toString(16).padStart(2, '0')).join('');
        const forms = [
          `${a}.${b}.${c}.${d}`,
          `0x${hex}`,
          String(Number.parseInt(hex, 16)),
          `[::ffff:${hex.slice(0, 4)}:${hex.slice(4)}]`,
          `[64:ff9b::${hex.slice(0, 4)}:${hex.slice(4)}]`,
          `[2002:${hex.slice(0, 4)}:${hex.slice(4)}::]`,
        ];
        for (const form of forms)
          await expect(door.assertMaySend(`https://${form}/`), form).rejects.toMatchObject(REFUSED);
      }),
    );
  });

  test('an address of the world is not refused', async () => {
    await using door = openOutgoingDoor();
    for (const host of ['93.184.215.14', '[2606:4700::6810:84e5]', '172.32.0.1', '100.128.0.1', '192.167.255.255'])
      expect((await door.assertMaySend(`https://${host}/hook`)).pathname).toBe('/hook');
  });
});

describe('X-24: what a name leads to is judged when it is dialled', () => {
  test.each([
    ['a private address', ['10.0.0.7']],
    ['the metadata service', ['169.254.169.254']],
    ['a public address and a private one', ['93.184.215.14', '192.168.0.1']],
    ['a private one within IPv6', ['::ffff:10.0.0.7']],
    ['nothing', []],
  ])('a name that leads to %s is refused', (_what, addresses) =>
    isRefused('https://10.0.0.7.nip.example/', { resolve: saying(addresses).resolve }),
  );

  test('a name that is public when it is checked and private when it is dialled is refused', async () => {
    const { resolve, asked } = saying(['93.184.215.14'], ['127.0.0.1']);
    await using door = openOutgoingDoor({ resolve });
    await door.assertMaySend('https://rebinding.example/');
    await expect(door.send('https://rebinding.example/', POST)).rejects.toMatchObject(REFUSED);
    expect(asked()).toBe(2);
  });

  test('a socket dials the very address that was checked, and asks for it once', async () => {
    await using other = await openListener('127.0.0.1');
    await using listener = await openListener('127.0.0.2');
    const { port } = new URL(listener.url);
    const { resolve, asked } = saying(['127.0.0.2'], ['127.0.0.1']);
    await using door = openOutgoingDoor({ reach: 'WORLD_AND_LOOPBACK', resolve });
    const answer = await door.send(`http://localhost:${port}/`, POST);
    answer.body.destroy();
    expect(answer.status).toBe(204);
    expect([listener.heard.length, other.heard.length, asked()]).toEqual([1, 0, 1]);
    expect(listener.heard[0]?.headers.host).toBe(`localhost:${port}`);
  });

  test('a name that nobody knows is refused', async () => {
    const resolve: Resolve = () => Promise.reject(new Error('ENOTFOUND'));
    await isRefused('https://metadata.google.internal/', { resolve });
  });
});

describe('X-25: only https, only its port, and nobody is followed', () => {
  test.each([
    'http://hooks.example.org/',
    'https://hooks.example.org:22/',
    'https://hooks.example.org:25/',
    'https://hooks.example.org:6379/',
    'https://user@hooks.example.org/',
    'https://user:secret@hooks.example.org/',
    'https://hooks.example.org/#top',
    'ftp://hooks.example.org/',
    'file:///etc/passwd',
    'gopher://127.0.0.1/',
    'hooks.example.org',
    '',
    `https://hooks.example.org/${'x'.repeat(2048)}`,
  ])('%s is refused', (url) => isRefused(url, { resolve: saying(['93.184.215.14']).resolve }));

  test('a port that the operator allows is not refused', async () => {
    const { resolve } = saying(['93.184.215.14']);
    await using door = openOutgoingDoor({ ports: [8443], resolve });
    expect((await door.assertMaySend('https://hooks.example.org:8443/')).port).toBe('8443');
  });

  test.each([301, 302, 303, 307, 308])('%i is an answer and no way on', async (status) => {
    await using inner = await openListener();
    await using listener = await openListener();
    listener.answer((response) => void response.writeHead(status, { location: inner.url }).end());
    await using door = openOutgoingDoor({ reach: 'WORLD_AND_LOOPBACK' });
    const answer = await door.send(listener.url, POST);
    answer.body.destroy();
    expect([answer.status, answer.header('Location'), inner.heard.length]).toEqual([status, inner.url, 0]);
  });

  test('development reaches this machine and still no inner network', async () => {
    for (const url of [
      'https://10.0.0.1/',
      'http://10.0.0.1/',
      'https://169.254.169.254/',
      'http://hooks.example.org/',
    ])
      await isRefused(url, { reach: 'WORLD_AND_LOOPBACK', resolve: saying(['93.184.215.14']).resolve });
    // A name of somebody else's that leads here is still to be https.
    await isRefused('http://here.example.org/', {
      reach: 'WORLD_AND_LOOPBACK',
      resolve: saying(['127.0.0.1']).resolve,
    });
  });
});

describe('X-29: an answer takes what it is given, and no more', () => {
  test('of an endless answer only the beginning is read, and the connection ends', async () => {
    await using listener = await openListener();
    listener.answer((response) => {
      response.writeHead(200);
      const pour = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
        if (!response.destroyed) response.once('drain', pour);
      };
      pour();
    });
    await using door = openOutgoingDoor({ reach: 'WORLD_AND_LOOPBACK' });
    const answer = await door.send(listener.url, POST);
    expect(await readAtMost(answer.body, 100)).toBe('x'.repeat(100));
    await expect.poll(() => listener.connections()).toBe(0);
  });

  test('who says nothing is left after so long', async () => {
    await using listener = await openListener();
    listener.answer(() => {});
    await using door = openOutgoingDoor({ reach: 'WORLD_AND_LOOPBACK' });
    await expect(door.send(listener.url, { ...POST, patienceMs: 300 })).rejects.toMatchObject({
      code: 'UND_ERR_HEADERS_TIMEOUT',
    });
  });
});
