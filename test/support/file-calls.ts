import fs from 'node:fs';
import fsPromises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

/** A call to the file system, before it is made or after it has succeeded. */
export interface FileCall {
  readonly name: string;
  /** The path, or the number of the open file. */
  readonly of: string;
  readonly when: 'before' | 'after';
}

type Call = (this: unknown, ...given: unknown[]) => unknown;
type Calls = Record<string, Call>;

const BY_PROMISE = ['appendFile', 'mkdir', 'open', 'readFile', 'readdir', 'rename', 'rm', 'stat', 'truncate'];
const BY_CALLBACK = ['open', 'write', 'writev', 'read', 'fsync'];
const OF_HANDLES = ['write', 'read', 'sync'];

/**
 * Lets every call that this process makes to files pass through `onCall`, until it is disposed; what that throws before a
 * call is what the call fails with.
 */
export async function watchFileCalls(onCall: (call: FileCall) => void): Promise<Disposable> {
  const undo: (() => void)[] = [];
  const replace = (on: object, names: readonly string[], wrap: (name: string, real: Call) => Call): void => {
    for (const name of names) {
      const real = (on as Calls)[name];
      if (real === undefined) throw new TypeError(name);
      (on as Calls)[name] = wrap(name, real);
      undo.push(() => ((on as Calls)[name] = real));
    }
  };
  const byPromise = (name: string, real: Call): Call =>
    async function (this: unknown, ...given) {
      const of = typeof given[0] === 'string' ? given[0] : '';
      onCall({ name, of, when: 'before' });
      const result = await real.apply(this, given);
      onCall({ name, of, when: 'after' });
      return result;
    };
  const handle = await fsPromises.open('/dev/null');
  await handle.close();
  replace(Object.getPrototypeOf(handle) as object, OF_HANDLES, byPromise);
  replace(fsPromises, BY_PROMISE, byPromise);
  replace(
    fs,
    BY_CALLBACK,
    (name, real) =>
      function (this: unknown, ...given) {
        const of = String(given[0]);
        const done = given.pop() as Call;
        try {
          onCall({ name, of, when: 'before' });
        } catch (error) {
          return process.nextTick(done, error);
        }
        const told: Call = (...results) => {
          if (results[0] == null) onCall({ name, of, when: 'after' });
          return done(...results);
        };
        return real.call(this, ...given, told);
      },
  );
  syncBuiltinESMExports();
  return {
    [Symbol.dispose]() {
      for (const each of undo) each();
      syncBuiltinESMExports();
    },
  };
}
