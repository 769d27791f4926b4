/** Opens the server on the folder that it is given and holds it until it is killed. */
import { openEmbeddedPostgres } from '../../src/store/embedded.ts';

const server = await openEmbeddedPostgres({ folder: process.argv[2] ?? '', durable: false });
console.log(server.url);
process.on('SIGTERM', () => process.exit());
setInterval(() => {}, 1000);
