import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openTemporaryFolder } from '../support/temporary-folder.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** The fenced blocks of a language, in order. */
function blocks(language: string): string[] {
  return [...README.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, is, text = '']) =>
    is === language ? [text] : [],
  );
}

const commands = blocks('sh').flatMap((block) => block.trim().split('\n'));
const tasks = commands.filter((line) => line.includes('run -s carryall'));

test('the commands that are no tasks of `carryall` are run by CI or below', () => {
  expect(commands.filter((line) => !tasks.includes(line))).toEqual([
    'npm ci && npm run demo',
    'npm ci && npm test',
    'npm start',
  ]);
  const ci = readFileSync(join(ROOT, '.ci/run'), 'utf8').split('\n');
  expect(ci).toEqual(
    expect.arrayContaining([
      'npm ci',
      expect.stringMatching(/^ *npm test\b/),
      expect.stringMatching(/^npm run demo\b/),
    ]),
  );
});

test('the files that it names exist', () => {
  const links = [...README.matchAll(/\]\(([^)]+)\)/g)].map(([, path = '']) => path);
  expect(links.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test('its tasks run in their order, the archive holds what is listed, and the query is answered', async () => {
  using folder = openTemporaryFolder();
  // The archives go to a folder that is removed; everything else is as a reader would type it.
  const script = tasks
    .join('\n')
    .replaceAll(/\b(access\.zip|portability\.(?:json|zip))\b/g, (name) => join(folder.path, name));
  const { DATABASE_URL: _theirs, ...inherited } = process.env;
  const env = {
    ...inherited,
    CARRYALL_DATA: join(folder.path, 'data'),
    CARRYALL_NOW: '2026-11-22T00:00:00Z',
    PORT: '0',
  };
  const { status, stdout, stderr } = spawnSync('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: ROOT,
    env,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  expect(status, stderr).toBe(0);

  const [listing = ''] = blocks('text');
  const listed = listing.match(/\b(?:\w+\/)?[\w.-]+\.(?:json|ndjson|csv|txt)\b/g);
  const { stdout: entries } = spawnSync('unzip', ['-Z1', join(folder.path, 'access.zip')], { encoding: 'utf8' });
  expect(entries.split('\n')).toEqual(expect.arrayContaining(listed ?? ['a listing in README.md']));

  const token = stdout.trim().split('\n').at(-1);
  const server = spawn('npm', ['start'], { cwd: ROOT, env, detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const response = await fetch(await addressOf(server.stdout), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-carryall-csrf': '1',
        authorization: `Bearer ${token}`,
      },
      body: JSON.stringify({ query: blocks('graphql')[0] }),
    });
    const { data, errors } = (await response.json()) as { data?: { viewer: { subject: Answer } }; errors?: unknown };
    expect(errors).toBeUndefined();
    expect(data?.viewer.subject.holdings).toContainEqual(
      expect.objectContaining({
        title: 'Your calls',
        role: 'CONTROLLER',
        count: data?.viewer.subject.calls.totalCount,
      }),
    );
  } finally {
    // The whole group: npm, its shell, the gateway, which stops its database.
    process.kill(-server.pid!, 'SIGTERM');
    await new Promise((resolve) => server.once('close', resolve));
  }
});

interface Answer {
  readonly holdings: readonly unknown[];
  readonly calls: { readonly totalCount: number };
}

async function addressOf(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const [address] = /https?:\S+\/graphql\b/.exec(line) ?? [];
    if (address !== undefined) return address;
  }
  throw new Error('npm start ended without an address');
}
