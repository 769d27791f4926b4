import { signedStatus } from '../../delivery/processing/document.ts';
import { fileFor, readFor } from '../../delivery/processing/requests.ts';
import { requestStatementSchema, type RequestStatement } from '../../delivery/processing/statements.ts';
import { admit, type Admitted } from '../../delivery/transmission/admission.ts';
import { refusal } from '../errors.ts';
import type { IntakeBundleOptions } from './intake-bundle.ts';
import type { CarriedRoute } from './route.ts';
import { stated } from './stated.ts';

/**
 * The intake of requests that controllers hand to the operator as their processor (Art. 28(3)(e)): `POST /intake/requests` files
 * one, `GET /intake/requests/<id>` tells how it is. What is asked stands signed in the head; there is no body.
 */
export function intakeProcessingRoutes({
  desk,
  limiter,
}: IntakeBundleOptions): readonly CarriedRoute<Admitted<RequestStatement>>[] {
  const door = { type: 'carryall-request+jws', schema: requestStatementSchema, address: desk.requests } as const;
  return (['POST', 'GET'] as const).map((method) => ({
    methods: [method],
    path: method === 'POST' ? '/intake/requests' : '/intake/requests/*',
    bodyBytes: 1024,
    admit: stated(limiter, (jws) => admit(desk, jws, door)),
    kindOf: () => 'CONTROLLER',
    handle: async (request, { sender, statement }) => {
      const path = new URL(request.url).pathname;
      const headers = { 'cache-control': 'no-store' };
      switch (statement.act) {
        case 'FILE':
          if (method !== 'POST') throw refusal('NOT_FOUND');
          return Response.json(await signedStatus(desk, await fileFor(desk, sender, statement)), {
            status: 202,
            headers,
          });
        case 'STATUS':
          if (path !== `/intake/requests/${statement.id}`) throw refusal('NOT_FOUND');
          return Response.json(await signedStatus(desk, await readFor(desk, sender, statement.id)), { headers });
        default:
          return statement satisfies never;
      }
    },
  }));
}
