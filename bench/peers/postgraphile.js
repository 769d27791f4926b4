import { createServer } from 'node:http';
import { postgraphile } from 'postgraphile';
import { makePgService } from 'postgraphile/adaptors/pg';
import { grafserv } from 'postgraphile/grafserv/node';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';

/** The schema has columns `id` and `row_id`, and a table `subscription`: names that PostGraphile gives a meaning of their own. */
const names = {
  name: 'BenchNamesPlugin',
  inflection: {
    replace: {
      nodeIdFieldName: () => 'nodeId',
      _attributeName: (previous, _options, details) => (details.attributeName === 'id' ? 'id' : previous(details)),
      tableType: (previous, _options, codec) => (codec.name === 'subscription' ? 'PlanSubscription' : previous(codec)),
    },
  },
};

const gateway = postgraphile({
  extends: [PostGraphileAmberPreset],
  plugins: [names],
  pgServices: [makePgService({ connectionString: process.env.BENCH_DATABASE, schemas: ['public'] })],
  grafast: { explain: false },
  grafserv: { graphqlPath: '/graphql', graphiql: false, watch: false },
  schema: { defaultBehavior: '+orderBy' },
});
const server = createServer();
await gateway.createServ(grafserv).addTo(server);
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/graphql`));
