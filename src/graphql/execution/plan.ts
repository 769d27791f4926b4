import {
  defaultFieldResolver,
  getNamedType,
  getNullableType,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  TypeNameMetaFieldDef,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/** How a value becomes part of the answer; `isRequired` where it must not be null. */
export type Completion = { readonly isRequired: boolean } & (
  | { readonly kind: 'LEAF'; readonly name: string; readonly serialize: (value: unknown) => unknown }
  | { readonly kind: 'LIST'; readonly of: Completion }
  | { readonly kind: 'OBJECT'; readonly fields: readonly PlannedField[] }
);

/** A field of a document: what is the same of it for all rows and in every execution. */
export interface PlannedField {
  /** In the answer. */
  readonly name: string;
  readonly nodes: readonly [FieldNode, ...FieldNode[]];
  readonly parentType: GraphQLObjectType;
  readonly definition: GraphQLField<unknown, unknown>;
  readonly resolve: GraphQLFieldResolver<unknown, unknown>;
  readonly completion: Completion;
}

/** A query as it is executed. */
export interface Plan {
  readonly operation: OperationDefinitionNode;
  readonly fragments: Record<string, FragmentDefinitionNode>;
  readonly fields: readonly PlannedField[];
  /** All fields that take arguments. */
  readonly withArguments: readonly PlannedField[];
}

const plans = new WeakMap<GraphQLSchema, WeakMap<OperationDefinitionNode, Plan | null>>();

/**
 * The plan of a query of a valid document, made once for a document that is kept. Null for what is left to the general executor:
 * other operations, documents with directives, types that are known only with the row, introspection.
 */
export function planOf(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): Plan | null {
  let ofSchema = plans.get(schema);
  if (ofSchema === undefined) plans.set(schema, (ofSchema = new WeakMap<OperationDefinitionNode, Plan | null>()));
  let plan = ofSchema.get(operation);
  if (plan === undefined) ofSchema.set(operation, (plan = makePlan(schema, document, operation)));
  return plan;
}

/** Thrown where a document is not one that is planned. */
const GENERAL = new Error('for the general executor');

function makePlan(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): Plan | null {
  const type = schema.getQueryType();
  if (operation.operation !== 'query' || type == null || (operation.directives ?? []).length > 0) return null;
  const fragments: Plan['fragments'] = {};
  for (const each of document.definitions)
    if (each.kind === Kind.FRAGMENT_DEFINITION) fragments[each.name.value] = each;
  const withArguments: PlannedField[] = [];
  try {
    const fields = planFields({ schema, fragments, withArguments }, type, [operation.selectionSet]);
    return { operation, fragments, fields, withArguments };
  } catch (error) {
    if (error === GENERAL) return null;
    throw error;
  }
}

interface Planning extends Pick<Plan, 'fragments'> {
  readonly schema: GraphQLSchema;
  readonly withArguments: PlannedField[];
}

function planFields(planning: Planning, type: GraphQLObjectType, sets: readonly SelectionSetNode[]): PlannedField[] {
  const found = new Map<string, [FieldNode, ...FieldNode[]]>();
  const spread = new Set<string>();
  for (const set of sets) collect(planning, type, set, found, spread);
  return [...found].map(([name, nodes]) => {
    const [{ name: written }] = nodes;
    const definition = written.value === '__typename' ? TypeNameMetaFieldDef : type.getFields()[written.value];
    // A row's own prototype is no place for a name that its sender chose.
    if (definition === undefined || name === '__proto__') throw GENERAL;
    const field: PlannedField = {
      name,
      nodes,
      parentType: type,
      definition,
      resolve: definition.resolve ?? defaultFieldResolver,
      completion: completionOf(planning, definition.type, nodes),
    };
    if (definition.args.length > 0) planning.withArguments.push(field);
    return field;
  });
}

/** The fields of a selection by their names in the answer, fragments put in place, each once. */
function collect(
  planning: Planning,
  type: GraphQLObjectType,
  { selections }: SelectionSetNode,
  found: Map<string, [FieldNode, ...FieldNode[]]>,
  spread: Set<string>,
): void {
  for (const selection of selections) {
    if ((selection.directives ?? []).length > 0) throw GENERAL;
    if (selection.kind === Kind.FIELD) {
      const name = (selection.alias ?? selection.name).value;
      const nodes = found.get(name);
      if (nodes === undefined) found.set(name, [selection]);
      else nodes.push(selection);
      continue;
    }
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      if (spread.has(selection.name.value)) continue;
      spread.add(selection.name.value);
    }
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? planning.fragments[selection.name.value] : selection;
    if (fragment === undefined || (fragment.directives ?? []).length > 0) throw GENERAL;
    const condition = fragment.typeCondition?.name.value ?? type.name;
    if (condition !== type.name) throw GENERAL;
    collect(planning, type, fragment.selectionSet, found, spread);
  }
}

function completionOf(planning: Planning, type: GraphQLOutputType, nodes: readonly FieldNode[]): Completion {
  const isRequired = isNonNullType(type);
  const bare = getNullableType(type);
  if (isListType(bare)) return { kind: 'LIST', isRequired, of: completionOf(planning, bare.ofType, nodes) };
  if (isLeafType(bare))
    return { kind: 'LEAF', isRequired, name: bare.name, serialize: (value) => bare.serialize(value) };
  if (isAbstractType(bare) || !isObjectType(bare) || bare.isTypeOf != null || isMeta(bare)) throw GENERAL;
  const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
  return { kind: 'OBJECT', isRequired, fields: planFields(planning, bare, sets) };
}

function isMeta(type: GraphQLOutputType): boolean {
  return getNamedType(type).name.startsWith('__');
}
