import t from 'tap';
import { proxyFor } from './proxy-for.js';

const both = { HTTP_PROXY: 'http://proxy:3128', HTTPS_PROXY: 'secure-proxy:3129' };
const ask = (url: string, more = {}) => proxyFor(new URL(url), { ...both, ...more });

t.test('each protocol has its proxy', async (t) => {
  t.equal(ask('http://registry.example/v2/'), 'http://proxy:3128');
  t.equal(ask('https://registry.example/v2/'), 'http://secure-proxy:3129');
  t.equal(proxyFor(new URL('https://registry.example/'), { https_proxy: 'socks5://s:1' }), 'socks5://s:1');
  t.equal(proxyFor(new URL('https://registry.example/'), { HTTP_PROXY: 'x' }), undefined);
});

t.test('this machine itself is asked without one', async (t) => {
  for (const host of ['localhost', 'localhost:5000', '127.0.0.1:5000', '127.1.2.3', '[::1]:5000'])
    t.equal(ask(`http://${host}/v2/`), undefined, host);
  t.equal(ask('http://localhost.example/'), 'http://proxy:3128');
});

t.test('NO_PROXY is read as Go reads it', async (t) => {
  const cases: readonly (readonly [noProxy: string, host: string, direct: boolean])[] = [
    ['*', 'a.example', true],
    ['a.example', 'a.example', true],
    ['a.example', 'b.a.example', true],
    ['a.example', 'ba.example', false],
    ['.a.example', 'b.a.example', true],
    ['.a.example', 'a.example', false],
    ['*.a.example', 'b.a.example', true],
    ['x, A.Example ,y', 'a.example', true],
    ['a.example:8080', 'a.example:8080', true],
    ['a.example:8080', 'a.example', false],
    ['a.example:80', 'a.example', true],
    ['10.0.0.0/8', '10.1.2.3:5000', true],
    ['10.0.0.0/8', '11.1.2.3', false],
    ['10.1.2.3', '10.1.2.3', true],
    ['fd00::/8', '[fd00::1]', true],
    ['[fd00::1]:5000', '[fd00::1]:5000', true],
    ['fd00::1', '[fd00::1]', true],
    ['', 'a.example', false],
  ];
  for (const [NO_PROXY, host, direct] of cases)
    t.equal(ask(`http://${host}/`, { NO_PROXY }) === undefined, direct, `${NO_PROXY}: ${host}`);
});
