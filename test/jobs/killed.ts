import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';

/** Runs a script that must be killed on its way, and has said nothing until then. It gets `given` as its argument. */
export async function runKilled(script: URL, folder: string, given: object): Promise<void> {
  const child = spawn(process.execPath, [fileURLToPath(script), JSON.stringify(given)], {
    // Nine tenths of what a child does is to load modules.
    env: { ...process.env, NODE_COMPILE_CACHE: join(folder, 'compiled') },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let told = '';
  child.stderr.on('data', (bytes: Buffer) => (told += bytes.toString()));
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  expect({ signal, told }).toEqual({ signal: 'SIGKILL', told: '' });
}
