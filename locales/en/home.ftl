### The home page, titles, search, the choice of the viewer, and the status page.

# $command is a command to be typed.
first-page-config-steps = Put this into { $file }, ask { $command } whether it works, and start Drive-In again.
# $command is a command to be typed.
first-page-demo = Only want to look around? { $command } comes with a few short films and needs no account.
first-page-the-screen-is-up-now-bring = The screen is up. Now bring a film.
first-page-drive-in-is-running-connect-a = Drive-In is running. Connect a drive, sign in with your phone, and it plays what is there.
first-page-rather-write-it-into-a-file = Rather write it into a file?
# For screen readers.
first-page-the-lines-for-a-terabox-account = The lines for a TeraBox account

# $link is the link “Look around”.
home-nothing-here-yet = Nothing here yet. { $link }
home-look-around = Look around
home-somebody-sent-you-a-share-link = Somebody sent you a share link?
# Shown in an empty field.
home-paste-the-link-or-the-whole = Paste the link, or the whole message that it came in
home-opened-before = Opened before
# For screen readers.
home-forget-title = Forget { $title }
home-forget = Forget
home-connect-another-drive = Connect another drive
home-change-or-order-drives = Change or order drives
home-continue = Continue watching
# The next episodes of series.
home-next-up = Next up
home-recently-added = Recently added
home-resume = Resume
home-look-at-series = Look at the series

search-nothing-found = Nothing found for “{ $title }”.
search-try-fewer-letters = A part of a word is enough: try fewer letters.
search-a-word-of-the-title = A word of the title
search-titles = Films and series
search-files = Files
search-more-results = More results
search-play-what-was-found-in-vlc = Play what was found in VLC, mpv or Kodi
search-place-not-answered-yet = “{ $place }” has not answered yet. This page looks again by itself.
search-place-did-not-answer = “{ $place }” could not be searched. It did not answer in time.
search-tagged = Tagged { $tag }
# “Films in home”: $kind is “Films”, “Music”, “Pictures” or “Documents”, $place the name of a drive.
search-kind-in-place = { $kind } in { $place }
search-place-failed = “{ $place }” could not be searched. { $sentence }
search-not-all-folders = Not all folders of “{ $place }” have been searched. The same search a little later may find more.
# A list of search results for other players.
search-list-about = Looks again each time it is loaded
search-nothing-for = Nothing for “{ $words }”
# $found is such as “12 films, 1 folder”.
search-found-for = { $found } for “{ $words }”

choose-viewer-who-is-watching = Who is watching?
choose-viewer-pin-of-name = PIN of { $name }
choose-viewer-change-viewers = Change viewers
choose-viewer-wrong-pin = That is not the PIN. Try once more.
choose-viewer-too-many-pins = There were too many wrong PINs. Wait { $seconds } s, then try once more.

film-rated = Rated { $rating } of 10
film-the-file = The file
# $clock is such as 1:32:05.
film-resume-at = Resume at { $clock }
film-play-again = Play again
# $version is such as 1080p.
film-play-version = Play { $version }

titles-nothing-here-yet-films-and-series = Nothing here yet. Films and series appear as drives are walked and folders are opened.
# For screen readers.
titles-pages = Pages
# Television series.
titles-series = Series
# An order of a list: by title.
titles-title = Title
# An order of a list: by the day on which a film came in.
titles-added = Added
# An episode outside of the seasons.
titles-special = Special { $number }
titles-season = Season { $number }
titles-episode = Episode { $number }
# Episodes outside of the seasons.
titles-specials = Specials

# Episodes of a season.
series-watched-count = { $count } of { $total } watched
# $episode is such as “S1 E2”.
series-resume = Resume { $episode }
series-continue-with = Continue with { $episode }
series-play = Play { $episode }

status-version = Version
status-running-for = Running for
status-saved-state = Saved state
status-not-readable = not readable
status-readable-and-writable = readable and writable
status-readable-only = readable only: { $fault }
status-reachable-at = Reachable at
status-media = Media
status-server = Server
status-metadata = Films and series by TMDB
status-memory-cache = Memory cache
status-traffic = Traffic with the drives
status-disk-cache = Disk cache
status-metadata-works = Films and series are looked up as they are found.
status-metadata-state = State
status-metadata-found = Found
status-metadata-unknown = Not found for certain
status-notice = Notice
# cache.disk is the name of a setting.
status-disk-off = off; cache.disk turns it on
status-blocks = Blocks of media
# Reads that the cache answered.
status-hits = Hits
# Reads that the cache could not answer.
status-misses = Misses
status-errors = Errors
status-writes-stopped = Disk writes stopped
status-no-drive = No drive is connected yet.
status-drive-is-ready = The drive is ready.
status-playlists = Playlists
status-films-opened = Films opened
status-listings = Listings
status-entries = Entries
status-accounts = Accounts
status-opened-originals = Opened originals
status-pictures = Pictures
# $count is 2 or more.
status-all-ready = { $count ->
   *[other] All { $count } drives are ready.
}
status-some-ready = { $count ->
    [one] { $ready } of { $count } drive is ready.
   *[other] { $ready } of { $count } drives are ready.
}

# Calls of a drive: “3 under way (2 playing, 1 reading ahead)”.
traffic-under-way = { $count } under way ({ $parts })
traffic-waiting = { $count } waiting ({ $parts })
# No calls of a drive.
traffic-quiet = quiet
# $traffic is one of the texts above, $left a clock.
traffic-paused = { $traffic }; the drive asked for a pause, { $left } to go
traffic-playing = { $count } playing
traffic-opening = { $count } opening
traffic-reading-ahead = { $count } reading ahead
traffic-uploading = { $count } uploading
traffic-for-pictures = { $count } for pictures
traffic-searching = { $count } searching
