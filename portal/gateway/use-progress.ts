import { useQueryClient } from '@tanstack/react-query';
import { use, useEffect, useState } from 'react';
import { graphql } from '../../src/generated/portal-documents/gql.ts';
import type { ProgressSubscription } from '../../src/generated/portal-documents/graphql.ts';
import { ask } from './ask.ts';
import { events } from './events.ts';
import { MOVING, RequestDocument } from './requests.ts';
import { DeclarationContext, keyOf } from './use-gateway.ts';

const ProgressDocument = graphql(/* GraphQL */ `
  subscription Progress($id: ID!) {
    requestProgress(id: $id) {
      status
      stage
      rows
      expectedRows
      bytes
      attempt
    }
  }
`);

type Told = ProgressSubscription['requestProgress'];

export interface Progress {
  readonly told: Told | null;
  /** Null until something was heard. */
  readonly connection: 'LIVE' | 'POLLING' | 'LOST' | null;
}

const POLL_MS = 2000;
const LONGEST_WAIT_MS = 8000;

/**
 * How far the building of a request's copy is: live over a stream; where none can be had, by asking every two seconds; and
 * without a connection, from when there is one again. The request itself is asked for anew whenever its status changes.
 */
export function useProgress(id: string, isRunning: boolean): Progress {
  const declaration = use(DeclarationContext);
  const queries = useQueryClient();
  const [progress, setProgress] = useState<Progress>({ told: null, connection: null });
  useEffect(() => {
    if (!isRunning) return;
    const stop = new AbortController();
    const { signal } = stop;
    let status: string | null = null;
    const hear = (told: Told, connection: Progress['connection']): void => {
      setProgress({ told, connection });
      if (status !== null && told.status !== status) void queries.invalidateQueries();
      status = told.status;
    };
    const listen = async (): Promise<void> => {
      for await (const { requestProgress } of events(declaration, ProgressDocument, { id }, signal))
        hear(requestProgress, 'LIVE');
    };
    const poll = async (): Promise<void> => {
      const { data } = await ask(declaration, RequestDocument, { id }, signal);
      queries.setQueryData(keyOf(RequestDocument, { id }), { data, privacy: { nulls: [] } });
      const { request } = data;
      if (request === null) return;
      const nothing = { stage: null, rows: 0, expectedRows: null, bytes: 0, attempt: request.attempt };
      hear({ ...nothing, ...request.progress, status: request.status }, 'POLLING');
    };
    const run = async (): Promise<void> => {
      for (let failures = 0; !signal.aborted;) {
        try {
          await listen();
          // It stands still, or the gateway ends a stream that is old: the request says which.
          await poll();
          if (!MOVING.has(status ?? '')) return void queries.invalidateQueries();
          continue;
        } catch {
          if (signal.aborted) return;
        }
        try {
          await poll();
          failures = 0;
        } catch {
          if (signal.aborted) return;
          failures += 1;
          setProgress(({ told }) => ({ told, connection: 'LOST' }));
        }
        await pause(Math.min(POLL_MS * 2 ** failures, LONGEST_WAIT_MS), signal);
      }
    };
    void run();
    return () => stop.abort();
  }, [id, isRunning, declaration, queries]);
  return progress;
}

/** Waits, or until it is no longer wanted. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
