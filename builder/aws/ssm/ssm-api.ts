import type * as Sdk from '@aws-sdk/client-ssm';
import type { AwsApi } from '../aws-api.js';
import { type AwsPlace, type CallOptions, awsClient } from '../aws-client.js';

/** Parameters of one region (AWS Systems Manager API reference). */
export class SsmApi {
  readonly #api: AwsApi<typeof Sdk, Sdk.SSMClient>;

  constructor(place: AwsPlace) {
    this.#api = awsClient(
      place,
      () => import('@aws-sdk/client-ssm'),
      (sdk, settings) => new sdk.SSMClient(settings),
    );
  }

  /** The value of a parameter; undefined where there is none. */
  async parameter(name: string, options: CallOptions = {}): Promise<string | undefined> {
    const call = {
      action: 'ssm:GetParameter',
      doing: `read the parameter ${name}`,
      expected: ['ParameterNotFound'],
    };
    const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.GetParameterCommand({ Name: name }), http),
    );
    return answer?.Parameter?.Value;
  }

  async setParameter(name: string, value: string, options: CallOptions = {}): Promise<void> {
    const call = { action: 'ssm:PutParameter', doing: `write the parameter ${name}` };
    await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(
        new sdk.PutParameterCommand({ Name: name, Value: value, Type: 'String', Overwrite: true }),
        http,
      ),
    );
  }

  /** All values that AWS still knows of a parameter (100), the newest first. */
  async history(name: string, options: CallOptions = {}): Promise<string[]> {
    const call = {
      action: 'ssm:GetParameterHistory',
      doing: `read the parameter ${name}`,
      expected: ['ParameterNotFound'],
    };
    const values: string[] = [];
    for (let next: string | undefined, first = true; first || next !== undefined; first = false) {
      const input = { Name: name, ...(next === undefined ? {} : { NextToken: next }) };
      const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
        client.send(new sdk.GetParameterHistoryCommand(input), http),
      );
      values.push(...(answer?.Parameters ?? []).flatMap(({ Value }) => Value ?? []));
      next = answer?.NextToken;
    }
    return values.reverse();
  }

  async deleteParameter(name: string, options: CallOptions = {}): Promise<void> {
    const call = {
      action: 'ssm:DeleteParameter',
      doing: `delete the parameter ${name}`,
      expected: ['ParameterNotFound'],
    };
    await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.DeleteParameterCommand({ Name: name }), http),
    );
  }
}
