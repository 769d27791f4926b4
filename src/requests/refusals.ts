import { languageOf, type Language } from '../languages.ts';
import type { Policy } from '../policy/schema.ts';

/** Why a request may be refused, and the rule that allows it. */
export const REFUSAL_GROUNDS = {
  MANIFESTLY_UNFOUNDED: 'Art. 12(5)(b)',
  EXCESSIVE: 'Art. 12(5)(b)',
  IDENTITY_NOT_PROVEN: 'Art. 12(2), 12(6)',
  RIGHTS_OF_OTHERS: 'Art. 15(4), 20(4)',
  LEGAL_OBLIGATION: 'Art. 17(3)(b), 23',
  LEGAL_CLAIMS: 'Art. 17(3)(e), 21(1)',
  NOT_APPLICABLE: 'Art. 12(4)',
} as const;
export type RefusalGround = keyof typeof REFUSAL_GROUNDS;

/** What somebody whose request was not fulfilled can do about it (Art. 12(4), 77, 79). */
export interface Remedies {
  /** The authority that the policy names; null where it names none, and nobody is made up. */
  readonly authority: string | null;
  readonly website: string | null;
  /** In the person's language. */
  readonly complaint: string;
  readonly court: string;
}

const TEXTS: Readonly<Record<Language, { readonly named: string; readonly unnamed: string; readonly court: string }>> =
  {
    en: {
      named:
        'You can lodge a complaint with {authority}, or with the supervisory authority where you live or work (Art. 77 GDPR).',
      unnamed: 'You can lodge a complaint with the supervisory authority where you live or work (Art. 77 GDPR).',
      court: 'You can also go to court (Art. 79 GDPR).',
    },
    nl: {
      named:
        'U kunt een klacht indienen bij {authority}, of bij de toezichthouder waar u woont of werkt (art. 77 AVG).',
      unnamed: 'U kunt een klacht indienen bij de toezichthouder waar u woont of werkt (art. 77 AVG).',
      court: 'U kunt ook naar de rechter gaan (art. 79 AVG).',
    },
    fr: {
      named:
        'Vous pouvez introduire une réclamation auprès de {authority}, ou de l’autorité de contrôle de votre lieu de résidence ou de travail (art. 77 RGPD).',
      unnamed:
        'Vous pouvez introduire une réclamation auprès de l’autorité de contrôle de votre lieu de résidence ou de travail (art. 77 RGPD).',
      court: 'Vous pouvez aussi saisir un tribunal (art. 79 RGPD).',
    },
    de: {
      named:
        'Sie können sich bei {authority} beschweren, oder bei der Aufsichtsbehörde dort, wo Sie wohnen oder arbeiten (Art. 77 DSGVO).',
      unnamed: 'Sie können sich bei der Aufsichtsbehörde dort beschweren, wo Sie wohnen oder arbeiten (Art. 77 DSGVO).',
      court: 'Sie können auch vor Gericht gehen (Art. 79 DSGVO).',
    },
  };

/** What can be done about a refusal or a delay, under a policy and in a language. */
export function remediesOf(policy: Policy, language: string | null): Remedies {
  const { authority } = policy.header;
  const texts = TEXTS[languageOf(language)];
  if (authority.status !== 'STATED')
    return { authority: null, website: null, complaint: texts.unnamed, court: texts.court };
  const { name, website = null } = authority;
  return { authority: name, website, complaint: texts.named.replace('{authority}', () => name), court: texts.court };
}
