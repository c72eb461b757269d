### La page d’accueil, les titres, la recherche, le choix du profil et la page d’état.

first-page-config-steps = Mettez ceci dans { $file }, demandez à { $command } si cela fonctionne, puis redémarrez Drive-In.
first-page-demo = Envie de simplement jeter un œil ? { $command } est fourni avec quelques courts métrages et ne demande aucun compte.
first-page-the-screen-is-up-now-bring = L’écran est dressé. Il ne manque plus qu’un film.
first-page-drive-in-is-running-connect-a = Drive-In est lancé. Connectez un drive, identifiez-vous avec votre téléphone, et il lit ce qui s’y trouve.
first-page-rather-write-it-into-a-file = Vous préférez l’écrire dans un fichier ?
first-page-the-lines-for-a-terabox-account = Les lignes pour un compte TeraBox

home-nothing-here-yet = Rien ici pour l’instant. { $link }
home-look-around = Parcourir
home-somebody-sent-you-a-share-link = On vous a envoyé un lien de partage ?
home-paste-the-link-or-the-whole = Collez le lien, ou tout le message qui le contenait
home-opened-before = Déjà ouverts
home-forget-title = Oublier { $title }
home-forget = Oublier
home-connect-another-drive = Connecter un autre drive
home-change-or-order-drives = Modifier ou réorganiser les drives
home-continue = Reprendre la lecture
home-next-up = À suivre
home-recently-added = Ajouts récents
home-resume = Reprendre
home-look-at-series = Voir la série

search-nothing-found = Rien trouvé pour « { $title } ».
search-try-fewer-letters = Une partie d’un mot suffit : essayez avec moins de lettres.
search-a-word-of-the-title = Un mot du titre
search-titles = Films et séries
search-files = Fichiers
search-more-results = Plus de résultats
search-play-what-was-found-in-vlc = Lire les résultats dans VLC, mpv ou Kodi
search-place-not-answered-yet = « { $place } » n’a pas encore répondu. Cette page s’actualise automatiquement.
search-place-did-not-answer = Impossible de rechercher dans « { $place } ». Il n’a pas répondu à temps.
search-tagged = Étiquette : { $tag }
search-kind-in-place = { $kind } dans { $place }
search-place-failed = Impossible de rechercher dans « { $place } ». { $sentence }
search-not-all-folders = Certains dossiers de « { $place } » n’ont pas été parcourus. La même recherche un peu plus tard peut en trouver davantage.
search-list-about = S’actualise à chaque chargement
search-nothing-for = Rien pour « { $words } »
search-found-for = { $found } pour « { $words } »

choose-viewer-who-is-watching = Qui regarde ?
choose-viewer-pin-of-name = PIN de { $name }
choose-viewer-change-viewers = Gérer les profils
choose-viewer-wrong-pin = Ce n’est pas le bon PIN. Réessayez.
choose-viewer-too-many-pins = Trop de PIN erronés. Attendez { $seconds } s, puis réessayez.

film-rated = Note : { $rating } sur 10
film-the-file = Le fichier
film-resume-at = Reprendre à { $clock }
film-play-again = Revoir
film-play-version = Lire { $version }

titles-nothing-here-yet-films-and-series = Rien ici pour l’instant. Les films et séries apparaissent à mesure que les drives sont parcourus et que des dossiers sont ouverts.
titles-pages = Pages
titles-series = Séries
titles-title = Titre
titles-added = Date d’ajout
titles-special = Épisode spécial { $number }
titles-season = Saison { $number }
titles-episode = Épisode { $number }
titles-specials = Épisodes spéciaux

series-watched-count = { $count } vus sur { $total }
series-resume = Reprendre { $episode }
series-continue-with = Continuer avec { $episode }
series-play = Lire { $episode }

status-version = Version
status-running-for = En marche depuis
status-saved-state = État enregistré
status-not-readable = illisible
status-readable-and-writable = lecture et écriture
status-readable-only = lecture seule : { $fault }
status-reachable-at = Joignable à
status-media = Médias
status-server = Serveur
status-metadata = Films et séries selon TMDB
status-memory-cache = Cache en mémoire
status-traffic = Trafic avec les drives
status-disk-cache = Cache sur disque
status-metadata-works = Les films et séries sont identifiés au fur et à mesure de leur découverte.
status-metadata-state = État
status-metadata-found = Trouvés
status-metadata-unknown = Non identifiés avec certitude
status-notice = Remarque
status-disk-off = désactivé ; cache.disk l’active
status-blocks = Blocs de médias
status-hits = Trouvés en cache
status-misses = Absents du cache
status-errors = Erreurs
status-writes-stopped = Écritures sur disque arrêtées
status-no-drive = Aucun drive n’est connecté pour l’instant.
status-drive-is-ready = Le drive est prêt.
status-playlists = Listes de lecture
status-films-opened = Films ouverts
status-listings = Listes de dossiers
status-entries = Éléments
status-accounts = Comptes
status-opened-originals = Originaux ouverts
status-pictures = Images
status-all-ready = { $count ->
   *[other] Les { $count } drives sont prêts.
}
status-some-ready = { $count ->
    [one] { $ready } drive prêt sur { $count }.
   *[other] { $ready } drives prêts sur { $count }.
}

traffic-under-way = { $count } en cours ({ $parts })
traffic-waiting = { $count } en attente ({ $parts })
traffic-quiet = au repos
traffic-paused = { $traffic } ; le drive a demandé une pause, encore { $left }
traffic-playing = { $count } pour la lecture
traffic-opening = { $count } pour l’ouverture
traffic-reading-ahead = { $count } en lecture anticipée
traffic-uploading = { $count } pour l’envoi
traffic-for-pictures = { $count } pour des images
traffic-searching = { $count } pour la recherche
