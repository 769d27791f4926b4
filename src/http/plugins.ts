import { validate, type ExecutionArgs } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { GatewayContext } from '../graphql/context.ts';
import { executePlanned } from '../graphql/execution/execute.ts';
import { recordLooks } from '../graphql/record-looks.ts';
import type { Caller } from './authenticate.ts';
import { complexityOf } from './complexity.ts';
import { assertVariables, parseWithinLimits } from './document-limits.ts';
import { refusal, toClientError, toQuietError } from './errors.ts';
import { IntrospectionRefused, mayIntrospect } from './introspection.ts';
import { persistedDocument, type DocumentParams, type PersistedDocuments } from './persisted.ts';
import type { RateLimiter } from './rate-limit.ts';

/** What the door knows of a request before GraphQL begins. */
export interface DoorContext {
  readonly caller: Caller;
  readonly now: Date;
  /** For a client that wants to be told of events, and whether it asked for something else; null for all others. */
  readonly stream: { isMisused: boolean } | null;
}

/** Finds documents by their hash, and refuses others where only known ones are served (G-48). */
export function usePersistedDocuments(persisted: PersistedDocuments): Plugin<DoorContext> {
  return {
    onParams: ({ params, setParams, context }) => {
      const { documentId: _documentId, ...rest } = params as typeof params & DocumentParams;
      const { caller } = context as DoorContext & typeof context;
      const query = persistedDocument(persisted, caller.actor.kind, params);
      if (query !== null) setParams({ ...rest, query });
    },
  };
}

/** Tells of events in streams, and answers everything else in JSON: before anything is executed (G-57). */
export function useStreams(): Plugin<DoorContext> {
  return {
    onExecute: ({ args }) => {
      const { stream } = args.contextValue as DoorContext;
      if (stream === null) return;
      stream.isMisused = true;
      throw refusal('NOT_ACCEPTABLE');
    },
    onSubscribe: ({ args }) => {
      if ((args.contextValue as DoorContext).stream === null)
        throw refusal('NOT_ACCEPTABLE', 'Events are told to whoever accepts text/event-stream, and that only.');
    },
  };
}

/** Bounds documents and variables, before they are validated. */
export function useDocumentLimits(): Plugin {
  return {
    onParams: ({ params }) => assertVariables(params.variables),
    onParse: ({ setParseFn }) => setParseFn(parseWithinLimits),
  };
}

/** Refuses what costs too much, before it is executed, and takes its cost from the caller's budget. */
export function useComplexity(limiter: RateLimiter): Plugin<DoorContext> {
  return {
    onExecute: async ({ args }) => {
      const { schema, document, operationName, variableValues: variables } = args;
      const complexity = complexityOf({ schema, document, operationName: operationName ?? undefined, variables });
      const { caller } = args.contextValue as DoorContext;
      if (complexity !== null) await limiter.operation(caller.actor, complexity);
    },
  };
}

/** Executes queries by their plan, and all else as Yoga does. */
export function usePlans(): Plugin {
  return {
    onExecute: ({ executeFn, setExecuteFn }) =>
      setExecuteFn((args: ExecutionArgs) => executePlanned(args) ?? executeFn(args)),
  };
}

/** Errors name no field that was not asked for (G-09). */
export function useNoSuggestions(): Plugin {
  return {
    onValidate: ({ setValidationFn }) =>
      setValidationFn(((schema, document, rules, options, typeInfo) =>
        validate(schema, document, rules, { ...options, hideSuggestions: true }, typeInfo)) as typeof validate),
    onExecute: ({ args }) => {
      Object.assign(args, { hideSuggestions: true });
    },
  };
}

/** The schema is for those who work with it. */
export function useIntrospectionGuard(): Plugin<DoorContext> {
  return {
    onValidate: ({ context, addValidationRule }) => {
      if (!mayIntrospect(context.caller.actor)) addValidationRule(IntrospectionRefused);
    },
  };
}

/** All errors of an answer, from wherever they come, as this caller may see them. */
export function useClientErrors(): Plugin<DoorContext> {
  return {
    onExecutionResult: (executed) => {
      const { result, context } = executed;
      if (result === undefined || Array.isArray(result) || Symbol.asyncIterator in result) return;
      const { errors } = result;
      if (errors === undefined) return;
      const { caller } = context as DoorContext & typeof context;
      const tell = mayIntrospect(caller.actor) ? toClientError : toQuietError;
      executed.setResult({ ...result, errors: errors.map(tell) });
    },
  };
}

/**
 * Records what an answer shows and refuses, before it goes out. If that fails, so does the answer, whole: nothing is seen that
 * is not on record (A-43, L-09). What reads nothing of a person needs no record.
 */
export function useLookRecords(): Plugin<GatewayContext> {
  return {
    onExecute: ({ args }) => ({
      onExecuteDone: () => recordLooks(args.contextValue as GatewayContext),
    }),
  };
}

/** Says in `extensions.privacy` why values of the answer are null, masked or flagged. */
export function usePrivacyReport(): Plugin<GatewayContext> {
  return {
    onExecute: ({ args }) => ({
      onExecuteDone: ({ result, setResult }) => {
        if (Symbol.asyncIterator in result) return;
        const privacy = (args.contextValue as GatewayContext).privacy.report();
        if (privacy !== null) setResult({ ...result, extensions: { ...result.extensions, privacy } });
      },
    }),
  };
}
