script-account-signed-in = Angemeldet.
script-account-signing-in = Anmeldung läuft…
script-account-code-expired = Der Code ist abgelaufen. Hier kommt ein neuer…
script-account-waiting-for-phone = Warten auf Ihr Telefon…
script-account-drive-silent = Das Laufwerk antwortet nicht. Es wird noch einmal gefragt…
script-account-offline-retrying = Keine Verbindung zu Drive-In. Neuer Versuch…
script-account-offline = Keine Verbindung zu Drive-In. Versuchen Sie es noch einmal.
script-cast-failed = Der Chromecast hat es nicht angenommen. Kann er diesen Server erreichen?
script-copy-copied = Kopiert
script-copy-press-keys = Drücken Sie Strg+C
script-dialog-close = Schließen
script-dialog-failed = Das ging nicht
script-dialog-offline = Keine Verbindung zu Drive-In. Versuchen Sie es noch einmal.
script-listing-loading = Wird geladen…
script-listing-loaded = { $count } weitere geladen
script-listing-failed = Das ging nicht. Noch einmal versuchen
script-listing-selected = { $count ->
    [one] { $count } Eintrag:
   *[other] { $count } Einträge:
}
script-uploads-title = Uploads
script-uploads-choose = Dateien zum Hochladen
script-uploads-progress-of = Upload von { $name }
script-uploads-button-for = { $label }: { $name }
script-uploads-waiting = Wartet
script-uploads-checking = Das Laufwerk wird gefragt…
script-uploads-done = Fertig, { $size }
script-uploads-cancelled = Abgebrochen
script-uploads-skipped = Gelassen, wie es ist
script-uploads-name-taken = Etwas mit diesem Namen gibt es schon.
script-uploads-cancel = Abbrechen
script-uploads-replace = Ersetzen
script-uploads-keep-both = Beide behalten
script-uploads-skip = Überspringen
script-uploads-try-again = Noch einmal versuchen
script-uploads-time-left = noch { $time }
script-uploads-offline = Die Verbindung ist abgebrochen. Was angekommen ist, wird nicht noch einmal gesendet.
script-uploads-refused = Der Server hat mit { $status } geantwortet.
script-passkeys-unsupported = Dieser Browser kennt keine Passkeys.
script-passkeys-cancelled = Das Gerät hat nicht zugestimmt, oder wurde nicht rechtzeitig gefragt. Versuchen Sie es noch einmal.
script-passkeys-known = Dieses Gerät hat schon einen Passkey für diesen Server.
script-player-play = Abspielen
script-player-pause = Pause
script-player-back = 10 Sekunden zurück
script-player-ahead = 10 Sekunden vor
script-player-position = Position
script-player-position-of = { $at } von { $length }
script-player-volume = Lautstärke
script-player-volume-at = Lautstärke { $percent } %
script-player-sound-off = Ton aus
script-player-sound-on = Ton an
script-player-quality = Qualität
script-player-quality-auto = Auto
script-player-quality-original = Original
script-player-quality-audio = Nur Ton
script-player-not-offered = nicht vorhanden
script-player-speed = Tempo
script-player-speed-normal = Normales Tempo
script-player-speed-at = Tempo { $rate }×
script-player-normal = Normal
script-player-sounds = Tonspur
script-player-sound-not-here = { $codec }: in VLC
script-player-subtitles = Untertitel
script-player-subtitles-none = Keine Untertitel
script-player-subtitles-off = Untertitel aus
script-player-subtitles-on = Untertitel an
script-player-subtitles-of = Untertitel: { $track }
script-player-off = Aus
script-player-track = Spur { $number }
script-player-look = Aussehen und Zeit der Untertitel
script-player-look-size = Größe
script-player-look-small = Klein
script-player-look-large = Groß
script-player-look-huge = Sehr groß
script-player-look-color = Farbe
script-player-look-white = Weiß
script-player-look-yellow = Gelb
script-player-look-green = Grün
script-player-look-cyan = Hellblau
script-player-look-place = Platz
script-player-look-bottom = Unten
script-player-look-raised = Höher
script-player-look-top = Oben
script-player-look-time = Zeit
script-player-look-earlier = Eine halbe Sekunde früher
script-player-look-later = Eine halbe Sekunde später
script-player-look-by = { $seconds } s
script-player-look-styled = Untertitel mit eigenem Aussehen behalten es und folgen nur der Zeit.
script-player-air-play = AirPlay
script-player-picture-in-picture = Bild im Bild
script-player-picture-in-picture-failed = Gerade geht kein kleines Bild
script-player-full-screen = Vollbild
script-player-leave-full-screen = Vollbild verlassen
script-player-full-screen-failed = Vollbild ist hier nicht erlaubt
script-player-close = Schließen
script-player-keys = Tasten
script-player-keys-hint = Tasten (?)
script-player-key-space = Leertaste
script-player-key-play = Abspielen oder anhalten
script-player-key-ten-seconds = 10 Sekunden zurück, vor
script-player-key-five-seconds = 5 Sekunden zurück, vor
script-player-key-volume = Lauter, leiser
script-player-key-mute = Ton aus und an
script-player-key-tenth = Zu diesem Zehntel des Films
script-player-key-speed = Langsamer, schneller
script-player-key-list = Diese Liste
script-player-shuffle = Zufallswiedergabe
script-player-shuffle-on = Zufallswiedergabe an
script-player-shuffle-off = Zufallswiedergabe aus
script-player-repeat-all = Alle wiederholen
script-player-repeat-one = Diesen Titel wiederholen
script-player-repeat-off = Wiederholen aus
script-player-key-repeat = Alle, diesen Titel, nichts wiederholen
script-player-skip-intro = Vorspann überspringen
script-player-intro-starts = Der Vorspann beginnt hier. Markieren Sie nun sein Ende.
script-player-intro-marked = Für die ganze Staffel markiert
script-player-intro-removed = Die Markierung ist entfernt
script-player-intro-failed = Das ließ sich nicht markieren
script-player-next-film = Nächster Film
script-player-next = Als Nächstes
script-player-play-now = Jetzt abspielen ({ $seconds })
script-player-stay-here = Hier bleiben
script-errors-title = Dieser Film läuft nicht
script-errors-sentence = Der Server hat nicht gesagt, warum.
script-errors-step = Versuchen Sie es gleich noch einmal.
script-errors-undecodable = Dieser Browser kann { $format } nicht dekodieren. Der Film selbst ist in Ordnung.
script-errors-retry-in = Nächster Versuch in { $seconds } s
script-errors-retrying = Nachsehen…
script-errors-try-again = Noch einmal versuchen
script-errors-play-original = Das Original abspielen
script-errors-open-in-vlc = In VLC öffnen
script-stream-original-instead = Das Laufwerk hat im Moment keinen Stream dieses Films: Das Original läuft.
script-stream-no-audio-only = Von diesem Film gibt es keinen Stream nur mit Ton.
script-stream-stumbling = Das Laufwerk stockt. Neuer Versuch …
script-stream-original-failed = Dieser Browser kann das Original nicht spielen: zurück zum Stream. VLC spielt es.
script-stream-no-picture = { $plays ->
    [stream] Dieser Browser kann kein { $codecs }, daher zeigt die Datei kein Bild: Stattdessen läuft der Stream.
   *[nothing] Dieser Browser kann kein { $codecs }, daher zeigt die Datei kein Bild. VLC spielt sie: Öffnen Sie sie dort.
}
script-stream-no-sound = { $plays ->
    [stream] Dieser Browser kann kein { $codecs }, daher hat die Datei keinen Ton: Stattdessen läuft der Stream.
   *[nothing] Dieser Browser kann kein { $codecs }, daher hat die Datei keinen Ton. VLC spielt sie: Öffnen Sie sie dort.
}
script-stream-picture-missing = { $plays ->
    [stream] Dieser Browser zeigt kein Bild der Datei: Stattdessen läuft der Stream.
   *[nothing] Dieser Browser zeigt kein Bild der Datei. VLC spielt sie: Öffnen Sie sie dort.
}
script-stream-sound-missing = { $plays ->
    [stream] Dieser Browser spielt keinen Ton der Datei: Stattdessen läuft der Stream.
   *[nothing] Dieser Browser spielt keinen Ton der Datei. VLC spielt sie: Öffnen Sie sie dort.
}
script-stream-lacks-codec = Dieser Browser kann kein { $codec }: { $quality } läuft, oder öffnen Sie es in VLC.
script-stream-transcoding = { $quality } wird noch vorbereitet: zurück zu Auto.
script-stream-not-there = { $quality } ist im Moment nicht zu haben: zurück zu Auto.
