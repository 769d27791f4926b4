import type { ReceivedRequest } from '../received-request.ts';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';

/** What a request says before its body. */
export interface RequestHead {
  readonly method: string;
  readonly headers: Headers;
  /** The address of the socket, or what the trusted proxies in front say of it. */
  readonly address: string;
}

/** A route as the server carries it. */
export interface CarriedRoute<Admission> {
  readonly methods: readonly Method[];
  /** May end in `/*`. */
  readonly path: string;
  /** The most bytes of a body. */
  readonly bodyBytes: number;
  /** Admits or throws, by the head alone: the body is read only afterwards (G-03). */
  readonly admit: (head: RequestHead) => Promise<Admission>;
  /** What kind of caller was admitted. */
  readonly kindOf?: (admission: Admission) => string;
  readonly handle: (request: ReceivedRequest, admission: Admission) => Promise<Response>;
}

/** A route of another room or of a later day, which need not know what carries it, and authenticates by itself. */
export interface Route {
  readonly method: 'GET' | 'POST';
  /** May end in `/*`. */
  readonly path: string;
  readonly handle: (request: Request) => Promise<Response>;
  /**
   * Requests count against the address they come from, but for those that probes and checkers of bundles send.
   * @default 'COUNTED'
   */
  readonly counted?: 'COUNTED' | 'FREE';
}
