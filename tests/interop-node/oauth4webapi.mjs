import assert from 'node:assert/strict';
import * as oauth from 'oauth4webapi';
import { callback, issuer, mcp, visit } from './person.mjs';

const insecure = { [oauth.allowInsecureRequests]: true };
const server = await oauth.processDiscoveryResponse(
  new URL(issuer),
  await oauth.discoveryRequest(new URL(issuer), { algorithm: 'oauth2', ...insecure }),
);
const resource = await oauth.processResourceDiscoveryResponse(new URL(mcp), await oauth.resourceDiscoveryRequest(new URL(mcp), insecure));
assert.deepEqual(resource.authorization_servers, [issuer]);

async function flow(client, authentication, scope, push = false) {
  const verifier = oauth.generateRandomCodeVerifier();
  let parameters = new URLSearchParams({
    response_type: 'code',
    client_id: client.client_id,
    redirect_uri: callback,
    scope,
    resource: mcp,
    state: 'state',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  if (push) {
    // RFC 9126
    const pushed = await oauth.processPushedAuthorizationResponse(
      server,
      client,
      await oauth.pushedAuthorizationRequest(server, client, authentication, parameters, insecure),
    );
    parameters = new URLSearchParams({ client_id: client.client_id, request_uri: pushed.request_uri });
  }
  const request = new URL(server.authorization_endpoint);
  request.search = parameters;
  const answer = oauth.validateAuthResponse(server, client, await visit(request), 'state');
  const tokens = await oauth.processAuthorizationCodeResponse(
    server,
    client,
    await oauth.authorizationCodeGrantRequest(server, client, authentication, answer, callback, verifier, insecure),
  );
  assert.equal(tokens.scope, scope);

  // The JWT by its published key (RFC 9068 §4), as an API elsewhere would.
  const claims = await oauth.validateJwtAccessToken(
    server,
    new Request(mcp, { headers: { authorization: `Bearer ${tokens.access_token}` } }),
    mcp,
    insecure,
  );
  assert.deepEqual([claims.sub, claims.client_id, claims.scope], ['alice', client.client_id, scope]);

  const refreshed = await oauth.processRefreshTokenResponse(
    server,
    client,
    await oauth.refreshTokenGrantRequest(server, client, authentication, tokens.refresh_token, insecure),
  );
  assert.notEqual(refreshed.refresh_token, tokens.refresh_token);
  await oauth.processRevocationResponse(await oauth.revocationRequest(server, client, authentication, refreshed.refresh_token, insecure));
  await assert.rejects(
    async () =>
      oauth.processRefreshTokenResponse(
        server,
        client,
        await oauth.refreshTokenGrantRequest(server, client, authentication, refreshed.refresh_token, insecure),
      ),
    (error) => error.error === 'invalid_grant',
  );
}

const registered = await oauth.processDynamicClientRegistrationResponse(
  await oauth.dynamicClientRegistrationRequest(
    server,
    { client_name: 'oauth4webapi', redirect_uris: [callback], grant_types: ['authorization_code', 'refresh_token'] },
    insecure,
  ),
);
assert.equal(registered.token_endpoint_auth_method, 'client_secret_basic');
await flow(registered, oauth.ClientSecretBasic(registered.client_secret), 'read write');
await flow(registered, oauth.ClientSecretBasic(registered.client_secret), 'read write', true);
await flow({ client_id: process.env.DOCUMENT }, oauth.None(), 'read');
// Its document is known by now.
await flow({ client_id: process.env.DOCUMENT }, oauth.None(), 'read', true);

// A client that signs (RFC 7523), by each algorithm.
assert.ok(server.token_endpoint_auth_methods_supported.includes('private_key_jwt'));
for (const alg of server.token_endpoint_auth_signing_alg_values_supported) {
  const keys = await oauth.generateKeyPair(alg, { extractable: true });
  const kid = 'key for ' + alg;
  const signing = await oauth.processDynamicClientRegistrationResponse(
    await oauth.dynamicClientRegistrationRequest(
      server,
      {
        client_name: 'oauth4webapi with a key',
        redirect_uris: [callback],
        grant_types: ['authorization_code', 'refresh_token'],
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: alg,
        jwks: { keys: [{ ...(await crypto.subtle.exportKey('jwk', keys.publicKey)), kid, alg }] },
      },
      insecure,
    ),
  );
  assert.equal(signing.token_endpoint_auth_method, 'private_key_jwt');
  assert.equal('client_secret' in signing, false);
  await flow(signing, oauth.PrivateKeyJwt({ key: keys.privateKey, kid }), 'read write');

  const stranger = await oauth.generateKeyPair(alg);
  await assert.rejects(
    async () =>
      oauth.processRefreshTokenResponse(
        server,
        signing,
        await oauth.refreshTokenGrantRequest(server, signing, oauth.PrivateKeyJwt({ key: stranger.privateKey, kid }), 'x', insecure),
      ),
    (error) => error.status === 401,
  );
}

// A device without a browser (RFC 8628).
const deviceCode = 'urn:ietf:params:oauth:grant-type:device_code';
assert.ok(server.grant_types_supported.includes(deviceCode));
const device = await oauth.processDynamicClientRegistrationResponse(
  await oauth.dynamicClientRegistrationRequest(
    server,
    { client_name: 'oauth4webapi on a device', grant_types: [deviceCode, 'refresh_token'], token_endpoint_auth_method: 'none' },
    insecure,
  ),
);
const ask = async () =>
  oauth.processDeviceAuthorizationResponse(
    server,
    device,
    await oauth.deviceAuthorizationRequest(server, device, oauth.None(), new URLSearchParams({ scope: 'read', resource: mcp }), insecure),
  );
const poll = async (codes) =>
  oauth.processDeviceCodeResponse(
    server,
    device,
    await oauth.deviceCodeGrantRequest(server, device, oauth.None(), codes.device_code, insecure),
  );
const waiting = await ask();
await assert.rejects(poll(waiting), (error) => error.error === 'authorization_pending');
await assert.rejects(poll(waiting), (error) => error.error === 'slow_down');
const answered = await ask();
assert.equal(answered.interval, 5);
await visit(answered.verification_uri_complete);
const ofDevice = await poll(answered);
assert.equal(ofDevice.scope, 'read');
assert.ok(ofDevice.refresh_token);
