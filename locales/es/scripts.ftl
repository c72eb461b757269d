### Los textos que muestran los módulos del navegador.

script-account-signed-in = Sesión iniciada.
script-account-signing-in = Iniciando sesión…
script-account-code-expired = El código ha caducado. Aquí llega otro…
script-account-waiting-for-phone = Esperando a tu teléfono…
script-account-drive-silent = La unidad no responde. Preguntando de nuevo…
script-account-offline-retrying = Sin conexión con Drive-In. Preguntando de nuevo…
script-account-offline = Sin conexión con Drive-In. Inténtalo de nuevo.
script-cast-failed = El Chromecast no lo aceptó. ¿Puede acceder a este servidor?
script-copy-copied = Copiado
script-copy-press-keys = Pulsa Ctrl+C
script-dialog-close = Cerrar
script-dialog-failed = No ha funcionado
script-dialog-offline = Sin conexión con Drive-In. Inténtalo de nuevo.
script-listing-loading = Cargando…
script-listing-loaded = Se cargaron { $count } más
script-listing-failed = No ha funcionado. Intentar de nuevo
script-listing-selected = { $count ->
    [one] { $count } elemento:
   *[other] { $count } elementos:
}
script-uploads-title = Subidas
script-uploads-choose = Archivos para subir
script-uploads-progress-of = Subida de { $name }
script-uploads-button-for = { $label }: { $name }
script-uploads-waiting = En espera
script-uploads-checking = Consultando la unidad…
script-uploads-done = Listo, { $size }
script-uploads-cancelled = Cancelada
script-uploads-skipped = Se dejó como estaba
script-uploads-name-taken = Ya hay un archivo con ese nombre.
script-uploads-cancel = Cancelar
script-uploads-replace = Reemplazar
script-uploads-keep-both = Conservar ambos
script-uploads-skip = Omitir
script-uploads-try-again = Intentar de nuevo
script-uploads-time-left = Tiempo restante: { $time }
script-uploads-offline = Se cortó la conexión. Lo que ya llegó no se envía otra vez.
script-uploads-refused = El servidor respondió con { $status }.
script-passkeys-unsupported = Este navegador no admite llaves de acceso.
script-passkeys-cancelled = El dispositivo no dio su permiso o se agotó el tiempo. Inténtalo de nuevo.
script-passkeys-known = Ese dispositivo ya tiene una llave de acceso para este servidor.
script-player-play = Reproducir
script-player-pause = Pausar
script-player-back = Retroceder 10 segundos
script-player-ahead = Avanzar 10 segundos
script-player-position = Posición
script-player-position-of = { $at } de { $length }
script-player-volume = Volumen
script-player-volume-at = Volumen: { $percent } %
script-player-sound-off = Silenciar
script-player-sound-on = Activar sonido
script-player-quality = Calidad
script-player-quality-auto = Automática
script-player-quality-original = Original
script-player-quality-audio = Solo audio
script-player-not-offered = no disponible
script-player-speed = Velocidad
script-player-speed-normal = Velocidad normal
script-player-speed-at = Velocidad { $rate }×
script-player-normal = Normal
script-player-sounds = Pista de audio
script-player-sound-not-here = { $codec }: en VLC
script-player-subtitles = Subtítulos
script-player-subtitles-none = Sin subtítulos
script-player-subtitles-off = Desactivar subtítulos
script-player-subtitles-on = Activar subtítulos
script-player-subtitles-of = Subtítulos: { $track }
script-player-off = Desactivados
script-player-track = Pista { $number }
script-player-look = Aspecto y tiempo de los subtítulos
script-player-look-size = Tamaño
script-player-look-small = Pequeño
script-player-look-large = Grande
script-player-look-huge = Muy grande
script-player-look-color = Color
script-player-look-white = Blanco
script-player-look-yellow = Amarillo
script-player-look-green = Verde
script-player-look-cyan = Celeste
script-player-look-place = Lugar
script-player-look-bottom = Abajo
script-player-look-raised = Más arriba
script-player-look-top = Arriba del todo
script-player-look-time = Tiempo
script-player-look-earlier = Medio segundo antes
script-player-look-later = Medio segundo después
script-player-look-by = { $seconds } s
script-player-look-styled = Los subtítulos con aspecto propio lo conservan y solo siguen el tiempo.
script-player-air-play = AirPlay
script-player-picture-in-picture = Imagen en imagen
script-player-picture-in-picture-failed = Imagen en imagen no disponible por ahora
script-player-full-screen = Pantalla completa
script-player-leave-full-screen = Salir de pantalla completa
script-player-full-screen-failed = Aquí no se permite la pantalla completa
script-player-close = Cerrar
script-player-keys = Atajos de teclado
script-player-keys-hint = Atajos de teclado (?)
script-player-key-space = Espacio
script-player-key-play = Reproducir o pausar
script-player-key-ten-seconds = Retroceder, avanzar 10 segundos
script-player-key-five-seconds = Retroceder, avanzar 5 segundos
script-player-key-volume = Subir, bajar el volumen
script-player-key-mute = Silenciar y activar sonido
script-player-key-tenth = Ir a esa décima parte de la película
script-player-key-speed = Más lento, más rápido
script-player-key-list = Esta lista
script-player-shuffle = Aleatorio
script-player-shuffle-on = Reproducción aleatoria activada
script-player-shuffle-off = Reproducción aleatoria desactivada
script-player-repeat-all = Repetir todo
script-player-repeat-one = Repetir esta canción
script-player-repeat-off = Repetición desactivada
script-player-key-repeat = Repetir todo, esta canción, nada
script-player-skip-intro = Saltar intro
script-player-intro-starts = La intro empieza aquí. Marca ahora dónde acaba.
script-player-intro-marked = Marcada para toda la temporada
script-player-intro-removed = Marca eliminada
script-player-intro-failed = No se pudo marcar
script-player-next-film = Siguiente película
script-player-next = Siguiente
script-player-play-now = Reproducir ahora ({ $seconds })
script-player-stay-here = Quedarse aquí
script-errors-title = Esta película no se reproduce
script-errors-sentence = El servidor no dijo por qué.
script-errors-step = Inténtalo de nuevo en un momento.
script-errors-undecodable = Este navegador no puede decodificar { $format }. La película está bien.
script-errors-retry-in = Próximo intento en { $seconds } s
script-errors-retrying = Comprobando…
script-errors-try-again = Intentar de nuevo
script-errors-play-original = Reproducir el original
script-errors-open-in-vlc = Abrir en VLC
script-stream-original-instead = La unidad no tiene ahora una transmisión de esta película: se reproduce el original.
script-stream-no-audio-only = No hay transmisión de solo audio de esta película.
script-stream-stumbling = La unidad tiene un tropiezo. Intentando de nuevo…
script-stream-original-failed = Este navegador no puede reproducir el original: se vuelve a la transmisión. VLC sí lo reproduce.
script-stream-no-picture = { $plays ->
    [stream] Este navegador no admite { $codecs }, así que el archivo no muestra imagen: se reproduce la transmisión.
   *[nothing] Este navegador no admite { $codecs }, así que el archivo no muestra imagen. VLC sí lo reproduce: ábrelo ahí.
}
script-stream-no-sound = { $plays ->
    [stream] Este navegador no admite { $codecs }, así que el archivo no tiene sonido: se reproduce la transmisión.
   *[nothing] Este navegador no admite { $codecs }, así que el archivo no tiene sonido. VLC sí lo reproduce: ábrelo ahí.
}
script-stream-picture-missing = { $plays ->
    [stream] Este navegador no muestra la imagen del archivo: se reproduce la transmisión.
   *[nothing] Este navegador no muestra la imagen del archivo. VLC sí lo reproduce: ábrelo ahí.
}
script-stream-sound-missing = { $plays ->
    [stream] Este navegador no reproduce el sonido del archivo: se reproduce la transmisión.
   *[nothing] Este navegador no reproduce el sonido del archivo. VLC sí lo reproduce: ábrelo ahí.
}
script-stream-lacks-codec = Este navegador no admite { $codec }: se reproduce { $quality }, o abre la película en VLC.
script-stream-transcoding = { $quality } aún se está preparando: se vuelve a Automática.
script-stream-not-there = { $quality } no está disponible por ahora: se vuelve a Automática.
