// Holds answers of a server against an OpenAPI document: is the status among those of the operation, and does the body
// fit its schema. Remembers what it has seen. Knows nothing of where answers come from.
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { JsonObject } from '../../src/base/json.ts';
import { child, isJsonObject, schemaRoot } from '../../src/server/prediction/openapi-schema.ts';
import { toPredictor } from '../../src/worker/model/forms.ts';
import { describePredictor } from '../../src/worker/model/schema/document.ts';

export interface Answer {
  readonly method: string;
  /** With or without a query. */
  readonly path: string;
  readonly status: number;
  readonly mediaType: string | null;
  readonly body: string;
}

interface Operation {
  readonly name: string;
  readonly method: string;
  readonly pattern: RegExp;
  readonly responses: JsonObject;
}

const ANY_ERROR = 'default';
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

export class DocumentedAnswers {
  /** `METHOD /path STATUS`, as the document writes the path. */
  readonly seen = new Set<string>();
  readonly operations: readonly Operation[];
  readonly #root: JsonObject;
  readonly #ajv = new Ajv2020({
    strict: false,
    formats: {
      uri: (text: string) => URL.canParse(text),
      'date-time': DATE_TIME,
      password: true,
      binary: true,
    },
  });
  readonly #checks = new Map<string, ValidateFunction>();

  constructor(document: JsonObject) {
    this.#root = schemaRoot(document);
    const paths = child(document, 'paths') ?? {};
    this.operations = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(isJsonObject(item) ? item : {}).map(([verb, operation]): Operation => {
        const method = verb.toUpperCase();
        const responses = isJsonObject(operation) ? (child(operation, 'responses') ?? {}) : {};
        return { name: `${method} ${path}`, method, pattern: patternOf(path), responses };
      }),
    );
  }

  /** Every status that an operation names by itself. */
  documented(): string[] {
    return this.operations.flatMap(({ name, responses }) =>
      Object.keys(responses)
        .filter((status) => status !== ANY_ERROR)
        .map((status) => `${name} ${status}`),
    );
  }

  /** What is wrong with an answer; null where it is as documented. A route that is not there answers an error. */
  fault(answer: Answer): string | null {
    const path = answer.path.replace(/\?.*$/s, '');
    const operation = this.operations.find(
      ({ method, pattern }) => method === answer.method && pattern.test(path),
    );
    const says = (text: string) => `${answer.method} ${path} answered ${answer.status}: ${text}`;
    const status = String(answer.status);
    if (operation === undefined && answer.status < 400) return says('the document has no such operation');
    const key = operation !== undefined && Object.hasOwn(operation.responses, status) ? status : ANY_ERROR;
    if (key === ANY_ERROR && answer.status < 400) return says('the operation has no such status');
    if (operation !== undefined && key !== ANY_ERROR) this.seen.add(`${operation.name} ${status}`);
    const response = operation === undefined ? null : child(operation.responses, key);
    const reason = this.#bodyFault(answer, `${operation?.name} ${key}`, response ?? ERROR_RESPONSE);
    return reason === null ? null : says(reason);
  }

  #bodyFault({ mediaType, body }: Answer, name: string, response: JsonObject): string | null {
    const content = child(response, 'content');
    if (content === null) return body === '' ? null : 'it has a body, and should have none';
    const type = Object.keys(content).find((each) => each === mediaType || each === '*/*');
    if (type === undefined)
      return `its type is ${mediaType}, and should be ${Object.keys(content).join(' or ')}`;
    if (type !== 'application/json') return null;
    const check = this.#check(name, child(child(content, type) ?? {}, 'schema') ?? {});
    if (check(JSON.parse(body))) return null;
    return `${this.#ajv.errorsText(check.errors)} in ${body.slice(0, 500)}`;
  }

  #check(name: string, schema: JsonObject): ValidateFunction {
    const known = this.#checks.get(name) ?? this.#ajv.compile({ ...this.#root, ...schema });
    this.#checks.set(name, known);
    return known;
  }
}

const ERROR_RESPONSE: JsonObject = {
  content: { 'application/json': { schema: { $ref: '#/components/schemas/ErrorResponse' } } },
};

function patternOf(path: string): RegExp {
  const source = path.split(/\{\w+\}/).map((text) => text.replace(/[^\w/-]/g, '\\$&'));
  return new RegExp(`^${source.join('[^/]+')}$`);
}

/** The document of a predictor that takes and gives anything. */
export function documentOfAnything(): JsonObject {
  const predictor = { predict: () => null, train: () => null };
  return describePredictor(toPredictor(predictor, { file: 'any.ts', exportName: 'default' }));
}
