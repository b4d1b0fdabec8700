// What both generations of the TypeScript SDK have to do here; each brings its own Client, transport and error.
import assert from 'node:assert/strict';
import { callback, issuer, mcp, visit } from './person.mjs';

class Provider {
  constructor(clientMetadataUrl) {
    this.clientMetadataUrl = clientMetadataUrl;
    this.visits = 0;
  }

  get redirectUrl() {
    return callback;
  }

  get clientMetadata() {
    return {
      client_name: 'TypeScript SDK',
      redirect_uris: [callback],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    };
  }

  state = () => 'a state with spaces & signs';
  clientInformation = () => this.information;
  saveClientInformation = (information) => void (this.information = information);
  tokens = () => this.saved;
  saveTokens = (tokens) => void (this.saved = tokens);
  redirectToAuthorization = (url) => void (this.request = url);
  saveCodeVerifier = (verifier) => void (this.verifier = verifier);
  codeVerifier = () => this.verifier;
  saveDiscoveryState = (state) => void (this.discovered = state);
  discoveryState = () => this.discovered;

  invalidateCredentials(what) {
    if (what === 'all' || what === 'client') this.information = undefined;
    if (what === 'all' || what === 'tokens') this.saved = undefined;
  }
}

/** Discovery, registration or document, sign-in, tools, refresh, step-up, and what comes after a revocation. */
export async function run({ Client, Transport, Unauthorized, finish, call, refreshesInsteadOfAsking }, clientMetadataUrl) {
  const provider = new Provider(clientMetadataUrl);
  let client;
  const connect = async () => {
    client = new Client({ name: 'interop', version: '1.0.0' });
    const transport = new Transport(new URL(mcp), { authProvider: provider });
    try {
      await client.connect(transport);
    } catch (error) {
      await signIn(error, transport);
      await connect();
    }
  };
  const signIn = async (error, transport) => {
    if (!(error instanceof Unauthorized)) throw error;
    provider.visits++;
    const answer = await visit(provider.request);
    assert.equal(answer.searchParams.get('state'), provider.state());
    assert.equal(answer.searchParams.get('iss'), issuer);
    await finish(transport, answer.searchParams);
  };
  const use = async (tool, args = {}) => {
    try {
      return await call(client, tool, args);
    } catch (error) {
      await signIn(error, client.transport);
      await connect();
      return call(client, tool, args);
    }
  };

  await connect();
  await use('list_notes');
  assert.equal(provider.visits, 1);
  assert.equal(provider.information.client_id.startsWith(clientMetadataUrl ?? 'hqc_'), true);
  assert.equal(provider.request.searchParams.get('resource'), mcp);
  assert.equal(provider.saved.scope, 'read');

  // The access token is over: it comes back with its refresh token.
  const { refresh_token: first } = provider.saved;
  provider.saved.access_token = 'over';
  await use('list_notes');
  assert.equal(provider.visits, 1);
  assert.notEqual(provider.saved.refresh_token, first);

  // A tool that needs more.
  if (refreshesInsteadOfAsking) delete provider.saved.refresh_token;
  await use('add_note', { text: 'from TypeScript' });
  assert.equal(provider.visits, 2);
  assert.deepEqual(provider.saved.scope.split(' ').sort(), ['read', 'write']);
  assert.match(JSON.stringify(await use('list_notes')), /from TypeScript/);

  // The user takes it back.
  const revoked = await fetch(issuer + '/oauth2/revoke', {
    method: 'POST',
    body: new URLSearchParams({ token: provider.saved.refresh_token, client_id: provider.information.client_id }),
  });
  assert.equal(revoked.status, 200);
  await use('list_notes');
  assert.equal(provider.visits, 3);
  await client.close();
}

export const document = process.env.DOCUMENT;
