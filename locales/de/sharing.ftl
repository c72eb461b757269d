devices-tv-app-steps = Apps für Jellyfin finden ihre Filme hier. Geben Sie in der App diese Adresse ein: { $address }. Melden Sie sich dann als { $user } mit Ihrem Passwort an, als anderer Zuschauer mit dessen PIN, oder wählen Sie Quick Connect und geben Sie hier die sechs Ziffern ein, die die App zeigt.
devices-add-a-device = Ein Gerät hinzufügen
devices-each-player-gets-its-own-link = Jeder Player bekommt einen eigenen Link, der sich ohne Anmeldung öffnet und für sich allein widerrufen werden kann.
devices-living-room = Wohnzimmer
devices-what-it-may-play = Was es spielen darf
devices-everything = Alles
devices-a-year = Ein Jahr
devices-who-watches-on-it = Wer darauf zuschaut
devices-show-it-streams-instead-of-files = Zeig ihm Streams statt Dateien
devices-sign-in-a-tv-app = Eine TV-App anmelden
devices-who-watches-with-it = Wer damit zuschaut
devices-sign-it-in = Anmelden
devices-active-links = Gültige Links
devices-none-yet-guest-link-on-a = Noch keine. „Gastlink“ bei einem Film oder einem Ordner erstellt einen für einen Gast.
devices-revoke-name = { $name } widerrufen
devices-your-own-links-and-the-signing = Ihre eigenen Links und der Signaturschlüssel
devices-the-links-on-your-own-pages = Die Links auf Ihren eigenen Seiten haben ein gemeinsames Ticket. Ist einer davon in falsche Hände geraten, ersetzen Sie es: Player, die Sie mit so einem Link eingerichtet haben, brauchen dann den neuen.
devices-replace-my-own-ticket = Mein eigenes Ticket ersetzen
devices-all-tickets-are-signed-with-one = Alle Tickets sind mit einem Schlüssel signiert. Wechseln Sie ihn hin und wieder: Vorhandene Links spielen weiter, neue werden mit dem neuen Schlüssel signiert.
devices-change-the-key = Den Schlüssel wechseln
devices-older-keys-are-still-valid-retire = Ältere Schlüssel gelten noch. Wenn Sie sie ausmustern, endet jeder Link, der vor dem Wechsel erstellt wurde, sofort.
devices-retire-the-old-keys = Die alten Schlüssel ausmustern
devices-no-app-shows-this-code = Keine App zeigt diesen Code. Ein Code gilt fünf Minuten.
devices-player = Player
devices-never-used = Nie benutzt
devices-used = Benutzt { $when }
devices-until = Bis { $time }

guest-link-to = Gastlink zu „{ $title }“
guest-link-all-links = Alle Links, und der Knopf, der sie widerruft: { $page }
guest-link-opens-folder = Wer den Link hat, sieht diesen Ordner und alles, was darin ist, und sonst nichts von Ihnen.
guest-link-opens-film = Wer den Link hat, sieht diesen Film, und sonst nichts von Ihnen.
guest-link-no-login-is-needed = Eine Anmeldung ist nicht nötig.
guest-link-for-whom = Für wen
guest-link-aunt-mia = Tante Mia
guest-link-limits = Grenzen
guest-link-people-at-the-same-time = Personen zur gleichen Zeit
guest-link-no-limit = Keine Grenze
guest-link-visits-in-all = Besuche insgesamt
guest-link-streams-alone-without-the-files = Nur Streams, ohne die Dateien

neutral-nothing-plays-here = Hier läuft nichts
neutral-ask-whoever-gave-it-to-you = Bitten Sie um einen neuen, wo Sie ihn bekommen haben.
neutral-expired = Dieser Link ist abgelaufen oder wurde widerrufen.
neutral-does-not-lead-here = Dieser Link führt nicht hierher.
neutral-not-reachable = Wohin er führt, ist gerade nicht zu erreichen.
neutral-incomplete = Dieser Link ist unvollständig oder führt nirgendwohin.

own-shares-no-links-yet-choose-share-beside = Noch keine Links. Wählen Sie „Teilen“ neben einem Film oder einem Ordner.
own-shares-revoke-title = Den Link zu { $title } widerrufen
own-shares-name-and-others = { $name } und { $count ->
    [one] { $count } weiterer Eintrag
   *[other] { $count } weitere Einträge
}
own-shares-revoked = Widerrufen
own-shares-refused = Vom Laufwerk abgelehnt
own-shares-used-up = Verbraucht
own-shares-never-ends = Endet nie
own-shares-ends = Endet { $when }

share-share-links = Freigabelinks
share-password-of-the-share = Passwort der Freigabe
share-paste-a-link-or-the-whole = Fügen Sie einen Link ein, oder die ganze Nachricht, in der er kam
share-open-another-one = Einen weiteren öffnen
share-panel-about-this-share = Über diese Freigabe
share-panel-play-from-the-first = Vom ersten an abspielen
share-panel-play-all-in-vlc = Alles in VLC abspielen
share-panel-save-to-my-drive = Auf meinem Laufwerk speichern
share-panel-drive = Laufwerk
share-panel-folder = Ordner
share-panel-where-the-name-is-taken = Wo der Name vergeben ist
share-panel-skip-it = überspringen
share-saved-saved = Gespeichert
share-panel-on-this-page = Auf dieser Seite
share-saved-count = { $count } von { $total } gespeichert
share-saved-go-to-folder = Zu { $folder }
share-saved-back = Zurück zur Freigabe
share-another-site = Eine andere Website hat hierher geführt. Was sie öffnen will, steht unten.
share-open-it-again = Öffnen Sie sie gleich noch einmal.
share-unknown-host = Ein unbekannter Host
share-host-is-unknown = Dieser Link hat die Form einer Freigabe, aber sein Host, { $host }, ist hier nicht bekannt.
share-can-be-tried = Man kann es versuchen: Die Freigabe wird beim bekannten Dienst gesucht, und jener Host wird nicht gefragt.

shares-gone = Wer sie erstellt hat, hat sie widerrufen, oder sie ist abgelaufen.
shares-password-changed = Ihr Passwort wurde geändert: Fügen Sie den Link noch einmal ein, mit dem neuen.
shares-no-drive = Kein verbundenes Laufwerk öffnet sie.

ticket-guest-about = Öffnet sich in jedem Browser, ohne Anmeldung
ticket-play-url = Wiedergabeadresse
ticket-play-url-about = Für jeden Player, der Web-Ordner durchsucht
ticket-kodi-web-directory = Webserver-Verzeichnis ({ $scheme })
ticket-kodi-protocol = Protokoll
ticket-kodi-server = Serveradresse
ticket-kodi-path = Entfernter Pfad
ticket-kodi-port = Port
ticket-list-about = In VLC oder mpv als Netzwerkstream öffnen
ticket-list = Liste
ticket-list-of = Liste von { $name }

unfurl-films-under-the-open-sky = Filme unter freiem Himmel.
unfurl-folder = Ein Ordner mit Filmen
unfurl-sound = Ton
unfurl-film = Film

ticket-form-speed-in-mbit-s-for-all = Geschwindigkeit in Mbit/s, für alle zusammen
