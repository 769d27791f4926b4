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
  withhold(info: GraphQLResolveInfo, item: string | null, reason: DenialReason, below?: string): null {
    this.#nulls.push({ path: pathOf(info, below), item, reason });
    return null;
  }

  masked(info: GraphQLResolveInfo, item: string, below?: string): void {
    this.#masked.push({ path: pathOf(info, below), item });
  }

  thirdParty(info: GraphQLResolveInfo, item: string, below?: string): void {
    this.#thirdParty.push({ path: pathOf(info, below), item });
  }

  cut(info: GraphQLResolveInfo, limit: number, see: string): void {
    this.#cut.push({ path: pathOf(info), limit, see });
  }

  /** The report, or null when there is nothing to tell. */
  report(): PrivacyReport | null {
    const report = { nulls: this.#nulls, masked: this.#masked, thirdParty: this.#thirdParty, cut: this.#cut };
    return Object.values(report).every((notes) => notes.length === 0) ? null : report;
  }
}

function pathOf(info: GraphQLResolveInfo, below?: string): ResponsePath {
  const path = responsePathAsArray(info.path);
  return below === undefined ? path : [...path, below];
}
