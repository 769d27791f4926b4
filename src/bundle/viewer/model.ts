import type { Format } from '../../catalogue/dataset.ts';
import type { Language } from '../../languages.ts';

/**
 * What the page is told: plain data, made while a bundle is built and read by the page's own script.
 *
 * section   the rows of one file of the bundle
 * chunk     a script file with up to `CHUNK_ROWS` rows of a section; a small section has none and stands in the page itself
 * shown     how many rows of a section the page holds, at most `SHOWN_ROWS`, the last ones of its file
 */
export interface ViewerModel {
  readonly language: Language;
  /** The subject's language tag, for the writing of dates and figures in that language. */
  readonly locale: string;
  readonly operator: string;
  readonly who: readonly string[];
  readonly subjectId: string;
  readonly at: string;
  readonly scope: 'ACCESS' | 'PORTABILITY';
  readonly policy: {
    readonly name: string;
    readonly version: string;
    readonly effectiveDate: { readonly value: string; readonly precision: string } | null;
  };
  readonly controller: ControllerModel;
  readonly contact: ContactModel;
  readonly authority: AuthorityModel;
  readonly storedFiles: number;
  readonly overdue: number;
  readonly sections: readonly SectionModel[];
  readonly information: InformationModel | null;
  readonly omissions: readonly OmissionModel[];
  readonly redactions: readonly { readonly section: TitleModel; readonly rule: string; readonly count: number }[];
  readonly referrals: readonly {
    readonly item: string;
    readonly where: string;
    readonly party: string;
    readonly quote: string;
  }[];
}

/** What a dataset is called: by its name and, beside its first relation, by how the person stands to it. */
export interface TitleModel {
  readonly dataset: string;
  readonly fallback: string;
  readonly relation: string | null;
  readonly place: 'data' | 'context';
}

export interface SectionModel {
  readonly id: string;
  readonly title: TitleModel;
  readonly rows: number;
  readonly shown: number;
  readonly chunks: number;
  /** The column that says how old a row is; rows stand in its order. */
  readonly anchor: string | null;
  readonly path: string;
  readonly csv: string;
  readonly columns: readonly ColumnModel[];
  /** Rows by month, such as `2026-03`, over the whole file; null where no chart is made of it. */
  readonly months: { readonly [month: string]: number } | null;
}

export interface ColumnModel {
  readonly name: string;
  readonly format: Format | 'link';
  /** Hidden at first: it joins or describes rows and tells a person little. */
  readonly technical: boolean;
  /** True for what is said of a row and not stored in it. */
  readonly added: boolean;
  readonly items: readonly { readonly id: string; readonly item: string }[];
  readonly provenance: string | null;
  readonly article: '15' | '15+20' | null;
  readonly undeclared: boolean;
}

export interface OmissionModel {
  readonly section: TitleModel;
  readonly reason: string;
  readonly detail: string | null;
  readonly fields: readonly string[];
  readonly count: number | null;
}

export interface ControllerModel {
  readonly status: string;
  readonly name: string;
  readonly country: string | null;
  readonly address: string | null;
  readonly registration: string | null;
}

export interface ContactModel {
  readonly status: string;
  readonly email: string | null;
  readonly text: string | null;
  readonly postalAddress: string | null;
  readonly website: string | null;
  readonly subjectLine: string | null;
}

export interface AuthorityModel {
  readonly status: string;
  readonly name: string | null;
  readonly country: string | null;
  readonly website: string | null;
  readonly postalAddress: string | null;
  readonly phone: string | null;
}

/** The information of Art. 15(1) and (2). */
export interface InformationModel {
  readonly processed: boolean;
  /** Each purpose in the policy's words, and the categories whose data serve it. */
  readonly purposes: readonly { readonly quote: string; readonly categories: readonly string[] }[];
  readonly bases: readonly { readonly article: string; readonly status: string }[];
  readonly categories: readonly { readonly category: string; readonly items: readonly string[] }[];
  readonly recipients: readonly RecipientModel[];
  readonly recipientsWithoutData: readonly string[];
  readonly transfers: { readonly countries: readonly string[]; readonly safeguards: string } | null;
  readonly retention: readonly { readonly items: readonly string[]; readonly rules: readonly RuleModel[] }[];
  readonly rights: readonly { readonly right: string; readonly article: string; readonly quote: string | null }[];
  readonly sources: readonly { readonly provenance: string; readonly items: readonly string[] }[];
  /** The systems that handed rows over. */
  readonly systems: readonly string[];
  readonly inferences: readonly { readonly item: string; readonly quote: string }[];
  /** Parties that answer for a part of what the policy speaks of. */
  readonly otherControllers: readonly string[];
  /** Within what time a request is answered; null where the policy promises nothing and the law's month holds. */
  readonly responseTime: string | null;
  readonly assumptions: readonly string[];
}

export interface RecipientModel {
  readonly name: string;
  readonly named: boolean;
  readonly country: string | null;
  readonly safeguard: string | null;
}

/** One step of a retention rule; texts are the policy's own words. */
export type RuleModel =
  | { readonly kind: 'WHILE'; readonly until: string; readonly text: string }
  | {
      readonly kind: 'AFTER';
      readonly period: string;
      readonly trigger: string;
      readonly max: boolean;
      readonly own: boolean;
      readonly assumed: boolean;
      readonly law: string | null;
    }
  | { readonly kind: 'OPEN'; readonly text: string | null };
