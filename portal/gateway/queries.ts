import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { AskError } from './ask.ts';
import { keyOf } from './use-gateway.ts';
import { ViewerDocument } from './viewer.ts';

const [VIEWER] = keyOf(ViewerDocument, {});

/** What becomes of answers: kept for a while, asked for again when the connection failed, gone when the session is over. */
export function createQueries(): QueryClient {
  // Whoever is signed out sees nothing that was asked before; who it is, is asked once more, which leads to the sign-in.
  const forget = (error: Error): void => {
    if (!(error instanceof AskError) || error.code !== 'UNAUTHENTICATED') return;
    client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== VIEWER });
    void client.resetQueries({ predicate: ({ queryKey }) => queryKey[0] === VIEWER });
  };
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error, { queryKey }) => {
        if (queryKey[0] !== VIEWER) forget(error);
      },
    }),
    mutationCache: new MutationCache({ onError: forget }),
    defaultOptions: {
      queries: {
        staleTime: 20_000,
        // The browser's own word for being offline is not to be relied on: the gateway may be on this machine.
        networkMode: 'always',
        retry: (failures, error) => failures < 2 && error instanceof AskError && error.code === 'OFFLINE',
      },
      mutations: { networkMode: 'always' },
    },
  });
  return client;
}
