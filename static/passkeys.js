// Runs on the sign-in and on the page of the passkeys: asks the browser for a passkey, or for a new one, and passes
// its answer on. Without scripts the button of the sign-in stays hidden.

import { passkeys as texts } from './texts.js'

const signIn = document.getElementById('use-passkey')
if (signIn && window.PublicKeyCredential) {
  signIn.hidden = false
  signIn.addEventListener('click', () => run(signIn, usePasskey))
}
const add = document.getElementById('add-passkey')
add?.addEventListener('submit', event => {
  event.preventDefault()
  run(add.querySelector('button'), addPasskey)
})

/** Runs one ceremony at a time, and shows its failure. */
async function run(button, ceremony) {
  const note = document.getElementById('passkey-problem')
  note.hidden = true
  button.disabled = true
  try {
    if (!window.PublicKeyCredential) throw new Error(texts.unsupported)
    location.assign(await ceremony())
  } catch (error) {
    // The browser says nothing about a visitor who cancels, on purpose.
    const words = { NotAllowedError: texts.cancelled, InvalidStateError: texts.known }
    note.textContent = words[error.name] ?? error.message
    note.hidden = false
    button.disabled = false
  }
}

async function usePasskey() {
  const { begin, finish, next } = signIn.dataset
  const publicKey = await post(begin, {})
  publicKey.challenge = bytes(publicKey.challenge)
  publicKey.allowCredentials = []
  const credential = await navigator.credentials.get({ publicKey })
  const { to } = await post(finish, { next, credential: answer(credential) })
  return to
}

async function addPasskey() {
  const { begin, finish } = add.dataset
  const { name, ...proof } = Object.fromEntries(new FormData(add))
  const publicKey = await post(begin, proof)
  publicKey.challenge = bytes(publicKey.challenge)
  publicKey.user.id = bytes(publicKey.user.id)
  for (const known of publicKey.excludeCredentials ?? []) known.id = bytes(known.id)
  const credential = await navigator.credentials.create({ publicKey })
  await post(finish, { name, credential: answer(credential) })
  return add.action
}

/** POSTs JSON. Returns the JSON of the reply, if it has any; throws the sentence of a problem. */
async function post(url, body) {
  const headers = { 'content-type': 'application/json' }
  const text = JSON.stringify(body)
  const reply = await fetch(url, { method: 'POST', body: text, headers, credentials: 'same-origin' })
  if (reply.status === 204) return null
  const json = await reply.json()
  if (!reply.ok) throw new Error(json.message ?? json.detail ?? json.title)
  return json
}

/** Returns a credential as JSON (WebAuthn, section 5.1), also where the browser has no `toJSON`. */
function answer(credential) {
  if (credential.toJSON) return credential.toJSON()
  const { response } = credential
  const fields = {}
  for (const name of [
    'clientDataJSON',
    'attestationObject',
    'authenticatorData',
    'signature',
    'userHandle',
  ]) {
    if (response[name]) fields[name] = base64(response[name])
  }
  if (response.getTransports) fields.transports = response.getTransports()
  return {
    id: credential.id,
    rawId: base64(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: fields,
  }
}

function bytes(text) {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(binary, letter => letter.charCodeAt(0))
}

function base64(buffer) {
  const binary = String.fromCharCode(...new Uint8Array(buffer))
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
