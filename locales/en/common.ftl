### The texts that several pages have: the frame of every page, cards, errors, sizes and dates.

# Beside a task: the folder it goes to, as a link.
common-to-folder = to { $folder }
common-used-of-total = { $used } of { $total }
common-account = Account
common-the-share-link = The share link
common-try-it = Try it
common-your-links = Your links
common-fetch-from-a-link = Fetch from a link
common-archives = Archives
common-trash = Trash
common-drive-is-forgotten = Drive-In forgets its keys and its session. Nothing on the drive itself is touched.
common-remove-name = Remove “{ $name }”
common-done = Done
# For screen readers.
common-more = More
common-next-page = Next page
# For screen readers.
common-sort-by = Sort by
common-upload = Upload
common-guest-link = Guest link
common-previous-page = Previous page
common-rename = Rename
common-copy = Copy
common-delete = Delete
common-pin = PIN
common-connect-a-drive = Connect a drive
common-name = Name
common-how-long = How long
common-until-it-is-revoked = Until it is revoked
common-a-day = A day
common-a-week = A week
common-a-month = A month
common-add = Add
common-code = Code
common-revoke = Revoke
common-drives = Drives
common-watched = Watched
common-percent-watched = { $percent }% watched
common-show-files = Show files
common-versions = Versions
common-create-link = Create link
common-details = Details
common-open-it = Open it
common-search = Search
common-password = Password
common-sign-in-button = Drive in
common-cancel = Cancel
common-save = Save
common-the-folder-on-the-drive = The folder on the drive
common-copy-link = Copy link
common-keep-both = keep both
common-back-to-the-folder = Back to the folder
common-show = Show
common-passkeys = Passkeys
common-code-or-recovery-code = Code of the app, or a recovery code
common-two-step-sign-in = Two-step sign-in
common-viewers = Viewers
common-open = Open
common-page-looks-again = This page looks again by itself.
common-date = Date
common-size = Size
common-expired = Expired
common-not-everywhere = That did not work everywhere
common-play = Play

# The motto in the footer. A drive-in is a cinema under the open sky.
layout-your-films-under-the-open-sky = your films, under the open sky
layout-skip-to-the-content = Skip to the content
layout-search-films = Search films
# For screen readers.
layout-main = Main
# For screen readers.
layout-choose-another-viewer = { $name } is watching. Choose another viewer
layout-sign-out = Sign out
# The label of the menu of languages.
layout-language = Language
# The button beside the menu of languages.
layout-change-language = Change

parts-password = Password: { $password }
# For screen readers.
parts-not-watched-name = Not watched: { $name }
# For screen readers.
parts-mark-as-watched-name = Mark as watched: { $name }
# The heading of a link for a person or a device.
parts-for-name = For { $name }
parts-not-watched = Not watched
parts-mark-as-watched = Mark as watched
# For screen readers.
parts-choose-name = Choose { $name }
# For screen readers.
parts-what-to-do-with-name = What to do with { $name }
# Shown when the pointer rests on it.
parts-share-rename-move-copy-delete = Share, rename, move, copy, delete
# For screen readers.
parts-the-link-as-a-code-to = The link as a code to be scanned
# For screen readers.
parts-the-link = The link
parts-made-on-day = made on { $created }
# For screen readers.
parts-storage-used-on-name = Storage used on { $name }
# For screen readers.
parts-account-of-name = Account of { $name }
# For screen readers.
parts-what-name-can-do = What { $name } can do
# For screen readers.
parts-where-you-are = Where you are
parts-this-link-is-shown-once-copy = This link is shown once. Copy it now; it can be revoked at any time.
# For screen readers.
parts-the-link-as-a-qr-code = The link as a QR code
parts-the-link-is-too-long-for = The link is too long for a QR code.
parts-kodi-steps = Kodi: Add videos, Browse, Add network location

# A link in the header, and the title of that page.
nav-home = Home
# A link in the header.
nav-devices = Devices & guests
# A link in the header.
nav-status = Status
# A link in the header.
nav-sessions = Sessions

error-request-id = Request { $request-id }
error-drives-account = The drive’s account

# The kind of a file.
card-image = image
# The kind of a file.
card-subtitle = subtitle
# The kind of a file.
card-file = file
# The state of a drive.
card-ready = Ready
# The state of a drive.
card-signed-out = Signed out
# The state of a drive.
card-no-answer-yet = No answer yet
# The state of a drive.
card-not-reachable = Not reachable
# $when is such as “in 3 days”.
card-session-ends = The session ends { $when }. Sign in again before that.

# A filter: files of all kinds.
kind-all = All
kind-films = Films
kind-music = Music
kind-pictures = Pictures
kind-documents = Documents

count-films = { $count ->
    [one] { $count } film
   *[other] { $count } films
}
count-folders = { $count ->
    [one] { $count } folder
   *[other] { $count } folders
}
count-files = { $count ->
    [one] { $count } file
   *[other] { $count } files
}
count-entries = { $count ->
    [one] { $count } entry
   *[other] { $count } entries
}
count-days = { $count ->
    [one] { $count } day
   *[other] { $count } days
}

size-kb = { $value } kB
size-mb = { $value } MB
size-gb = { $value } GB
size-tb = { $value } TB
size-pb = { $value } PB
size-eb = { $value } EB
size-bytes = { $count ->
    [one] { $count } byte
   *[other] { $count } bytes
}

# Between whole numbers and tenths: 1.4.
number-decimal-sign = .

# A day in figures, such as 2026-07-14. $month and $day have two digits.
date-day = { $year }-{ $month }-{ $day }
# $day is the text above, $clock such as 18:05.
date-time = { $day } { $clock } UTC

ago-minutes = { $count ->
    [one] { $count } minute ago
   *[other] { $count } minutes ago
}
ago-hours = { $count ->
    [one] { $count } hour ago
   *[other] { $count } hours ago
}
ago-days = { $count ->
    [one] { $count } day ago
   *[other] { $count } days ago
}
ago-now = just now

# Stands in sentences such as “Ends in 3 days”.
until-minutes = { $count ->
    [one] in { $count } minute
   *[other] in { $count } minutes
}
# Stands in sentences such as “Ends in 3 days”.
until-hours = { $count ->
    [one] in { $count } hour
   *[other] in { $count } hours
}
# Stands in sentences such as “Ends in 3 days”.
until-days = { $count ->
    [one] in { $count } day
   *[other] in { $count } days
}
# Stands in sentences such as “Ends now”.
until-now = now

# For screen readers, after the number: “2 tasks are running”.
layout-tasks-running = { $count ->
    [one] task is running
   *[other] tasks are running
}
