### Les textes communs à plusieurs pages : le cadre de chaque page, les vignettes, les erreurs, les tailles et les dates.

common-to-folder = vers { $folder }
common-used-of-total = { $used } sur { $total }
common-account = Compte
common-the-share-link = Le lien de partage
common-try-it = Essayer
common-your-links = Vos liens
common-fetch-from-a-link = Récupérer depuis un lien
common-archives = Archives
common-trash = Corbeille
common-drive-is-forgotten = Drive-In oublie ses clés et sa session. Rien n’est touché sur le drive lui-même.
common-remove-name = Retirer « { $name } »
common-done = Terminé
common-more = Plus
common-next-page = Page suivante
common-sort-by = Trier par
common-upload = Envoyer
common-guest-link = Lien invité
common-previous-page = Page précédente
common-rename = Renommer
common-copy = Copier
common-delete = Supprimer
common-pin = PIN
common-connect-a-drive = Connecter un drive
common-name = Nom
common-how-long = Durée
common-until-it-is-revoked = Jusqu’à sa révocation
common-a-day = Un jour
common-a-week = Une semaine
common-a-month = Un mois
common-add = Ajouter
common-code = Code
common-revoke = Révoquer
common-drives = Drives
common-watched = Vu
common-percent-watched = { $percent } % vu
common-show-files = Afficher les fichiers
common-versions = Versions
common-create-link = Créer un lien
common-details = Détails
common-open-it = Ouvrir
common-search = Rechercher
common-password = Mot de passe
common-sign-in-button = Se connecter
common-cancel = Annuler
common-save = Enregistrer
common-the-folder-on-the-drive = Le dossier sur le drive
common-copy-link = Copier le lien
common-keep-both = conserver les deux
common-back-to-the-folder = Retour au dossier
common-show = Afficher
common-passkeys = Clés d’accès
common-code-or-recovery-code = Code de l’application ou code de récupération
common-two-step-sign-in = Validation en deux étapes
common-viewers = Profils
common-open = Ouvrir
common-page-looks-again = Cette page s’actualise automatiquement.
common-date = Date
common-size = Taille
common-expired = Expiré
common-not-everywhere = Cela n’a pas fonctionné partout
common-play = Lire

layout-your-films-under-the-open-sky = vos films, à la belle étoile
layout-skip-to-the-content = Aller au contenu
layout-search-films = Rechercher des films
layout-main = Principal
layout-choose-another-viewer = { $name } regarde. Choisir un autre profil
layout-sign-out = Se déconnecter
layout-language = Langue
layout-change-language = Changer

parts-password = Mot de passe : { $password }
parts-not-watched-name = Non vu : { $name }
parts-mark-as-watched-name = Marquer comme vu : { $name }
parts-for-name = Pour { $name }
parts-not-watched = Non vu
parts-mark-as-watched = Marquer comme vu
parts-choose-name = Choisir { $name }
parts-what-to-do-with-name = Que faire de { $name }
parts-share-rename-move-copy-delete = Partager, renommer, déplacer, copier, supprimer
parts-the-link-as-a-code-to = Le lien sous forme de code à scanner
parts-the-link = Le lien
parts-made-on-day = créé le { $created }
parts-storage-used-on-name = Stockage utilisé sur { $name }
parts-account-of-name = Compte de { $name }
parts-what-name-can-do = Ce que { $name } peut faire
parts-where-you-are = Où vous êtes
parts-this-link-is-shown-once-copy = Ce lien n’est affiché qu’une fois. Copiez-le maintenant ; il peut être révoqué à tout moment.
parts-the-link-as-a-qr-code = Le lien sous forme de code QR
parts-the-link-is-too-long-for = Le lien est trop long pour un code QR.
parts-kodi-steps = Kodi : Ajouter une source de vidéos, Parcourir, Ajouter un emplacement réseau

nav-home = Accueil
nav-devices = Appareils et invités
nav-status = État
nav-sessions = Sessions

error-request-id = Requête { $request-id }
error-drives-account = Le compte du drive

card-image = image
card-subtitle = sous-titres
card-file = fichier
card-ready = Prêt
card-signed-out = Déconnecté
card-no-answer-yet = Pas encore de réponse
card-not-reachable = Injoignable
card-session-ends = La session se termine { $when }. Reconnectez-vous avant.

kind-all = Tout
kind-films = Films
kind-music = Musique
kind-pictures = Images
kind-documents = Documents

count-films = { $count ->
    [one] { $count } film
   *[other] { $count } films
}
count-folders = { $count ->
    [one] { $count } dossier
   *[other] { $count } dossiers
}
count-files = { $count ->
    [one] { $count } fichier
   *[other] { $count } fichiers
}
count-entries = { $count ->
    [one] { $count } élément
   *[other] { $count } éléments
}
count-days = { $count ->
    [one] { $count } jour
   *[other] { $count } jours
}

size-kb = { $value } ko
size-mb = { $value } Mo
size-gb = { $value } Go
size-tb = { $value } To
size-pb = { $value } Po
size-eb = { $value } Eo
size-bytes = { $count ->
    [one] { $count } octet
   *[other] { $count } octets
}

number-decimal-sign = ,

date-day = { $day }/{ $month }/{ $year }
date-time = { $day } { $clock } UTC

ago-minutes = { $count ->
    [one] il y a { $count } minute
   *[other] il y a { $count } minutes
}
ago-hours = { $count ->
    [one] il y a { $count } heure
   *[other] il y a { $count } heures
}
ago-days = { $count ->
    [one] il y a { $count } jour
   *[other] il y a { $count } jours
}
ago-now = à l’instant

until-minutes = { $count ->
    [one] dans { $count } minute
   *[other] dans { $count } minutes
}
until-hours = { $count ->
    [one] dans { $count } heure
   *[other] dans { $count } heures
}
until-days = { $count ->
    [one] dans { $count } jour
   *[other] dans { $count } jours
}
until-now = maintenant

layout-tasks-running = { $count ->
    [one] tâche en cours
   *[other] tâches en cours
}
