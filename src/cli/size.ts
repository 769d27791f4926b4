import type { Fault } from '../errors.ts';

const UNITS: Readonly<Record<string, number>> = {
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** In which a size may lie, in bytes, and as words for a person. */
interface Bounds {
  readonly least: number;
  readonly words: string;
}

/** Reads a size such as 500MB or 2GiB, in whole bytes; one that cannot be used is a fault under `path`. */
export function readSize(text: string, path: string, { least, words }: Bounds): number | Fault {
  const [, amount, unit = ''] = /^(\d{1,9}(?:\.\d{1,3})?) ?([a-z]*)$/i.exec(text.trim()) ?? [];
  const factor = UNITS[unit.toLowerCase()];
  if (amount === undefined || factor === undefined)
    return {
      path,
      reason: `wanted a number with its unit, such as 500MB or 2GiB (kB, MB, GB, TB; KiB, MiB, GiB, TiB), and got "${text.slice(0, 40)}"`,
    };
  const bytes = Math.floor(Number(amount) * factor);
  if (bytes < least) return { path, reason: `wanted ${words} or more, and got ${text.trim()}` };
  return Number.isSafeInteger(bytes) ? bytes : { path, reason: `is more than any disk holds: ${text.trim()}` };
}

/** A number of bytes as a person reads it: 1.5 GB. */
export function writeSize(bytes: number): string {
  const [unit, factor] = (
    [
      ['TB', 1e12],
      ['GB', 1e9],
      ['MB', 1e6],
      ['kB', 1e3],
    ] as const
  ).find(([, each]) => bytes >= each) ?? ['bytes', 1];
  return `${factor === 1 ? bytes : (bytes / factor).toFixed(bytes / factor < 10 ? 1 : 0)} ${unit}`;
}
