common-to-folder = nach { $folder }
common-used-of-total = { $used } von { $total }
common-account = Konto
common-the-share-link = Der Freigabelink
common-try-it = Ausprobieren
common-your-links = Ihre Links
common-fetch-from-a-link = Von einem Link holen
common-archives = Archive
common-trash = Papierkorb
common-drive-is-forgotten = Drive-In vergisst die Schlüssel und die Sitzung. Auf dem Laufwerk selbst wird nichts angerührt.
common-remove-name = „{ $name }“ entfernen
common-done = Fertig
common-more = Mehr
common-next-page = Nächste Seite
common-sort-by = Sortieren nach
common-upload = Hochladen
common-guest-link = Gastlink
common-previous-page = Vorige Seite
common-rename = Umbenennen
common-copy = Kopieren
common-delete = Löschen
common-pin = PIN
common-connect-a-drive = Ein Laufwerk verbinden
common-name = Name
common-how-long = Wie lange
common-until-it-is-revoked = Bis er widerrufen wird
common-a-day = Einen Tag
common-a-week = Eine Woche
common-a-month = Einen Monat
common-add = Hinzufügen
common-code = Code
common-revoke = Widerrufen
common-drives = Laufwerke
common-watched = Gesehen
common-percent-watched = Zu { $percent } % gesehen
common-show-files = Dateien zeigen
common-versions = Versionen
common-create-link = Link erstellen
common-details = Einzelheiten
common-open-it = Öffnen
common-search = Suchen
common-password = Passwort
common-sign-in-button = Anmelden
common-cancel = Abbrechen
common-save = Speichern
common-the-folder-on-the-drive = Der Ordner auf dem Laufwerk
common-copy-link = Link kopieren
common-keep-both = beide behalten
common-back-to-the-folder = Zurück zum Ordner
common-show = Zeigen
common-passkeys = Passkeys
common-code-or-recovery-code = Code der App oder ein Wiederherstellungscode
common-two-step-sign-in = Anmeldung in zwei Schritten
common-viewers = Zuschauer
common-open = Öffnen
common-page-looks-again = Diese Seite sieht von selbst wieder nach.
common-date = Datum
common-size = Größe
common-expired = Abgelaufen
common-not-everywhere = Das ging nicht überall
common-play = Abspielen

layout-your-films-under-the-open-sky = Ihre Filme unter freiem Himmel
layout-skip-to-the-content = Zum Inhalt springen
layout-search-films = Filme suchen
layout-main = Hauptmenü
layout-choose-another-viewer = { $name } schaut zu. Einen anderen Zuschauer wählen
layout-sign-out = Abmelden
layout-language = Sprache
layout-change-language = Ändern

parts-password = Passwort: { $password }
parts-not-watched-name = Nicht gesehen: { $name }
parts-mark-as-watched-name = Als gesehen markieren: { $name }
parts-for-name = Für { $name }
parts-not-watched = Nicht gesehen
parts-mark-as-watched = Als gesehen markieren
parts-choose-name = { $name } auswählen
parts-what-to-do-with-name = Was mit { $name } geschehen soll
parts-share-rename-move-copy-delete = Teilen, umbenennen, verschieben, kopieren, löschen
parts-the-link-as-a-code-to = Der Link als Code zum Scannen
parts-the-link = Der Link
parts-made-on-day = erstellt am { $created }
parts-storage-used-on-name = Belegter Speicher auf { $name }
parts-account-of-name = Konto von { $name }
parts-what-name-can-do = Was { $name } kann
parts-where-you-are = Wo Sie sind
parts-this-link-is-shown-once-copy = Dieser Link wird nur einmal gezeigt. Kopieren Sie ihn jetzt; er kann jederzeit widerrufen werden.
parts-the-link-as-a-qr-code = Der Link als QR-Code
parts-the-link-is-too-long-for = Der Link ist zu lang für einen QR-Code.
parts-kodi-steps = Kodi: Videos hinzufügen, Durchsuchen, Netzwerkfreigabe hinzufügen

nav-home = Startseite
nav-devices = Geräte und Gäste
nav-status = Status
nav-sessions = Sitzungen

error-request-id = Anfrage { $request-id }
error-drives-account = Das Konto des Laufwerks

card-image = Bild
card-subtitle = Untertitel
card-file = Datei
card-ready = Bereit
card-signed-out = Abgemeldet
card-no-answer-yet = Noch keine Antwort
card-not-reachable = Nicht erreichbar
card-session-ends = Die Sitzung endet { $when }. Melden Sie sich vorher wieder an.

kind-all = Alle
kind-films = Filme
kind-music = Musik
kind-pictures = Bilder
kind-documents = Dokumente

count-films = { $count ->
    [one] { $count } Film
   *[other] { $count } Filme
}
count-folders = { $count ->
    [one] { $count } Ordner
   *[other] { $count } Ordner
}
count-files = { $count ->
    [one] { $count } Datei
   *[other] { $count } Dateien
}
count-entries = { $count ->
    [one] { $count } Eintrag
   *[other] { $count } Einträge
}
count-days = { $count ->
    [one] { $count } Tag
   *[other] { $count } Tage
}

size-kb = { $value } kB
size-mb = { $value } MB
size-gb = { $value } GB
size-tb = { $value } TB
size-pb = { $value } PB
size-eb = { $value } EB
size-bytes = { $count ->
    [one] { $count } Byte
   *[other] { $count } Byte
}

number-decimal-sign = ,

date-day = { $day }.{ $month }.{ $year }
date-time = { $day }, { $clock } UTC

ago-minutes = { $count ->
    [one] vor { $count } Minute
   *[other] vor { $count } Minuten
}
ago-hours = { $count ->
    [one] vor { $count } Stunde
   *[other] vor { $count } Stunden
}
ago-days = { $count ->
    [one] vor { $count } Tag
   *[other] vor { $count } Tagen
}
ago-now = gerade eben

until-minutes = { $count ->
    [one] in { $count } Minute
   *[other] in { $count } Minuten
}
until-hours = { $count ->
    [one] in { $count } Stunde
   *[other] in { $count } Stunden
}
until-days = { $count ->
    [one] in { $count } Tag
   *[other] in { $count } Tagen
}
until-now = jetzt

layout-tasks-running = { $count ->
    [one] Aufgabe läuft
   *[other] Aufgaben laufen
}
