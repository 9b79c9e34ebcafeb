import type { DeploymentProgress, DeploymentStage } from '../../platform-event.js';

/** "revision 4: 3 running, 1 of 2 healthy, 1 failed" */
export function formatTasks({ revision, state, ...tasks }: DeploymentProgress): string {
  const failed = tasks.failed > 0 ? `, ${tasks.failed} failed` : '';
  const counts = `${tasks.running} running, ${tasks.healthy} of ${tasks.desired} healthy${failed}`;
  return `revision ${revision}: ${state === 'rolling-back' ? 'rolling back, ' : ''}${counts}`;
}

/** "production traffic shift: 10 % of visitors on the new revision" */
export function formatStage({ stage, traffic, testTraffic, state }: DeploymentStage): string {
  const name = stage.toLowerCase().replaceAll('_', ' ');
  const test = testTraffic > 0 && traffic === 0 ? `, ${testTraffic} % of test traffic` : '';
  const back = state === 'rolling-back' ? 'rolling back, ' : '';
  return `${back}${name}: ${traffic} % of visitors on the new revision${test}`;
}
