import { TERMS, typed } from './dpv.ts';
import { automatedDecisionsOf } from './information/automated.ts';
import {
  categoriesOf,
  processorsOf,
  purposesOf,
  recipientsOf,
  recipientsWithoutData,
  rolesOf,
} from './information/categories.ts';
import {
  authorityOf,
  contactOf,
  controllerOf,
  feeOf,
  policyOf,
  responseTimeOf,
  transfersOf,
  type TenantNotice,
} from './information/header.ts';
import { findHeld } from './information/held.ts';
import { retentionOfDatasets, retentionOfItems } from './information/retention.ts';
import { otherControllersOf, rightsOf } from './information/rights.ts';
import { secretsOf, sourcesOf, undeclaredOf } from './information/source.ts';
import type { Ledger } from './ledger.ts';
import type { BundlePlan } from './plan.ts';

/**
 * The information of Art. 15(1)(a)-(h) and 15(2), for this person and this policy: what the text states, what it leaves
 * open, and what is assumed, each said as what it is. Nothing held is an answer too.
 */
export function buildInformation(tenant: TenantNotice, plan: BundlePlan, ledger: Ledger): object {
  const { policy } = plan;
  const { header } = policy;
  const held = findHeld(plan, ledger);
  return {
    '@context': header.authority.status === 'STATED' ? TERMS : { ...TERMS, authority: null },
    '@type': ['eu-gdpr:SARNotice'],
    article: '15',
    confirmation: {
      processed: held.confirmed.length > 0,
      datasets: [...new Set(held.confirmed.map(({ section }) => section.dataset.title))],
      text:
        held.confirmed.length > 0
          ? 'personal data about you are held, as far as this operator answers for them'
          : 'no personal data about you are held, as far as this operator answers for them',
    },
    policy: policyOf(policy),
    operator: tenant.name,
    controller: typed(['dpv:DataController'], controllerOf(header)),
    processors: processorsOf(held),
    roles: rolesOf(policy, held),
    otherControllers: otherControllersOf(policy),
    contact: contactOf(header, tenant),
    purposes: purposesOf(policy, held.items),
    categories: categoriesOf(policy, held),
    undeclared: undeclaredOf(held),
    secrets: secretsOf(held),
    recipients: recipientsOf(held.items),
    recipientsWithoutData: recipientsWithoutData(policy),
    transfers: transfersOf(header),
    retention: retentionOfItems(held),
    retentionByDataset: retentionOfDatasets(policy, held),
    rights: rightsOf(policy),
    authority: authorityOf(header),
    source: sourcesOf(held),
    automatedDecisions: automatedDecisionsOf(policy, held),
    responseTime: responseTimeOf(header),
    fee: feeOf(header),
    ...(header.minAge.status === 'STATED' ? { minAge: header.minAge } : {}),
    ...(header.identityCheck.status === 'STATED' ? { identityCheck: header.identityCheck } : {}),
    ...(header.precedence === undefined ? {} : { precedence: header.precedence }),
    assumptions: policy.assumptions.map((assumption) => ({ ...assumption, status: 'ASSUMED' })),
  };
}
