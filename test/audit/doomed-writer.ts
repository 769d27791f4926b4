/** `node doomed-writer.ts URL DATA`: makes effects with their entries until it is killed; a line when it has begun. */
import { append } from '../../src/audit/append.ts';
import { openAuditKeys } from '../../src/audit/keys.ts';
import { openDatabase } from '../../src/store/database.ts';
import { withTransaction } from '../../src/store/session.ts';
import { sql } from '../../src/store/sql.ts';

const [url = '', dataFolder = ''] = process.argv.slice(2);
await using database = await openDatabase({ url, max: 2 });
const keys = await openAuditKeys(dataFolder);
for (let step = 0; ; step += 1) {
  await withTransaction(database.pool, 'acme', async (writer) => {
    const id = `sub_${process.pid}-${step}`;
    await writer.execute(sql`INSERT INTO subject (tenant_id, id) VALUES ('acme', ${id})`);
    await append(writer, keys, [
      { actor: { kind: 'GATEWAY', tenant: 'acme' }, action: 'IMPORT', outcome: 'ALLOWED', subjectId: id },
    ]);
  });
  if (step === 0) console.log('begun');
}
