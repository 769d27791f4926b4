import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Encrypter } from 'age-encryption';
import { CarryallError } from '../../errors.ts';
import { checkSealing, type Sealing } from './recipients.ts';

/** Puts an encrypting stream before a destination. */
export type Seal = (destination: Writable) => Writable;

/** The power of two that the age program takes: about a second and 256 MB for each guess at a passphrase. */
const WORK_FACTOR = 18;

/**
 * A seal in the format of age v1 (c2sp.org/age). What is written to the stream that it returns reaches `destination`
 * encrypted, in little memory and no faster than that takes it; the stream has finished when the destination has. When
 * either side breaks, so does the other, and what was written until then opens nowhere as whole. Only tests lower
 * `workFactor`. Throws BAD_INPUT with all faults, before anything is written.
 */
export function sealTo(sealing: Sealing, workFactor = WORK_FACTOR): Seal {
  const encrypter = encrypterFor(checkSealing(sealing, 'recipients'), workFactor);
  return (destination) => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    const flowing = pipeline(() => sealed(encrypter, readable), destination);
    // What broke the flow says more than that there is no way in any more.
    const orBroken = (callback: (error?: Error | null) => void) => (error: Error) =>
      void flowing.then(() => callback(error), callback);
    const entry = new Writable({
      highWaterMark: destination.writableHighWaterMark,
      write(chunk: Buffer, _encoding, callback) {
        writer.write(chunk).then(() => callback(), orBroken(callback));
      },
      final(callback) {
        writer.close().then(() => flowing.then(() => callback(), callback), orBroken(callback));
      },
      destroy(error, callback) {
        const told = (): void => callback(error);
        // Without an end to what was sealed: age's mark of the last chunk must not be written.
        writer.abort(error ?? new CarryallError('CANCELLED', 'The sealed file was not finished.')).catch(() => {});
        flowing.then(told, told);
      },
    });
    flowing.catch((error: Error) => entry.destroy(error));
    // Whoever writes is told; a destination that breaks before anybody does must not end the process.
    entry.on('error', () => {});
    return entry;
  };
}

function encrypterFor(sealing: Sealing, workFactor: number): Encrypter {
  const encrypter = new Encrypter();
  switch (sealing.kind) {
    case 'RECIPIENTS':
      for (const recipient of sealing.recipients) encrypter.addRecipient(recipient);
      return encrypter;
    case 'PASSPHRASE':
      encrypter.setPassphrase(sealing.passphrase);
      encrypter.setScryptWorkFactor(workFactor);
      return encrypter;
    default:
      return sealing satisfies never;
  }
}

async function* sealed(encrypter: Encrypter, plain: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const encrypted = await encrypter.encrypt(plain).catch((cause: unknown) => {
    throw new CarryallError('BAD_INPUT', 'Nothing can be sealed for one of the recipients: its key is a weak one.', {
      cause,
    });
  });
  yield* encrypted;
}
