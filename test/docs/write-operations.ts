/** Brings the tables of docs/operations.md up to date. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { withTables } from './operations-tables.ts';

const path = fileURLToPath(new URL('../../docs/operations.md', import.meta.url));
writeFileSync(path, withTables(readFileSync(path, 'utf8')));
