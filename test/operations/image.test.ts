import { randomBytes } from 'node:crypto';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { inject, expect, test } from 'vitest';
import { ENVIRONMENT, READ_BY_LIBRARIES } from '../../src/environment.ts';
import { createDatabase, dropDatabase } from '../support/test-server.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';
import { readDockerfile, ROOT } from './dockerfile.ts';
import { freePort } from './free-port.ts';

const image = readDockerfile();

test('the image copies what is there and let through, and sets variables that are read', () => {
  const allowed = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n');
  for (const { from, path } of image.copied) {
    if (from === 'dependencies') continue;
    expect(existsSync(join(ROOT, path)), path).toBe(true);
    expect(allowed, path).toContain(`!${path.split('/')[0]}`);
  }
  // What `npm run generate` reads beside.
  for (const name of ['package-lock.json', '*.ts', 'tsconfig.json', 'schema.graphql', 'portal'])
    expect(allowed).toContain(`!${name}`);
  const known = Object.keys({ ...ENVIRONMENT, ...READ_BY_LIBRARIES });
  expect(Object.keys(image.environment).filter((name) => !known.includes(name))).toEqual([]);
});

test('it runs as nobody in particular', () => {
  expect(image.user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
});

/** A folder with what the image has, and nothing else of the repository. */
function layOut(app: string): void {
  for (const { from, path, to } of image.copied) {
    const target = join(app, to === './' ? basename(path) : to);
    if (from === 'dependencies') symlinkSync(join(ROOT, path), target);
    else cpSync(join(ROOT, path), target, { recursive: true });
  }
}

test('with what is copied it migrates, serves, is healthy and ready, and stops when told', async () => {
  using folder = openTemporaryFolder();
  const app = join(folder.path, 'app');
  mkdirSync(app);
  layOut(app);
  const name = `carryall_image_${randomBytes(6).toString('hex')}`;
  const url = await createDatabase(inject('serverUrl'), name);
  const env = {
    PATH: process.env['PATH'],
    ...image.environment,
    // A test listens on its own machine only, and has no /data.
    HOST: '127.0.0.1',
    PORT: String(await freePort()),
    CARRYALL_DATA: join(folder.path, 'data'),
    DATABASE_URL: url,
  };
  const [node = '', ...program] = image.entrypoint;
  expect(node).toBe('node');
  const run = (...args: readonly string[]) =>
    spawnSync(process.execPath, [...program, ...args], { cwd: app, env, encoding: 'utf8' });
  try {
    const migrated = run('migrate');
    expect(migrated.status, migrated.stderr).toBe(0);
    const server = spawn(process.execPath, [...program, ...image.command], { cwd: app, env });
    const said = untilEnd(server);
    try {
      await expect.poll(() => probe(env.PORT, '/readyz'), { timeout: 120_000 }).toBe(200);
      const [, ...check] = image.healthcheck;
      expect(spawnSync(process.execPath, check, { env }).status).toBe(0);
    } finally {
      server.kill('SIGTERM');
    }
    const { status, stderr } = await said;
    expect(status, stderr).toBe(0);
    // What is logged of the probes.
    expect(stderr).toMatch(/"method":"GET","route":"\/readyz","status":200/);
    const [, ...check] = image.healthcheck;
    expect(spawnSync(process.execPath, check, { env }).status).toBe(1);
  } finally {
    await dropDatabase(inject('serverUrl'), name);
  }
});

async function probe(port: string, path: string): Promise<number> {
  return fetch(`http://127.0.0.1:${port}${path}`).then(
    ({ status }) => status,
    () => 0,
  );
}

async function untilEnd(child: ChildProcess): Promise<{ readonly status: number | null; readonly stderr: string }> {
  let stderr = '';
  child.stderr?.on('data', (bytes: Buffer) => (stderr += bytes.toString('utf8')));
  child.stdout?.resume();
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { status, stderr };
}
