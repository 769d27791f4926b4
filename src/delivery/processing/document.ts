import type { ReceiveDesk } from '../transmission/desk.ts';
import type { ProcessorRow } from './requests.ts';
import type { StatusDocument } from './statements.ts';

/** A request as its controller may know it, signed by the key that signs bundles. */
export async function signedStatus(
  { signing, requests }: Pick<ReceiveDesk, 'signing' | 'requests'>,
  { id, sender, status, createdAt, dueAt }: ProcessorRow,
): Promise<StatusDocument & { readonly statement: string }> {
  const document: StatusDocument = {
    iss: requests,
    aud: sender,
    id,
    status,
    received: createdAt.toISOString(),
    expectedCompletion: dueAt.toISOString(),
  };
  return { ...document, statement: await (await signing.active()).state('carryall-request-status+jws', document) };
}
