import { Command } from 'commander';

export const demoCommand = new Command('demo')
  .option('--no-serve', 'end after the table; exit code 0 only if every check held')
  .description('show the whole of it on sample files: five tenants, twenty bundles, then GraphiQL')
  .action(async (options: { readonly serve: boolean }) => {
    const { runDemo } = await import('../demo/run.ts');
    await runDemo(options.serve);
  });
