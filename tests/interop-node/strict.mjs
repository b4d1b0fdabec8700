// A confidential client that signs (private_key_jwt), pushes its requests (PAR) and binds its tokens to a key (DPoP), all at once.
import assert from 'node:assert/strict';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { callback, issuer, mcp, visit } from './person.mjs';

const demandsNonce = process.env.DEMANDS_NONCE === 'true';
const insecure = { [oauth.allowInsecureRequests]: true };
const call = [
  'POST',
  new URL(mcp),
  new Headers({ accept: 'application/json, text/event-stream', 'content-type': 'application/json' }),
  JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'strict', version: '1' } },
  }),
];

// The keys of a client, and its metadata. The key of its assertions is not the one of its proofs.
async function keysOf(name, alg) {
  const { privateKey, publicKey } = await oauth.generateKeyPair(alg, { extractable: true });
  const metadata = {
    client_name: name,
    redirect_uris: [callback],
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: alg,
    jwks: { keys: [{ ...(await crypto.subtle.exportKey('jwk', publicKey)), kid: 'one', alg }] },
    require_pushed_authorization_requests: true,
    dpop_bound_access_tokens: true,
  };
  return [metadata, { key: privateKey, kid: 'one' }];
}

const isBoundElsewhere = (error) => error.error === 'invalid_grant';

const server = await oauth.processDiscoveryResponse(
  new URL(issuer),
  await oauth.discoveryRequest(new URL(issuer), { algorithm: 'oauth2', ...insecure }),
);
assert.equal(server.require_pushed_authorization_requests, true);

// oauth4webapi remembers the nonces; its user sends the request again.
let nonces = 0;
async function again(request) {
  try {
    return await request();
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error;
    nonces++;
    return request();
  }
}

for (const alg of ['ES256', 'PS256', 'RS256']) {
  const [metadata, key] = await keysOf(`oauth4webapi ${alg}`, alg);
  const client = await oauth.processDynamicClientRegistrationResponse(await oauth.dynamicClientRegistrationRequest(server, metadata, insecure));
  assert.equal(client.token_endpoint_auth_method, 'private_key_jwt');
  const authentication = oauth.PrivateKeyJwt(key);
  const options = { DPoP: oauth.DPoP(client, await oauth.generateKeyPair('ES256')), ...insecure };
  const jkt = await options.DPoP.calculateThumbprint();
  const stranger = { DPoP: oauth.DPoP(client, await oauth.generateKeyPair('ES256')), ...insecure };
  const verifier = oauth.generateRandomCodeVerifier();
  const parameters = new URLSearchParams({
    response_type: 'code',
    redirect_uri: callback,
    scope: 'read',
    resource: mcp,
    state: 'state',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    dpop_jkt: jkt,
  });
  const { request_uri } = await again(async () =>
    oauth.processPushedAuthorizationResponse(
      server,
      client,
      await oauth.pushedAuthorizationRequest(server, client, authentication, parameters, options),
    ),
  );
  const request = new URL(server.authorization_endpoint);
  request.search = new URLSearchParams({ client_id: client.client_id, request_uri });
  const answer = oauth.validateAuthResponse(server, client, await visit(request), 'state');
  const redeem = (options) => async () =>
    oauth.processAuthorizationCodeResponse(
      server,
      client,
      await oauth.authorizationCodeGrantRequest(server, client, authentication, answer, callback, verifier, options),
    );
  const refresh = (token, options) => async () =>
    oauth.processRefreshTokenResponse(
      server,
      client,
      await oauth.refreshTokenGrantRequest(server, client, authentication, token, options),
    );

  await assert.rejects(again(redeem(stranger)), isBoundElsewhere);
  const tokens = await again(redeem(options));
  assert.equal(tokens.token_type, 'dpop');
  assert.equal((await again(async () => oauth.protectedResourceRequest(tokens.access_token, ...call, options))).status, 200);
  await assert.rejects(again(async () => oauth.protectedResourceRequest(tokens.access_token, ...call, stranger)));

  const refreshed = await again(refresh(tokens.refresh_token, options));
  assert.equal(refreshed.token_type, 'dpop');
  const known = await oauth.processIntrospectionResponse(
    server,
    client,
    await oauth.introspectionRequest(server, client, authentication, refreshed.access_token, insecure),
  );
  assert.deepEqual([known.active, known.token_type, known.cnf.jkt], [true, 'DPoP', jkt]);

  await oauth.processRevocationResponse(await oauth.revocationRequest(server, client, authentication, refreshed.refresh_token, insecure));
  await assert.rejects(again(refresh(refreshed.refresh_token, options)), (error) => error.error === 'invalid_grant');
}
assert.equal(nonces > 0, demandsNonce);

// openid-client sends a request again by itself.
for (const alg of ['ES256', 'PS256', 'RS256']) {
  const [metadata, key] = await keysOf(`openid-client ${alg}`, alg);
  const config = await openid.dynamicClientRegistration(new URL(issuer), metadata, openid.PrivateKeyJwt(key), {
    algorithm: 'oauth2',
    execute: [openid.allowInsecureRequests],
  });
  const options = { DPoP: openid.getDPoPHandle(config, await openid.randomDPoPKeyPair()) };
  const stranger = { DPoP: openid.getDPoPHandle(config, await openid.randomDPoPKeyPair()) };
  const pkceCodeVerifier = openid.randomPKCECodeVerifier();
  const expectedState = openid.randomState();
  const parameters = {
    redirect_uri: callback,
    scope: 'read write',
    resource: mcp,
    state: expectedState,
    code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
  };
  // Without PAR there is nothing.
  const refused = await visit(openid.buildAuthorizationUrl(config, parameters));
  assert.equal(refused.searchParams.get('error'), 'invalid_request');

  // The proof of the pushed request binds the code to its key (RFC 9449 §10.1).
  const request = await openid.buildAuthorizationUrlWithPAR(config, parameters, options);
  assert.deepEqual([...request.searchParams.keys()].sort(), ['client_id', 'request_uri']);
  const answer = await visit(request);
  const redeem = (options) =>
    openid.authorizationCodeGrant(config, answer, { pkceCodeVerifier, expectedState }, { resource: mcp }, options);
  await assert.rejects(redeem(stranger), isBoundElsewhere);
  const tokens = await redeem(options);
  assert.equal(tokens.token_type, 'dpop');
  const [method, url, headers, body] = call;
  const api = (options) => openid.fetchProtectedResource(config, tokens.access_token, url, method, body, headers, options);
  assert.equal((await api(options)).status, 200);
  await assert.rejects(api(stranger));

  // Its refresh token is bound to the client, which authenticates: it may change its key (RFC 9449 §5).
  const next = { DPoP: openid.getDPoPHandle(config, await openid.randomDPoPKeyPair()) };
  const refreshed = await openid.refreshTokenGrant(config, tokens.refresh_token, undefined, next);
  assert.equal(refreshed.token_type, 'dpop');
  const known = await openid.tokenIntrospection(config, refreshed.access_token);
  assert.equal(known.cnf.jkt, await next.DPoP.calculateThumbprint());
  await openid.tokenRevocation(config, refreshed.refresh_token);
  await assert.rejects(
    openid.refreshTokenGrant(config, refreshed.refresh_token, undefined, next),
    (error) => error.error === 'invalid_grant',
  );
}
