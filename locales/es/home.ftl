### La página de inicio, los títulos, la búsqueda, la elección de perfil y la página de estado.

first-page-config-steps = Pon esto en { $file }, comprueba con { $command } si funciona y reinicia Drive-In.
first-page-demo = ¿Solo quieres echar un vistazo? { $command } trae unas cuantas películas cortas y no necesita cuenta.
first-page-the-screen-is-up-now-bring = La pantalla está lista. Ahora trae una película.
first-page-drive-in-is-running-connect-a = Drive-In está en marcha. Conecta una unidad, inicia sesión con tu teléfono y podrás reproducir lo que haya en ella.
first-page-rather-write-it-into-a-file = ¿Prefieres escribirlo en un archivo?
first-page-the-lines-for-a-terabox-account = Las líneas para una cuenta de TeraBox

home-nothing-here-yet = Aquí no hay nada todavía. { $link }
home-look-around = Explorar
home-somebody-sent-you-a-share-link = ¿Te han enviado un enlace compartido?
home-paste-the-link-or-the-whole = Pega el enlace o el mensaje completo en el que venía
home-opened-before = Abiertos antes
home-forget-title = Olvidar { $title }
home-forget = Olvidar
home-connect-another-drive = Conectar otra unidad
home-change-or-order-drives = Cambiar u ordenar las unidades
home-continue = Seguir viendo
home-next-up = A continuación
home-recently-added = Añadidas recientemente
home-resume = Reanudar
home-look-at-series = Ver la serie

search-nothing-found = No se encontró nada para «{ $title }».
search-try-fewer-letters = Basta con parte de una palabra: prueba con menos letras.
search-a-word-of-the-title = Una palabra del título
search-titles = Películas y series
search-files = Archivos
search-more-results = Más resultados
search-play-what-was-found-in-vlc = Reproducir los resultados en VLC, mpv o Kodi
search-place-not-answered-yet = «{ $place }» aún no ha respondido. Esta página se actualiza sola.
search-place-did-not-answer = No se pudo buscar en «{ $place }». No respondió a tiempo.
search-tagged = Con la etiqueta { $tag }
search-kind-in-place = { $kind } en { $place }
search-place-failed = No se pudo buscar en «{ $place }». { $sentence }
search-not-all-folders = No se ha buscado en todas las carpetas de «{ $place }». Si repites la búsqueda más tarde, puede que encuentre más.
search-list-about = Se actualiza cada vez que se carga
search-nothing-for = Nada para «{ $words }»
search-found-for = { $found } para «{ $words }»

choose-viewer-who-is-watching = ¿Quién está viendo?
choose-viewer-pin-of-name = PIN de { $name }
choose-viewer-change-viewers = Gestionar perfiles
choose-viewer-wrong-pin = Ese no es el PIN. Inténtalo de nuevo.
choose-viewer-too-many-pins = Demasiados PIN incorrectos. Espera { $seconds } s e inténtalo de nuevo.

film-rated = Valoración: { $rating } de 10
film-the-file = El archivo
film-resume-at = Reanudar en { $clock }
film-play-again = Volver a reproducir
film-play-version = Reproducir { $version }

titles-nothing-here-yet-films-and-series = Aquí no hay nada todavía. Las películas y series aparecen a medida que se recorren las unidades y se abren carpetas.
titles-pages = Páginas
titles-series = Series
titles-title = Título
titles-added = Fecha de adición
titles-special = Especial { $number }
titles-season = Temporada { $number }
titles-episode = Episodio { $number }
titles-specials = Especiales

series-watched-count = { $count } de { $total } vistos
series-resume = Reanudar { $episode }
series-continue-with = Continuar con { $episode }
series-play = Reproducir { $episode }

status-version = Versión
status-running-for = Tiempo en marcha
status-saved-state = Estado guardado
status-not-readable = no se puede leer
status-readable-and-writable = lectura y escritura
status-readable-only = solo lectura: { $fault }
status-reachable-at = Accesible en
status-media = Contenido
status-server = Servidor
status-metadata = Películas y series según TMDB
status-memory-cache = Caché en memoria
status-traffic = Tráfico con las unidades
status-disk-cache = Caché en disco
status-metadata-works = Las películas y series se consultan a medida que se encuentran.
status-metadata-state = Estado
status-metadata-found = Encontradas
status-metadata-unknown = No identificadas con certeza
status-notice = Aviso
status-disk-off = desactivada; se activa con cache.disk
status-blocks = Bloques de contenido
status-hits = Aciertos
status-misses = Fallos
status-errors = Errores
status-writes-stopped = Escrituras en disco detenidas
status-no-drive = Aún no hay ninguna unidad conectada.
status-drive-is-ready = La unidad está lista.
status-playlists = Listas de reproducción
status-films-opened = Películas abiertas
status-listings = Listados
status-entries = Elementos
status-accounts = Cuentas
status-opened-originals = Originales abiertos
status-pictures = Imágenes
status-all-ready = { $count ->
   *[other] Las { $count } unidades están listas.
}
status-some-ready = { $count ->
    [one] { $ready } de { $count } unidad lista.
   *[other] { $ready } de { $count } unidades listas.
}

traffic-under-way = { $count } en curso ({ $parts })
traffic-waiting = { $count } en espera ({ $parts })
traffic-quiet = sin actividad
traffic-paused = { $traffic }; la unidad pidió una pausa, faltan { $left }
traffic-playing = { $count } reproduciendo
traffic-opening = { $count } abriendo
traffic-reading-ahead = { $count } leyendo por adelantado
traffic-uploading = { $count } subiendo
traffic-for-pictures = { $count } para imágenes
traffic-searching = { $count } buscando
