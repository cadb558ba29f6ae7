import { Ajv2020 } from 'ajv/dist/2020.js';
import { smithySchema } from './smithy-schema.js';

const model = {
  shapes: {
    'a.b#Send': { type: 'operation' },
    'a.b#Request': {
      type: 'structure',
      members: {
        Data: { target: 'a.b#Data', traits: { 'smithy.api#required': {} } },
        Tags: { target: 'a.b#Tags', traits: {} },
        Kind: { target: 'a.b#Kind' },
        Rate: { target: 'a.b#Rate' },
      },
    },
    'a.b#Data': { type: 'blob' },
    'a.b#Tags': { type: 'list', member: { target: 'a.b#Tag' }, traits: { 'smithy.api#length': { max: 2 } } },
    'a.b#Tag': {
      type: 'string',
      traits: { 'smithy.api#length': { min: 1, max: 3 }, 'smithy.api#pattern': '^[a-z]*$' },
    },
    'a.b#Kind': {
      type: 'enum',
      members: {
        ONE: { target: 'smithy.api#Unit', traits: { 'smithy.api#enumValue': 'One' } },
        TWO: { target: 'smithy.api#Unit' },
      },
    },
    'a.b#Rate': { type: 'double' },
  },
};

const ajv = new Ajv2020({ strict: false });
ajv.addSchema(smithySchema(model), 'model');
const isValid = ajv.compile({ $ref: 'model#/$defs/Request' });

test.each<[unknown, boolean]>([
  [{ Data: 'YQ==' }, true],
  [{ Data: 'YWFh', Tags: ['a', 'bcd'], Kind: 'One', Rate: 1.5 }, true],
  [{}, false],
  [{ Data: 'YQ==', Other: 1 }, false],
  [{ Data: 'not base64' }, false],
  [{ Data: 'YQ==', Tags: ['a', 'b', 'c'] }, false],
  [{ Data: 'YQ==', Tags: ['A'] }, false],
  [{ Data: 'YQ==', Tags: [''] }, false],
  [{ Data: 'YQ==', Tags: ['abcd'] }, false],
  [{ Data: 'YQ==', Kind: 'ONE' }, false],
  [{ Data: 'YQ==', Kind: 'TWO' }, true],
  [{ Data: 'YQ==', Rate: '1' }, false],
])('%j: %p', (value, expected) => {
  expect(isValid(value)).toBe(expected);
});

test('a type that is not known is no gap', () => {
  expect(() => smithySchema({ shapes: { 'a.b#X': { type: 'union' } } })).toThrow('union');
});
