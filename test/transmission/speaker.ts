import { createHash, randomUUID } from 'node:crypto';
import type { StatementType } from '../../src/bundle/sign/statement.ts';
import type { Signer } from '../../src/bundle/sign/jws.ts';
import { subjectBinding, type Progress } from '../../src/delivery/transmission/statements.ts';
import type { Exchange } from './exchange.ts';

/** What an intake answered. */
export interface Heard {
  readonly status: number;
  readonly progress: Progress;
  readonly text: string;
}

export interface Said {
  readonly path?: string;
  readonly body?: Uint8Array;
  readonly signer?: Signer;
  readonly type?: StatementType;
  readonly claims?: object;
}

/** Somebody who speaks to beta's intake as alpha would, and says what a test wants. */
export interface Speaker {
  /** What alpha would state of a bundle. */
  about(bytes: Uint8Array, subjectId?: string): object;
  say(claims: object, said?: Said): Promise<Heard>;
  /** Sends a whole bundle; what was answered last. */
  send(bytes: Uint8Array, subjectId?: string): Promise<Heard>;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export function speakerAt({ alpha, line, clock }: Exchange): Speaker {
  const intake = `${line.url}/intake/bundles`;
  const about = (bytes: Uint8Array, subjectId = 'ann'): object => ({
    iss: 'alpha',
    aud: intake,
    tenant: 'cp',
    sha256: sha256(bytes),
    bytes: bytes.length,
    subject: subjectBinding(sha256(bytes), subjectId),
  });
  const say: Speaker['say'] = async (claims, { path = '', body, signer, type } = {}) => {
    const signs = signer ?? (await alpha.transmissions.send.signing.active());
    const iat = Math.floor(clock.now().getTime() / 1000);
    const jws = await signs.state(type ?? 'carryall-transmission+jws', { iat, jti: randomUUID(), ...claims });
    const response = await fetch(`${intake}${path}`, {
      method: 'POST',
      headers: { authorization: `Carryall ${jws}`, 'content-type': 'application/octet-stream' },
      body: body === undefined ? null : new Uint8Array(body),
    });
    const text = await response.text();
    return { status: response.status, text, progress: JSON.parse(text) as Progress };
  };
  return {
    about,
    say,
    async send(bytes, subjectId) {
      const stated = about(bytes, subjectId);
      const { progress } = await say({ ...stated, act: 'ANNOUNCE' });
      const { id: reception } = progress;
      const piece = { offset: 0, pieceBytes: bytes.length, pieceSha256: sha256(bytes) };
      await say({ ...stated, act: 'PIECE', reception, ...piece }, { path: `/${reception}`, body: bytes });
      return say({ ...stated, act: 'FINISH', reception }, { path: `/${reception}/finish` });
    },
  };
}
