import { Command } from 'commander';
import { printGatewaySchema } from '../../graphql/print.ts';

export const schemaCommand = new Command('schema').description('print the GraphQL schema').action(() => {
  console.log(printGatewaySchema().trimEnd());
});
