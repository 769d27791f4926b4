import { admitStatement, type Admitted } from '../../delivery/transmission/admission.ts';
import { LARGEST_PIECE, type ReceiveDesk } from '../../delivery/transmission/desk.ts';
import { announce, finish, takePiece } from '../../delivery/transmission/receptions.ts';
import type { Progress, Statement } from '../../delivery/transmission/statements.ts';
import { refusal } from '../errors.ts';
import type { RateLimiter } from '../rate-limit.ts';
import type { CarriedRoute } from './route.ts';
import { stated } from './stated.ts';

export interface IntakeBundleOptions {
  readonly desk: ReceiveDesk;
  readonly limiter: RateLimiter;
}

/** `/intake/bundles` announces; `/intake/bundles/<id>` takes a piece, and ends with `/finish`. */
const TARGET = /^\/intake\/bundles(?:\/(rec_[0-9a-z]{24})(\/finish)?)?$/;

/**
 * The intake of bundles of other controllers (Art. 20(2)). What is wanted stands signed in the head of each request, so that
 * nothing of a body is read for somebody unknown.
 */
export function intakeBundleRoutes(options: IntakeBundleOptions): readonly CarriedRoute<Admitted>[] {
  return ['/intake/bundles', '/intake/bundles/*'].map((path) => ({
    methods: ['POST'],
    path,
    bodyBytes: LARGEST_PIECE,
    admit: stated(options.limiter, (jws) => admitStatement(options.desk, jws)),
    kindOf: () => 'CONTROLLER',
    handle: async (request, { sender, statement }) => {
      const path = new URL(request.url).pathname;
      if (!isFor(statement, path)) throw refusal('NOT_FOUND');
      if (statement.bytes > sender.maxBytes)
        throw refusal('BODY_TOO_LARGE', `A bundle may have ${sender.maxBytes} bytes here.`);
      const { desk } = options;
      switch (statement.act) {
        case 'ANNOUNCE':
          return answer(await announce(desk, sender, statement));
        case 'PIECE':
          return answer(await takePiece(desk, sender, statement, new Uint8Array(await request.arrayBuffer())));
        case 'FINISH':
          return answer(await finish(desk, sender, statement));
        default:
          return statement satisfies never;
      }
    },
  }));
}

function isFor(statement: Statement, path: string): boolean {
  const [whole, id, end] = TARGET.exec(path) ?? [];
  if (whole === undefined) return false;
  switch (statement.act) {
    case 'ANNOUNCE':
      return id === undefined;
    case 'PIECE':
      return id === statement.reception && end === undefined;
    case 'FINISH':
      return id === statement.reception && end !== undefined;
    default:
      return statement satisfies never;
  }
}

function answer(progress: Progress): Response {
  return Response.json(progress, { headers: { 'cache-control': 'no-store' } });
}
