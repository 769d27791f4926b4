import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Doom } from './doom.ts';
import type { Office } from './office.ts';

const CHILD = fileURLToPath(new URL('doomed-worker.ts', import.meta.url));

/** A worker in a process of its own. */
export interface DoomedWorker {
  readonly child: ChildProcess;
  /** Waits for the next time that it says a word. */
  said(word: 'ready' | 'busy'): Promise<void>;
  /** Waits for its end: by which signal, or with which code. */
  readonly ended: Promise<{ readonly signal: string | null; readonly code: number | null; readonly told: string }>;
}

/** Starts a worker on an office's requests. */
export function startDoomed(
  { database, folder }: Pick<Office, 'database' | 'folder'>,
  doom: Pick<Doom, 'point'> & Partial<Doom>,
): DoomedWorker {
  const given: Doom = { url: database.url, folder, worker: 'doomed', concurrency: 1, ...doom };
  const child = spawn(process.execPath, [CHILD, JSON.stringify(given)], {
    // Nine tenths of what a child does is to load modules.
    env: { ...process.env, NODE_COMPILE_CACHE: join(folder, 'compiled') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const words: string[] = [];
  const heard = new EventTarget();
  createInterface({ input: child.stdout }).on('line', (line) => {
    words.push(line);
    heard.dispatchEvent(new Event('word'));
  });
  let told = '';
  child.stderr.on('data', (bytes: Buffer) => (told += bytes.toString()));
  const ended = (once(child, 'close') as Promise<[number | null, string | null]>).then(([code, signal]) => {
    heard.dispatchEvent(new Event('word'));
    return { code, signal, told };
  });
  return {
    child,
    ended,
    async said(word) {
      for (;;) {
        const at = words.indexOf(word);
        if (at !== -1) return void words.splice(0, at + 1);
        if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the worker ended: ${told}`);
        await once(heard, 'word');
      }
    },
  };
}
