import {
  getNamedType,
  isEnumType,
  isObjectType,
  isRequiredArgument,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLSchema,
} from 'graphql';

/** A way to an argument that takes text: a document whose variable `$text` is that argument. */
export interface StringArgument {
  readonly name: string;
  readonly query: string;
}

const BENIGN: Readonly<Record<string, string>> = {
  String: '"A text that is long enough"',
  ID: '"ann"',
  Int: '1',
  Boolean: 'true',
  DateTime: '"2026-11-22T00:00:00Z"',
};

/** Every argument of the schema that takes text, each by the shortest way to its field; of mutations, those of the mutation itself. */
export function stringArguments(schema: GraphQLSchema, operation: 'query' | 'mutation' = 'query'): StringArgument[] {
  const found: StringArgument[] = [];
  const seen = new Set<unknown>();
  const root = operation === 'query' ? schema.getQueryType() : schema.getMutationType();
  let front = root == null ? [] : [{ type: root, wrap: (inner: string): string => `{ ${inner} }` }];
  while (front.length > 0) {
    const next: typeof front = [];
    for (const { type, wrap } of front) {
      for (const field of Object.values(type.getFields())) {
        for (const argument of field.args.filter(takesText))
          found.push({
            name: `${type.name}.${field.name}(${argument.name})`,
            query: `${operation} ($text: ${String(argument.type)}) ${wrap(call(field, argument))}`,
          });
        const inner = getNamedType(field.type);
        if (operation === 'mutation' || !isObjectType(inner) || seen.has(inner)) continue;
        seen.add(inner);
        next.push({ type: inner, wrap: (text) => wrap(`${field.name}${given(field, null)} { ${text} }`) });
      }
    }
    front = next;
  }
  return found;
}

function takesText({ type }: GraphQLArgument): boolean {
  return ['String', 'ID'].includes(getNamedType(type).name);
}

function call(field: GraphQLField<unknown, unknown>, argument: GraphQLArgument): string {
  return `${field.name}${given(field, argument)}${isObjectType(getNamedType(field.type)) ? ' { __typename }' : ''}`;
}

function given({ args }: GraphQLField<unknown, unknown>, tried: GraphQLArgument | null): string {
  const texts = args.flatMap((each) => {
    if (each === tried) return [`${each.name}: $text`];
    return isRequiredArgument(each) ? [`${each.name}: ${benign(each)}`] : [];
  });
  return texts.length === 0 ? '' : `(${texts.join(', ')})`;
}

function benign({ type }: GraphQLArgument): string {
  const named = getNamedType(type);
  const literal = isEnumType(named) ? named.getValues()[0]?.name : BENIGN[named.name];
  if (literal === undefined) throw new TypeError(`No value of ${named.name}`);
  return String(type).startsWith('[') ? `[${literal}]` : literal;
}
