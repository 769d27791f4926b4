/** What the head of a policy tells, and how surely: the gateway sends it as JSON, in the form of src/policy/schema-header.ts. */
export interface PolicyHeader {
  readonly controller: Told;
  readonly contact: Told;
  readonly authority: Told;
}

interface Told {
  /** STATED, IMPLIED, ASSUMED, MISSING and others. */
  readonly status: string;
  readonly name?: string;
  readonly country?: string;
  readonly email?: string;
  readonly postalAddress?: string;
  readonly url?: string;
  readonly quote?: string;
}

export function policyHeader(header: unknown): PolicyHeader {
  return header as PolicyHeader;
}
