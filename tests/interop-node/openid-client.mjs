import assert from 'node:assert/strict';
import * as client from 'openid-client';
import { callback, issuer, mcp, visit } from './person.mjs';

const insecure = { algorithm: 'oauth2', execute: [client.allowInsecureRequests] };

// It does not look at the method it registered: without a word it sends the secret in the body.
const keys = await crypto.subtle.generateKey(
  { name: 'RSA-PSS', hash: 'SHA-256', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
  true,
  ['sign', 'verify'],
);
const jwk = { ...(await crypto.subtle.exportKey('jwk', keys.publicKey)), kid: 'one' };
const methods = {
  client_secret_basic: client.ClientSecretBasic,
  client_secret_post: client.ClientSecretPost,
  private_key_jwt: () => client.PrivateKeyJwt({ key: keys.privateKey, kid: 'one' }),
  none: client.None,
};

for (const [method, authentication] of Object.entries(methods)) {
  const metadata = {
    client_name: 'openid-client',
    redirect_uris: [callback],
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: method,
    ...(method === 'private_key_jwt' && { jwks: { keys: [jwk] } }),
  };
  const config = await client.dynamicClientRegistration(new URL(issuer), metadata, authentication(), insecure);
  const registered = config.clientMetadata();
  assert.equal(registered.token_endpoint_auth_method, method);
  assert.equal('client_secret' in registered, method.startsWith('client_secret'));

  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const expectedState = client.randomState();
  const parameters = {
    redirect_uri: callback,
    scope: 'read write',
    resource: mcp,
    state: expectedState,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
  };
  // RFC 9126, with one of the methods a request that the browser carries.
  const request =
    method === 'client_secret_post'
      ? client.buildAuthorizationUrl(config, parameters)
      : await client.buildAuthorizationUrlWithPAR(config, parameters);
  assert.equal(request.searchParams.has('request_uri'), method !== 'client_secret_post');
  const answer = await visit(request);
  const tokens = await client.authorizationCodeGrant(config, answer, { pkceCodeVerifier, expectedState }, { resource: mcp });
  assert.equal(tokens.scope, 'read write');
  assert.ok(tokens.expiresIn() > 0);

  const narrowed = await client.refreshTokenGrant(config, tokens.refresh_token, { scope: 'read', resource: mcp });
  assert.equal(narrowed.scope, 'read');
  if (method !== 'none') {
    const known = await client.tokenIntrospection(config, narrowed.access_token);
    assert.deepEqual([known.active, known.aud, known.scope, known.sub], [true, mcp, 'read', 'alice']);
  }

  await client.tokenRevocation(config, narrowed.refresh_token);
  await assert.rejects(client.refreshTokenGrant(config, narrowed.refresh_token), (error) => error.error === 'invalid_grant');
  await assert.rejects(
    client.authorizationCodeGrant(config, answer, { pkceCodeVerifier, expectedState }),
    (error) => error.error === 'invalid_grant',
  );
}

// A machine with a secret: its own token, and what others did wrong.
const machine = await client.discovery(new URL(issuer), 'api', process.env.API_SECRET, client.ClientSecretPost(process.env.API_SECRET), insecure);
const own = await client.clientCredentialsGrant(machine, { scope: 'read', resource: mcp });
assert.equal(own.scope, 'read');
const wrong = await client.discovery(new URL(issuer), 'api', 'wrong', client.ClientSecretPost('wrong'), insecure);
await assert.rejects(client.clientCredentialsGrant(wrong, {}), (error) => error.status === 401);

// A device without a browser (RFC 8628); it polls by itself.
const device = await client.dynamicClientRegistration(
  new URL(issuer),
  {
    client_name: 'openid-client on a device',
    grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
    token_endpoint_auth_method: 'none',
  },
  client.None(),
  insecure,
);
const codes = await client.initiateDeviceAuthorization(device, { scope: 'read write', resource: mcp });
await visit(codes.verification_uri_complete);
const ofDevice = await client.pollDeviceAuthorizationGrant(device, codes);
assert.equal(ofDevice.scope, 'read write');
assert.ok(ofDevice.refresh_token);
