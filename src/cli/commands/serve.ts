import { Command } from 'commander';
import { withGateway } from '../run.ts';

export const serveCommand = new Command('serve')
  .option('--graphiql', 'offer GraphiQL at /graphiql')
  .description('serve GraphQL until it is stopped')
  .action((options: { readonly graphiql?: boolean }) =>
    withGateway(async (gateway, config) => {
      const { serve } = await import('../serve.ts');
      await serve(gateway, config, options.graphiql === true, (url) => {
        console.log(
          `GraphQL at ${url}/graphql${options.graphiql === true ? `, GraphiQL at ${url}/graphiql` : ''}. Ctrl-C stops it.`,
        );
      });
    }),
  );
