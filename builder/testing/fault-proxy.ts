import { type IncomingMessage, type ServerResponse, createServer, request as sendRequest } from 'node:http';
import {
  type AddressInfo,
  type Server,
  type Socket,
  connect,
  createServer as createTcpServer,
} from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A fault in the handling of one request. */
export interface Fault {
  /** Answers this instead of passing the request on, without waiting for its body. */
  readonly answer?: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  };
  /** Never answers. */
  readonly silent?: true;
  /** Delay before the request is passed on, milliseconds. */
  readonly delayMs?: number;
  /** Replaces the answer's body by another of the same length. */
  readonly alter?: (body: Buffer) => Buffer;
  /** Cuts the connection after so many bytes of the answer's body. */
  readonly cutAfter?: number;
  /** Ends the answer's body after so many bytes, without a length in its header. */
  readonly endAfter?: number;
  /** Stops after so many bytes of the answer's body; keeps the connection open. */
  readonly stopAfter?: number;
  /** Sends the answer's body in pieces of so many bytes, a few milliseconds apart. */
  readonly trickle?: number;
}

export interface FaultProxy {
  /** `127.0.0.1:41234` */
  readonly host: string;
  /** Requests so far: `HEAD /v2/acme/site/blobs/sha256:…`. */
  readonly requests: string[];
  stop(): Promise<void>;
}

/**
 * Starts a proxy before a registry that passes requests on, except for the faults.
 * @param target `127.0.0.1:5000`
 */
export async function startFaultProxy(
  target: string,
  fault: (line: string, request: IncomingMessage) => Fault | undefined,
): Promise<FaultProxy> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const line = `${request.method} ${request.url}`;
    requests.push(line);
    const found = fault(line, request) ?? {};
    request.on('error', () => undefined);
    if (found.silent === true) return;
    if (found.answer !== undefined) {
      const { status, headers, body = '' } = found.answer;
      response
        .writeHead(status, { connection: 'close', 'content-length': body.length, ...headers })
        .end(body);
      return;
    }
    void sleep(found.delayMs ?? 0).then(() => passOn(target, { request, response, fault: found }));
  });
  return listening(server, requests);
}

/**
 * Starts a proxy before a registry that breaks each connection after so many bytes of one direction.
 * @param cut the limits for one connection; undefined for none
 */
export async function startCuttingProxy(
  target: string,
  cut: () => { readonly up?: number; readonly down?: number } | undefined,
): Promise<FaultProxy> {
  const [host = '', port] = target.split(':');
  const server = createTcpServer((client) => {
    const upstream = connect({ host, port: Number(port) });
    const { up = Infinity, down = Infinity } = cut() ?? {};
    const breakOff = (): void => {
      client.resetAndDestroy();
      upstream.destroy();
    };
    pass(client, upstream, { limit: up, breakOff });
    pass(upstream, client, { limit: down, breakOff });
  });
  return listening(server, []);
}

function pass(from: Socket, to: Socket, { limit, breakOff }: { limit: number; breakOff: () => void }): void {
  let left = limit;
  from.on('data', (chunk: Buffer) => {
    const part = chunk.subarray(0, Math.min(left, chunk.length));
    left -= part.length;
    if (part.length < chunk.length) to.write(part, () => breakOff());
    else if (!to.write(part)) from.pause();
  });
  to.on('drain', () => from.resume());
  from.on('end', () => to.end());
  from.on('error', () => to.destroy());
  from.on('close', () => to.destroy());
}

function passOn(
  target: string,
  { request, response, fault }: { request: IncomingMessage; response: ServerResponse; fault: Fault },
): void {
  const [host, port] = target.split(':');
  const { method, url, headers } = request;
  const passed = sendRequest({ host, port, method, path: url, headers, agent: false }, (answer) => {
    void answerWith(answer, response, fault).catch(() => response.destroy());
  });
  passed.on('error', () => response.destroy());
  // Otherwise a client that disconnected would leave a waiting connection, which keeps the test's process alive.
  if (response.closed) passed.destroy();
  else response.once('close', () => passed.destroy());
  request.pipe(passed);
}

async function answerWith(answer: IncomingMessage, response: ServerResponse, fault: Fault): Promise<void> {
  const { alter, cutAfter, endAfter, stopAfter, trickle } = fault;
  const { 'content-length': length, ...others } = answer.headers;
  const withLength = length !== undefined && endAfter === undefined;
  if (endAfter !== undefined) response.shouldKeepAlive = false;
  response.writeHead(answer.statusCode ?? 500, {
    ...others,
    ...(withLength && { 'content-length': length }),
  });
  // If the body never begins, the head must still be sent.
  response.flushHeaders();
  const chunks: Buffer[] = [];
  for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
  const whole = alter?.(Buffer.concat(chunks)) ?? Buffer.concat(chunks);
  const end = cutAfter ?? endAfter ?? stopAfter;
  const part = end === undefined ? whole : whole.subarray(0, end);
  for (let at = 0; at < part.length; at += trickle ?? part.length) {
    response.write(part.subarray(at, at + (trickle ?? part.length)));
    if (trickle !== undefined) await sleep(5);
  }
  if (cutAfter !== undefined) {
    await sleep(20);
    response.socket?.resetAndDestroy();
  } else if (stopAfter === undefined) response.end();
}

async function listening(server: Server, requests: string[]): Promise<FaultProxy> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${port}`,
    requests,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
