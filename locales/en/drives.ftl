### Connecting drives, their accounts and reports.

# $time is a clock that counts down, such as 4:30.
account-code-is-good-for = The code is good for { $time }.
account-scan-this-with-the-drives-app = Scan this with the drive’s app
# For screen readers.
account-a-code-to-be-scanned-with = A code to be scanned with the drive’s app
account-open-the-app-on-a-phone = Open the app on a phone where you are signed in, choose “Scan”, and agree.
account-waiting-for-your-phone = Waiting for your phone…
account-this-page-looks-again-by-itself = This page looks again by itself.
account-a-new-code = A new code
account-the-drives-own-login-page = The drive’s own login page
account-what-you-type-in-there-goes = What you type in there goes to the drive alone.
account-storage = Storage
# For screen readers.
account-storage-used = Storage used
account-sign-in-again = Sign in again
account-sign-in = Sign in
account-if-needed = (if needed)
# For screen readers.
account-the-characters-to-be-typed-in = The characters to be typed in
account-on-the-sites-own-page = On the site’s own page
account-with-a-qr-code = With a QR code
account-with-the-drives-login-page = With the drive’s login page
account-with-a-code-that-was-copied = With a code that was copied
account-the-code = The code
account-with-your-browsers-cookie = With your browser’s cookie
account-sign-in-to-the-drives-website = Sign in to the drive’s website in a browser and copy its cookie called ndus: the value alone, the whole Cookie header, or the text of an exported cookies.txt or JSON file. It is tried at once.
account-the-cookie = The cookie
account-library = Library
account-library-walk = Walk over the folders
account-library-seen = Entries seen
account-library-found = Films and episodes found
account-library-pace = Pace
account-library-per-minute = { $count } entries a minute
account-library-ended = Ended
account-library-folders = Folders
account-library-whole = The whole drive
account-library-never = Not yet
account-library-stopped = Stopped
account-library-hint = Films and series are found by the names of files, at the lowest priority and once a day. A drive that is stopped is not walked again before you start it.
account-library-start = Walk now
account-library-stop = Stop
account-usage = Usage
account-all-requests-csv = All requests (CSV)
account-try-a-link = Try a link
account-what-it-holds-by-the-services = What it holds, by the service’s free call: three a day, and none of the allowance.
account-api-key = API key
account-the-service-creates-a-new-key = The service creates a new key and secret, which Drive-In stores and uses from then on. The old ones stop working everywhere, also in other programs.
account-regenerate-api-key = Regenerate API key
account-actions = Actions
account-films-and-files = Films and files
account-links-to-your-files-can-be = Links to your files can be made once sharing is activated.
account-activate-sharing = Activate sharing
account-sign-out-of-the-drive = Sign out of the drive
account-this-drive-stands-in-the-config = This drive stands in the config file, and is changed there.
account-remove-this-drive = Remove this drive
# What the owner pays the service for.
account-plan = Plan
# Storage.
account-used = Used
# Storage that is left.
account-free = Free
# Storage.
account-total = Total
account-session-ends = Session ends

# Follows the kind of the drive: “TeraBox, switched off”.
drives-switched-off = , switched off
drives-connected-in-the-browser = Connected in the browser
drives-none-is = None is.
# For screen readers.
drives-rename-name = Rename { $name }
# For screen readers.
drives-move-name-up = Move { $name } up
drives-up = Up
# For screen readers.
drives-move-name-down = Move { $name } down
drives-down = Down
# For screen readers.
drives-switch-name-off = Switch off { $name }
drives-switch-off = Switch off
drives-reload-name = Reload { $name }
drives-reload = Reload
# For screen readers.
drives-switch-name-on = Switch on { $name }
drives-switch-on = Switch on
drives-remove-name = Remove { $name }
drives-play-urls-with-a-former-name = Play URLs with a former name end. A drive that is switched off keeps its settings and its sign-in, and is asked for nothing.
drives-in-the-config-file = In the config file
drives-they-stand-in-the-configuration-come = They stand in the configuration, come first, and are changed there.

# For screen readers.
connect-form-kind-of-drive = Kind of drive
connect-form-a-name-for-it-here = A name for it here
connect-form-more-settings = More settings
connect-form-it-is-tried-at-once-secrets = It is tried at once. Secrets are kept in a file that only this server’s user can read, and are never shown again.
connect-form-connect = Connect
connect-name-rule = A name is 1 to 64 letters, digits, “-” or “_”.
connect-name-taken = There is a drive called “{ $name }” already.
connect-not-stored = The server could not keep it: its log says more.

# For screen readers.
report-other-reports = Other reports
report-narrow-it = Narrow it
report-nothing-is-told-yet = Nothing is told yet.
report-all-requests-as-a-table-csv = All requests as a table (CSV)
report-report = Report
# The title of a page: what a link holds was looked up on trial.
report-link-tried = A link, tried
report-what-the-link-holds = What the link holds

connect-form-it-is-tried-before-it-is = It is tried before it is saved, and nothing that plays is interrupted. Secrets are never shown: an empty field keeps the stored one. Another account may have to be signed in to.
# Shown in an empty field.
connect-form-the-stored-one = The stored one
connect-form-remove-stored = Remove the stored one: { $label }
# For screen readers.
drives-settings-of-name = Settings of { $name }
drives-settings = Settings
connect-settings-of = Settings of “{ $name }”
# The title of a page.
drive-form-title = Settings of a drive
