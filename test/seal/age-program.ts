import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What Debian's `age` writes. */
export async function age(...args: readonly string[]): Promise<Buffer> {
  return (await run('age', [...args], { timeout: 30_000, encoding: 'buffer', maxBuffer: 2 ** 30 })).stdout;
}

// It asks for passphrases on a terminal alone.
const TERMINAL = `
import os, pty, sys
passphrase, command = sys.argv[1], sys.argv[2:]
child, terminal = pty.fork()
if child == 0:
    os.execvp(command[0], command)
asked = b''
while True:
    try:
        said = os.read(terminal, 1024)
    except OSError:
        break
    if not said:
        break
    asked += said
    if asked.rstrip().endswith(b':'):
        asked = b''
        os.write(terminal, passphrase.encode() + b'\\n')
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
`;

/** The same on a terminal, where `passphrase` is typed as often as it asks. */
export async function ageAtTerminal(passphrase: string, ...args: readonly string[]): Promise<void> {
  await run('python3', ['-c', TERMINAL, passphrase, 'age', ...args], { timeout: 30_000 });
}
