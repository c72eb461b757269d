### The watch page, except what its scripts show, and the links to other players.

elsewhere-sent-to-player = Sent to “{ $player }”.
elsewhere-play-on-player = Play on { $player }
elsewhere-open-in-vlc = Open in VLC
elsewhere-open-in-app = Open in { $name }
elsewhere-play-on-chromecast = Play on Chromecast
elsewhere-point-the-phones-camera-at-the = Point the phone’s camera at the picture. The phone has to be able to reach this server.
# For screen readers.
elsewhere-qr-code-of-link = The link { $url } as a QR code

# For screen readers.
watch-player = Player
# For screen readers.
watch-player-controls = Player controls
watch-year = Year
watch-version-label = Version: { $label }
watch-skip-the-intro = Skip the intro
watch-mark-it-once-and-every-episode = Mark it once, and every episode of the season offers to skip it.
watch-it-starts-now = It starts now
watch-it-ends-now = It ends now
watch-no-intro = No intro
watch-without-javascript-your-browser-plays-the = Without JavaScript your browser plays the original file, if it can. The links on this page play in any player.
watch-queue = Queue
# For screen readers.
watch-in-this-folder = In this folder
watch-previous = Previous
watch-next = Next
watch-next-episodes = Next episodes
watch-open-in-another-player = Open in another player
watch-on-another-device = Watch on another device
watch-these-links-do-not-expire-anyone = These links do not expire. Anyone who has one can watch.
watch-go-to-account = Go to the account
watch-see-status = See the status
watch-go-to-folder = Go to the folder
watch-original-plays = Meanwhile, the original plays.
watch-length = Length
# The size of the picture: 1920 × 1080.
watch-picture = Picture
# The sound tracks of a file.
watch-sound = Sound
watch-subtitles = Subtitles
watch-more-tracks = { $count } more
watch-mono = mono
watch-stereo = stereo
watch-channels = { $count } channels

# A link for other players.
player-link-m3u = List (M3U)
player-link-m3u-about = VLC, mpv, Kodi
player-link-all-m3u = With all folders below (M3U)
player-link-all-m3u-about = A whole series
player-link-xspf = List (XSPF)
player-link-xspf-about = VLC, with titles and pictures
player-link-folder = Folder
player-link-folder-about = Kodi and WebDAV: add as a source
player-link-strm = For Kodi’s library (zip)
player-link-strm-about = This folder and all below as .strm files
player-link-hls = Adaptive stream (HLS)
player-link-hls-about = VLC, mpv, Kodi, Safari
# The file itself.
player-link-original = Original
player-link-original-about = The file as it is, for any player
player-link-ts = One file (TS)
player-link-ts-about = To download, and for players without HLS
player-link-film-m3u-about = Opens in VLC
player-link-mpv = Command for mpv
player-link-mpv-about = To paste into a terminal
