import { Command } from 'commander';

export const schemaCommand = new Command('schema').description('print the GraphQL schema').action(async () => {
  const { printGatewaySchema } = await import('../../graphql/print.ts');
  console.log(printGatewaySchema().trimEnd());
});
