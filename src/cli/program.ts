import { Command } from 'commander';
import { reportError } from './report-error.ts';
import { stopSignal } from './stop-signal.ts';

const program = new Command('carryall')
  .description('Gives people the data that a calling SaaS holds about them.')
  .showHelpAfterError('(carryall --help lists the commands)');

/** Each command by its name; one brings along whatever it needs, so only the one that is asked for is loaded. */
const COMMANDS: { readonly [name: string]: () => Promise<Command> } = {
  demo: async () => (await import('./commands/demo.ts')).demoCommand,
  serve: async () => (await import('./commands/serve.ts')).serveCommand,
  request: async () => (await import('./commands/request.ts')).requestCommand,
  work: async () => (await import('./commands/work.ts')).workCommand,
  migrate: async () => (await import('./commands/migrate.ts')).migrateCommand,
  tenant: async () => (await import('./commands/tenant.ts')).tenantCommand,
  import: async () => (await import('./commands/import.ts')).importCommand,
  subject: async () => (await import('./commands/subject.ts')).subjectCommand,
  export: async () => (await import('./commands/export.ts')).exportCommand,
  stored: async () => (await import('./commands/stored.ts')).storedCommand,
  verify: async () => (await import('./commands/verify.ts')).verifyCommand,
  keys: async () => (await import('./commands/keys.ts')).keysCommand,
  sweep: async () => (await import('./commands/sweep.ts')).sweepCommand,
  audit: async () => (await import('./commands/audit.ts')).auditCommand,
  catalogue: async () => (await import('./commands/catalogue.ts')).catalogueCommand,
  policy: async () => (await import('./commands/policy.ts')).policyCommand,
  schema: async () => (await import('./commands/schema.ts')).schemaCommand,
  token: async () => (await import('./commands/token.ts')).tokenCommand,
  key: async () => (await import('./commands/key.ts')).keyCommand,
  'sign-out': async () => (await import('./commands/sign-out.ts')).signOutCommand,
};

const [, , name = ''] = process.argv;
const asked = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
for (const load of asked === undefined ? Object.values(COMMANDS) : [asked]) program.addCommand(await load());

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = reportError(error, stopSignal());
}
