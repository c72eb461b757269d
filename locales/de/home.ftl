first-page-config-steps = Schreiben Sie dies in { $file }, fragen Sie { $command }, ob es stimmt, und starten Sie Drive-In neu.
first-page-demo = Nur einmal umsehen? { $command } bringt ein paar kurze Filme mit und braucht kein Konto.
first-page-the-screen-is-up-now-bring = Die Leinwand steht. Jetzt fehlt ein Film.
first-page-drive-in-is-running-connect-a = Drive-In läuft. Verbinden Sie ein Laufwerk, melden Sie sich mit dem Telefon an, und es spielt, was dort liegt.
first-page-rather-write-it-into-a-file = Lieber in eine Datei schreiben?
first-page-the-lines-for-a-terabox-account = Die Zeilen für ein TeraBox-Konto

home-nothing-here-yet = Hier ist noch nichts. { $link }
home-look-around = Sehen Sie sich um
home-somebody-sent-you-a-share-link = Jemand hat Ihnen einen Freigabelink geschickt?
home-paste-the-link-or-the-whole = Fügen Sie den Link ein, oder die ganze Nachricht, in der er kam
home-opened-before = Früher geöffnet
home-forget-title = { $title } vergessen
home-forget = Vergessen
home-connect-another-drive = Ein weiteres Laufwerk verbinden
home-change-or-order-drives = Laufwerke ändern oder ordnen
home-continue = Weiterschauen
home-next-up = Als Nächstes
home-recently-added = Neu dazugekommen
home-resume = Fortsetzen
home-look-at-series = Zur Serie

search-nothing-found = Nichts gefunden für „{ $title }“.
search-try-fewer-letters = Ein Teil eines Wortes genügt: Versuchen Sie es mit weniger Buchstaben.
search-a-word-of-the-title = Ein Wort des Titels
search-titles = Filme und Serien
search-files = Dateien
search-more-results = Weitere Ergebnisse
search-play-what-was-found-in-vlc = Das Gefundene in VLC, mpv oder Kodi abspielen
search-place-not-answered-yet = „{ $place }“ hat noch nicht geantwortet. Diese Seite sieht von selbst wieder nach.
search-place-did-not-answer = „{ $place }“ konnte nicht durchsucht werden. Es hat nicht rechtzeitig geantwortet.
search-tagged = Mit dem Schlagwort { $tag }
search-kind-in-place = { $kind } in { $place }
search-place-failed = „{ $place }“ konnte nicht durchsucht werden. { $sentence }
search-not-all-folders = Nicht alle Ordner von „{ $place }“ wurden durchsucht. Dieselbe Suche etwas später findet vielleicht mehr.
search-list-about = Sucht bei jedem Laden neu
search-nothing-for = Nichts für „{ $words }“
search-found-for = { $found } für „{ $words }“

choose-viewer-who-is-watching = Wer schaut zu?
choose-viewer-pin-of-name = PIN von { $name }
choose-viewer-change-viewers = Zuschauer ändern
choose-viewer-wrong-pin = Das ist nicht die PIN. Versuchen Sie es noch einmal.
choose-viewer-too-many-pins = Das waren zu viele falsche PINs. Warten Sie { $seconds } s und versuchen Sie es dann noch einmal.

film-rated = Mit { $rating } von 10 bewertet
film-the-file = Die Datei
film-resume-at = Fortsetzen bei { $clock }
film-play-again = Noch einmal abspielen
film-play-version = { $version } abspielen

titles-nothing-here-yet-films-and-series = Hier ist noch nichts. Filme und Serien erscheinen, sobald Laufwerke durchgesehen und Ordner geöffnet werden.
titles-pages = Seiten
titles-series = Serien
titles-title = Titel
titles-added = Hinzugefügt
titles-special = Special { $number }
titles-season = Staffel { $number }
titles-episode = Folge { $number }
titles-specials = Specials

series-watched-count = { $count } von { $total } gesehen
series-resume = { $episode } fortsetzen
series-continue-with = Weiter mit { $episode }
series-play = { $episode } abspielen

status-version = Version
status-running-for = Läuft seit
status-saved-state = Gespeicherter Zustand
status-not-readable = nicht lesbar
status-readable-and-writable = lesbar und beschreibbar
status-readable-only = nur lesbar: { $fault }
status-reachable-at = Erreichbar unter
status-media = Medien
status-server = Server
status-metadata = Filme und Serien von TMDB
status-memory-cache = Zwischenspeicher im Arbeitsspeicher
status-traffic = Verkehr mit den Laufwerken
status-disk-cache = Zwischenspeicher auf der Festplatte
status-metadata-works = Filme und Serien werden nachgeschlagen, sobald sie gefunden werden.
status-metadata-state = Zustand
status-metadata-found = Gefunden
status-metadata-unknown = Nicht sicher gefunden
status-notice = Hinweis
status-disk-off = aus; cache.disk schaltet ihn ein
status-blocks = Blöcke von Medien
status-hits = Treffer
status-misses = Fehlgriffe
status-errors = Fehler
status-writes-stopped = Schreiben auf die Festplatte beendet
status-no-drive = Noch ist kein Laufwerk verbunden.
status-drive-is-ready = Das Laufwerk ist bereit.
status-playlists = Wiedergabelisten
status-films-opened = Geöffnete Filme
status-listings = Ordnerlisten
status-entries = Einträge
status-accounts = Konten
status-opened-originals = Geöffnete Originale
status-pictures = Bilder
status-all-ready = { $count ->
   *[other] Alle { $count } Laufwerke sind bereit.
}
status-some-ready = { $count ->
    [one] { $ready } von { $count } Laufwerk ist bereit.
   *[other] { $ready } von { $count } Laufwerken sind bereit.
}

traffic-under-way = { $count } unterwegs ({ $parts })
traffic-waiting = { $count } in der Schlange ({ $parts })
traffic-quiet = ruhig
traffic-paused = { $traffic }; das Laufwerk bittet um eine Pause, noch { $left }
traffic-playing = { $count } zum Abspielen
traffic-opening = { $count } zum Öffnen
traffic-reading-ahead = { $count } im Voraus
traffic-uploading = { $count } zum Hochladen
traffic-for-pictures = { $count } für Bilder
traffic-searching = { $count } zum Suchen
