import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';

/** A process that is to be killed on its way. */
export interface Doomed {
  /** The first line that it writes; null where it ended before. */
  readonly word: Promise<string | null>;
  /** Waits for its end, which must be that, with no word of a fault until then. */
  killed(): Promise<void>;
}

/** Starts a script that must be killed on its way. It gets `given` as its argument. */
export function startKilled(script: URL, folder: string, given: object): Doomed {
  const child = spawn(process.execPath, [fileURLToPath(script), JSON.stringify(given)], {
    // Nine tenths of what a child does is to load modules.
    env: { ...process.env, NODE_COMPILE_CACHE: join(folder, 'compiled') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let told = '';
  child.stderr.on('data', (bytes: Buffer) => (told += bytes.toString()));
  const ended = once(child, 'close') as Promise<[number | null, string | null]>;
  const line = once(createInterface({ input: child.stdout }), 'line') as Promise<[string]>;
  return {
    word: Promise.race([line.then(([word]) => word), ended.then(() => null)]),
    async killed() {
      const [, signal] = await ended;
      expect({ signal, told }).toEqual({ signal: 'SIGKILL', told: '' });
    },
  };
}

/** Runs a script that must be killed on its way, and has said nothing until then. It gets `given` as its argument. */
export function runKilled(script: URL, folder: string, given: object): Promise<void> {
  return startKilled(script, folder, given).killed();
}
