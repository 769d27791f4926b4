import { Command } from 'commander';
import { auditCommand } from './commands/audit.ts';
import { catalogueCommand } from './commands/catalogue.ts';
import { demoCommand } from './commands/demo.ts';
import { exportCommand } from './commands/export.ts';
import { importCommand } from './commands/import.ts';
import { keyCommand } from './commands/key.ts';
import { keysCommand } from './commands/keys.ts';
import { migrateCommand } from './commands/migrate.ts';
import { policyCommand } from './commands/policy.ts';
import { schemaCommand } from './commands/schema.ts';
import { serveCommand } from './commands/serve.ts';
import { signOutCommand } from './commands/sign-out.ts';
import { subjectCommand } from './commands/subject.ts';
import { sweepCommand } from './commands/sweep.ts';
import { tenantCommand } from './commands/tenant.ts';
import { tokenCommand } from './commands/token.ts';
import { verifyCommand } from './commands/verify.ts';
import { reportError } from './report-error.ts';
import { stopSignal } from './stop-signal.ts';

const program = new Command('carryall')
  .description('Gives people the data that a calling SaaS holds about them.')
  .showHelpAfterError('(carryall --help lists the commands)');

for (const command of [
  demoCommand,
  serveCommand,
  migrateCommand,
  tenantCommand,
  importCommand,
  subjectCommand,
  exportCommand,
  verifyCommand,
  keysCommand,
  sweepCommand,
  auditCommand,
  catalogueCommand,
  policyCommand,
  schemaCommand,
  tokenCommand,
  keyCommand,
  signOutCommand,
]) {
  program.addCommand(command);
}

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = reportError(error, stopSignal());
}
