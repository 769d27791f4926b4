import { DirectiveLocation, GraphQLDirective, GraphQLList, GraphQLNonNull, GraphQLString } from 'graphql';

const word = new GraphQLNonNull(GraphQLString);

/** On every field that shows personal data: what it is, how sensitive, where it came from. */
export const personalDataDirective = new GraphQLDirective({
  name: 'personalData',
  description:
    'Personal data: the items that the field may show (a policy names one of them), their sensitivity and provenance.',
  locations: [DirectiveLocation.FIELD_DEFINITION],
  args: {
    item: { type: new GraphQLNonNull(new GraphQLList(word)) },
    sensitivity: { type: word },
    provenance: { type: new GraphQLNonNull(new GraphQLList(word)) },
  },
});
