import { createContext, use } from 'react';
import {
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query';
import type { TypedDocumentString } from '../../src/generated/portal-documents/graphql.ts';
import { ask, type Answer, type AskError, type Declaration } from './ask.ts';

/** What staff declared, which goes with all that they ask; null for a person who looks at their own data. */
export const DeclarationContext = createContext<Declaration | null>(null);

const LOOK_AGAIN_MS = 3000;

/**
 * Asks, and keeps the answer for as long as something shows it; every three seconds anew while `isMoving` says of the last
 * answer that it will change by itself.
 */
export function useAnswer<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  isMoving: (result: Result) => boolean = () => false,
): UseQueryResult<Answer<Result>, AskError> {
  const declaration = use(DeclarationContext);
  return useQuery<Answer<Result>, AskError>({
    queryKey: keyOf(document, variables),
    queryFn: ({ signal }) => ask(declaration, document, variables, signal),
    refetchInterval: ({ state: { data } }) => data !== undefined && isMoving(data.data) && LOOK_AGAIN_MS,
  });
}

/** Does something; whatever is shown is asked for again afterwards. */
export function useAct<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
): UseMutationResult<Answer<Result>, AskError, Variables> {
  const declaration = use(DeclarationContext);
  const client = useQueryClient();
  return useMutation<Answer<Result>, AskError, Variables>({
    mutationFn: (variables) => ask(declaration, document, variables),
    onSettled: () => void client.invalidateQueries(),
  });
}

/** Under what an answer is kept. */
export function keyOf<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
): readonly unknown[] {
  return [document.__meta__?.['hash'], variables];
}
