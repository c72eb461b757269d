// Adds a passkey with Chromium's virtual authenticator, signs in with it, and is refused where it must be.

import { fits, isNamed, PHONE } from './checks.mjs'
import { assert, home, visit } from './harness.mjs'

const PASSWORD = 'open sesame'

await visit(async (page, watch) => {
  watch.allow(/status of 403/)
  const device = await authenticator(page)
  await page.goto(`${home}/login`)
  assert.equal(await page.locator('#use-passkey').count(), 0, 'there is none to sign in with')
  await byPassword(page)

  await page.goto(`${home}/sessions`)
  await page.click('a:has-text("Passkeys")')
  await fits(page)
  await isNamed(page)
  await page.fill('#name', 'The virtual one')
  await page.fill('#password', 'wrong')
  await page.click('#add-passkey button')
  await page.waitForSelector('#passkey-problem:not([hidden])')
  assert.match(await page.textContent('#passkey-problem'), /wrong/)
  await page.fill('#password', PASSWORD)
  await page.click('#add-passkey button')
  await page.waitForSelector('.passkeys .detail:has-text("not used yet")')
  assert.equal((await device.credentials()).length, 1)

  // The same device has no second one.
  await page.fill('#name', 'Once more')
  await page.fill('#password', PASSWORD)
  await page.click('#add-passkey button')
  await page.waitForSelector('#passkey-problem:not([hidden])')
  assert.equal((await device.credentials()).length, 1)

  await page.fill('.passkeys input[name=name]', 'My key')
  await page.click('.passkeys button:has-text("Rename")')
  await page.waitForSelector('.passkeys input[value="My key"]')

  await signOut(page)
  await page.goto(`${home}/browse/films?sort=size`)
  await usePasskey(page)
  await page.waitForURL('**/browse/films?sort=size')

  // Without the verification of the user nothing is signed.
  await signOut(page)
  await device.verifies(false)
  await usePasskey(page)
  await page.waitForSelector('#passkey-problem:not([hidden])')
  await device.verifies(true)

  // A copy whose counter is behind is refused, as is an answer that was given before.
  const [credential] = await device.credentials()
  await device.replace({ ...credential, signCount: 0 })
  await usePasskey(page)
  await page.waitForSelector('#passkey-problem:not([hidden])')
  assert.match(await page.textContent('#passkey-problem'), /not valid/)
  await device.replace({ ...credential, signCount: credential.signCount + 5 })
  const sent = page.waitForRequest(request => request.url().endsWith('/login/passkey'))
  await usePasskey(page)
  const given = (await sent).postData()
  await page.waitForURL(`${home}/`)
  assert.equal(await again(page, given), 403, 'an answer works once')

  await page.goto(`${home}/sessions/passkeys`)
  await page.click('.passkeys button:has-text("Remove")')
  await page.waitForSelector('text=There is none yet')
  await signOut(page)
  assert.equal(await page.locator('#use-passkey').count(), 0)
})

await visit(async page => {
  await page.goto(`${home}/login`)
  await byPassword(page)
  await page.goto(`${home}/sessions/passkeys`)
  await fits(page)
}, PHONE)

// An IP is no name: the page says so in place of the form.
await visit(async (page, watch) => {
  const byIp = home.replace('localhost', '127.0.0.1')
  watch.allow(/request to 127\.0\.0\.1/)
  await page.goto(`${byIp}/login`)
  await byPassword(page)
  await page.goto(`${byIp}/sessions/passkeys`)
  assert.equal(await page.locator('#add-passkey').count(), 0)
  assert.match(await page.textContent('main'), /localhost in place of an IP/)
})

async function byPassword(page) {
  await page.fill('#password', PASSWORD)
  await page.click('.login-form button[type=submit]')
  await page.waitForURL(url => url.pathname === '/')
}

async function signOut(page) {
  await page.click('button:has-text("Sign out")')
  await page.waitForURL('**/login')
}

async function usePasskey(page) {
  await page.waitForSelector('#use-passkey:not([hidden]):not([disabled])')
  await page.click('#use-passkey')
}

/** Sends an answer once more, with the cookies of the browser. Returns the status. */
async function again(page, body) {
  return page.evaluate(async body => {
    const headers = { 'content-type': 'application/json' }
    return (await fetch('/login/passkey', { method: 'POST', body, headers })).status
  }, body)
}

/** Gives the page a virtual authenticator with a verified user. */
async function authenticator(page) {
  const protocol = await page.context().newCDPSession(page)
  await protocol.send('WebAuthn.enable')
  const { authenticatorId } = await protocol.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return {
    credentials: async () =>
      (await protocol.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
    verifies: isUserVerified =>
      protocol.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
    replace: async credential => {
      await protocol.send('WebAuthn.clearCredentials', { authenticatorId })
      await protocol.send('WebAuthn.addCredential', { authenticatorId, credential })
    },
  }
}
