import { Authorizer } from './authorizer.js';
import type { ClientContext } from './client-context.js';
import { isCertificateError, isNotTls } from './network-error.js';
import { parseChallenges } from './parse-challenge.js';
import { readLimited } from './read-limited.js';
import type { RegistryError } from '../registry-error.js';
import { type Answer, refusal } from './request.js';
import { withRetries } from './retry.js';
import { checkTarget } from './safe-target.js';
import { type BearerToken, type TokenQuestion, readToken, tokenRequest } from './token-service.js';

/** How to reach a registry: by HTTPS or HTTP, and with which login. */
export interface Entrance {
  /** `https://registry.example` */
  readonly base: URL;
  readonly authorizer: Authorizer;
}

/** A server on this machine refuses TLS within this time. */
const probeMs = 3000;
/** Bytes. */
const longestTokenAnswer = 1 << 20;
const longestGreeting = 1 << 16;

/** Pings a registry to learn its protocol and authentication (distribution specification, "Determining support"). */
export async function enterRegistry(registry: string, context: ClientContext): Promise<Entrance> {
  const { source, secrets, clock, pace } = context;
  const { base, answer } = await speak(registry, context);
  const exchange = (question: TokenQuestion): Promise<BearerToken> =>
    exchangeToken({ registry, base, context }, question).catch((error: RegistryError) => {
      throw error.status === undefined ? error : loginError(error, registry);
    });
  const challenges = answer.status === 401 ? parseChallenges(answer.headers['www-authenticate']) : [];
  return {
    base,
    authorizer: new Authorizer(
      { base, registry, source, secrets, clock, exchange, signal: pace.signal },
      challenges,
    ),
  };
}

/** Tries HTTPS, then HTTP if it is allowed and the server speaks no TLS. */
async function speak(registry: string, context: ClientContext): Promise<{ base: URL; answer: Answer }> {
  const mayBePlain = context.insecure(registry);
  const https = new URL(`https://${registry}`);
  try {
    return { base: https, answer: await ping(https, context, mayBePlain ? probeMs : undefined) };
  } catch (error) {
    const { cause, status } = error as RegistryError;
    if (!mayBePlain || status !== undefined || isCertificateError(cause)) throw error;
    const http = new URL(`http://${registry}`);
    const answer = await ping(http, context).catch((plain: unknown) => {
      // A server without TLS is expected here, so report the error of plain HTTP.
      throw isNotTls(cause) ? plain : error;
    });
    return { base: http, answer };
  }
}

/** @param probe milliseconds for a single try; without it, tries are repeated */
async function ping(base: URL, context: ClientContext, probe?: number): Promise<Answer> {
  const { wire, limits, pace, userAgent } = context;
  const url = new URL('/v2/', base);
  const attempt = async (): Promise<Answer> => {
    const request = {
      method: 'GET',
      url,
      headers: { 'user-agent': userAgent },
      signal: pace.signal,
    } as const;
    const answer = { ...(await wire.send({ ...request, answerMs: probe ?? limits.stallMs })), url };
    if (answer.status !== 200 && answer.status !== 401) throw await refusal(request, answer, context);
    await readLimited(answer.body, { most: longestGreeting, url, request, cut: true });
    return answer;
  };
  return probe === undefined ? withRetries(pace, attempt) : attempt();
}

async function exchangeToken(
  { base, context }: { registry: string; base: URL; context: ClientContext },
  question: TokenQuestion,
): Promise<BearerToken> {
  const { wire, limits, pace, userAgent } = context;
  await checkTarget(base, question.realm);
  return withRetries(pace, async () => {
    const asked = tokenRequest(question);
    const headers = { 'user-agent': userAgent, ...asked.headers };
    const sent = { ...asked, headers, answerMs: limits.stallMs, signal: pace.signal };
    const answer = { ...(await wire.send(sent)), url: asked.url };
    if (answer.status !== 200) throw await refusal(asked, answer, context);
    return readToken(
      await readLimited(answer.body, { most: longestTokenAnswer, url: asked.url, request: asked }),
      question.realm,
    );
  });
}

function loginError(error: RegistryError, registry: string): RegistryError {
  const hint = `check the stored login for ${registry}, or log in again`;
  return error.with(`no login to ${registry}: ${error.message}`, { ...(error.status === 401 && { hint }) });
}
