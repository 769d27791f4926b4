import {
  GraphQLError,
  NoSchemaIntrospectionCustomRule,
  parse,
  validate,
  type DocumentNode,
  type ParseOptions,
  type Source,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { GatewayContext } from '../graphql/context.ts';
import type { Caller } from './authenticate.ts';

/** The most words and signs of one document; a longer one is refused before it is read to its end. */
const LARGEST_DOCUMENT_TOKENS = 3000;

/** Bounds the parser, which a deep document would otherwise drive out of its stack. */
export function useTokenLimit(): Plugin {
  return {
    onParse: ({ setParseFn }) => setParseFn(parseBounded),
  };
}

function parseBounded(source: string | Source, options?: ParseOptions): DocumentNode {
  try {
    return parse(source, { ...options, maxTokens: LARGEST_DOCUMENT_TOKENS });
  } catch (cause) {
    if (cause instanceof RangeError)
      throw new GraphQLError('The document is nested too deeply.', { extensions: { code: 'GRAPHQL_PARSE_FAILED' } });
    throw cause;
  }
}

/** Errors name no field that was not asked for. */
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

/** The schema is for those who work with it; `everyone` opens it for a demonstration. */
export function useIntrospectionGuard(everyone: boolean): Plugin<{ readonly caller: Caller }> {
  return {
    onValidate: ({ context, addValidationRule }) => {
      const { kind } = context.caller.actor;
      if (!everyone && (kind === 'SUBJECT' || kind === 'INTERNAL_APP'))
        addValidationRule(NoSchemaIntrospectionCustomRule);
    },
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
