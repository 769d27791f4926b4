import type DataLoader from 'dataloader';
import { readSubjectFacts, type SubjectFacts } from '../holdings/subject-facts.ts';
import type { SubjectKey } from '../holdings/subject-path.ts';
import type { Reader } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import type { Columns } from './columns.ts';
import type { Row } from './field-maker.ts';
import type { Frame } from './frames.ts';

/** A row's neighbours: for which person, by which value, read with which columns. */
export interface RelatedRequest {
  readonly frame: Frame;
  readonly value: string;
  readonly columns: Columns;
}

/** What one request reads once; what it asks in one turn goes to the database together. */
export class RequestLoaders {
  readonly reader: Reader;
  readonly #now: Date;
  readonly #facts = new Map<string, Promise<SubjectFacts>>();
  readonly #numbers = new Map<string, Promise<ReadonlySet<string>>>();
  /** One batch for each place in the document. */
  readonly related = new Map<string, DataLoader<RelatedRequest, readonly Row[]>>();

  constructor(reader: Reader, now: Date) {
    this.reader = reader;
    this.#now = now;
  }

  facts(subject: SubjectKey): Promise<SubjectFacts> {
    const known = this.#facts.get(subject.subjectId);
    if (known !== undefined) return known;
    const facts = readSubjectFacts(this.reader, subject, this.#now);
    this.#facts.set(subject.subjectId, facts);
    return facts;
  }

  /** The verified telephone numbers of a person. */
  numbers({ tenantId, subjectId }: SubjectKey): Promise<ReadonlySet<string>> {
    const known = this.#numbers.get(subjectId);
    if (known !== undefined) return known;
    const numbers = this.reader
      .query<{ value: string }>(
        sql`SELECT value FROM subject_identifier
          WHERE tenant_id = ${tenantId} AND subject_id = ${subjectId} AND kind = 'PHONE'`,
      )
      .then((rows) => new Set(rows.map(({ value }) => value)));
    this.#numbers.set(subjectId, numbers);
    return numbers;
  }
}
