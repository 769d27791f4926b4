import { Command, Option } from 'commander';
import { withGateway } from '../run.ts';

export const serveCommand = new Command('serve')
  .addOption(
    new Option('--graphiql [whom]', 'offer GraphiQL at /graphiql, to staff who have signed in or to everybody')
      .choices(['staff', 'everybody'])
      .preset('everybody'),
  )
  .description('serve GraphQL until it is stopped')
  .action(({ graphiql }: { readonly graphiql?: 'staff' | 'everybody' }) =>
    withGateway(async (gateway, config) => {
      const { serve } = await import('../serve.ts');
      const whom = graphiql === undefined ? 'NOBODY' : graphiql === 'staff' ? 'STAFF' : 'EVERYBODY';
      await serve(gateway, config, whom, (url) => {
        console.log(
          `GraphQL at ${url}/graphql${whom === 'NOBODY' ? '' : `, GraphiQL at ${url}/graphiql`}. Ctrl-C stops it.`,
        );
      });
    }),
  );
