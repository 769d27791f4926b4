import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { GraphQLDateTimeISO, GraphQLJSON } from 'graphql-scalars';

function formatted(name: string, description: string): GraphQLScalarType<string, string> {
  return new GraphQLScalarType({
    name,
    description,
    serialize: (value) => {
      if (typeof value !== 'string') throw new GraphQLError(`${name} must be text.`);
      return value;
    },
    parseValue: (value) => {
      if (typeof value !== 'string') throw new GraphQLError(`${name} must be text.`);
      return value;
    },
    parseLiteral: (node) => {
      if (node.kind !== Kind.STRING) throw new GraphQLError(`${name} must be text.`, { nodes: node });
      return node.value;
    },
  });
}

/** Text of a known form; a masked value keeps its type and loses the form. */
export const TEXT_SCALARS = {
  EmailAddress: formatted('EmailAddress', 'An e-mail address, or the mask of one.'),
  PhoneNumber: formatted('PhoneNumber', 'A telephone number in E.164 form, or the mask of one.'),
  IPAddress: formatted('IPAddress', 'An IPv4 or IPv6 address, or the network that masks it.'),
  URL: formatted('URL', 'A URL or a path of one.'),
  Duration: formatted('Duration', 'An ISO 8601 duration such as P90D.'),
  CurrencyCode: formatted('CurrencyCode', 'An ISO 4217 currency code.'),
  Locale: formatted('Locale', 'A BCP 47 language tag.'),
} as const;
export type TextScalarName = keyof typeof TEXT_SCALARS;

/** A whole number beyond 32 bits: a JSON number while JavaScript holds it exactly, decimal text above that. */
export const Long = new GraphQLScalarType<bigint, number | string>({
  name: 'Long',
  description: 'A whole number; a JSON number up to 2^53 - 1, decimal text beyond.',
  serialize: (value) => {
    if (typeof value !== 'bigint') throw new GraphQLError('Long must be a whole number.');
    return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  },
});

/** An instant in UTC with milliseconds, as ISO 8601. */
export const DateTime = GraphQLDateTimeISO;
export const Json = GraphQLJSON;
