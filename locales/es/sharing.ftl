### Enlaces compartidos, enlaces de invitado y dispositivos.

devices-tv-app-steps = Las apps para Jellyfin encuentran aquí sus películas. Escribe esta dirección en la app: { $address }. Luego inicia sesión como { $user } con tu contraseña, como otro perfil con su PIN, o elige Quick Connect e introduce los seis dígitos que muestra la app.
devices-add-a-device = Añadir un dispositivo
devices-each-player-gets-its-own-link = Cada reproductor recibe su propio enlace, que se abre sin iniciar sesión y se puede revocar por separado.
devices-living-room = Sala
devices-what-it-may-play = Qué puede reproducir
devices-everything = Todo
devices-a-year = Un año
devices-who-watches-on-it = Quién ve en él
devices-show-it-streams-instead-of-files = Mostrarle transmisiones en vez de archivos
devices-sign-in-a-tv-app = Iniciar sesión en una app de TV
devices-who-watches-with-it = Quién ve con ella
devices-sign-it-in = Iniciar su sesión
devices-active-links = Enlaces activos
devices-none-yet-guest-link-on-a = Aún no hay ninguno. «Enlace de invitado» en una película o carpeta crea uno para un invitado.
devices-revoke-name = Revocar { $name }
devices-your-own-links-and-the-signing = Tus propios enlaces y la clave de firma
devices-the-links-on-your-own-pages = Los enlaces de tus páginas comparten una misma entrada. Si alguno cayó en malas manos, reemplázala: los reproductores que configuraste con un enlace así necesitarán el nuevo.
devices-replace-my-own-ticket = Reemplazar mi entrada
devices-all-tickets-are-signed-with-one = Todas las entradas se firman con una misma clave. Cámbiala de vez en cuando: los enlaces existentes siguen funcionando y los nuevos se firman con la clave nueva.
devices-change-the-key = Cambiar la clave
devices-older-keys-are-still-valid-retire = Las claves anteriores siguen siendo válidas. Si las retiras, todos los enlaces creados antes del cambio terminan al instante.
devices-retire-the-old-keys = Retirar las claves anteriores
devices-no-app-shows-this-code = Ninguna app muestra este código. Un código es válido durante cinco minutos.
devices-player = Reproductor
devices-never-used = Nunca usado
devices-used = Usado { $when }
devices-until = Hasta el { $time }

guest-link-to = Enlace de invitado para «{ $title }»
guest-link-all-links = Todos los enlaces, y el botón que los revoca: { $page }
guest-link-opens-folder = Quien tenga el enlace ve esta carpeta y todo lo que contiene, y nada más de lo tuyo.
guest-link-opens-film = Quien tenga el enlace ve esta película, y nada más de lo tuyo.
guest-link-no-login-is-needed = No hace falta iniciar sesión.
guest-link-for-whom = Para quién
guest-link-aunt-mia = Tía Mía
guest-link-limits = Límites
guest-link-people-at-the-same-time = Personas al mismo tiempo
guest-link-no-limit = Sin límite
guest-link-visits-in-all = Visitas en total
guest-link-streams-alone-without-the-files = Solo transmisiones, sin los archivos

neutral-nothing-plays-here = Aquí no se reproduce nada
neutral-ask-whoever-gave-it-to-you = Pide uno nuevo a quien te lo dio.
neutral-expired = Este enlace ha caducado o fue revocado.
neutral-does-not-lead-here = Este enlace no lleva aquí.
neutral-not-reachable = En este momento no se puede acceder a su contenido.
neutral-incomplete = Este enlace está incompleto o no lleva a ninguna parte.

own-shares-no-links-yet-choose-share-beside = Aún no hay enlaces. Elige «Compartir» junto a una película o carpeta.
own-shares-revoke-title = Revocar el enlace a { $title }
own-shares-name-and-others = { $name } y { $count ->
    [one] { $count } más
   *[other] { $count } más
}
own-shares-revoked = Revocado
own-shares-refused = Rechazado por la unidad
own-shares-used-up = Agotado
own-shares-never-ends = Sin caducidad
own-shares-ends = Termina { $when }

share-share-links = Enlaces compartidos
share-password-of-the-share = Contraseña del enlace compartido
share-paste-a-link-or-the-whole = Pega un enlace o el mensaje completo en el que venía
share-open-another-one = Abrir otro
share-panel-about-this-share = Acerca de este enlace compartido
share-panel-play-from-the-first = Reproducir desde la primera
share-panel-play-all-in-vlc = Reproducir todo en VLC
share-panel-save-to-my-drive = Guardar en mi unidad
share-panel-drive = Unidad
share-panel-folder = Carpeta
share-panel-where-the-name-is-taken = Si el nombre ya existe
share-panel-skip-it = omitir
share-saved-saved = Guardado
share-panel-on-this-page = En esta página
share-saved-count = { $count } de { $total } guardados
share-saved-go-to-folder = Ir a { $folder }
share-saved-back = Volver al enlace compartido
share-another-site = Has llegado aquí desde otro sitio. Lo que quiere abrir se indica abajo.
share-open-it-again = Vuelve a abrirlo en un momento.
share-unknown-host = Un servidor desconocido
share-host-is-unknown = Este enlace parece un enlace compartido, pero su servidor, { $host }, no se conoce aquí.
share-can-be-tried = Puedes probarlo: se busca en el servicio conocido, sin contactar con ese servidor.

shares-gone = Su propietario lo ha revocado o ha caducado.
shares-password-changed = Se cambió su contraseña: vuelve a pegar el enlace, con la nueva.
shares-no-drive = Ninguna unidad conectada lo abre.

ticket-guest-about = Se abre en cualquier navegador, sin iniciar sesión
ticket-play-url = URL de reproducción
ticket-play-url-about = Para cualquier reproductor que explore carpetas web
ticket-kodi-web-directory = Directorio servidor web ({ $scheme })
ticket-kodi-protocol = Protocolo
ticket-kodi-server = Dirección del servidor
ticket-kodi-path = Ruta remota
ticket-kodi-port = Puerto
ticket-list-about = Ábrela como emisión de red en VLC o mpv
ticket-list = Lista
ticket-list-of = Lista de { $name }

unfurl-films-under-the-open-sky = Películas a cielo abierto.
unfurl-folder = Una carpeta de películas
unfurl-sound = Audio
unfurl-film = Película

ticket-form-speed-in-mbit-s-for-all = Velocidad en Mbit/s, para todos juntos
