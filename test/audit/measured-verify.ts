/** `node measured-verify.ts URL DATA PLACE`: verifies the log of acme, prints its entries and this process's largest size in MB. */
import { readFileSync } from 'node:fs';
import { openAuditKeys } from '../../src/audit/keys.ts';
import { verifyTenant } from '../../src/audit/verify.ts';
import { openDatabase } from '../../src/store/database.ts';

const [url = '', dataFolder = '', place = ''] = process.argv.slice(2);
await using database = await openDatabase({ url });
const keys = await openAuditKeys(dataFolder);
const { entries, fault } = await verifyTenant({ pool: database.pool, place, check: async () => null, keys }, 'acme');
if (fault !== null) throw new Error(fault.reason);
// The kernel's record of this process alone; what Node gives includes the parent's size where a process was forked.
const peakKb =
  process.platform === 'linux'
    ? Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1])
    : process.resourceUsage().maxRSS;
console.log(JSON.stringify({ entries, peakMb: peakKb / 1024 }));
