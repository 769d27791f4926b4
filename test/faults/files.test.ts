import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FORMATS } from '../bundle/exporter.ts';
import { isWell } from '../bundle/breakdowns.ts';
import { watchFileCalls, type FileCall } from '../support/file-calls.ts';
import { everyTime, openSmallExport, type SmallExport } from './small-export.ts';

let small: SmallExport;
beforeAll(async () => {
  // More than stays in memory: scratch files are written and read.
  small = await openSmallExport(1500);
  // What is read once, such as the page's own program, is read.
  for (const format of FORMATS) await small.failure({ format });
});
afterAll(() => small[Symbol.asyncDispose]());

const REASONS = {
  ENOSPC: /the disk is full|could not be read/,
  EIO: /EIO/,
  EROFS: /no permission|EROFS|not a folder/,
  EMFILE: /EMFILE/,
} as const;
type Fault = keyof typeof REASONS;

/** Exports with the `time`-th of the calls failing that are meant; whether it came to that. */
async function failAt(
  format: 'ZIP' | 'JSON',
  time: number,
  fault: Fault,
  isMeant: (call: FileCall) => boolean,
): Promise<{ readonly call: FileCall | null; readonly code: string | null; readonly message: string }> {
  const broken = Promise.withResolvers<void>();
  let count = 0;
  let failed: FileCall | null = null;
  const watching = await watchFileCalls((call) => {
    if (call.when === 'after' || failed !== null || !isMeant(call)) return;
    count += 1;
    if (count < time) return;
    failed = call;
    broken.resolve();
    throw Object.assign(new Error(fault), { code: fault, errno: -1, syscall: call.name });
  });
  try {
    const error = await small.failure({ format, broken: broken.promise });
    return { call: failed, code: error?.code ?? null, message: error?.message ?? '' };
  } finally {
    watching[Symbol.dispose]();
  }
}

/** A journal that cannot be read is none. */
const MAY_PASS = new Set(['readFile']);

describe.each(FORMATS)('a disk that refuses, while a %s is built,', (format) => {
  test.each([
    ['U-18, Z-11', 'ENOSPC', ['write', 'writev', 'open', 'mkdir', 'appendFile']],
    ['U-19', 'EIO', ['read', 'write', 'writev', 'fsync', 'sync', 'rename', 'open', 'appendFile']],
    ['U-19', 'EROFS', ['open', 'mkdir', 'rename', 'appendFile']],
    ['U-19', 'EMFILE', ['open', 'readFile', 'appendFile']],
  ] as const)('%s: the nth call with %s fails it by name and leaves nothing, for every n', async (_, fault, names) => {
    const calls = new Set<string>();
    const times = await everyTime(500, async (time) => {
      const { call, code, message } = await failAt(format, time, fault, ({ name }) =>
        (names as readonly string[]).includes(name),
      );
      if (call === null) return 'NOT_REACHED';
      calls.add(call.name);
      if (code === null) expect(MAY_PASS, JSON.stringify(call)).toContain(call.name);
      else {
        expect(['OUTPUT_FAILED', 'BUNDLE_FAILED', 'NOT_FOUND'], JSON.stringify(call)).toContain(code);
        if (code !== 'NOT_FOUND') expect(message, JSON.stringify(call)).toMatch(REASONS[fault]);
      }
      return 'FAILED';
    });
    expect(times).toBeGreaterThan(2);
    expect(calls.size).toBeGreaterThan(1);
    await isWell(small.at);
  });
});
