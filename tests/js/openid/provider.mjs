// A real OpenID provider on loopback, for tests of the sign-in.
//
//   node tests/js/openid/provider.mjs CALLBACK
//
// It prints its issuer. `GET /_test?account=NAME&fault=FAULT` chooses the account that signs in next (without one, the
// owner declines), and a fault of the ID token; nothing is asked of a visitor.

import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'
import { createServer } from 'node:http'

import Provider from 'oidc-provider'

const [callback] = process.argv.slice(2)

const ACCOUNTS = {
  'owner-1': { email: 'Owner@Example.org', email_verified: true },
  'mailbox-2': { email: 'mailbox@example.org', email_verified: true },
  'mallory-3': { email: 'mailbox@example.org', email_verified: false },
  'guest-4': { email: 'guest@example.org', email_verified: true },
  'nameless-5': {},
}

const [own, foreign] = [1, 2].map(() => privateKey())

const FAULTS = {
  nonce: claims => ({ ...claims, nonce: 'another' }),
  no_nonce: ({ nonce, ...claims }) => claims,
  expired: claims => ({ ...claims, iat: claims.iat - 7200, exp: claims.iat - 3600 }),
  audience: claims => ({ ...claims, aud: 'another-client' }),
  issuer: claims => ({ ...claims, iss: 'https://evil.example' }),
  subject: claims => ({ ...claims, sub: 'owner-1' }),
}

let next = { account: '', fault: '' }

const base64 = value => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Signs the claims of an ID token again, after a fault. */
function spoiled(token, fault) {
  const claims = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'))
  if (fault === 'unsigned') return `${base64({ alg: 'none' })}.${base64(claims)}.`
  const head = { alg: 'RS256', kid: 'own', typ: 'JWT' }
  const content = `${base64(head)}.${base64(FAULTS[fault]?.(claims) ?? claims)}`
  const key = fault === 'signature' ? foreign : own
  return `${content}.${sign('sha256', Buffer.from(content), key).toString('base64url')}`
}

/** Makes a key by way of its text: none is exported that its generation may still hold. */
function privateKey() {
  const privateKeyEncoding = { type: 'pkcs8', format: 'pem' }
  const publicKeyEncoding = { type: 'spki', format: 'pem' }
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048, privateKeyEncoding, publicKeyEncoding })
  return createPrivateKey(pair.privateKey)
}

const server = createServer()
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`
  const provider = new Provider(issuer, {
    clients: [{ client_id: 'drive-in', client_secret: 'a secret: %+/', redirect_uris: [callback] }],
    jwks: { keys: [{ ...own.export({ format: 'jwk' }), kid: 'own', use: 'sig', alg: 'RS256' }] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    cookies: { keys: ['a key of tests'] },
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => true },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...ACCOUNTS[id] }) }),
  })
  provider.use(async (ctx, then) => {
    await then()
    if (ctx.oidc?.route === 'token' && ctx.body?.id_token && next.fault) {
      ctx.body.id_token = spoiled(ctx.body.id_token, next.fault)
    }
  })
  const answer = provider.callback()
  server.on('request', async (request, response) => {
    const url = new URL(request.url, issuer)
    if (url.pathname === '/_test') {
      next = Object.fromEntries(url.searchParams)
      response.end()
    } else if (url.pathname.startsWith('/interaction/')) {
      await finish(provider, request, response)
    } else {
      answer(request, response)
    }
  })
  console.log(`issuer ${issuer}`)
})

/** Signs the chosen account in and agrees, or declines. */
async function finish(provider, request, response) {
  const { params } = await provider.interactionDetails(request, response)
  const accountId = next.account
  if (!accountId) {
    await provider.interactionFinished(request, response, { error: 'access_denied' })
    return
  }
  const grant = new provider.Grant({ accountId, clientId: params.client_id })
  grant.addOIDCScope('openid email')
  const consent = { grantId: await grant.save() }
  await provider.interactionFinished(request, response, { login: { accountId }, consent })
}
