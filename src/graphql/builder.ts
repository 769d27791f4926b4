import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import DirectivesPlugin from '@pothos/plugin-directives';
import PrismaPlugin from '@pothos/plugin-prisma';
import RelayPlugin from '@pothos/plugin-relay';
import type { Provenance, Sensitivity } from '../catalogue/vocabulary.ts';
import { getDatamodel } from '../generated/pothos.ts';
import type PrismaTypes from '../generated/pothos.ts';
import type { GatewayContext } from './context.ts';
import { WHOLE_ROWS } from './whole-rows.ts';
import { DateTime, Json, Long, TEXT_SCALARS, type TextScalarName } from './scalars.ts';

interface Types {
  Context: GatewayContext;
  PrismaTypes: PrismaTypes;
  DefaultFieldNullability: true;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
    JSON: { Input: unknown; Output: unknown };
    Long: { Input: bigint; Output: bigint };
  } & { [S in TextScalarName]: { Input: string; Output: string } };
  Directives: {
    personalData: {
      locations: 'FIELD_DEFINITION';
      args: { item: readonly string[]; sensitivity: Sensitivity; provenance: readonly Provenance[] };
    };
  };
}

/** The one schema builder; it imports no domain, and builds without a database. */
export const builder = new SchemaBuilder<Types>({
  plugins: [WHOLE_ROWS, ComplexityPlugin, RelayPlugin, PrismaPlugin, DirectivesPlugin],
  prisma: {
    client: (context) => context.prisma,
    dmmf: getDatamodel(),
    filterConnectionTotalCount: true,
    exposeDescriptions: { models: true, fields: false },
  },
  relay: { cursorType: 'String', nodeQueryOptions: false, nodesQueryOptions: false },
});

for (const [name, scalar] of Object.entries(TEXT_SCALARS)) builder.addScalarType(name as TextScalarName, scalar);
builder.addScalarType('DateTime', DateTime);
builder.addScalarType('JSON', Json);
builder.addScalarType('Long', Long);

builder.queryType({ description: 'What the gateway answers.' });
