import type { EACH as GATEWAY_EACH, PrivacyReport } from '../../../graphql/privacy-log.ts';
import type { Answer } from './ask.ts';

export type { PrivacyReport };

/** As in the gateway's report: each entry of a list. */
export const EACH = '*' satisfies typeof GATEWAY_EACH;

const NOTHING: PrivacyReport = { nulls: [], masked: [], thirdParty: [], cut: [] };

/** What an answer says of its nulls and masks. */
export function reportOf({ extensions }: Answer): PrivacyReport {
  return { ...NOTHING, ...(extensions?.privacy as Partial<PrivacyReport> | undefined) };
}

/** A path as people read it: `subject › calls › nodes 1 › calledNumber`, rows counted from one, or `nodes, each › calledNumber`. */
export function pathText(path: readonly (string | number)[]): string {
  return path.reduce<string>((text, step) => {
    if (step === EACH) return `${text}, each`;
    if (typeof step === 'number') return `${text} ${step + 1}`;
    return text === '' ? step : `${text} › ${step}`;
  }, '');
}
