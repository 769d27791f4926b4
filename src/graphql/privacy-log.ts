import { responsePathAsArray, type GraphQLResolveInfo } from 'graphql';
import type { DenialReason } from '../access/visibility.ts';
import { Sighting, type Refusal } from './sightings.ts';

type ResponsePath = readonly (string | number)[];

/** Why a value of an answer is null. */
interface NullNote {
  readonly path: ResponsePath;
  /** The item of the policy, its name when the policy does not have it, or null for a whole list or type. */
  readonly item: string | null;
  readonly reason: DenialReason;
}

interface ValueNote {
  readonly path: ResponsePath;
  readonly item: string;
}

/** Stands in a path for each entry of a list; no field can have this name. */
export const EACH = '*';

/** A list that was cut at its limit; `see` is the field that pages through all of it. */
interface CutNote {
  readonly path: ResponsePath;
  readonly limit: number;
  readonly see: string;
}

/** What `extensions.privacy` tells of one answer. */
export interface PrivacyReport {
  readonly nulls: readonly NullNote[];
  readonly masked: readonly ValueNote[];
  /**
   * Values that may be about someone other than the subject (Art. 20(4)). Where that holds for a field whatever the rows are, it is
   * told once, with `*` in the path for each entry of a list: by value it would be as long as the answer.
   */
  readonly thirdParty: readonly ValueNote[];
  readonly cut: readonly CutNote[];
}

/** All that was noted in one request. */
class Notes {
  readonly nulls: NullNote[] = [];
  readonly masked: ValueNote[] = [];
  readonly thirdParty: ValueNote[] = [];
  /** The fields of the document of which all values were noted as a third party's, by their nodes. */
  readonly thirdPartyFields = new Set<GraphQLResolveInfo['fieldNodes']>();
  readonly cut: CutNote[] = [];
  readonly sightings = new Map<string, Sighting>();
  readonly refusals: Refusal[] = [];
  fruitlessSearches = 0;
}

/**
 * Collects, for one request, why values are missing, masked or flagged, for the client; and what is seen of whom, for the
 * audit log. `about` gives the part for one person.
 */
export class PrivacyLog {
  readonly #notes: Notes;
  readonly #person: Sighting | null;

  constructor(notes: Notes = new Notes(), person: Sighting | null = null) {
    this.#notes = notes;
    this.#person = person;
  }

  /** The same log, whose further notes are of one person. */
  about(subjectId: string): PrivacyLog {
    const person = this.#notes.sightings.get(subjectId) ?? new Sighting(subjectId);
    this.#notes.sightings.set(subjectId, person);
    return new PrivacyLog(this.#notes, person);
  }

  /** Who it is that is seen. Throws TypeError where no person is meant: then somebody would be seen by nobody. */
  get person(): Sighting {
    if (this.#person === null) throw new TypeError('A look at nobody');
    return this.#person;
  }

  /** Notes a null and returns it. */
  withhold(info: GraphQLResolveInfo, item: string | null, reason: DenialReason): null {
    this.#notes.nulls.push({ path: responsePathAsArray(info.path), item, reason });
    this.#person?.deny(item, reason);
    return null;
  }

  masked(info: GraphQLResolveInfo, item: string): void {
    this.#notes.masked.push({ path: responsePathAsArray(info.path), item });
    this.person.mask(item);
  }

  thirdParty(info: GraphQLResolveInfo, item: string): void {
    this.#notes.thirdParty.push({ path: responsePathAsArray(info.path), item });
  }

  /** Notes that all values of a field may be about someone else. */
  thirdPartyField(info: GraphQLResolveInfo, item: string): void {
    const { thirdParty, thirdPartyFields } = this.#notes;
    // Both executors have the same nodes for all rows of a field.
    if (thirdPartyFields.has(info.fieldNodes)) return;
    thirdPartyFields.add(info.fieldNodes);
    const path = responsePathAsArray(info.path).map((step) => (typeof step === 'number' ? EACH : step));
    thirdParty.push({ path, item });
  }

  cut(info: GraphQLResolveInfo, limit: number, see: string): void {
    this.#notes.cut.push({ path: responsePathAsArray(info.path), limit, see });
  }

  /** Notes that the request as a whole was refused, or that a person was not shown at all. */
  refuse(refusal: Refusal): void {
    this.#notes.refusals.push(refusal);
  }

  /** Notes a search and whom it found; how many is a look as well, also when it is none. */
  searched(found: readonly string[]): void {
    if (found.length === 0) this.#notes.fruitlessSearches += 1;
    for (const subjectId of found) this.about(subjectId).person.reach('SEARCH');
  }

  /** Everyone of whom something was seen, how often a search found nobody, and what was refused. */
  looks(): {
    readonly sightings: readonly Sighting[];
    readonly fruitlessSearches: number;
    readonly refusals: readonly Refusal[];
  } {
    const { sightings, fruitlessSearches, refusals } = this.#notes;
    return { sightings: [...sightings.values()], fruitlessSearches, refusals };
  }

  /** The report, or null when there is nothing to tell. */
  report(): PrivacyReport | null {
    const { nulls, masked, thirdParty, cut } = this.#notes;
    const report = {
      nulls: nulls.toSorted(byPath),
      masked: masked.toSorted(byPath),
      thirdParty: thirdParty.toSorted(byPath),
      cut: cut.toSorted(byPath),
    };
    return Object.values(report).every((notes) => notes.length === 0) ? null : report;
  }
}

/** Resolvers end in any order; the report does not. */
function byPath(
  { path: one }: { readonly path: ResponsePath },
  { path: other }: { readonly path: ResponsePath },
): number {
  const shared = Math.min(one.length, other.length);
  for (let index = 0; index < shared; index += 1) {
    const [step, beside] = [one[index], other[index]];
    if (step === beside) continue;
    if (typeof step === 'number' && typeof beside === 'number') return step - beside;
    return String(step) < String(beside) ? -1 : 1;
  }
  return one.length - other.length;
}
