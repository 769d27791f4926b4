import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { CarryallError, type Fault } from '../../errors.ts';
import { Locator } from '../../policy/faults.ts';
import { settingsSchema, type IdentitySettings, type IssuerSettings } from './settings.ts';

/** A shorter one can be guessed (G-60). */
const SHORTEST_SECRET = 16;

/**
 * Reads the settings from a file of YAML or JSON, and the secrets of clients from the files that it names. Throws BAD_INPUT
 * with all faults at once, each with file, line and place.
 */
export async function readIdentitySettings(file: string): Promise<IdentitySettings> {
  const lines = new LineCounter();
  const document = parseDocument(await readText(file), { lineCounter: lines, prettyErrors: false });
  const locator = new Locator(basename(file), document, lines);
  if (document.errors.length > 0)
    throw unusable(document.errors.map(({ pos, message }) => ({ path: locator.at(pos[0]), reason: message })));
  const { data, error } = settingsSchema.safeParse(document.toJS({ maxAliasCount: 100 }) ?? {});
  if (error !== undefined) {
    throw unusable(
      error.issues.flatMap((issue) =>
        issue.code === 'unrecognized_keys'
          ? issue.keys.map((key) => locator.fault([...issue.path, key], 'is no setting'))
          : [locator.fault(issue.path, issue.message)],
      ),
    );
  }
  const faults: Fault[] = [];
  const issuers = await Promise.all(
    data.issuers.map(async ({ signIn, ...issuer }, at): Promise<IssuerSettings> => {
      if (signIn === undefined) return issuer;
      const { clientId, scope, clientSecretFile } = signIn;
      if (clientSecretFile === undefined) return { ...issuer, signIn: { clientId, scope } };
      const clientSecret = (await readText(resolve(file, '..', clientSecretFile))).trim();
      if (clientSecret.length < SHORTEST_SECRET)
        faults.push(
          locator.fault(
            ['issuers', at, 'signIn', 'clientSecretFile'],
            `wanted a secret of ${SHORTEST_SECRET} characters or more in it`,
          ),
        );
      return { ...issuer, signIn: { clientId, scope, clientSecret } };
    }),
  );
  if (faults.length > 0) throw unusable(faults);
  return { ...data, issuers };
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    throw new CarryallError(
      'BAD_INPUT',
      `Cannot read ${file} (${code}). Check CARRYALL_IDENTITY and the files it names.`,
      {
        cause,
      },
    );
  }
}

function unusable(faults: readonly Fault[]): CarryallError {
  return new CarryallError('BAD_INPUT', 'The settings of identity are not usable.', { faults });
}
