### Signing in, sessions, passwords, passkeys, and viewers.

# $key is the name of a setting.
login-code-was-used = Somebody has signed in with the one-time code and not chosen a password yet. If that was you, go on in the browser where you did. Otherwise start Drive-In again: it prints another code. You can also set { $key } in its configuration.
login-good-evening-first-the-code = Good evening. First, the code.
login-no-password-is-set-yet-so = No password is set yet, so Drive-In printed a one-time code where it was started. Look in its log and type it here.
login-the-code-was-used = The code was used
login-good-evening-your-ticket-please = Good evening. Your ticket, please.
login-one-time-code = One-time code
login-sign-in-with-a-passkey = Sign in with a passkey
login-code-and-the-code-please = And the code, please
login-code-your-authenticator-app-shows-a-new = Your authenticator app shows a new one every thirty seconds. Without the app, type one of your recovery codes.
login-code-begin-again = Begin again
login-wrong = That was not it. Try once more.
login-wrong-code = That code is wrong, or was used before. Take the next one.
login-too-many-attempts = There were too many wrong attempts. Wait { $seconds } s, then try once more.
# $name is an OpenID provider.
login-with-provider = Sign in with { $name }

# $key is the name of a setting in the configuration.
password-change-it-there = Change { $key } there and start Drive-In again: every session ends then.
password-the-password-stands-in-the-configuration = The password stands in the configuration
password-another-password = Another password
password-choose-a-password = Choose a password
password-every-session-ends-except-this-one = Every session ends, except this one.
password-you-sign-in-with-it-from = You sign in with it from now on. The code that was printed at the start works no more.
password-present-password = Present password
password-new-password = New password, at least { $shortest } characters
password-the-same-once-more = The same once more
password-set-the-password = Set the password
password-too-short = Please take at least { $count } characters.
password-too-long = That is longer than a password can be.
password-not-the-same = The two are not the same. Type it once more.
password-present-is-wrong = The present password was not right.

# $key is the name of a setting.
second-factor-needs-a-password = It belongs to a password, and { $key } in the configuration switches it off. Without a password there is nothing to add a second step to.
second-factor-your-recovery-codes = Your recovery codes
second-factor-each-of-them-works-once-in = Each of them works once in place of a code of the app. Keep them apart from the phone: they are shown this once, and the ones before work no more.
second-factor-i-have-kept-them = I have kept them
second-factor-it-is-on = It is on
second-factor-signing-in-takes-the-password-and = Signing in takes the password and a code of your authenticator app. Apps and players sign in with a token, a device or Quick Connect: the password alone opens nothing.
second-factor-codes-left = Recovery codes left: { $codes-left }.
second-factor-other-recovery-codes-or-none-of = Other recovery codes, or none of this
second-factor-make-new-recovery-codes = Make new recovery codes
second-factor-switch-it-off = Switch it off
second-factor-signing-in-takes-a-code-of = Signing in takes a code of an app on your phone then, beside the password. Every other session ends, and apps and players that used the password need a token or a device of their own.
second-factor-1-scan-it = 1. Scan it
# For screen readers.
second-factor-the-secret-as-a-qr-code = The secret as a QR code for an authenticator app
second-factor-or-type-this-secret-into-the = Or type this secret into the app:
second-factor-open-the-app-on-this-device = Open the app on this device
second-factor-2-confirm-it = 2. Confirm it
second-factor-the-code-that-the-app-shows = The code that the app shows
second-factor-switch-it-on = Switch it on

# $key is the name of a setting.
sessions-password-in-configuration = It stands in the configuration, as { $key }. Change it there and start Drive-In again: every session ends then.
sessions-token-name = The token “{ $name }”
sessions-copy-it-now-it-is-shown = Copy it now: it is shown this once and kept nowhere.
sessions-where-you-are-signed-in = Where you are signed in
sessions-nobody-needs-to-sign-in-here = Nobody needs to sign in here: whoever uses this machine is at home.
sessions-nowhere = Nowhere.
sessions-this-one = (this one)
# For screen readers.
sessions-end-session-of-device = End the session of { $device }
sessions-end = End
sessions-sign-out-everywhere = Sign out everywhere
sessions-tokens-for-programs = Tokens for programs
sessions-a-program-that-speaks-the-api = A program that speaks the API, or a player that asks for a password, can have a token of its own. You can revoke it at any time.
# For screen readers.
sessions-revoke-token-name = Revoke the token { $name }
sessions-what-is-it-for = What is it for?
# Shown in an empty field.
sessions-kodi-in-the-living-room = Kodi in the living room
sessions-what-may-it-do = What may it do?
sessions-create-token = Create token
sessions-several-people-can-share-this-server = Several people can share this server, each with a history of their own, a PIN, and the places they may see.
sessions-a-new-password-ends-every-session = A new password ends every session except the one that sets it.
sessions-set-a-password = Set a password
sessions-sign-in-with-the-finger-the = Sign in with the finger, the face or the PIN of a device, or with a security key.
sessions-it-is-on-signing-in-takes = It is on: signing in takes a code of your authenticator app, beside the password.
sessions-a-code-of-an-authenticator-app = A code of an authenticator app beside the password, so that a stolen password opens nothing.
sessions-change-it = Change it
sessions-set-it-up = Set it up
sessions-name-the-token = Give the token a name, so that you know it again.
sessions-last-seen = { $address }, last seen { $time }
sessions-no-access = No access
# What a token may do.
sessions-read-only = Read only
# What a token may do.
sessions-read-and-write = Read and write
# What a token may do.
sessions-full-access = Full access
sessions-not-used-yet = not used yet
sessions-last-used = last used { $time }

# Follows a summary such as “All places”.
viewers-with-a-pin = , with a PIN
viewers-each-viewer-has-a-history-of = Each viewer has a history of its own. A viewer that is limited to places sees nothing else, and changes nothing.
viewers-colour = Colour
viewers-another-pin = Another PIN
viewers-remove-the-pin = Remove the PIN
viewers-only-these-places = Only these places
viewers-delete-name = Delete { $name } with the whole history
viewers-add-a-viewer = Add a viewer
viewers-pin-if-there-is-to-be = PIN, if there is to be one
viewers-who-is-watching-in-this-browser = Who is watching in this browser?
viewers-all-places = All places
viewers-no-place = No place

passkeys-a-passkey-signs-in-with-the = A passkey signs in with the finger, the face or the PIN of a device, or with a security key, in place of the password and the code.
passkeys-yours = Yours
passkeys-there-is-none-yet = There is none yet.
# For screen readers.
passkeys-name-of-passkey = Name of the passkey { $name }
# For screen readers.
passkeys-rename-name = Rename the passkey { $name }
# For screen readers.
passkeys-remove-name = Remove the passkey { $name }
passkeys-remove = Remove
passkeys-a-passkey-that-is-removed-here = A passkey that is removed here is still on its device: delete it there, too.
passkeys-add-one = Add one
passkeys-browsers-make-passkeys-with-scripts-only = Browsers make passkeys with scripts only, and they are off here.
passkeys-name-of-the-device = Name of the device
# Shown in an empty field.
passkeys-my-phone = My phone
passkeys-add-a-passkey = Add a passkey
# $use is “not used yet” or “last used …”.
passkeys-added = added { $time }, { $use }

openid-not-begun = That sign-in was not begun in this browser, or took too long. Begin it again.
openid-unreachable = The OpenID provider does not answer as it should. The log of this server says more.
openid-declined = The OpenID provider has not agreed to the sign-in.
openid-unverified = The answer of the OpenID provider is not valid for this sign-in. Begin it again; the log of this server says more.
# auth.oidc.allowed is the name of a setting.
openid-not-allowed = That account may not sign in here: auth.oidc.allowed in the configuration does not list it, and no viewer has it.
openid-unverified-email = The OpenID provider has not verified the email address of that account, so it opens nothing here.

viewers-account-to-sign-in-with = Account of { $provider } to sign in with: a verified email address, or its id (sub)
# $provider is an OpenID provider.
viewers-account-of-provider = Account of { $provider }: a verified email address, or its id (sub)
