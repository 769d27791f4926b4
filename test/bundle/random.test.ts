import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addPerson, openExporter, owned, type Exporter } from './exporter.ts';

let at: Exporter;
beforeAll(async () => {
  at = await openExporter();
});
afterAll(() => at[Symbol.asyncDispose]());

const text = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', "'", '=', '\u20ac', '\u{1f600}', '\\', ' ') });
const file = fc.uint8Array({ maxLength: 3000 }).map((bytes) => Buffer.from(bytes));
const somebody = fc.record({
  fullName: fc.option(text),
  calls: fc.array(fc.record({ durationSeconds: fc.option(fc.nat(9999)), seconds: fc.nat(5) }), { maxLength: 40 }),
  messages: fc.array(text, { maxLength: 12 }),
  files: fc.array(file, { maxLength: 4 }),
});
type Somebody = typeof somebody extends fc.Arbitrary<infer T> ? T : never;

let people = 0;

/** Holds all that of somebody new, and returns how many rows each file of rows must have. */
async function hold({ fullName, calls, messages, files }: Somebody): Promise<[string, Map<string, number>]> {
  const id = `random${(people += 1)}`;
  const { prisma } = at;
  await addPerson(prisma, 'cp', id, { fullName });
  await prisma.callRecord.createMany({
    data: calls.map(({ durationSeconds, seconds }, index) => ({
      ...owned('cp', id, `${id}-call-${index}`),
      durationSeconds,
      startedAt: new Date(Date.UTC(2026, 10, 1, 0, 0, seconds)),
    })),
  });
  const written = files.length > 0 ? ['With files.', ...messages] : messages;
  await prisma.message.createMany({
    data: written.map((body, index) => ({
      ...owned('cp', id, `${id}-message-${index}`),
      channel: 'EMAIL' as const,
      authorKind: 'SUBJECT' as const,
      body,
      sentAt: new Date('2026-11-01T00:00:00Z'),
    })),
  });
  for (const [index, content] of files.entries()) {
    const { key, bytes, sha256 } = await at.sources.blobs.put('cp', Readable.from([content]));
    const stored = { blobKey: key, bytes, sha256, fileName: 'a.bin', contentType: 'application/octet-stream' };
    const message = { messageId: `${id}-message-0`, authorKind: 'SUBJECT' as const };
    await prisma.messageAttachment.create({
      data: { ...owned('cp', id, `${id}-file-${index}`), ...message, ...stored },
    });
  }
  return [
    id,
    new Map([
      ['account', 1],
      ['call-records', calls.length],
      ['messages', written.length],
      ['message-attachments', files.length],
    ]),
  ];
}

test('Z-15: whatever is held of somebody, the manifest lists every other file with its size, digest and rows', async () => {
  await fc.assert(
    fc.asyncProperty(somebody, async (of) => {
      const [id, held] = await hold(of);
      const { entries, manifest, data } = await at.export('cp', id, 'ACCESS');
      expect(manifest.files.map(({ path }) => path).toSorted()).toEqual(
        [...entries.keys()].filter((path) => path !== 'manifest.json').toSorted(),
      );
      for (const { path, bytes, sha256, rows } of manifest.files) {
        const content = entries.get(path) ?? Buffer.alloc(0);
        expect([path, bytes, sha256]).toEqual([
          path,
          content.length,
          createHash('sha256').update(content).digest('hex'),
        ]);
        const [, name] = /^data\/([a-z-]+)\./.exec(path) ?? [];
        if (name !== undefined && held.has(name)) expect([path, rows]).toEqual([path, held.get(name)]);
      }
      for (const [name, count] of held) expect([name, data.get(name)?.length ?? 0]).toEqual([name, count]);
      const stored = [...entries].filter(([path]) => path.startsWith('files/')).map(([, content]) => content);
      expect(stored.map((content) => content.toString('hex'))).toEqual(
        of.files.map((content) => content.toString('hex')),
      );
    }),
    { numRuns: 25 },
  );
});
