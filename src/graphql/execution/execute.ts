import {
  getArgumentValues,
  getOperationAST,
  getVariableValues,
  GraphQLError,
  locatedError,
  type ExecutionArgs,
  type ExecutionResult,
} from 'graphql';
import { Info, type Path, type Run } from './info.ts';
import { planOf, type Completion, type PlannedField } from './plan.ts';

/**
 * Executes a query as the specification says. Whatever of a field is the same for all rows is done once for a document: its
 * definition, its type, its arguments; and rows that are there are completed without a promise. Null for what `planOf` leaves to
 * the general executor, and for variables and arguments that do not fit, which that one refuses. When `signal` aborts, resolvers
 * that have not begun are not called, and its reason is thrown.
 */
export function executePlanned(
  args: ExecutionArgs & { readonly signal?: AbortSignal | undefined },
): ExecutionResult | Promise<ExecutionResult> | null {
  const { schema, document, operationName, variableValues, signal } = args;
  const operation = getOperationAST(document, operationName);
  const plan = operation == null ? null : planOf(schema, document, operation);
  if (plan === null) return null;
  const { coerced } = getVariableValues(schema, plan.operation.variableDefinitions ?? [], variableValues ?? {});
  if (coerced === undefined) return null;
  const argumentsOf = new Map<PlannedField, Record<string, unknown>>();
  try {
    for (const field of plan.withArguments)
      argumentsOf.set(field, getArgumentValues(field.definition, field.nodes[0], coerced));
  } catch (error) {
    if (error instanceof GraphQLError) return null;
    throw error;
  }
  const run: Run = { plan, args, signal, variables: coerced, argumentsOf, errors: [] };
  const answer = (data: Record<string, unknown> | null): ExecutionResult =>
    run.errors.length === 0 ? { data } : { errors: run.errors, data };
  const refuse = (error: unknown): ExecutionResult => {
    if (!(error instanceof GraphQLError)) throw error;
    run.errors.push(error);
    return answer(null);
  };
  try {
    const data = executeFields(run, plan.fields, undefined, args.rootValue);
    return data instanceof Promise ? data.then(answer, refuse) : answer(data);
  } catch (error) {
    return refuse(error);
  }
}

function executeFields(
  run: Run,
  fields: readonly PlannedField[],
  parent: Path | undefined,
  source: unknown,
): Record<string, unknown> | Promise<Record<string, unknown>> {
  const data: Record<string, unknown> = {};
  const waiting: Promise<unknown>[] = [];
  try {
    for (const field of fields) {
      const value = executeField(run, field, parent, source);
      // The place is taken at once, so that the answer has the order of the document.
      data[field.name] = value;
      if (value instanceof Promise)
        waiting.push(
          value.then((settled) => {
            data[field.name] = settled;
          }),
        );
    }
  } catch (error) {
    // What fails of those under way is of no interest any more.
    for (const each of waiting) each.catch(() => {});
    throw error;
  }
  return waiting.length === 0 ? data : Promise.all(waiting).then(() => data);
}

function executeField(run: Run, field: PlannedField, parent: Path | undefined, source: unknown): unknown {
  run.signal?.throwIfAborted();
  const info = new Info(run, field, parent);
  try {
    const value = field.resolve(source, run.argumentsOf.get(field) ?? NO_ARGUMENTS, run.args.contextValue, info);
    const completed = isPromise(value)
      ? Promise.resolve(value).then((resolved) => complete(run, field.completion, info, null, resolved))
      : complete(run, field.completion, info, null, value);
    return completed instanceof Promise
      ? completed.catch((error: unknown) => nullFor(run, field.completion, info, null, error))
      : completed;
  } catch (error) {
    return nullFor(run, field.completion, info, null, error);
  }
}

const NO_ARGUMENTS: Readonly<Record<string, unknown>> = {};

/** A value as the answer has it; `at` is its place in lists. Throws where there is none and must be one. */
function complete(run: Run, completion: Completion, info: Info, at: Path | null, value: unknown): unknown {
  if (value instanceof Error) throw value;
  if (value === null || value === undefined) return orNull(completion, info);
  switch (completion.kind) {
    case 'LEAF': {
      const serialized = completion.serialize(value);
      if (serialized === null || serialized === undefined)
        throw new TypeError(`${completion.name} has no form for what ${placeOf(info)} gave.`);
      return serialized;
    }
    case 'LIST':
      return completeList(run, completion, info, at ?? info.path, value);
    case 'OBJECT':
      return executeFields(run, completion.fields, at ?? info.path, value);
    default:
      return completion satisfies never;
  }
}

function orNull({ isRequired }: Completion, info: Info): null {
  if (isRequired) throw new Error(`Cannot return null for non-nullable field ${placeOf(info)}.`);
  return null;
}

function completeList(
  run: Run,
  { of }: Extract<Completion, { kind: 'LIST' }>,
  info: Info,
  prev: Path,
  list: unknown,
): unknown {
  if (typeof list !== 'object' || list === null || !(Symbol.iterator in list))
    throw new GraphQLError(`Expected Iterable, but did not find one for field "${placeOf(info)}".`);
  const items: unknown[] = [];
  let isWaiting = false;
  try {
    for (const value of list as Iterable<unknown>) {
      const item = completeItem(run, of, info, { prev, key: items.length, typename: undefined }, value);
      if (item instanceof Promise) isWaiting = true;
      items.push(item);
    }
  } catch (error) {
    for (const each of items) if (each instanceof Promise) each.catch(() => {});
    throw error;
  }
  return isWaiting ? Promise.all(items) : items;
}

function completeItem(run: Run, of: Completion, info: Info, at: Path, value: unknown): unknown {
  try {
    const completed = isPromise(value)
      ? Promise.resolve(value).then((resolved) => complete(run, of, info, at, resolved))
      : complete(run, of, info, at, value);
    return completed instanceof Promise
      ? completed.catch((error: unknown) => nullFor(run, of, info, at, error))
      : completed;
  } catch (error) {
    return nullFor(run, of, info, at, error);
  }
}

/** Null in place of what failed, with the error told; where there must be a value, the error goes up. */
function nullFor(run: Run, { isRequired }: Completion, info: Info, at: Path | null, thrown: unknown): null {
  if (run.signal?.aborted === true && thrown === run.signal.reason) throw thrown;
  const error = locatedError(thrown, info.fieldNodes, stepsTo(at ?? info.path));
  if (isRequired) throw error;
  run.errors.push(error);
  return null;
}

function stepsTo(path: Path): (string | number)[] {
  const steps: (string | number)[] = [];
  for (let at: Path | undefined = path; at !== undefined; at = at.prev) steps.push(at.key);
  return steps.toReversed();
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

function placeOf({ parentType, fieldName }: Info): string {
  return `${parentType.name}.${fieldName}`;
}
