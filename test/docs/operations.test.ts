import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { ENVIRONMENT } from '../../src/environment.ts';
import { GAUGES } from '../../src/http/metrics/gauges.ts';
import { METRICS } from '../../src/metrics.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';
import { withTables } from './operations-tables.ts';
import { openOwnServer } from './own-server.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TEXT = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');
const ALERTS = readFileSync(join(ROOT, 'deploy/alerts.yaml'), 'utf8');

/** Its blocks of `sh`, in order, each as one script. */
const scripts = [...TEXT.matchAll(/^( *)```sh\n([^]*?)^ *```$/gm)].map(([, indent = '', text = '']) =>
  text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
);

test('its tables are those of the code', () => {
  expect(withTables(TEXT), 'run: node test/docs/write-operations.ts').toBe(TEXT);
});

test('each variable that is listed is read', () => {
  const readers = ['src/config.ts', 'src/notices/settings.ts']
    .map((path) => readFileSync(join(ROOT, path), 'utf8'))
    .join();
  expect(Object.keys(ENVIRONMENT).filter((name) => !readers.includes(`'${name}'`))).toEqual([]);
});

test('the files that it names exist', () => {
  const named = [
    ...[...TEXT.matchAll(/\]\(([^)]+)\)/g)].map(([, path = '']) => join('docs', path)),
    ...[...TEXT.matchAll(/\bdeploy\/[\w./-]+\w/g)].map(([path]) =>
      path.replace('/identity.yaml', '/identity.example.yaml'),
    ),
  ];
  expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test('the alerts are rules over metrics that there are, and each is told what to do about', () => {
  const { groups } = parse(ALERTS) as {
    groups: readonly { rules: readonly { alert: string; expr: string; labels: object; annotations: object }[] }[];
  };
  const rules = groups.flatMap((group) => group.rules);
  const known = new Set([...Object.keys(METRICS), ...Object.keys(GAUGES)]);
  for (const { expr } of rules) {
    const names = expr.match(/\bcarryall_\w+/g) ?? [];
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !known.has(name))).toEqual([]);
  }
  const told = [...TEXT.matchAll(/^\| (`Carryall.*?) \|/gm)].flatMap(([, cell = '']) => cell.match(/\w+/g) ?? []);
  expect(told.toSorted()).toEqual(rules.map(({ alert }) => alert).toSorted());
});

test('its commands run in their order, and what is restored is what was backed up', { timeout: 400_000 }, async () => {
  await using server = await openOwnServer();
  using folder = openTemporaryFolder();
  const { DATABASE_URL: _theirs, ...inherited } = process.env;
  const paths = { CARRYALL_DATA: join(folder.path, 'data'), CARRYALL_STORAGE: join(folder.path, 'bundles') };
  const env = {
    ...inherited,
    ...paths,
    PATH: `${server.programs}:${process.env['PATH']}`,
    DATABASE_URL: server.url,
    CARRYALL_NOW: '2026-11-22T00:00:00Z',
  };
  // Backups go to a folder that is removed; everything else is as a reader would type it, in the repository.
  const cwd = join(folder.path, 'carryall');
  mkdirSync(cwd);
  for (const name of ['package.json', 'node_modules', 'policies', 'prisma', 'samples', 'src'])
    symlinkSync(join(ROOT, name), join(cwd, name));
  const run = (script: string): string => {
    const { status, stdout, stderr } = spawnSync('bash', ['-euo', 'pipefail', '-c', script], {
      cwd,
      env,
      encoding: 'utf8',
    });
    expect(status, `${script}\n${stderr}`).toBe(0);
    return stdout;
  };
  const backup = scripts.findIndex((script) => script.includes('pg_dump'));
  const restore = scripts.findIndex((script) => script.includes('pg_restore'));
  expect([backup, restore]).toEqual([1, 2]);

  run(scripts[0] ?? '');
  mkdirSync(paths.CARRYALL_STORAGE);
  run('npm run -s carryall -- import ndjson samples/callerplugins/account.ndjson --tenant acme');
  const subject = run('npm run -s carryall -- subject find sanne.dewit@example.nl --tenant acme').trim();
  run(`npm run -s carryall -- stored put --tenant acme --subject ${subject} --scope access`);
  run(scripts[backup] ?? '');
  const kept = join(folder.path, 'kept');
  cpSync(paths.CARRYALL_STORAGE, kept, { recursive: true });

  // All that the machine had is gone or has gone on.
  run('npm run -s carryall -- tenant add later --policy CP --name Later --country NL');
  for (const path of Object.values(paths)) rmSync(path, { recursive: true });
  const verified = run(scripts[restore] ?? '');
  expect(verified).toMatch(/^acme: \d+ entries, .* are what was written\.$/m);
  expect(verified).not.toContain('later');
  expect(readdirSync(paths.CARRYALL_STORAGE, { recursive: true })).toEqual(readdirSync(kept, { recursive: true }));

  for (const script of scripts.slice(restore + 1)) run(script);
  run('npm run -s carryall -- audit verify --file backup/incident.ndjson');
});
