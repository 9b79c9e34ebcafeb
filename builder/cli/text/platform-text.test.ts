import t from 'tap';
import type { PlatformPlan } from '../../platform/change.js';
import type { PastDeployment } from '../../platform/platform-status.js';
import { formatHistory } from './history-text.js';
import { formatPlanMarkdown } from './plan-markdown.js';
import { formatPlatformPlan } from './platform-plan-text.js';
import type { PlatformStatus } from '../../platform/platform-status.js';
import type { EnvironmentSpec } from '../../spec/load-environment.js';
import { logPrinter } from './log-text.js';
import type { Palette } from './palette.js';
import { formatReach } from './reach-text.js';
import { formatStatus } from './status-text.js';

const paint: Palette = (colour, text) => `<${colour}>${text}</>`;
const plain: Palette = (_, text) => text;

const status: PlatformStatus = {
  environment: 'local',
  address: 'https://localhost:8443/',
  parts: [
    {
      name: 'database',
      type: 'container',
      state: 'healthy',
      digest: 'sha256:0123456789abcdef',
      ageSeconds: 90,
    },
    { name: 'cache', type: 'container', state: 'stopped', detail: 'exit code 3' },
    { name: 'network', type: 'network', state: 'present', detail: '10.213.0.0/24' },
  ],
  service: {
    name: 'wordpress',
    desired: 2,
    running: 1,
    healthy: 1,
    revision: '1',
    digest: 'sha256:aaaaaaaaaaaaaaaa',
    wanted: { revision: '2', digest: 'sha256:bbbbbbbbbbbbbbbb', reason: '2 tasks failed' },
    tasks: [
      {
        name: 'wordpress 1a2b',
        type: 'container',
        state: 'draining',
        revision: '1',
        requestsPerSecond: 12.4,
        processors: 0.5,
        memory: 64_000_000,
      },
    ],
  },
};

t.test('a status is a tree: what runs, what was wanted, what each part uses', async (t) => {
  const lines = formatStatus(status, plain).split('\n');
  t.equal(lines[0], 'local  https://localhost:8443/');
  t.equal(lines[1], '├─ wordpress: 1 of 2 healthy, 1 running, revision 1 (aaaaaaaaaaaa)');
  t.equal(lines[2], '│  wanted: revision 2 (bbbbbbbbbbbb): 2 tasks failed');
  t.match(lines[3], /^│ {2}└─ wordpress 1a2b +draining .*revision 1 .*12 req\/s +50 % CPU +64\.0 MB$/);
  t.match(lines[4], /^├─ database +healthy +0123456789ab /);
  t.match(lines[5], /^├─ cache +stopped .*exit code 3/);
  t.equal(lines[6], '└─ network 10.213.0.0/24');
});

t.test('states have their colours', async (t) => {
  const text = formatStatus(status, paint);
  for (const coloured of [
    '<yellow>draining</>',
    '<green>healthy</>',
    '<red>stopped</>',
    '<red>1 of 2 healthy</>',
  ])
    t.match(text, coloured);
});

t.test('a platform that is not there says what brings it up', async (t) => {
  const nothing = { environment: 'local', address: undefined, parts: [], service: undefined };
  t.equal(formatStatus(nothing, plain), 'local is not there: npm run provision brings it up.\n');
});

t.test(
  'lines of a log: each part in its colour, JSON as a request, nothing that moves the cursor',
  async (t) => {
    const print = logPrinter(paint);
    const time = '2026-11-29T05:58:36.923Z';
    const access = {
      status: 302,
      request: 'GET /',
      seconds: 0.4,
      address: '10.0.0.1',
      referer: '-',
      empty: '',
    };
    t.equal(
      print({ part: 'wordpress', time, text: JSON.stringify(access) }),
      '<dim>05:58:36.923</> <cyan>wordpress</> 302 GET / 0.4 s address=10.0.0.1',
    );
    t.equal(print({ part: 'mail', time, text: 'ready' }), '<dim>05:58:36.923</> <yellow>mail     </> ready');
    t.match(print({ part: 'wordpress', time, text: '{ no JSON' }), '<cyan>wordpress</> { no JSON');
    t.notMatch(print({ part: 'mail', time, text: 'a\u001b[2Jb' }), '\u001b');
  },
);

t.test('the end of provision says how the site is reached, also from elsewhere', async (t) => {
  const local = { address: '127.0.0.1', httpsPort: 8443, httpPort: 8080, registryPort: 5000, mailPort: 8025 };
  const platform = { spec: { local } as EnvironmentSpec, authorityFile: '/home/me/authority.crt' };
  const reach = (address: string | undefined, environment: Readonly<Record<string, string>>) =>
    formatReach({ address }, platform, { paint: plain, environment });
  const here = reach('https://localhost:8443/', {});
  t.match(here, 'The site:    https://localhost:8443/');
  t.match(here, /Open it, and finish the set-up there/);
  t.match(here, /ssh -N -L 8443:127\.0\.0\.1:8443 \S+@\S+\n/);
  t.match(here, /trust \/home\/me\/authority\.crt/);
  const remote = reach('https://localhost:8443/', { SSH_CONNECTION: '10.0.0.9 50000 10.0.0.1 22' });
  t.match(remote, /You came by ssh.*\n.*@10\.0\.0\.1\n/);
  t.equal(reach(undefined, {}), '');
});

t.test(
  'a history says when, how, what, from where and who; secrets and cursors have no way in',
  async (t) => {
    const past: PastDeployment[] = [
      {
        who: 'ann@laptop',
        branch: 'main',
        commit: '1a2b3c4',
        image: `123456789012.dkr.ecr.eu-central-1.amazonaws.com/wordpress@sha256:${'ab'.repeat(32)}`,
        started: '2026-11-29T10:00:00.000Z',
        outcome: 'rolled-back',
        reason: 'Essential container exited\u001b[2J',
      },
      { who: 'bob@ci', started: '2026-11-28T10:00:00.000Z' },
    ];
    const plain = formatHistory(past, (_, text) => text);
    t.match(
      plain,
      /^2026-11-29T10:00:00\.000Z +rolled-back +abababababab +main 1a2b3c4 +ann@laptop +Essential container exited/,
    );
    t.notMatch(plain, '\u001b');
    t.match(plain, /\n2026-11-28T10:00:00\.000Z +under way +bob@ci/);
    t.equal(
      formatHistory([], (_, text) => text),
      'Nothing was deployed yet.\n',
    );
  },
);

t.test(
  'a plan for AWS: each property a line, what is lost in red, cost with its difference, and as Markdown',
  async (t) => {
    const plan: PlatformPlan = {
      environment: 'prod',
      changes: [
        {
          part: 'database/Instance',
          type: 'AWS::RDS::DBInstance',
          action: 'replace',
          reasons: ['StorageEncrypted false → true', 'A | <b>'],
          loses: 'the database',
        },
      ],
      notes: [],
      warnings: ['nothing is encrypted'],
      findings: ['RDS.3: Storage is encrypted (database/Instance)'],
      cost: {
        monthly: 450,
        before: 412,
        fixed: [{ what: 'NAT gateways', monthly: 100 }],
        usage: [],
        caveats: [],
      },
    };
    const text = formatPlatformPlan(plan, (colour, line) => `<${colour}>${line}`);
    t.match(text, '      StorageEncrypted false → true\n');
    t.match(text, '<red>      the database is lost; refused without --allow-replace database/Instance');
    t.match(text, '$450 a month ($38.00 more than now), plus usage');
    t.match(text, '<red>  ! nothing is encrypted\n<yellow>  ! RDS.3: Storage is encrypted');
    const idle = formatPlatformPlan({ ...plan, changes: [] }, (_, line) => line);
    t.match(idle, '  ! nothing is encrypted', 'also where nothing is to be done');
    const markdown = formatPlanMarkdown(plan);
    t.match(
      markdown,
      /^### Plan for prod\n\n1 to replace\.\n\n> \[!CAUTION\]\n> `database\/Instance` would be replaced: the database is lost/,
    );
    t.match(markdown, 'A \\| &lt;b>');
    t.match(markdown, '\n\n> [!WARNING]\n> nothing is encrypted.\n\n');
  },
);
