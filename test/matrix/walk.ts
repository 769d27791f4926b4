import { getNamedType, isObjectType, type GraphQLObjectType } from 'graphql';
import { schema } from '../../src/graphql/schema.ts';

type Path = readonly (string | number)[];

/** One field of an answer, with the type that it is a field of. */
export interface Answered {
  readonly type: string;
  readonly field: string;
  /** The id of the object that it is a field of, where it has one. */
  readonly id: string | null;
  readonly path: Path;
  readonly value: unknown;
}

/** Every field of an answer to a document without aliases, objects before what is in them. */
export function* answered(data: unknown): Generator<Answered> {
  const query = schema.getQueryType();
  if (query != null) yield* within(query, data, []);
}

function* within(type: GraphQLObjectType, value: unknown, path: Path): Generator<Answered> {
  if (Array.isArray(value)) {
    for (const [index, each] of value.entries()) yield* within(type, each, [...path, index]);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [field, inner] of Object.entries(value)) {
    const of = type.getFields()[field]?.type;
    if (of === undefined) continue;
    const id = 'id' in value && typeof value.id === 'string' ? value.id : null;
    yield { type: type.name, field, id, path: [...path, field], value: inner };
    const named = getNamedType(of);
    if (isObjectType(named)) yield* within(named, inner, [...path, field]);
  }
}
