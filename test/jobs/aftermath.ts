import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { sweepSites } from '../../src/bundle/leftovers.ts';
import { verifyBundle } from '../../src/bundle/verify.ts';
import { sweepStrays } from '../../src/jobs/strays.ts';
import { startWorker } from '../../src/jobs/worker.ts';
import { unpack } from '../bundle/unpack.ts';
import type { Office } from './office.ts';

/** What is done and looked at after workers have died. */
export interface Aftermath {
  /** Another person, whose name stands in no other's data. */
  somebody(calls?: number): Promise<string>;
  /** Lets the queue notice that workers are dead, and builds what they have left. */
  rescue(requests: readonly string[]): Promise<void>;
  /** Nothing is lost, double, half or left. */
  isWhole(asked: readonly { readonly request: string; readonly person: string }[]): Promise<void>;
}

/** As if everybody who was heard of had been silent for an hour: waiting for that would only take time. */
const SILENCE = [
  `UPDATE pgboss.job SET heartbeat_on = heartbeat_on - interval '1 hour' WHERE state = 'active'`,
  `UPDATE build_attempt SET seen_at = seen_at - interval '1 hour' WHERE ended_at IS NULL`,
];

let people = 0;

export function aftermath(office: Office): Aftermath {
  return {
    async somebody(calls) {
      people += 1;
      const person = `canary${people}x`;
      await office.addPerson('cr', person, person, calls);
      return person;
    },
    async rescue(requests) {
      for (const statement of SILENCE) await office.rows(statement);
      await using _ = startWorker(office.process.desk, office.process.boss, { concurrency: 2, pollMs: 50 });
      await office.until('cr', requests, 'READY');
      await expect
        .poll(() => office.rows(`SELECT 1 FROM pgboss.job WHERE state <= 'active' AND name = 'bundle-build'`))
        .toEqual([]);
    },
    async isWhole(asked) {
      await sweepStrays(office.process.desk, 'cr');
      await office.process.desk.storage.sweep(new Date(Date.now() + 1000));
      await sweepSites(office.process.desk.sources.workFolder, new Date(Date.now() + 1000));
      const keys = await signingKeys(office);
      for (const { request, person } of asked) {
        const [bundle, ...others] = await office.bundles(request);
        expect(others).toEqual([]);
        const path = join(office.folder, 'bundles', bundle!.storage_key);
        const bytes = await readFile(path);
        expect(createHash('sha256').update(bytes).digest('hex')).toBe(bundle!.sha256);
        expect((await verifyBundle(path, keys)).faults).toEqual([]);
        expect(await canariesOf(bytes)).toEqual([person]);
        const published = (await office.attempts(request)).filter(({ outcome }) => outcome === 'PUBLISHED');
        expect(published).toHaveLength(1);
        const told = await office.rows(
          `SELECT dedupe_key FROM notice WHERE request_id = $1 AND kind = 'BUNDLE_READY' AND channel = 'MAIL'`,
          [request],
        );
        expect(told).toHaveLength(1);
      }
      const known = (await office.bundles()).map(({ storage_key }) => storage_key).toSorted();
      expect(await office.stored()).toEqual(known);
    },
  };
}

async function signingKeys({ process }: Office) {
  const keys = await process.desk.sources.signing!.published();
  return { keys };
}

/** The people whose words stand anywhere in a bundle, unpacked. */
export async function canariesOf(bytes: Buffer): Promise<readonly string[]> {
  const { entries } = await unpack(bytes, 'ZIP');
  const found = new Set<string>();
  for (const content of entries.values())
    for (const [word] of content.toString('latin1').matchAll(/canary\d+x/g)) found.add(word);
  return [...found].toSorted();
}
