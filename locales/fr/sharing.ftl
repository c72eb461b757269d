### Liens de partage, liens invités et appareils.

devices-tv-app-steps = Les applications pour Jellyfin trouvent ici leurs films. Saisissez cette adresse dans l’application : { $address }. Connectez-vous ensuite comme { $user } avec votre mot de passe, sous un autre profil avec son PIN, ou choisissez Quick Connect et saisissez les six chiffres qu’affiche l’application.
devices-add-a-device = Ajouter un appareil
devices-each-player-gets-its-own-link = Chaque lecteur reçoit son propre lien, qui s’ouvre sans connexion et peut être révoqué séparément.
devices-living-room = Salon
devices-what-it-may-play = Ce qu’il peut lire
devices-everything = Tout
devices-a-year = Un an
devices-who-watches-on-it = Qui regarde dessus
devices-show-it-streams-instead-of-files = Lui montrer des flux au lieu de fichiers
devices-sign-in-a-tv-app = Connecter une application TV
devices-who-watches-with-it = Qui regarde avec
devices-sign-it-in = La connecter
devices-active-links = Liens actifs
devices-none-yet-guest-link-on-a = Aucun pour l’instant. « Lien invité », sur un film ou un dossier, en crée un pour un invité.
devices-revoke-name = Révoquer { $name }
devices-your-own-links-and-the-signing = Vos propres liens et la clé de signature
devices-the-links-on-your-own-pages = Les liens de vos propres pages partagent un même billet. Si l’un d’eux est tombé entre de mauvaises mains, remplacez-le : les lecteurs configurés avec un tel lien auront besoin du nouveau.
devices-replace-my-own-ticket = Remplacer mon billet
devices-all-tickets-are-signed-with-one = Tous les billets sont signés avec une même clé. Changez-la de temps en temps : les liens existants continuent de fonctionner, et les nouveaux sont signés avec la nouvelle clé.
devices-change-the-key = Changer la clé
devices-older-keys-are-still-valid-retire = Les anciennes clés sont encore valables. Si vous les retirez, tous les liens créés avant le changement prennent fin aussitôt.
devices-retire-the-old-keys = Retirer les anciennes clés
devices-no-app-shows-this-code = Aucune application n’affiche ce code. Un code est valable cinq minutes.
devices-player = Lecteur
devices-never-used = Jamais utilisé
devices-used = Utilisé { $when }
devices-until = Jusqu’au { $time }

guest-link-to = Lien invité vers « { $title } »
guest-link-all-links = Tous les liens, et le bouton qui les révoque : { $page }
guest-link-opens-folder = Toute personne qui a le lien voit ce dossier et tout ce qu’il contient, et rien d’autre chez vous.
guest-link-opens-film = Toute personne qui a le lien voit ce film, et rien d’autre chez vous.
guest-link-no-login-is-needed = Aucune connexion n’est nécessaire.
guest-link-for-whom = Pour qui
guest-link-aunt-mia = Tante Mia
guest-link-limits = Limites
guest-link-people-at-the-same-time = Personnes en même temps
guest-link-no-limit = Aucune limite
guest-link-visits-in-all = Visites au total
guest-link-streams-alone-without-the-files = Flux seuls, sans les fichiers

neutral-nothing-plays-here = Rien à lire ici
neutral-ask-whoever-gave-it-to-you = Demandez-en un nouveau à la personne qui vous l’a donné.
neutral-expired = Ce lien a expiré ou a été révoqué.
neutral-does-not-lead-here = Ce lien ne mène pas ici.
neutral-not-reachable = Ce vers quoi il mène est injoignable en ce moment.
neutral-incomplete = Ce lien est incomplet ou ne mène nulle part.

own-shares-no-links-yet-choose-share-beside = Aucun lien pour l’instant. Choisissez « Partager » à côté d’un film ou d’un dossier.
own-shares-revoke-title = Révoquer le lien vers { $title }
own-shares-name-and-others = { $name } et { $count ->
    [one] { $count } autre
   *[other] { $count } autres
}
own-shares-revoked = Révoqué
own-shares-refused = Refusé par le drive
own-shares-used-up = Épuisé
own-shares-never-ends = Sans fin
own-shares-ends = Se termine { $when }

share-share-links = Liens de partage
share-password-of-the-share = Mot de passe du partage
share-paste-a-link-or-the-whole = Collez un lien, ou tout le message qui le contenait
share-open-another-one = En ouvrir un autre
share-panel-about-this-share = À propos de ce partage
share-panel-play-from-the-first = Lire depuis le premier
share-panel-play-all-in-vlc = Tout lire dans VLC
share-panel-save-to-my-drive = Enregistrer sur mon drive
share-panel-drive = Drive
share-panel-folder = Dossier
share-panel-where-the-name-is-taken = Si le nom est déjà pris
share-panel-skip-it = ignorer
share-saved-saved = Enregistré
share-panel-on-this-page = Sur cette page
share-saved-count = { $count } sur { $total } enregistrés
share-saved-go-to-folder = Aller à { $folder }
share-saved-back = Retour au partage
share-another-site = Un autre site vous a mené ici. Ce qu’il veut ouvrir est indiqué ci-dessous.
share-open-it-again = Rouvrez-le dans un instant.
share-unknown-host = Un hôte inconnu
share-host-is-unknown = Ce lien a la forme d’un partage, mais son hôte, { $host }, n’est pas connu ici.
share-can-be-tried = On peut l’essayer : le partage est cherché auprès du service connu, et cet hôte n’est pas contacté.

shares-gone = Son propriétaire l’a révoqué, ou il a expiré.
shares-password-changed = Son mot de passe a changé : collez à nouveau le lien, avec le nouveau.
shares-no-drive = Aucun drive connecté ne l’ouvre.

ticket-guest-about = S’ouvre dans tout navigateur, sans connexion
ticket-play-url = URL de lecture
ticket-play-url-about = Pour tout lecteur qui parcourt des dossiers web
ticket-kodi-web-directory = Dossier du serveur Web ({ $scheme })
ticket-kodi-protocol = Protocole
ticket-kodi-server = Adresse du serveur
ticket-kodi-path = Chemin distant
ticket-kodi-port = Port
ticket-list-about = À ouvrir comme flux réseau dans VLC ou mpv
ticket-list = Liste
ticket-list-of = Liste de { $name }

unfurl-films-under-the-open-sky = Des films, à la belle étoile.
unfurl-folder = Un dossier de films
unfurl-sound = Audio
unfurl-film = Film

ticket-form-speed-in-mbit-s-for-all = Débit en Mbit/s, pour tous ensemble
