import type { RowKey } from '../holdings/rows.ts';
import type { SubjectFacts } from '../holdings/subject-facts.ts';
import type { SubjectKey } from '../holdings/subject-path.ts';
import type { GatewayContext } from './context.ts';
import type { Row } from './field-maker.ts';

/** A person whose rows are shown. */
export interface Person {
  /** The request as it bears on this person. */
  readonly context: GatewayContext;
  readonly subject: SubjectKey;
  readonly facts: SubjectFacts;
}

/** As whose row a row was reached, and where it stands in its retention. */
export interface Frame extends Person {
  readonly key: RowKey;
}

// A property of the row itself, which no data can name: collecting a map of weak keys would cost more than the rows.
const FRAME = Symbol('frame');

export function frame(row: Row, value: Frame): Row {
  (row as { [FRAME]?: Frame })[FRAME] = value;
  return row;
}

/** The frame of a row; one that no checked query produced has none and goes nowhere. */
export function frameOf(row: Row): Frame {
  const value = (row as { readonly [FRAME]?: Frame })[FRAME];
  if (value === undefined) throw new TypeError('A row without a frame');
  return value;
}
