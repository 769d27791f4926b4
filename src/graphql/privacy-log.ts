import { responsePathAsArray, type GraphQLResolveInfo } from 'graphql';
import type { DenialReason } from '../access/visibility.ts';

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
  /** Values that may be about someone other than the subject (Art. 20(4)). */
  readonly thirdParty: readonly ValueNote[];
  readonly cut: readonly CutNote[];
}

/** Collects, for one request, why values are missing, masked or flagged. */
export class PrivacyLog {
  readonly #nulls: NullNote[] = [];
  readonly #masked: ValueNote[] = [];
  readonly #thirdParty: ValueNote[] = [];
  readonly #cut: CutNote[] = [];

  /** Notes a null and returns it. */
  withhold(info: GraphQLResolveInfo, item: string | null, reason: DenialReason): null {
    this.#nulls.push({ path: responsePathAsArray(info.path), item, reason });
    return null;
  }

  masked(info: GraphQLResolveInfo, item: string): void {
    this.#masked.push({ path: responsePathAsArray(info.path), item });
  }

  thirdParty(info: GraphQLResolveInfo, item: string): void {
    this.#thirdParty.push({ path: responsePathAsArray(info.path), item });
  }

  cut(info: GraphQLResolveInfo, limit: number, see: string): void {
    this.#cut.push({ path: responsePathAsArray(info.path), limit, see });
  }

  /** The report, or null when there is nothing to tell. */
  report(): PrivacyReport | null {
    const report = {
      nulls: this.#nulls.toSorted(byPath),
      masked: this.#masked.toSorted(byPath),
      thirdParty: this.#thirdParty.toSorted(byPath),
      cut: this.#cut.toSorted(byPath),
    };
    return Object.values(report).every((notes) => notes.length === 0) ? null : report;
  }
}

/** Resolvers end in any order; the report does not. */
function byPath(one: { readonly path: ResponsePath }, other: { readonly path: ResponsePath }): number {
  for (const [index, step] of one.path.entries()) {
    const beside = other.path[index];
    if (step === beside) continue;
    if (beside === undefined) return 1;
    if (typeof step === 'number' && typeof beside === 'number') return step - beside;
    return String(step) < String(beside) ? -1 : 1;
  }
  return one.path.length - other.path.length;
}
