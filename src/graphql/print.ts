import {
  astFromValue,
  isObjectType,
  Kind,
  lexicographicSortSchema,
  parse,
  print,
  printSchema,
  visit,
  type ConstDirectiveNode,
  type ConstValueNode,
  type GraphQLSchema,
} from 'graphql';
import { schema } from './schema.ts';

interface AppliedDirective {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** The schema as SDL, sorted, with the directives that fields carry; the text of schema.graphql. */
export function printGatewaySchema(of: GraphQLSchema = schema): string {
  const document = parse(printSchema(lexicographicSortSchema(of)));
  let typeName = '';
  const withDirectives = visit(document, {
    ObjectTypeDefinition: (node) => {
      typeName = node.name.value;
    },
    FieldDefinition: (node) => {
      const type = of.getType(typeName);
      const field = isObjectType(type) ? type.getFields()[node.name.value] : undefined;
      const applied = field?.extensions['directives'] as readonly AppliedDirective[] | undefined;
      return applied === undefined
        ? undefined
        : { ...node, directives: applied.map((each) => directiveNode(of, each)) };
    },
  });
  return `${print(withDirectives)}\n`;
}

function directiveNode(of: GraphQLSchema, { name, args }: AppliedDirective): ConstDirectiveNode {
  const known = of.getDirective(name)?.args ?? [];
  return {
    kind: Kind.DIRECTIVE,
    name: { kind: Kind.NAME, value: name },
    arguments: known.flatMap((arg) => {
      const value = astFromValue(args[arg.name], arg.type) as ConstValueNode | null;
      return value === null ? [] : [{ kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: arg.name }, value }];
    }),
  };
}

if (import.meta.main) process.stdout.write(printGatewaySchema());
