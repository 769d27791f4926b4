import { describeItem, describeRecipient, type DescribedRecipient, type ItemDescription } from '../policy/describe.ts';
import { PURPOSE_CLASSES, RIGHTS } from '../policy/words.ts';
import type { Basis, Item, Policy, Purpose, RetentionRule, StatedRight } from '../policy/schema.ts';
import { itemOf } from '../policy/book.ts';
import { builder } from './builder.ts';
import { ProvenanceRef, SensitivityRef } from './words.ts';

const PurposeClassRef = builder.enumType('PurposeClass', { values: PURPOSE_CLASSES });
const RightNameRef = builder.enumType('RightName', { values: RIGHTS });

const PurposeRef = builder.objectRef<Purpose>('Purpose').implement({
  description: 'What the policy says personal data are used for.',
  fields: (t) => ({
    id: t.exposeID('id', { nullable: false }),
    classes: t.field({ type: [PurposeClassRef], nullable: false, resolve: ({ classes }) => classes }),
    enabled: t.exposeBoolean('enabled', { nullable: false }),
    clause: t.exposeString('clause', { nullable: false }),
    quote: t.exposeString('quote', { nullable: false }),
  }),
});

const LawfulBasisRef = builder.objectRef<Basis>('LawfulBasis').implement({
  description: 'A ground under Art. 6(1) GDPR, stated by the policy or assumed.',
  fields: (t) => ({
    id: t.exposeID('id', { nullable: false }),
    status: t.exposeString('status', { nullable: false }),
    articles: t.stringList({
      nullable: false,
      resolve: (basis) => {
        switch (basis.status) {
          case 'STATED':
            return basis.articles;
          case 'ASSUMED':
            return [...new Set([...Object.values(basis.byPurpose).flat(), ...basis.otherwise])];
          case 'CUSTOMERS_OWN':
            return [];
          default:
            return basis satisfies never;
        }
      },
    }),
    clause: t.string({ resolve: (basis) => (basis.status === 'ASSUMED' ? null : basis.clause) }),
    quote: t.string({ resolve: (basis) => (basis.status === 'ASSUMED' ? null : basis.quote) }),
  }),
});

const RecipientRef = builder.objectRef<DescribedRecipient>('Recipient').implement({
  description: 'Who receives data; one that the policy leaves unnamed stays a category.',
  fields: (t) => ({
    id: t.exposeID('id', { nullable: false }),
    name: t.exposeString('name', { nullable: false }),
    named: t.exposeBoolean('named', { nullable: false }),
    country: t.exposeString('country'),
    safeguard: t.exposeString('safeguard'),
    dataShared: t.exposeBoolean('dataShared', { nullable: false }),
  }),
});

const RetentionRuleRef = builder.objectRef<RetentionRule>('RetentionRule').implement({
  description: 'How long a category is kept.',
  fields: (t) => ({
    id: t.exposeID('id', { nullable: false }),
    appliesTo: t.exposeString('appliesTo', { nullable: false }),
    kind: t.exposeString('kind', { nullable: false }),
    trigger: t.string({ resolve: (rule) => ('trigger' in rule ? rule.trigger : 'until' in rule ? rule.until : null) }),
    period: t.field({ type: 'Duration', resolve: (rule) => ('period' in rule ? rule.period : null) }),
    max: t.boolean({ resolve: (rule) => ('max' in rule ? rule.max : null) }),
    triggerStated: t.boolean({ resolve: (rule) => ('triggerStated' in rule ? rule.triggerStated : null) }),
    text: t.string({ resolve: (rule) => ('text' in rule ? rule.text : (rule.active ?? null)) }),
    clause: t.string({ resolve: ({ clause }) => clause ?? null }),
    quote: t.string({ resolve: ({ quote }) => quote ?? null }),
  }),
});

const ItemRef = builder.objectRef<Item>('Item');
const RoleRef = builder.objectRef<ItemDescription['role']>('ItemRole').implement({
  description: 'Who holds an item in which role.',
  fields: (t) => ({
    holder: t.exposeString('holder', { nullable: false }),
    controller: t.exposeString('controller', { nullable: false }),
    processors: t.exposeStringList('processors', { nullable: false }),
    clause: t.exposeString('clause', { nullable: false }),
  }),
});

builder.objectType(ItemRef, {
  description: 'One kind of personal data that the policy names.',
  fields: (t) => ({
    id: t.exposeID('id', { nullable: false }),
    item: t.exposeString('item', { nullable: false }),
    category: t.exposeString('category', { nullable: false }),
    sensitivity: t.field({ type: SensitivityRef, nullable: false, resolve: ({ sensitivity }) => sensitivity }),
    provenance: t.field({ type: ProvenanceRef, resolve: ({ provenance }) => provenance ?? null }),
    stored: t.exposeString('stored', { nullable: false }),
    clause: t.exposeString('clause', { nullable: false }),
    quote: t.exposeString('quote', { nullable: false }),
    role: t.field({
      type: RoleRef,
      nullable: false,
      resolve: (item, _args, { policy }) => describeItem(policy, item).role,
    }),
    purposes: t.field({
      type: [PurposeRef],
      nullable: false,
      resolve: (item, _args, { policy }) => policy.purposes.filter(({ id }) => item.purposes.includes(id)),
    }),
    bases: t.field({
      type: [LawfulBasisRef],
      nullable: false,
      resolve: (item, _args, { policy }) => policy.bases.filter(({ id }) => item.bases.includes(id)),
    }),
    recipients: t.field({
      type: [RecipientRef],
      nullable: false,
      resolve: (item, _args, { policy }) => [...describeItem(policy, item).recipients],
    }),
    retention: t.string({
      nullable: false,
      resolve: (item, _args, { policy }) => describeItem(policy, item).retention.text,
    }),
    portability: t.string({
      nullable: false,
      description: 'Whether Art. 20 covers it.',
      resolve: (item, _args, { policy }) => describeItem(policy, item).portability,
    }),
    status: t.string({
      nullable: false,
      description: 'STATED, or ASSUMED where a silence of the text was filled.',
      resolve: (item, _args, { policy }) => describeItem(policy, item).status,
    }),
    assumptions: t.stringList({
      nullable: false,
      resolve: (item, _args, { policy }) => describeItem(policy, item).assumptions.map(({ text }) => text),
    }),
  }),
});

const RightRef = builder.objectRef<StatedRight>('Right').implement({
  description: 'A right of the GDPR, and whether the policy states it; the statute grants it either way.',
  fields: (t) => ({
    right: t.field({ type: RightNameRef, nullable: false, resolve: ({ right }) => right }),
    article: t.exposeString('article', { nullable: false }),
    stated: t.boolean({ nullable: false, resolve: ({ stated }) => stated !== null }),
    clause: t.string({ resolve: ({ stated }) => stated?.clause ?? null }),
    quote: t.string({ resolve: ({ stated }) => stated?.quote ?? null }),
  }),
});

export const PolicyRef = builder.objectRef<Policy>('Policy').implement({
  description: 'The privacy policy to which the tenant is bound, as data.',
  fields: (t) => ({
    code: t.exposeString('code', { nullable: false }),
    name: t.exposeString('name', { nullable: false }),
    version: t.exposeString('version', { nullable: false }),
    header: t.field({
      type: 'JSON',
      nullable: false,
      description:
        'Controller, contact, authority and the rest; each tells apart what is stated, implied, assumed and missing.',
      resolve: ({ header }) => header,
    }),
    purposes: t.field({ type: [PurposeRef], nullable: false, resolve: ({ purposes }) => purposes }),
    bases: t.field({ type: [LawfulBasisRef], nullable: false, resolve: ({ bases }) => bases }),
    recipients: t.field({
      type: [RecipientRef],
      nullable: false,
      resolve: ({ recipients }) => recipients.map(describeRecipient),
    }),
    retention: t.field({ type: [RetentionRuleRef], nullable: false, resolve: ({ retention }) => retention }),
    rights: t.field({ type: [RightRef], nullable: false, resolve: ({ rights }) => rights }),
    items: t.field({ type: [ItemRef], nullable: false, resolve: ({ items }) => items }),
    item: t.field({
      type: ItemRef,
      description: 'An item by its name or id.',
      args: { nameOrId: t.arg.string({ required: true }) },
      resolve: (policy, { nameOrId }) => itemOf(policy, nameOrId),
    }),
  }),
});

builder.queryField('policy', (t) =>
  t.field({ type: PolicyRef, nullable: false, resolve: (_root, _args, { policy }) => policy }),
);
