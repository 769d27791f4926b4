import { derivedId, newId } from '../../ids.ts';
import type { Writer } from '../../store/session.ts';
import { sql } from '../../store/sql.ts';
import type { Person } from '../importer.ts';
import type { Identifier } from '../values/identifiers.ts';

/** A record and the people in it. */
export interface Mention {
  readonly place: string;
  readonly people: readonly Person[];
}

const LARGEST_CACHE = 200_000;

/**
 * Finds the subject of each person by identifiers, and creates one where none fits. Nothing else joins two records: not a
 * name, not an e-mail domain. A record whose identifiers lead to two subjects is refused.
 */
export class Subjects {
  readonly #writer: Writer;
  readonly #tenant: string;
  readonly #source: string;
  readonly #known = new Map<string, string>();

  constructor(writer: Writer, tenant: string, source: string) {
    this.#writer = writer;
    this.#tenant = tenant;
    this.#source = source;
  }

  /** Settles who the people of the records are. Returns the reasons of the refused ones, by their position. */
  async settle(mentions: readonly Mention[], subjectOf: Map<Person, string>): Promise<ReadonlyMap<number, string>> {
    await this.#look(mentions.flatMap(({ people }) => people.flatMap(({ identifiers }) => identifiers)));
    const refused = new Map<number, string>();
    const added: { subject: string; place: string; isNew: boolean; identifier: Identifier }[] = [];
    mentions.forEach(({ people, place }, index) => {
      const reason = people.map((person) => this.#disagreement(person)).find((each) => each !== null);
      if (reason) {
        refused.set(index, reason);
        return;
      }
      for (const person of people) {
        const found = person.identifiers.map((each) => this.#known.get(keyOf(each))).find((each) => each !== undefined);
        const subject = found ?? newId('sub');
        subjectOf.set(person, subject);
        let isNew = found === undefined;
        for (const each of person.identifiers) {
          if (this.#known.has(keyOf(each))) continue;
          this.#known.set(keyOf(each), subject);
          added.push({ subject, place, isNew, identifier: each });
          isNew = false;
        }
      }
    });
    await this.#write(added);
    return refused;
  }

  #disagreement(person: Person): string | null {
    if (person.identifiers.length === 0)
      return 'the record names no person: an e-mail address, a phone number or an id is wanted';
    const kinds = new Map<string, Set<string>>();
    for (const each of person.identifiers) {
      const subject = this.#known.get(keyOf(each));
      if (subject !== undefined) kinds.set(subject, (kinds.get(subject) ?? new Set()).add(each.kind));
    }
    if (kinds.size < 2) return null;
    const words = [...new Set([...kinds.values()].flatMap((set) => [...set]))];
    return `the identifiers of one person lead to ${kinds.size} different people (${words.join(' and ')})`;
  }

  async #look(identifiers: readonly Identifier[]): Promise<void> {
    if (this.#known.size > LARGEST_CACHE) this.#known.clear();
    const wanted = new Map(
      identifiers.filter((each) => !this.#known.has(keyOf(each))).map((each) => [keyOf(each), each]),
    );
    if (wanted.size === 0) return;
    const found = await this.#writer.query<{ kind: Identifier['kind']; value: string; subject: string }>(sql`
      SELECT i.kind::text AS kind, i.value, i.subject_id AS subject
      FROM json_to_recordset(${JSON.stringify([...wanted.values()])}::json) AS wanted (kind text, value text)
      JOIN subject_identifier i ON i.tenant_id = ${this.#tenant} AND i.kind = wanted.kind::identifier_kind AND i.value = wanted.value`);
    for (const { kind, value, subject } of found) this.#known.set(keyOf({ kind, value }), subject);
  }

  async #write(
    added: readonly { subject: string; place: string; isNew: boolean; identifier: Identifier }[],
  ): Promise<void> {
    if (added.length === 0) return;
    const fresh = added.filter(({ isNew }) => isNew).map(({ subject, place }) => ({ id: subject, place }));
    const rows = added.map(({ subject, identifier: { kind, value } }) => ({
      id: derivedId('identifier', this.#tenant, kind, value),
      subject,
      kind,
      value,
    }));
    await this.#writer.execute(sql`
      WITH fresh AS (SELECT * FROM json_to_recordset(${JSON.stringify(fresh)}::json) AS f (id text, place text)),
      noted AS (INSERT INTO import_subject (id, place) SELECT id, place FROM fresh)
      INSERT INTO subject (tenant_id, id) SELECT ${this.#tenant}, id FROM fresh`);
    await this.#writer.execute(sql`
      INSERT INTO subject_identifier (tenant_id, id, subject_id, source_system, kind, value)
      SELECT ${this.#tenant}, id, subject, ${this.#source}, kind::identifier_kind, value
      FROM json_to_recordset(${JSON.stringify(rows)}::json) AS fresh (id text, subject text, kind text, value text)`);
  }
}

function keyOf({ kind, value }: Identifier): string {
  return `${kind} ${value}`;
}
