archives-packing = { $name } wird gepackt
archives-unpacking = { $name } wird entpackt
archives-the-drive-packs-and-unpacks-by = Das Laufwerk packt und entpackt selbst: Dieser Rechner und seine Leitung werden nicht gebraucht. Eine Aufgabe wartet manchmal einige Sekunden, bis sie an der Reihe ist.
archives-nothing-has-been-packed-or-unpacked = Hier wurde noch nichts gepackt oder entpackt. Haken Sie in einem Ordner Einträge an und wählen Sie „Packen…“.

organize-archive-password = Das Passwort des Archivs { $note }
organize-if-it-has-one = (falls es eines hat)
organize-on-drive-or-on = Auf { $drive }, oder auf
organize-share = Teilen…
organize-rename = Umbenennen…
organize-move = Verschieben…
organize-copy = Kopieren…
organize-delete = Löschen…
organize-tags = Schlagwörter…
organize-pack = Packen…
organize-unpack = Entpacken…
organize-direct-link = Direkter Link
organize-tags-separated-by-commas = Schlagwörter, durch Kommas getrennt
organize-the-name-of-the-archive = Der Name des Archivs
organize-pack-now = Packen
organize-unpack-now = Entpacken
organize-whoever-has-such-a-link-gets = Wer so einen Link hat, bekommt die Datei, ohne Passwort.
organize-direct-link-of-name = Der direkte Link zu { $name }
organize-the-new-name = Der neue Name
organize-the-folders-above = Die Ordner darüber
organize-no-folders-in-here = Hier sind keine Ordner.
organize-only-the-first-folders-are-shown = Nur die ersten Ordner werden gezeigt.
organize-it-goes-to-the-drives-own = Es kommt in den Papierkorb des Laufwerks, wenn das Laufwerk einen hat. Ordner gehen mit allem, was darin ist.
organize-create = Anlegen
organize-where-there-is-one-of-that = Wo der Name schon vorkommt
organize-leave-it-as-it-is = lassen, wie es ist
organize-replace-it = ersetzen
organize-files = Dateien
organize-the-link-lives-for = Der Link gilt
organize-a-password-or-nothing-for-a = Ein Passwort, oder nichts für einen öffentlichen Link
organize-public = öffentlich
organize-some-drives-take-four-letters-or = Manche Laufwerke nehmen nur vier Buchstaben oder Ziffern.
organize-all-your-links = Alle Ihre Links
organize-rename-what = { $what } umbenennen
organize-copy-what-to = { $what } kopieren nach
organize-move-what-to = { $what } verschieben nach
organize-delete-what = { $what } löschen?
organize-share-what = { $what } teilen
organize-tags-of-what = Schlagwörter von { $what }
organize-pack-what = { $what } packen
organize-unpack-what = { $what } entpacken
organize-upload-files = Dateien hochladen
organize-quoted-name = „{ $name }“
organize-for-ever = Für immer
organize-copy-here = Hierhin kopieren
organize-move-here = Hierhin verschieben
organize-no-direct-links = Keine direkten Links
organize-direct-links-ready = Die direkten Links sind fertig
organize-link-ready = Der Link ist fertig

versions-of = Versionen von { $name }
versions-by-author = von { $author }
versions-the-current-one = die jetzige
versions-make-it-current = Zur jetzigen machen
versions-delete-for-good = Endgültig löschen
versions-unknown-time = Zu unbekannter Zeit

browse-turn-round = Umkehren
browse-in-the-whole-drive = Im ganzen Laufwerk
browse-new-folder = Neuer Ordner
browse-uploads = Uploads
browse-earlier = Früher
browse-with-what-is-ticked = Mit dem Angehakten:
browse-share = Teilen
browse-move = Verschieben
browse-play-this-folder-in-vlc-mpv = Diesen Ordner in VLC, mpv oder Kodi abspielen
browse-empty = Dieser Ordner ist leer.
browse-nothing-of-this-kind = In diesem Ordner ist nichts von dieser Art.
browse-ascending = aufsteigend
browse-descending = absteigend

picture-browsers-do-not-show-this-kind = Browser zeigen diese Art von Bild nicht. Laden Sie es herunter, um es anzusehen.
picture-pictures-of-this-folder = Bilder dieses Ordners
picture-previous-name = Zurück: { $label }
picture-previous = ‹ Zurück
picture-next-name = Weiter: { $label }
picture-next = Weiter ›
picture-download = Herunterladen
picture-number = { $number } von { $count }

remote-downloads-the-drive-downloads-it-by-itself = Das Laufwerk lädt es selbst herunter: Dieser Rechner und seine Leitung werden nicht gebraucht.
remote-downloads-the-link-of-the-file = Der Link der Datei
remote-downloads-fetch = Holen
remote-downloads-downloaded = Heruntergeladen
remote-downloads-cancel-name = Den Download von { $name } abbrechen

rename-many-becomes = wird zu
rename-many-undo = Rückgängig
rename-many-the-new-names = Die neuen Namen
rename-many-the-title-title-year-or-series = Der Titel: „Titel (Jahr)“ oder „Serie S01E02“
rename-many-the-title-in-folders = Der Titel, in Ordnern: „Titel (Jahr)/…“ oder „Serie/Season 01/…“
rename-many-a-text-in-them-is-replaced = Ein Text darin wird ersetzt
rename-many-by-a-pattern = Nach einem Muster
rename-many-replace-the-text = Den Text ersetzen
rename-many-replace-by = durch
rename-many-the-pattern = Das Muster
rename-many-pattern-hint = {"{"}name{"}"}, {"{"}title{"}"}, {"{"}year{"}"} und die Nummern {"{"}n{"}"}, {"{"}nn{"}"} oder {"{"}nnn{"}"}. Die Endung bleibt.
rename-many-the-first-number = Die erste Nummer
rename-many-show-the-new-names = Die neuen Namen zeigen
rename-many-no-change = Kein Name würde sich ändern.
rename-many-same-name = Zwei davon hätten denselben Namen. Fügen Sie dem Muster {"{"}n{"}"} hinzu, eine Nummer.
rename-many-done = Die neuen Namen sind vergeben

tasks-tasks = Aufgaben
tasks-nothing-is-being-copied-copies-and = Gerade wird nichts kopiert. Hier steht, was von einem Laufwerk zum anderen kopiert und verschoben wird.
tasks-progress = Fortschritt
tasks-copy-of = { $more ->
    [0] Kopie von „{ $name }“
   *[other] Kopie von „{ $name }“ und { $more } weiteren
}
tasks-move-of = { $more ->
    [0] Verschieben von „{ $name }“
   *[other] Verschieben von „{ $name }“ und { $more } weiteren
}
tasks-pause = Anhalten
tasks-resume = Fortsetzen
tasks-try-again = Noch einmal versuchen
tasks-route = von { $from } nach { $to }

trash-not-restored = Nicht wiederhergestellt:
trash-nothing-was-deleted-here-or-all = Hier wurde nichts gelöscht, oder alles ist endgültig fort.
trash-delete-everything-in-the-trash = Alles im Papierkorb löschen?
trash-it-is-gone-for-good-with = Es ist endgültig fort, mit allem, was in gelöschten Ordnern ist.
trash-delete-everything = Alles löschen
trash-from-folder = aus { $folder }
trash-restore = Wiederherstellen
trash-empty-the-trash = Papierkorb leeren…
trash-deleted-on = Gelöscht am { $day }
trash-gone-for-good = Endgültig fort { $when }

task-waiting = Wartet
task-percent-of-total = { $percent } % von { $total }
task-in-progress = Im Gange
task-cancelled = Abgebrochen
task-failed = Fehlgeschlagen
task-without-name = Eine Aufgabe
task-running = Läuft
task-paused = Angehalten
task-failed-sentence = Fehlgeschlagen. { $sentence }

browse-note-and-hidden-names = Notiz und verborgene Namen
folder-settings-a-note-above-the-list = Eine Notiz über der Liste
folder-settings-plain-text-for-all-who-see = Reiner Text, für alle, die den Ordner sehen; Links darin kann man folgen.
folder-settings-hidden-names-one-a-line = Verborgene Namen, einer pro Zeile
organize-guest-link = Gastlink…
organize-anyone-who-has-the-link-sees = Wer den Link hat, sieht das Gewählte mit allem, was darin ist, und sonst nichts von Ihnen. Eine Anmeldung ist nicht nötig.
organize-all-links = Alle Links
organize-guest-link-to-what = Gastlink zu { $what }
folder-settings-of = Notiz und verborgene Namen von „{ $title }“
folder-settings-patterns = Muster wie { $first }, { $second } oder { $third }, für diesen Ordner und alles darunter. Was verborgen ist, steht in keiner Liste, keiner Suche und nicht in der Bibliothek, und Gäste und Player finden es nicht unter seiner Adresse.
tasks-upload-of = Hochladen von „{ $name }“
tasks-download-of = Herunterladen von „{ $name }“
tasks-walk-over = Durchgang durch { $place }
