import { propertiesOf } from '../../policy/rule.js';
import type { Charge, ChargeRule } from '../charge.js';

const publicAddress = (quantity: number): Charge => ({
  what: 'Public IPv4 address',
  price: 'address',
  quantity,
});

/** Network, load balancer, CloudFront, firewall. */
export const networkCharges: Readonly<Record<string, ChargeRule>> = {
  'AWS::EC2::NatGateway': ({ properties, environment }, { all }) => {
    // A regional one is in all zones that have something to send, and brings its addresses along.
    const zones = properties.AvailabilityMode === 'regional' ? environment.network.zones : undefined;
    return [
      { what: 'NAT gateway', price: 'nat', quantity: all * (zones ?? 1) },
      ...(zones === undefined ? [] : [publicAddress(all * zones)]),
      { what: 'Data through NAT', price: 'nat-data' },
    ];
  },
  'AWS::EC2::EIP': (_, { all }) => [publicAddress(all)],
  'AWS::EC2::VPCEndpoint': ({ properties, environment }, { all }) =>
    properties.VpcEndpointType === 'Interface'
      ? [
          { what: 'Endpoint', price: 'endpoint', quantity: all * environment.network.zones },
          { what: 'Data through endpoints', price: 'endpoint-data' },
        ]
      : [],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': ({ properties, environment }, { all }) => [
    { what: 'Load balancer', price: 'load-balancer', quantity: all },
    { what: 'Load balancer capacity', price: 'load-balancer-unit' },
    ...(properties.Scheme === 'internal'
      ? []
      : [publicAddress(all * environment.network.zones), { what: 'Data to visitors', price: 'data-out' }]),
  ],
  'AWS::CloudFront::Distribution': () => [
    { what: 'Data to visitors by CloudFront', price: 'cdn-data' },
    { what: 'Requests at CloudFront', price: 'cdn-request' },
  ],
  'AWS::WAFv2::WebACL': ({ properties }) => [
    { what: 'Web ACL', price: 'firewall', quantity: 1 },
    {
      what: 'Rules of the web ACL',
      price: 'firewall-rule',
      quantity: propertiesOf(properties).list('Rules').length,
    },
    { what: 'Requests through the web ACL', price: 'firewall-request' },
  ],
  'AWS::Route53::HealthCheck': ({ properties }) => {
    const p = propertiesOf(properties);
    const options = [
      String(p('HealthCheckConfig.Type')).startsWith('HTTPS'),
      String(p('HealthCheckConfig.Type')).includes('STR_MATCH'),
      p.isTrue('HealthCheckConfig.MeasureLatency'),
      p('HealthCheckConfig.RequestInterval') === 10,
    ].filter(Boolean).length;
    return [
      { what: 'Health check', price: 'health-check', quantity: 1 },
      { what: 'Its HTTPS, latency and the like', price: 'health-check-option', quantity: options },
    ];
  },
};
