import { describe, expect, test } from 'vitest';
import { fromEpoch, toInstant } from '../../src/sources/values/instants.ts';

describe('instants', () => {
  test.each([
    ['2026-11-17T09:05:00Z', '2026-11-17T09:05:00Z'],
    ['2026-11-17T09:05:00.123456Z', '2026-11-17T09:05:00.123456Z'],
    ['2026-11-17T09:05:00.1+01:00', '2026-11-17T08:05:00.100000Z'],
    ['2026-11-17 09:05:00', '2026-11-17T08:05:00Z'],
    ['2026-07-17 09:05:00', '2026-07-17T07:05:00Z'],
    ['2026-11-17 09:05:00 UTC', '2026-11-17T09:05:00Z'],
    ['Tue, 17 Nov 2026 09:05:00 +0000', '2026-11-17T09:05:00Z'],
    ['17 Nov 2026 09:05 GMT', '2026-11-17T09:05:00Z'],
    ['2026-11-17', '2026-11-16T23:00:00Z'],
  ])('reads %s', (text, instant) => {
    expect(toInstant(text, 'Europe/Amsterdam')).toBe(instant);
  });

  test.each([
    '',
    'yesterday',
    '2026-02-30 10:00:00',
    '2026-13-01T00:00:00Z',
    '17/11/2026 09:05',
    '2026-11-17T24:00:00Z',
  ])('refuses %j', (text) => {
    expect(toInstant(text)).toBeNull();
  });

  test.each([
    [1763370300, '2025-11-17T09:05:00Z'],
    ['1763370300.5', '2025-11-17T09:05:00.500000Z'],
    ['1763370300123', '2025-11-17T09:05:00.123000Z'],
    ['1763370300123456', '2025-11-17T09:05:00.123456Z'],
  ])('reads the count %s', (count, instant) => {
    expect(fromEpoch(count)).toBe(instant);
  });
});
