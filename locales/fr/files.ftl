### Les dossiers et ce qu’on fait des fichiers.

archives-packing = Compression de { $name }
archives-unpacking = Extraction de { $name }
archives-the-drive-packs-and-unpacks-by = Le drive compresse et extrait lui-même : cette machine et sa connexion ne sont pas utilisées. Une tâche peut attendre son tour quelques secondes.
archives-nothing-has-been-packed-or-unpacked = Rien n’a encore été compressé ou extrait ici. Cochez des éléments dans un dossier, puis choisissez « Compresser… ».

organize-archive-password = Le mot de passe de l’archive { $note }
organize-if-it-has-one = (si elle en a un)
organize-on-drive-or-on = Sur { $drive }, ou sur
organize-share = Partager…
organize-rename = Renommer…
organize-move = Déplacer…
organize-copy = Copier…
organize-delete = Supprimer…
organize-tags = Étiquettes…
organize-pack = Compresser…
organize-unpack = Extraire…
organize-direct-link = Lien direct
organize-tags-separated-by-commas = Étiquettes, séparées par des virgules
organize-the-name-of-the-archive = Le nom de l’archive
organize-pack-now = Compresser
organize-unpack-now = Extraire
organize-whoever-has-such-a-link-gets = Quiconque a un tel lien obtient le fichier, sans mot de passe.
organize-direct-link-of-name = Le lien direct de { $name }
organize-the-new-name = Le nouveau nom
organize-the-folders-above = Les dossiers parents
organize-no-folders-in-here = Aucun dossier ici.
organize-only-the-first-folders-are-shown = Seuls les premiers dossiers sont affichés.
organize-it-goes-to-the-drives-own = La suppression passe par la corbeille du drive, s’il en a une. Les dossiers partent avec tout leur contenu.
organize-create = Créer
organize-where-there-is-one-of-that = Si le nom existe déjà
organize-leave-it-as-it-is = laisser tel quel
organize-replace-it = remplacer
organize-files = Fichiers
organize-the-link-lives-for = Durée de validité du lien
organize-a-password-or-nothing-for-a = Un mot de passe, ou rien pour un lien public
organize-public = public
organize-some-drives-take-four-letters-or = Certains drives n’acceptent que quatre lettres ou chiffres.
organize-all-your-links = Tous vos liens
organize-rename-what = Renommer { $what }
organize-copy-what-to = Copier { $what } vers
organize-move-what-to = Déplacer { $what } vers
organize-delete-what = Supprimer { $what } ?
organize-share-what = Partager { $what }
organize-tags-of-what = Étiquettes de { $what }
organize-pack-what = Compresser { $what }
organize-unpack-what = Extraire { $what }
organize-upload-files = Envoyer des fichiers
organize-quoted-name = « { $name } »
organize-for-ever = Illimitée
organize-copy-here = Copier ici
organize-move-here = Déplacer ici
organize-no-direct-links = Aucun lien direct
organize-direct-links-ready = Les liens directs sont prêts
organize-link-ready = Le lien est prêt

versions-of = Versions de { $name }
versions-by-author = par { $author }
versions-the-current-one = la version actuelle
versions-make-it-current = En faire la version actuelle
versions-delete-for-good = Supprimer définitivement
versions-unknown-time = À une date inconnue

browse-turn-round = Inverser l’ordre
browse-in-the-whole-drive = Dans tout le drive
browse-new-folder = Nouveau dossier
browse-uploads = Envois
browse-earlier = Précédents
browse-with-what-is-ticked = Avec les éléments cochés :
browse-share = Partager
browse-move = Déplacer
browse-play-this-folder-in-vlc-mpv = Lire ce dossier dans VLC, mpv ou Kodi
browse-empty = Ce dossier est vide.
browse-nothing-of-this-kind = Ce dossier ne contient rien de ce type.
browse-ascending = croissant
browse-descending = décroissant

picture-browsers-do-not-show-this-kind = Les navigateurs n’affichent pas ce type d’image. Téléchargez-la pour la voir.
picture-pictures-of-this-folder = Images de ce dossier
picture-previous-name = Précédente : { $label }
picture-previous = ‹ Précédente
picture-next-name = Suivante : { $label }
picture-next = Suivante ›
picture-download = Télécharger
picture-number = { $number } sur { $count }

remote-downloads-the-drive-downloads-it-by-itself = Le drive le télécharge lui-même : cette machine et sa connexion ne sont pas utilisées.
remote-downloads-the-link-of-the-file = Le lien du fichier
remote-downloads-fetch = Récupérer
remote-downloads-downloaded = Téléchargé
remote-downloads-cancel-name = Annuler le téléchargement de { $name }

rename-many-becomes = devient
rename-many-undo = Annuler le renommage
rename-many-the-new-names = Les nouveaux noms
rename-many-the-title-title-year-or-series = Le titre : « Titre (année) » ou « Série S01E02 »
rename-many-the-title-in-folders = Le titre, dans des dossiers : « Titre (année)/… » ou « Série/Season 01/… »
rename-many-a-text-in-them-is-replaced = Remplacement d’un texte
rename-many-by-a-pattern = Selon un modèle
rename-many-replace-the-text = Remplacer le texte
rename-many-replace-by = par
rename-many-the-pattern = Le modèle
rename-many-pattern-hint = {"{"}name{"}"}, {"{"}title{"}"}, {"{"}year{"}"}, et les nombres {"{"}n{"}"}, {"{"}nn{"}"} ou {"{"}nnn{"}"}. L’extension reste.
rename-many-the-first-number = Le premier nombre
rename-many-show-the-new-names = Afficher les nouveaux noms
rename-many-no-change = Aucun nom ne changerait.
rename-many-same-name = Deux éléments auraient le même nom. Ajoutez {"{"}n{"}"}, un nombre, au modèle.
rename-many-done = Les nouveaux noms sont attribués

tasks-tasks = Tâches
tasks-nothing-is-being-copied-copies-and = Aucune copie en cours. Les copies et déplacements d’un drive à un autre apparaissent ici.
tasks-progress = Progression
tasks-copy-of = { $more ->
    [0] Copie de « { $name } »
   *[other] Copie de « { $name } » et { $more } de plus
}
tasks-move-of = { $more ->
    [0] Déplacement de « { $name } »
   *[other] Déplacement de « { $name } » et { $more } de plus
}
tasks-pause = Mettre en pause
tasks-resume = Reprendre
tasks-try-again = Réessayer
tasks-route = de { $from } vers { $to }

trash-not-restored = Non restaurés :
trash-nothing-was-deleted-here-or-all = Rien n’a été supprimé ici, ou tout a déjà disparu définitivement.
trash-delete-everything-in-the-trash = Supprimer tout le contenu de la corbeille ?
trash-it-is-gone-for-good-with = La suppression est définitive, avec tout ce que contiennent les dossiers supprimés.
trash-delete-everything = Tout supprimer
trash-from-folder = de { $folder }
trash-restore = Restaurer
trash-empty-the-trash = Vider la corbeille…
trash-deleted-on = Supprimé le { $day }
trash-gone-for-good = Suppression définitive { $when }

task-waiting = En attente
task-percent-of-total = { $percent } % de { $total }
task-in-progress = En cours
task-cancelled = Annulée
task-failed = Échec
task-without-name = Une tâche
task-running = En cours
task-paused = En pause
task-failed-sentence = Échec. { $sentence }

browse-note-and-hidden-names = Note et noms masqués
folder-settings-a-note-above-the-list = Une note au-dessus de la liste
folder-settings-plain-text-for-all-who-see = Du texte simple, pour tous ceux qui voient le dossier ; les liens qu’il contient peuvent être suivis.
folder-settings-hidden-names-one-a-line = Noms masqués, un par ligne
organize-guest-link = Lien d’invité…
organize-anyone-who-has-the-link-sees = Quiconque a le lien voit ce qui est choisi, avec tout ce qu’il contient, et rien d’autre de chez vous. Aucune connexion n’est nécessaire.
organize-all-links = Tous les liens
organize-guest-link-to-what = Lien d’invité vers { $what }
folder-settings-of = Note et noms masqués de « { $title } »
folder-settings-patterns = Des motifs comme { $first }, { $second } ou { $third }, pour ce dossier et tout ce qu’il contient. Ce qui est masqué n’apparaît dans aucune liste, aucune recherche ni dans la bibliothèque, et les invités et les lecteurs ne le trouvent pas à son adresse.
tasks-upload-of = Envoi de « { $name } »
tasks-download-of = Téléchargement de « { $name } »
tasks-walk-over = Parcours de { $place }
