import { Command } from 'commander';

export const verifyCommand = new Command('verify')
  .argument('<file>')
  .description('check a bundle against its manifest and schemas, offline')
  .action(async (file: string) => {
    const { verifyBundle } = await import('../../bundle/verify.ts');
    const { files, rows, faults } = await verifyBundle(file);
    for (const { path, reason } of faults) console.error(`${path}: ${reason}`);
    if (faults.length > 0) {
      console.error(`${file} is not what its manifest says.`);
      process.exitCode = 1;
      return;
    }
    console.log(`${file}: ${files} files and ${rows} rows are what the manifest says.`);
  });
