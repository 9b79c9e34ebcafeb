import t from 'tap';
import type { TaskDefinition } from '../task/task-definition.js';
import type { TranslatedContainer } from '../task/translated-task.js';
import { accessPointNotes, serviceNotes } from './service-notes.js';

t.test('what a restart policy means less in a service is said', async (t) => {
  const one = (name: string, restartPolicy: TranslatedContainer['restartPolicy']) =>
    ({ name, restartPolicy }) as TranslatedContainer;
  const containers = [one('web', undefined), one('agent', { Enabled: true }), one('off', { Enabled: false })];
  t.match(serviceNotes({ containers }), [/^RestartPolicy of agent: .*not honoured$/]);
});

t.test("a container's user that is not the access point's is named", async (t) => {
  const notes = (User: string | undefined, more: object = {}, user = '') => {
    const web = {
      Name: 'web',
      Image: 'mine',
      MountPoints: [{ SourceVolume: 'webroot', ContainerPath: '/w', ...more }],
      ...(User === undefined ? {} : { User }),
    };
    const task = {
      Volumes: [{ Name: 'webroot', EFSVolumeConfiguration: { FilesystemId: 'fs' } }, { Name: 'scratch' }],
      ContainerDefinitions: [web],
    } as TaskDefinition;
    const accessPoint = { owner: { uid: 33, gid: 33 }, mode: '0755', user: { uid: 33, gid: 33 } };
    return accessPointNotes(task, { mine: { user } }, accessPoint);
  };
  const said =
    'PosixUser: what web writes to webroot belongs to root here, whom it runs as; on EFS to 33:33, as its access point says';
  t.strictSame(notes(undefined), [said]);
  for (const [user, word] of [
    ['0', 'belongs to 0 here'],
    ['33:44', 'belongs to 33:44 here'],
    ['www-data', 'belongs to www-data here'],
  ] as const)
    t.match(notes(user), [word]);
  t.match(notes(undefined, {}, '999:999'), ['belongs to 999:999 here'], "its image's, where it says none");
  t.strictSame(notes('33:33'), []);
  t.strictSame(notes('33'), []);
  t.strictSame(notes(undefined, {}, '33:33'), []);
  t.strictSame(notes('0', { ReadOnly: true }), [], 'who only reads leaves no file');
  t.strictSame(notes('0', { SourceVolume: 'scratch' }), [], 'nor does another volume matter');
});
