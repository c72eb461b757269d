### Share links, guest links, and devices.

# $user is the word “owner”, to be typed as it is. “Quick Connect” is the name of the function in Jellyfin’s apps.
devices-tv-app-steps = Apps for Jellyfin find their films here. Type this address into the app: { $address }. Then sign in as { $user } with your password, as another viewer with the viewer's PIN, or choose Quick Connect and enter the six digits that the app shows.
devices-add-a-device = Add a device
devices-each-player-gets-its-own-link = Each player gets its own link, which opens without a login and can be revoked by itself.
# Shown in an empty field.
devices-living-room = Living room
devices-what-it-may-play = What it may play
devices-everything = Everything
devices-a-year = A year
devices-who-watches-on-it = Who watches on it
devices-show-it-streams-instead-of-files = Show it streams instead of files
devices-sign-in-a-tv-app = Sign in a TV app
devices-who-watches-with-it = Who watches with it
devices-sign-it-in = Sign it in
devices-active-links = Active links
devices-none-yet-guest-link-on-a = None yet. “Guest link” on a film or a folder creates one for a guest.
# For screen readers.
devices-revoke-name = Revoke { $name }
devices-your-own-links-and-the-signing = Your own links and the signing key
devices-the-links-on-your-own-pages = The links on your own pages share one ticket. If one of them got into the wrong hands, replace it: players that you set up with such a link need the new one.
devices-replace-my-own-ticket = Replace my own ticket
devices-all-tickets-are-signed-with-one = All tickets are signed with one key. Change it now and then: links that exist go on playing, and new ones are signed with the new key.
devices-change-the-key = Change the key
devices-older-keys-are-still-valid-retire = Older keys are still valid. Retire them, and every link that was created before the change ends at once.
devices-retire-the-old-keys = Retire the old keys
devices-no-app-shows-this-code = No app shows this code. A code is good for five minutes.
# The kind of a link: for a player, not for a guest.
devices-player = Player
devices-never-used = Never used
# $when is such as “5 minutes ago”.
devices-used = Used { $when }
devices-until = Until { $time }

guest-link-to = Guest link to “{ $title }”
# $page is a link to the page “Devices & guests”.
guest-link-all-links = All links, and the button that revokes them: { $page }
guest-link-opens-folder = Anyone who has the link sees this folder and all that is in it, and nothing else of yours.
guest-link-opens-film = Anyone who has the link sees this film, and nothing else of yours.
guest-link-no-login-is-needed = No login is needed.
guest-link-for-whom = For whom
# Shown in an empty field.
guest-link-aunt-mia = Aunt Mia
guest-link-limits = Limits
guest-link-people-at-the-same-time = People at the same time
# Shown in an empty field.
guest-link-no-limit = No limit
guest-link-visits-in-all = Total visits
guest-link-streams-alone-without-the-files = Streams alone, without the files

neutral-nothing-plays-here = Nothing plays here
neutral-ask-whoever-gave-it-to-you = Ask whoever gave it to you for a new one.
neutral-expired = This link has expired, or was revoked.
neutral-does-not-lead-here = This link does not lead here.
# “It” is a link.
neutral-not-reachable = What it leads to cannot be reached right now.
neutral-incomplete = This link is incomplete, or leads nowhere.

own-shares-no-links-yet-choose-share-beside = No links yet. Choose “Share” beside a film or a folder.
# For screen readers.
own-shares-revoke-title = Revoke the link to { $title }
# The names of what was shared: “Film.mp4 and 2 others”.
own-shares-name-and-others = { $name } and { $count ->
    [one] { $count } other
   *[other] { $count } others
}
# The state of a link.
own-shares-revoked = Revoked
# The state of a link.
own-shares-refused = Refused by the drive
# The state of a link.
own-shares-used-up = Used up
# The state of a link.
own-shares-never-ends = Never ends
# $when is such as “in 3 days”.
own-shares-ends = Ends { $when }

share-share-links = Share links
# For screen readers.
share-password-of-the-share = Password of the share
share-paste-a-link-or-the-whole = Paste a link, or the whole message that it came in
share-open-another-one = Open another one
# For screen readers.
share-panel-about-this-share = About this share
share-panel-play-from-the-first = Play from the first
share-panel-play-all-in-vlc = Play all in VLC
share-panel-save-to-my-drive = Save to my drive
share-panel-drive = Drive
share-panel-folder = Folder
share-panel-where-the-name-is-taken = Where the name is taken
share-panel-skip-it = skip it
share-saved-saved = Saved
share-panel-on-this-page = On this page
share-saved-count = { $count } of { $total } saved
share-saved-go-to-folder = Go to { $folder }
share-saved-back = Back to the share
share-another-site = Another site has led here. What it wants to open stands below.
share-open-it-again = Open it again in a moment.
share-unknown-host = A host that is not known
share-host-is-unknown = This link has the form of a share, but its host, { $host }, is not known here.
share-can-be-tried = It can be tried: the share is looked for at the known service, and that host is not contacted.

# “It” is a share link.
shares-gone = Its owner has revoked it, or it has expired.
shares-password-changed = Its password was changed: paste the link again, with the new one.
shares-no-drive = No connected drive opens it.

ticket-guest-about = Opens in any browser, without a login
# The address of a stream, for players.
ticket-play-url = Play URL
ticket-play-url-about = For any player that browses web folders
# A choice in Kodi’s dialog, as Kodi has it in this language.
ticket-kodi-web-directory = Web server directory ({ $scheme })
# A field of Kodi’s dialog, as Kodi has it in this language.
ticket-kodi-protocol = Protocol
# A field of Kodi’s dialog.
ticket-kodi-server = Server address
# A field of Kodi’s dialog.
ticket-kodi-path = Remote path
# A field of Kodi’s dialog.
ticket-kodi-port = Port
ticket-list-about = Open as a network stream in VLC or mpv
# A list of films for players.
ticket-list = List
ticket-list-of = List of { $name }

# Shown in chats below a link.
unfurl-films-under-the-open-sky = Films, under the open sky.
# Shown in chats below a link.
unfurl-folder = A folder of films
# Shown in chats below a link: a sound recording.
unfurl-sound = Sound
# Shown in chats below a link.
unfurl-film = Film

ticket-form-speed-in-mbit-s-for-all = Speed in Mbit/s, for all together
