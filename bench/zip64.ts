import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { exportBundle } from '../src/bundle/export-file.ts';
import { verifyBundle } from '../src/bundle/verify.ts';
import { readConfig } from '../src/config.ts';
import { openGateway } from '../src/gateway.ts';

/** What an archive of more than 4 GiB came to, and which readers found it sound. */
export interface Zip64Figures {
  readonly bytes: number;
  readonly zipBytes: number;
  readonly seconds: number;
  readonly peakRssMb: number;
  readonly faults: number;
  readonly readers: readonly string[];
}

const PIECE = 4 * 1024 * 1024;
const READERS = [
  ['unzip', '-tqq'],
  ['7z', 't', '-bd'],
  ['python3', '-c', 'import sys, zipfile\nassert zipfile.ZipFile(sys.argv[1]).testzip() is None'],
  ['bash', '-c', 'bsdtar -xOf "$0" >/dev/null'],
] as const;

/** Exports a person with two stored files of `bytes` in all, which nothing can pack, the second beyond them; reads it back. */
export async function benchZip64(bytes: number): Promise<Zip64Figures> {
  const config = readConfig();
  const folder = await mkdtemp(join(tmpdir(), 'carryall-zip64-'));
  try {
    await using gateway = await openGateway({ ...config, dataFolder: join(folder, 'data') }, 'MIGRATE');
    const { pool } = gateway.database;
    await pool.query(
      `INSERT INTO tenant (tenant_id, policy_code, name) VALUES ('bench', 'CP', 'Bench') ON CONFLICT DO NOTHING`,
    );
    const subjectId = `sub_zip64_${Date.now()}`;
    await pool.query(`INSERT INTO subject (tenant_id, id) VALUES ('bench', $1)`, [subjectId]);
    await pool.query(
      `INSERT INTO message (tenant_id, id, subject_id, source_system, channel, author_kind, body, sent_at)
       VALUES ('bench', $1, $1, 'bench', 'EMAIL', 'SUBJECT', 'See the files.', now())`,
      [subjectId],
    );
    for (const [name, size] of [
      ['a', bytes],
      ['b', 1000],
    ] as const) {
      const stored = await gateway.blobs.put('bench', Readable.from(noise(size)));
      await pool.query(
        `INSERT INTO message_attachment (tenant_id, id, subject_id, source_system, message_id, author_kind, file_name, content_type, bytes, sha256, blob_key)
         VALUES ('bench', $1 || $2, $1, 'bench', $1, 'SUBJECT', 'noise.bin', 'application/octet-stream', $3, $4, $5)`,
        [subjectId, name, stored.bytes, stored.sha256, stored.key],
      );
    }
    const out = join(folder, 'bundle.zip');
    const started = performance.now();
    await exportBundle({ ...gateway, pool }, { tenantId: 'bench', subjectId, scope: 'ACCESS', format: 'ZIP' }, out);
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    const peakRssMb = Math.round(process.resourceUsage().maxRSS / 1024);
    const { faults } = await verifyBundle(out, { keys: await gateway.signing.published() });
    for (const [command, ...words] of READERS)
      execFileSync(command, [...words, out], { stdio: ['ignore', 'ignore', 'inherit'] });
    const zipBytes = (await stat(out)).size;
    return { bytes, zipBytes, seconds, peakRssMb, faults: faults.length, readers: READERS.map(([command]) => command) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function* noise(bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= PIECE) yield randomBytes(Math.min(left, PIECE));
}
