// DPoP (RFC 9449) by oauth4webapi and openid-client: the whole flow, and calls of the MCP endpoint with the tokens.
import assert from 'node:assert/strict';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { callback, issuer, mcp, visit } from './person.mjs';

const demandsNonce = process.env.DEMANDS_NONCE === 'true';
const headers = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' };
const body = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'dpop', version: '1' } },
});
const metadata = {
  redirect_uris: [callback],
  grant_types: ['authorization_code', 'refresh_token'],
  token_endpoint_auth_method: 'none',
  dpop_bound_access_tokens: true,
};

const insecure = { [oauth.allowInsecureRequests]: true };
const server = await oauth.processDiscoveryResponse(
  new URL(issuer),
  await oauth.discoveryRequest(new URL(issuer), { algorithm: 'oauth2', ...insecure }),
);
assert.deepEqual(server.dpop_signing_alg_values_supported, ['ES256', 'RS256', 'PS256']);

// The library remembers the nonce; its user sends the request again.
let nonces = 0;
async function again(call) {
  try {
    return await call();
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error;
    nonces++;
    return call();
  }
}

for (const algorithm of ['ES256', 'RS256', 'PS256']) {
  const client = await oauth.processDynamicClientRegistrationResponse(
    await oauth.dynamicClientRegistrationRequest(server, { client_name: `oauth4webapi ${algorithm}`, ...metadata }, insecure),
  );
  assert.equal(client.dpop_bound_access_tokens, true);
  const DPoP = oauth.DPoP(client, await oauth.generateKeyPair(algorithm));
  const verifier = oauth.generateRandomCodeVerifier();
  const request = new URL(server.authorization_endpoint);
  request.search = new URLSearchParams({
    response_type: 'code',
    client_id: client.client_id,
    redirect_uri: callback,
    scope: 'read',
    resource: mcp,
    state: 'state',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    dpop_jkt: await DPoP.calculateThumbprint(),
  });
  const answer = oauth.validateAuthResponse(server, client, await visit(request), 'state');
  const redeem = (options) => async () =>
    oauth.processAuthorizationCodeResponse(
      server,
      client,
      await oauth.authorizationCodeGrantRequest(server, client, oauth.None(), answer, callback, verifier, { ...options, ...insecure }),
    );
  const refresh = (token, options) => async () =>
    oauth.processRefreshTokenResponse(
      server,
      client,
      await oauth.refreshTokenGrantRequest(server, client, oauth.None(), token, { ...options, ...insecure }),
    );

  // Without a proof, and with one of another key, there is nothing; the code stays good.
  await assert.rejects(redeem({}), (error) => error.error === 'invalid_dpop_proof');
  const stranger = { DPoP: oauth.DPoP(client, await oauth.generateKeyPair(algorithm)) };
  await assert.rejects(again(redeem(stranger)), (error) => error.error === 'invalid_grant');
  const tokens = await again(redeem({ DPoP }));
  assert.equal(tokens.token_type, 'dpop');

  // The API takes the token with a proof, each once, and not as a bearer token.
  let sent;
  const call = async () =>
    oauth.protectedResourceRequest(tokens.access_token, 'POST', new URL(mcp), new Headers(headers), body, {
      DPoP,
      ...insecure,
      [oauth.customFetch]: (url, options) => fetch((sent = new Request(url, options)).clone()),
    });
  for (let i = 0; i < 2; i++) assert.equal((await again(call)).status, 200);
  assert.equal((await fetch(sent.clone())).status, 401);
  const bearer = await fetch(mcp, { method: 'POST', body, headers: { ...headers, authorization: `Bearer ${tokens.access_token}` } });
  assert.equal(bearer.status, 401);
  assert.match(bearer.headers.get('www-authenticate'), /^Bearer .*error="invalid_token".*DPoP algs="ES256 RS256 PS256"/);

  // An API elsewhere verifies the same request by the published keys.
  const claims = await oauth.validateJwtAccessToken(server, sent, mcp, { requireDPoP: true, ...insecure });
  assert.equal(claims.cnf.jkt, await DPoP.calculateThumbprint());

  // A stolen refresh token is of no use, and its theft ends nothing.
  await assert.rejects(again(refresh(tokens.refresh_token, stranger)), (error) => error.error === 'invalid_grant');
  const refreshed = await again(refresh(tokens.refresh_token, { DPoP }));
  assert.equal(refreshed.token_type, 'dpop');
}
assert.equal(nonces > 0, demandsNonce);

// openid-client sends a request again by itself.
const config = await openid.dynamicClientRegistration(new URL(issuer), { client_name: 'openid-client', ...metadata }, openid.None(), {
  algorithm: 'oauth2',
  execute: [openid.allowInsecureRequests],
});
const handle = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair());
const options = { DPoP: handle };
const pkceCodeVerifier = openid.randomPKCECodeVerifier();
const expectedState = openid.randomState();
const request = openid.buildAuthorizationUrl(config, {
  redirect_uri: callback,
  scope: 'read write',
  resource: mcp,
  state: expectedState,
  code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
  code_challenge_method: 'S256',
  dpop_jkt: await handle.calculateThumbprint(),
});
const tokens = await openid.authorizationCodeGrant(
  config,
  await visit(request),
  { pkceCodeVerifier, expectedState },
  { resource: mcp },
  options,
);
assert.equal(tokens.token_type, 'dpop');
const answer = await openid.fetchProtectedResource(config, tokens.access_token, new URL(mcp), 'POST', body, new Headers(headers), options);
assert.equal(answer.status, 200);
await assert.rejects(openid.refreshTokenGrant(config, tokens.refresh_token), (error) => error.error === 'invalid_dpop_proof');
const refreshed = await openid.refreshTokenGrant(config, tokens.refresh_token, undefined, options);
assert.equal(refreshed.token_type, 'dpop');
