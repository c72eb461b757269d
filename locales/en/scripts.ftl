### The texts that the browser's modules show. static/texts.js is made of this file; after a change, run
### `UPDATE_TEXTS=1 cargo test --lib script_texts`.

script-account-signed-in = Signed in.
script-account-signing-in = Signing in…
script-account-code-expired = The code has run out. Here comes a new one…
script-account-waiting-for-phone = Waiting for your phone…
script-account-drive-silent = The drive does not answer. Asking again…
script-account-offline-retrying = No connection to Drive-In. Asking again…
script-account-offline = No connection to Drive-In. Try again.
script-cast-failed = The Chromecast did not take it. Can it reach this server?
script-copy-copied = Copied
# Shown where a browser does not let the page copy: the text is selected then.
script-copy-press-keys = Press Ctrl+C
script-dialog-close = Close
script-dialog-failed = That did not work
script-dialog-offline = No connection to Drive-In. Try again.
script-listing-loading = Loading…
script-listing-loaded = { $count } more loaded
script-listing-failed = That did not work. Try again
# Stands before buttons such as “Delete”.
script-listing-selected = { $count ->
    [one] { $count } entry:
   *[other] { $count } entries:
}
script-uploads-title = Uploads
script-uploads-choose = Files to upload
script-uploads-progress-of = Upload of { $name }
# For screen readers: a button and the file that it is for.
script-uploads-button-for = { $label }: { $name }
script-uploads-waiting = Waiting
script-uploads-checking = Asking the drive…
script-uploads-done = Done, { $size }
script-uploads-cancelled = Cancelled
script-uploads-skipped = Left as it is
script-uploads-name-taken = There is one of that name already.
script-uploads-cancel = Cancel
script-uploads-replace = Replace
script-uploads-keep-both = Keep both
script-uploads-skip = Skip
script-uploads-try-again = Try again
script-uploads-time-left = { $time } left
script-uploads-offline = The connection broke off. What has arrived is not sent again.
script-uploads-refused = The server answered with { $status }.
script-passkeys-unsupported = This browser has no passkeys.
script-passkeys-cancelled = The device has not agreed, or was not asked in time. Try again.
script-passkeys-known = That device has a passkey for this server already.
script-player-play = Play
script-player-pause = Pause
script-player-back = 10 seconds back
script-player-ahead = 10 seconds ahead
script-player-position = Position
script-player-position-of = { $at } of { $length }
script-player-volume = Volume
script-player-volume-at = Volume { $percent }%
script-player-sound-off = Sound off
script-player-sound-on = Sound on
script-player-quality = Quality
script-player-quality-auto = Auto
script-player-quality-original = Original
script-player-quality-audio = Audio only
# Beside a quality that the drive does not have.
script-player-not-offered = not offered
script-player-speed = Speed
script-player-speed-normal = Normal speed
script-player-speed-at = Speed { $rate }×
# In the menu of speeds.
script-player-normal = Normal
script-player-sounds = Sound track
script-player-sound-not-here = { $codec }: in VLC
script-player-subtitles = Subtitles
script-player-subtitles-none = No subtitles
script-player-subtitles-off = Subtitles off
script-player-subtitles-on = Subtitles on
script-player-subtitles-of = Subtitles: { $track }
script-player-off = Off
script-player-track = Track { $number }
script-player-look = Look and time of subtitles
script-player-look-size = Size
script-player-look-small = Small
script-player-look-large = Large
script-player-look-huge = Very large
script-player-look-color = Colour
script-player-look-white = White
script-player-look-yellow = Yellow
script-player-look-green = Green
script-player-look-cyan = Light blue
script-player-look-place = Place
script-player-look-bottom = Bottom
script-player-look-raised = Higher
script-player-look-top = Top
script-player-look-time = Time
script-player-look-earlier = Half a second earlier
script-player-look-later = Half a second later
# $seconds has a sign: +0.5, −1.0.
script-player-look-by = { $seconds } s
script-player-look-styled = Subtitles with a look of their own keep it, and follow the time alone.
script-player-air-play = AirPlay
script-player-picture-in-picture = Picture in picture
script-player-picture-in-picture-failed = No small picture at the moment
script-player-full-screen = Full screen
script-player-leave-full-screen = Leave full screen
script-player-full-screen-failed = Full screen is not allowed here
script-player-close = Close
script-player-keys = Keys
script-player-keys-hint = Keys (?)
# The key, as keyboards of this language have it.
script-player-key-space = Space
script-player-key-play = Play or pause
script-player-key-ten-seconds = 10 seconds back, ahead
script-player-key-five-seconds = 5 seconds back, ahead
script-player-key-volume = Louder, quieter
script-player-key-mute = Sound off and on
script-player-key-tenth = To that tenth of the film
script-player-key-speed = Slower, faster
script-player-key-list = This list
script-player-shuffle = Shuffle
script-player-shuffle-on = Shuffle on
script-player-shuffle-off = Shuffle off
script-player-repeat-all = Repeat all
script-player-repeat-one = Repeat this song
script-player-repeat-off = Repeat off
script-player-key-repeat = Repeat all, this song, nothing
script-player-skip-intro = Skip intro
script-player-intro-starts = The intro starts here. Now mark its end.
script-player-intro-marked = Marked for the whole season
script-player-intro-removed = The mark is removed
script-player-intro-failed = That could not be marked
script-player-next-film = Next film
script-player-next = Next
script-player-play-now = Play now ({ $seconds })
script-player-stay-here = Stay here
script-errors-title = This film does not play
script-errors-sentence = The server did not say why.
script-errors-step = Try again in a moment.
script-errors-undecodable = This browser cannot decode { $format }. The film itself is fine.
script-errors-retry-in = Next look in { $seconds } s
script-errors-retrying = Looking…
script-errors-try-again = Try again
script-errors-play-original = Play the original
script-errors-open-in-vlc = Open in VLC
script-stream-original-instead = The drive has no stream of this film at the moment: the original plays.
script-stream-no-audio-only = There is no audio-only stream of this film.
script-stream-stumbling = The drive stumbles. Trying again …
script-stream-original-failed = This browser cannot play the original: back to the stream. VLC plays it.
# $codecs are names such as “HEVC”. $plays is “stream” if the stream plays instead of the file.
script-stream-no-picture = { $plays ->
    [stream] This browser has no { $codecs }, so the file shows no picture: the stream plays instead.
   *[nothing] This browser has no { $codecs }, so the file shows no picture. VLC plays it: open it there.
}
script-stream-no-sound = { $plays ->
    [stream] This browser has no { $codecs }, so the file plays no sound: the stream plays instead.
   *[nothing] This browser has no { $codecs }, so the file plays no sound. VLC plays it: open it there.
}
script-stream-picture-missing = { $plays ->
    [stream] This browser shows no picture of the file: the stream plays instead.
   *[nothing] This browser shows no picture of the file. VLC plays it: open it there.
}
script-stream-sound-missing = { $plays ->
    [stream] This browser plays no sound of the file: the stream plays instead.
   *[nothing] This browser plays no sound of the file. VLC plays it: open it there.
}
# $quality is such as 720p.
script-stream-lacks-codec = This browser has no { $codec }: { $quality } plays, or open it in VLC.
script-stream-transcoding = { $quality } is still being prepared: back to Auto.
script-stream-not-there = { $quality } cannot be had at the moment: back to Auto.
