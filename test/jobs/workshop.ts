import { CarryallError, type ErrorCode } from '../../src/errors.ts';
import type { BuildDesk } from '../../src/jobs/desk.ts';
import { startWorker } from '../../src/jobs/worker.ts';
import type { AskOptions, Bundle, Office } from './office.ts';

/** A storage that fails, and how often it was asked. */
export interface Failing extends Pick<BuildDesk, 'storage'> {
  readonly tries: () => number;
}

/** What tests of one worker in this process do again and again. */
export interface Workshop {
  worker(desk?: Partial<BuildDesk>): AsyncDisposable;
  /** A person whom no other test knows, and their request. */
  somebody(options?: AskOptions): Promise<{ readonly person: string; readonly request: string }>;
  /** The bundle of a request, once it is built. */
  built(requestId: string): Promise<Bundle>;
  /** A desk whose builds fail in the storage with a code, as often as it says. */
  failing(code: ErrorCode, times?: number): Failing;
  /** The kinds of what was told of a request. */
  notices(requestId: string): Promise<readonly string[]>;
}

export function workshop(office: Office): Workshop {
  let people = 0;
  const worker: Workshop['worker'] = (desk = {}) =>
    startWorker({ ...office.process.desk, ...desk }, office.process.boss, { concurrency: 2, pollMs: 50 });
  return {
    worker,
    async built(requestId) {
      {
        await using _ = worker();
        await office.until('cr', [requestId], 'READY');
      }
      const [last] = await office.rows<Bundle>(
        'SELECT * FROM portability_bundle WHERE request_id = $1 ORDER BY created_at DESC LIMIT 1',
        [requestId],
      );
      if (last === undefined) throw new Error('a request that is ready has a bundle');
      return last;
    },
    async somebody(options) {
      people += 1;
      const person = `p${people}`;
      await office.addPerson('cr', person);
      return { person, request: await office.ask('cr', person, options) };
    },
    failing(code, times = Infinity) {
      let tries = 0;
      const { storage } = office.process.desk;
      return {
        tries: () => tries,
        storage: {
          ...storage,
          async write(key, fill) {
            tries += 1;
            if (tries <= times) throw new CarryallError(code, 'It fails.');
            return storage.write(key, fill);
          },
        },
      };
    },
    async notices(requestId) {
      const rows = await office.rows<{ kind: string }>(`SELECT kind FROM notice WHERE request_id = $1 ORDER BY kind`, [
        requestId,
      ]);
      return rows.map(({ kind }) => kind);
    },
  };
}
