/** The parts of a manifest and of the information of Art. 15 that the page shows. */

export interface ManifestFacts {
  readonly scope: 'ACCESS' | 'PORTABILITY';
  readonly tenant: { readonly name: string };
  readonly subject: { readonly id: string };
  readonly policy: {
    readonly name: string;
    readonly version: string;
    readonly effectiveDate: { readonly value: string; readonly precision: string } | null;
  };
  readonly snapshot: { readonly at: string };
  readonly datasets: readonly { readonly overdue: number }[];
  readonly files: readonly { readonly path: string }[];
  readonly items: readonly {
    readonly id: string;
    readonly item: string;
    readonly provenance: string | null;
    readonly bases: readonly { readonly articles: readonly string[]; readonly status: string }[];
  }[];
  readonly omissions: readonly {
    readonly dataset: string;
    readonly reason: string;
    readonly detail: string | null;
    readonly fields: readonly string[];
    readonly count: number | null;
  }[];
  readonly redactions: readonly { readonly dataset: string; readonly rule: string; readonly count: number }[];
  readonly referrals: readonly {
    readonly name: string;
    readonly where: string;
    readonly party: string;
    readonly quote: string;
  }[];
}

export interface InformationFacts {
  readonly confirmation: { readonly processed: boolean };
  readonly controller: {
    readonly status: string;
    readonly name: string;
    readonly country?: string;
    readonly registration?: string;
    readonly address: string | null;
  };
  readonly contact: {
    readonly status: string;
    readonly email?: string | undefined;
    readonly text?: string | undefined;
    readonly where?: string | undefined;
    readonly postalAddress?: string | undefined;
    readonly website?: string | undefined;
    readonly subjectLine?: string | undefined;
  };
  readonly categories: readonly {
    readonly category: string;
    readonly items: readonly { readonly id: string; readonly item: string }[];
    readonly purposes: readonly { readonly quote: string }[];
  }[];
  readonly otherControllers: readonly { readonly party: string }[];
  readonly source: readonly { readonly systems: readonly string[] }[];
  readonly responseTime: { readonly status: string; readonly period?: string };
  readonly recipients: readonly {
    readonly name: string;
    readonly named: boolean;
    readonly country: string | null;
    readonly safeguard: string | null;
  }[];
  readonly recipientsWithoutData: readonly { readonly name: string }[];
  readonly transfers: {
    readonly status: string;
    readonly countries?: readonly string[];
    readonly safeguards?: string;
  };
  readonly rights: readonly { readonly right: string; readonly article: string; readonly quote?: string }[];
  readonly authority: {
    readonly status: string;
    readonly name?: string;
    readonly country?: string;
    readonly website?: string;
    readonly postalAddress?: string;
    readonly phone?: string;
  };
  readonly automatedDecisions: {
    readonly stated: boolean;
    readonly inferences: readonly { readonly itemName: string; readonly says: string }[];
  };
  readonly assumptions: readonly { readonly text: string }[];
}
