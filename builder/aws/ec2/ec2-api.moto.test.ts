import t from 'tap';
import { MotoServer } from '../../testing/moto-server.js';
import { setVariables } from '../../testing/set-variables.js';
import { awsServices } from '../aws-services.js';

t.test('what a region has, and what of it is used', async (t) => {
  const moto = await MotoServer.start(t);
  setVariables(t, moto.environment);
  const { ec2, logs } = awsServices('eu-central-1');
  t.strictSame(await ec2.zones(), ['eu-central-1a', 'eu-central-1b', 'eu-central-1c']);
  t.match(await ec2.instanceTypeZones(['m5.large', 'x9.none']), [
    { type: 'm5.large', zone: /^eu-central-1/ },
  ]);
  t.strictSame(await ec2.instanceTypeZones(['x9.none']), []);
  t.equal(await ec2.vpcCount(), 1, 'the default VPC');
  t.equal(await ec2.addressCount(), 0);
  t.strictSame(await ec2.standardVcpus(), { onDemand: 0, spot: 0 });
  t.notOk(await logs.hasGroup('/platen/prod/wordpress'));
});
