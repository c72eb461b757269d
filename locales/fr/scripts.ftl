### Les textes affichés par les modules du navigateur.

script-account-signed-in = Connecté.
script-account-signing-in = Connexion…
script-account-code-expired = Le code a expiré. En voici un nouveau…
script-account-waiting-for-phone = En attente de votre téléphone…
script-account-drive-silent = Le drive ne répond pas. Nouvelle demande…
script-account-offline-retrying = Pas de connexion à Drive-In. Nouvelle demande…
script-account-offline = Pas de connexion à Drive-In. Réessayez.
script-cast-failed = Le Chromecast ne l’a pas accepté. Peut-il joindre ce serveur ?
script-copy-copied = Copié
script-copy-press-keys = Appuyez sur Ctrl+C
script-dialog-close = Fermer
script-dialog-failed = Cela n’a pas fonctionné
script-dialog-offline = Pas de connexion à Drive-In. Réessayez.
script-listing-loading = Chargement…
script-listing-loaded = Éléments supplémentaires chargés : { $count }
script-listing-failed = Cela n’a pas fonctionné. Réessayer
script-listing-selected = { $count ->
    [one] { $count } élément :
   *[other] { $count } éléments :
}
script-uploads-title = Envois
script-uploads-choose = Fichiers à envoyer
script-uploads-progress-of = Envoi de { $name }
script-uploads-button-for = { $label } : { $name }
script-uploads-waiting = En attente
script-uploads-checking = Interrogation du drive…
script-uploads-done = Terminé, { $size }
script-uploads-cancelled = Annulé
script-uploads-skipped = Laissé tel quel
script-uploads-name-taken = Un fichier porte déjà ce nom.
script-uploads-cancel = Annuler
script-uploads-replace = Remplacer
script-uploads-keep-both = Conserver les deux
script-uploads-skip = Ignorer
script-uploads-try-again = Réessayer
script-uploads-time-left = Temps restant : { $time }
script-uploads-offline = La connexion a été coupée. Ce qui est arrivé n’est pas renvoyé.
script-uploads-refused = Le serveur a répondu par { $status }.
script-passkeys-unsupported = Ce navigateur ne gère pas les clés d’accès.
script-passkeys-cancelled = L’appareil n’a pas donné son accord, ou trop tard. Réessayez.
script-passkeys-known = Cet appareil a déjà une clé d’accès pour ce serveur.
script-player-play = Lire
script-player-pause = Pause
script-player-back = Reculer de 10 secondes
script-player-ahead = Avancer de 10 secondes
script-player-position = Position
script-player-position-of = { $at } sur { $length }
script-player-volume = Volume
script-player-volume-at = Volume : { $percent } %
script-player-sound-off = Couper le son
script-player-sound-on = Rétablir le son
script-player-quality = Qualité
script-player-quality-auto = Auto
script-player-quality-original = Original
script-player-quality-audio = Audio seul
script-player-not-offered = non proposé
script-player-speed = Vitesse
script-player-speed-normal = Vitesse normale
script-player-speed-at = Vitesse { $rate }×
script-player-normal = Normale
script-player-sounds = Piste audio
script-player-sound-not-here = { $codec } : dans VLC
script-player-subtitles = Sous-titres
script-player-subtitles-none = Aucun sous-titre
script-player-subtitles-off = Désactiver les sous-titres
script-player-subtitles-on = Activer les sous-titres
script-player-subtitles-of = Sous-titres : { $track }
script-player-off = Désactivés
script-player-track = Piste { $number }
script-player-look = Apparence et décalage des sous-titres
script-player-look-size = Taille
script-player-look-small = Petite
script-player-look-large = Grande
script-player-look-huge = Très grande
script-player-look-color = Couleur
script-player-look-white = Blanc
script-player-look-yellow = Jaune
script-player-look-green = Vert
script-player-look-cyan = Bleu clair
script-player-look-place = Position
script-player-look-bottom = En bas
script-player-look-raised = Plus haut
script-player-look-top = En haut
script-player-look-time = Décalage
script-player-look-earlier = Une demi-seconde plus tôt
script-player-look-later = Une demi-seconde plus tard
script-player-look-by = { $seconds } s
script-player-look-styled = Les sous-titres qui ont leur propre apparence la gardent et ne suivent que le décalage.
script-player-air-play = AirPlay
script-player-picture-in-picture = Image dans l’image
script-player-picture-in-picture-failed = Image dans l’image indisponible pour le moment
script-player-full-screen = Plein écran
script-player-leave-full-screen = Quitter le plein écran
script-player-full-screen-failed = Le plein écran n’est pas autorisé ici
script-player-close = Fermer
script-player-keys = Raccourcis clavier
script-player-keys-hint = Raccourcis clavier (?)
script-player-key-space = Espace
script-player-key-play = Lecture ou pause
script-player-key-ten-seconds = Reculer, avancer de 10 secondes
script-player-key-five-seconds = Reculer, avancer de 5 secondes
script-player-key-volume = Plus fort, moins fort
script-player-key-mute = Couper et rétablir le son
script-player-key-tenth = Aller à ce dixième du film
script-player-key-speed = Plus lent, plus rapide
script-player-key-list = Cette liste
script-player-shuffle = Lecture aléatoire
script-player-shuffle-on = Lecture aléatoire activée
script-player-shuffle-off = Lecture aléatoire désactivée
script-player-repeat-all = Tout répéter
script-player-repeat-one = Répéter ce titre
script-player-repeat-off = Répétition désactivée
script-player-key-repeat = Répéter tout, ce titre, rien
script-player-skip-intro = Passer l’intro
script-player-intro-starts = L’intro commence ici. Marquez maintenant sa fin.
script-player-intro-marked = Marquée pour toute la saison
script-player-intro-removed = Le repère est supprimé
script-player-intro-failed = Impossible de la marquer
script-player-next-film = Film suivant
script-player-next = Suivant
script-player-play-now = Lire maintenant ({ $seconds })
script-player-stay-here = Rester ici
script-errors-title = La lecture de ce film est impossible
script-errors-sentence = Le serveur n’a pas dit pourquoi.
script-errors-step = Réessayez dans un instant.
script-errors-undecodable = Ce navigateur ne peut pas décoder { $format }. Le film lui-même est intact.
script-errors-retry-in = Prochain essai dans { $seconds } s
script-errors-retrying = Vérification…
script-errors-try-again = Réessayer
script-errors-play-original = Lire l’original
script-errors-open-in-vlc = Ouvrir dans VLC
script-stream-original-instead = Le drive n’a pas de flux de ce film pour le moment : lecture de l’original.
script-stream-no-audio-only = Il n’y a pas de flux audio seul pour ce film.
script-stream-stumbling = Le drive a un raté. Nouvel essai…
script-stream-original-failed = Ce navigateur ne peut pas lire l’original : retour au flux. VLC sait le lire.
script-stream-no-picture = { $plays ->
    [stream] Ce navigateur ne gère pas { $codecs } et n’affiche donc pas l’image du fichier : lecture du flux à la place.
   *[nothing] Ce navigateur ne gère pas { $codecs } et n’affiche donc pas l’image du fichier. VLC sait le lire : ouvrez-le là.
}
script-stream-no-sound = { $plays ->
    [stream] Ce navigateur ne gère pas { $codecs } et ne lit donc pas le son du fichier : lecture du flux à la place.
   *[nothing] Ce navigateur ne gère pas { $codecs } et ne lit donc pas le son du fichier. VLC sait le lire : ouvrez-le là.
}
script-stream-picture-missing = { $plays ->
    [stream] Ce navigateur n’affiche pas l’image du fichier : lecture du flux à la place.
   *[nothing] Ce navigateur n’affiche pas l’image du fichier. VLC sait le lire : ouvrez-le là.
}
script-stream-sound-missing = { $plays ->
    [stream] Ce navigateur ne lit pas le son du fichier : lecture du flux à la place.
   *[nothing] Ce navigateur ne lit pas le son du fichier. VLC sait le lire : ouvrez-le là.
}
script-stream-lacks-codec = Ce navigateur ne gère pas { $codec } : lecture en { $quality }, ou ouvrez le film dans VLC.
script-stream-transcoding = { $quality } est encore en préparation : retour à Auto.
script-stream-not-there = { $quality } n’est pas disponible pour le moment : retour à Auto.
