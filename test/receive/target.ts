import { expect } from 'vitest';
import type { Trust } from '../../src/bundle/receive/open-verified.ts';
import { isCarryallError } from '../../src/errors.ts';
import { openPaths } from '../support/open-files.ts';
import { openReceiver, SAMPLE_TENANTS, type Receiver } from './receiver.ts';

/** An installation that hostile bundles are tried on, and good ones to make them from. */
export interface Target extends AsyncDisposable {
  readonly at: Receiver;
  readonly zip: Buffer;
  readonly document: Buffer;
  /** What the refusal of a bundle says; before it is told, it is shown that nothing was written and no file is held open. */
  refusal(bytes: Buffer, trust?: Trust): Promise<string>;
}

export async function openTarget(): Promise<Target> {
  const at = await openReceiver();
  const callr = SAMPLE_TENANTS.find(({ id }) => id === 'callr');
  if (callr === undefined) throw new TypeError('no samples of callr');
  const subjectId = await at.seedSamples(callr);
  await at.addTenant('new', 'CR');
  const untouched = await at.everything();
  return {
    at,
    zip: await at.bundle('callr', subjectId, 'PORTABILITY', 'ZIP'),
    document: await at.bundle('callr', subjectId, 'PORTABILITY', 'JSON'),
    async refusal(bytes, trust = at.trust) {
      const told = await at.receive('new', bytes, { trust }).then(
        () => 'it was taken in',
        (error: unknown) => {
          if (!isCarryallError(error, 'BAD_INPUT')) throw error;
          return [error.message, ...error.faults.map(({ path, reason }) => `${path}: ${reason}`)].join('\n');
        },
      );
      expect(await at.everything()).toEqual(untouched);
      expect(await openPaths('/saved-')).toEqual([]);
      return told;
    },
    [Symbol.asyncDispose]: () => at[Symbol.asyncDispose](),
  };
}
