// node-oidc-provider with the same clients, lifetimes and algorithm as the others. Users sign in and consent without a page.
import { createServer } from 'node:http';
import { generateKeyPairSync } from 'node:crypto';
import Provider from 'oidc-provider';
import { MapAdapter } from './adapter.mjs';

const issuer = process.argv[2];
const redirectUri = 'https://app.example.com/cb';
const api = 'https://api.example.com';
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const key = { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256', kid: 'load' };

// It ends when the driver does.
process.stdin.on('end', () => process.exit(0)).resume();

const common = { redirect_uris: [redirectUri], response_types: ['code'], scope: 'read' };
const provider = new Provider(issuer, {
  adapter: MapAdapter,
  jwks: { keys: [key] },
  cookies: { keys: ['a key to sign cookies with'] },
  scopes: ['read'],
  clientDefaults: { id_token_signed_response_alg: 'ES256' },
  clients: [
    { ...common, client_id: 'public', grant_types: ['authorization_code', 'refresh_token'], token_endpoint_auth_method: 'none' },
    {
      ...common,
      client_id: 'confidential',
      client_secret: 'secret-of-the-load-measurement-0123456789',
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
      token_endpoint_auth_method: 'client_secret_basic',
    },
  ],
  pkce: { required: () => true },
  issueRefreshToken: async () => true,
  rotateRefreshToken: true,
  expiresWithSession: async () => false,
  ttl: {
    AuthorizationCode: 60,
    AccessToken: 3600,
    ClientCredentials: 3600,
    RefreshToken: 30 * 86400,
    Grant: 30 * 86400,
    Session: 14 * 86400,
    Interaction: 3600,
  },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
    registration: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: async (ctx, client, oneOf) => oneOf?.[0] ?? api,
      useGrantedResource: async () => true,
      getResourceServerInfo: async (ctx, resource) => ({
        scope: 'read',
        accessTokenTTL: 3600,
        // It introspects no JWT: tokens that are introspected are opaque, all others are JWTs.
        ...(resource === api ? { accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } } : { accessTokenFormat: 'opaque' }),
      }),
    },
  },
  findAccount: async (ctx, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
  // A consent is remembered, and a new one is given without a page.
  async loadExistingGrant(ctx) {
    const { provider: p, session, client } = ctx.oidc;
    const known = session.grantIdFor(client.clientId);
    const found = known && (await p.Grant.find(known));
    if (found) return found;
    const grant = new p.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope('read');
    for (const resource of [api, 'https://opaque.example.com']) grant.addResourceScope(resource, 'read');
    await grant.save();
    return grant;
  },
  // A revocation ends one token, so that the next has as much to do.
  revokeGrantPolicy: (ctx) => ctx.oidc.route !== 'revocation',
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
});
provider.on('server_error', (ctx, error) => console.error(error));

let users = 0;
const answer = provider.callback();
const server = createServer((request, response) =>
  request.url.startsWith('/interaction/')
    ? provider.interactionFinished(request, response, { login: { accountId: `user${users++}` } })
    : answer(request, response),
);
server.keepAliveTimeout = 120_000;
server.listen(new URL(issuer).port, '127.0.0.1');
