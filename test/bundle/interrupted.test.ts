import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildBundle, type BuildOptions } from '../../src/bundle/build.ts';
import { destinationWith, failing, failureOf, isWell, KILL, once, openBusyExporter } from './breakdowns.ts';
import { addPerson, FORMATS, openMemory, owned, type Exporter } from './exporter.ts';

let at: Exporter;

beforeAll(async () => {
  at = await openBusyExporter();
});

afterAll(() => at[Symbol.asyncDispose]());

const build = (format: 'ZIP' | 'JSON', destination: Writable, options?: BuildOptions) =>
  at.build({ tenantId: 'cp', subjectId: 'ann', scope: 'ACCESS', format }, destination, options);

describe.each(FORMATS)('a build of a %s', (format) => {
  test.each([1, 5000, 60_000, 150_000])('fails soon when its destination fails at byte %i', async (limit) => {
    const { destination, broken } = failing(limit, 'EIO');
    expect((await failureOf(build(format, destination), broken)).code).toBe('EIO');
    await isWell(at);
  });

  test('fails soon when its destination is destroyed', async () => {
    const { destination, broken } = destinationWith(20_000, () => void destination.destroy());
    await failureOf(build(format, destination), broken);
    await isWell(at);
  });

  // Not at the last row: the session may have done all that was wanted of it before it is ended.
  test.each([1, 7000, 14_000])('fails soon when the database ends its session at row %i', async (limit) => {
    const broken = Promise.withResolvers<unknown>();
    let ending: Promise<unknown> = Promise.resolve();
    const kill = once(() => broken.resolve((ending = at.pool.query(KILL))));
    const onProgress = ({ rows }: { readonly rows: number }): void => void (rows >= limit && kill());
    // What is read meanwhile has nowhere to go, so the build cannot be quicker than the end of its session.
    const { destination } = destinationWith(0, (callback) => void ending.then(() => callback()));
    const building = build(format, destination, { onProgress });
    expect((await failureOf(building, broken.promise)).code).toBe('DATABASE_FAILED');
    await isWell(at);
  });

  test('fails soon when it is cancelled, and says that it was', async () => {
    const stop = new AbortController();
    const { destination, broken } = destinationWith(20_000, (callback) => {
      stop.abort();
      callback();
    });
    expect((await failureOf(build(format, destination, { signal: stop.signal }), broken)).code).toBe('CANCELLED');
    await isWell(at);
  });

  test('that is cancelled while its destination is stuck fails soon', async () => {
    const stop = new AbortController();
    // Never answers.
    const { destination, broken } = destinationWith(20_000, () => setTimeout(() => stop.abort(), 20));
    expect((await failureOf(build(format, destination, { signal: stop.signal }), broken)).code).toBe('CANCELLED');
    await isWell(at);
  });

  test('that was cancelled before it began writes nothing', async () => {
    const { destination, bytes } = openMemory();
    expect((await failureOf(build(format, destination, { signal: AbortSignal.abort() }))).code).toBe('CANCELLED');
    expect(bytes()).toHaveLength(0);
    await isWell(at);
  });

  test('that fails lets go of its connection before it says so: the next one is not disturbed', async () => {
    for (let round = 0; round < 5; round += 1) {
      await failureOf(build(format, openMemory().destination, { signal: AbortSignal.abort() }));
      await build(format, openMemory().destination);
      const { destination, broken } = failing(1 + round * 40_000, 'EIO');
      await failureOf(build(format, destination), broken);
      await build(format, openMemory().destination);
    }
    await isWell(at);
  });

  test.each([
    ['somebody unknown', { subjectId: 'nobody' }, 'NOT_FOUND'],
    ['an unknown tenant', { tenantId: 'nowhere' }, 'NOT_FOUND'],
    ["another tenant's person", { tenantId: 'cn' }, 'NOT_FOUND'],
    ['too many rows', { maxRows: 100 }, 'BUNDLE_TOO_LARGE'],
  ])('for %s writes nothing', async (_name, other, code) => {
    const { destination, bytes } = openMemory();
    const request = { tenantId: 'cp', subjectId: 'ann', scope: 'ACCESS', format, ...other } as const;
    expect((await failureOf(buildBundle(at.sources, request, destination))).code).toBe(code);
    expect(bytes()).toHaveLength(0);
    await isWell(at);
  });

  test('without a place for scratch files fails soon, if it needs one', async () => {
    const file = join(at.folder, 'no-folder');
    await writeFile(file, '');
    const building = buildBundle(
      { ...at.sources, workFolder: file },
      { tenantId: 'cp', subjectId: 'ann', scope: 'ACCESS', format },
      openMemory().destination,
    );
    if (format === 'JSON') await building;
    else expect((await failureOf(building)).message).not.toBe('still running');
    await isWell(at);
  });

  test('fails soon, and whole, when a stored file is not the one its row was made with', async () => {
    await addPerson(at.prisma, 'cr', `files-${format}`);
    await at.prisma.legalDocument.create({
      data: {
        ...owned('cr', `files-${format}`, `doc-${format}`),
        kind: 'OTHER',
        fileName: 'a.pdf',
        contentType: 'application/pdf',
        bytes: 3,
        sha256: '0'.repeat(64),
        blobKey: `cr/${'0'.repeat(64)}`,
        submittedAt: new Date('2026-01-01T00:00:00Z'),
      },
    });
    const building = at.build(
      { tenantId: 'cr', subjectId: `files-${format}`, scope: 'ACCESS', format },
      openMemory().destination,
    );
    if (format === 'JSON') await building;
    else expect((await failureOf(building)).code).toBe('BUNDLE_FAILED');
    await isWell(at);
  });
});
