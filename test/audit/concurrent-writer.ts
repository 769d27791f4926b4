/** `node concurrent-writer.ts URL DATA COUNT`: so many appends to the log of acme at once, each in its own transaction. */
import { record } from '../../src/audit/append.ts';
import { openAuditKeys } from '../../src/audit/keys.ts';
import { openDatabase } from '../../src/store/database.ts';

const [url = '', dataFolder = '', count = '0'] = process.argv.slice(2);
await using database = await openDatabase({ url, max: 10 });
const keys = await openAuditKeys(dataFolder);
await Promise.all(
  Array.from({ length: Number(count) }, (_, index) =>
    record(database.pool, keys, [
      {
        actor: { kind: 'INTERNAL_APP', tenant: 'acme', appId: `app_${index % 3}` },
        action: 'LOOK',
        outcome: 'ALLOWED',
        subjectId: `sub_${1 + (index % 2)}`,
        detail: { by: process.pid, index },
      },
    ]),
  ),
);
