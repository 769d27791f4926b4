import type { ExecutionArgs, GraphQLError, GraphQLResolveInfo } from 'graphql';
import type { Plan, PlannedField } from './plan.ts';

export type Path = GraphQLResolveInfo['path'];

/** One execution of a plan. */
export interface Run {
  readonly plan: Plan;
  readonly args: ExecutionArgs;
  readonly signal: AbortSignal | undefined;
  readonly variables: GraphQLResolveInfo['variableValues'];
  readonly argumentsOf: ReadonlyMap<PlannedField, Readonly<Record<string, unknown>>>;
  readonly errors: GraphQLError[];
}

/** What a resolver is told; what few ask for is looked up when they do. */
export class Info implements GraphQLResolveInfo {
  readonly #run: Run;
  readonly #field: PlannedField;
  readonly #parent: Path | undefined;
  #path: Path | undefined;

  constructor(run: Run, field: PlannedField, parent: Path | undefined) {
    this.#run = run;
    this.#field = field;
    this.#parent = parent;
  }

  get path(): Path {
    const { name, parentType } = this.#field;
    return (this.#path ??= { prev: this.#parent, key: name, typename: parentType.name });
  }

  get fieldName(): string {
    return this.#field.definition.name;
  }

  get fieldNodes(): GraphQLResolveInfo['fieldNodes'] {
    return this.#field.nodes;
  }

  get returnType(): GraphQLResolveInfo['returnType'] {
    return this.#field.definition.type;
  }

  get parentType(): GraphQLResolveInfo['parentType'] {
    return this.#field.parentType;
  }

  get schema(): GraphQLResolveInfo['schema'] {
    return this.#run.args.schema;
  }

  get fragments(): GraphQLResolveInfo['fragments'] {
    return this.#run.plan.fragments;
  }

  get rootValue(): unknown {
    return this.#run.args.rootValue;
  }

  get operation(): GraphQLResolveInfo['operation'] {
    return this.#run.plan.operation;
  }

  get variableValues(): GraphQLResolveInfo['variableValues'] {
    return this.#run.variables;
  }
}
