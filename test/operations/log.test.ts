import { expect, test } from 'vitest';
import { CarryallError } from '../../src/errors.ts';
import type { LogLevel } from '../../src/environment.ts';
import { createLog } from '../../src/log.ts';

const LINE = {
  request: 'http_0',
  method: 'GET',
  route: '/download/:token',
  status: 200,
  milliseconds: 12.345,
  kind: 'SUBJECT',
  network: '203.0.113.0/24',
} as const;

/** What a log writes of some faults and one request. */
function written(level: LogLevel, ...faults: readonly unknown[]): readonly Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = [];
  const log = createLog(level, { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) });
  for (const fault of faults) log.fault(fault);
  log.request(LINE);
  return lines;
}

test('it tells as much as it is asked to', () => {
  const error = new CarryallError('OUTPUT_FAILED', 'x');
  expect(written('off', error)).toEqual([]);
  expect(written('faults', error)).toMatchObject([{ kind: 'CarryallError', code: 'OUTPUT_FAILED' }]);
  expect(written('requests', error)).toMatchObject([{ code: 'OUTPUT_FAILED' }, { ...LINE, milliseconds: 12 }]);
});

test('L-10: of a fault it tells code, kind and place, whatever the message looks like', () => {
  const pretending = new Error('no\n    at Sanne (file:///sanne@example.nl:1:2)\n    at /home/sanne:1:2');
  const renamed = Object.assign(new Error('Sanne'), { name: 'sanne@example.nl' });
  const caused = new CarryallError('BUNDLE_FAILED', 'Sanne', { cause: new Error('Sanne') });
  const lines = written('faults', pretending, renamed, caused, 'sanne@example.nl', { message: 'Sanne' });
  expect(lines.map(({ kind, code }) => [kind, code])).toEqual([
    ['Error', 'INTERNAL'],
    ['OTHER', 'INTERNAL'],
    ['CarryallError', 'BUNDLE_FAILED'],
    ['string', 'INTERNAL'],
    ['object', 'INTERNAL'],
  ]);
  expect(JSON.stringify(lines)).not.toMatch(/sanne/i);
  for (const { frames } of lines.slice(0, 3)) expect((frames as string[])[0]).toMatch(/log\.test\.ts:\d+:\d+\)?$/);
});
