### Los textos que comparten varias páginas: el marco de cada página, tarjetas, errores, tamaños y fechas.

common-to-folder = a { $folder }
common-used-of-total = { $used } de { $total }
common-account = Cuenta
common-the-share-link = El enlace compartido
common-try-it = Probar
common-your-links = Tus enlaces
common-fetch-from-a-link = Descargar desde un enlace
common-archives = Archivos comprimidos
common-trash = Papelera
common-drive-is-forgotten = Drive-In olvida sus claves y su sesión. En la propia unidad no se toca nada.
common-remove-name = Quitar «{ $name }»
common-done = Listo
common-more = Más
common-next-page = Página siguiente
common-sort-by = Ordenar por
common-upload = Subir
common-guest-link = Enlace de invitado
common-previous-page = Página anterior
common-rename = Cambiar nombre
common-copy = Copiar
common-delete = Eliminar
common-pin = PIN
common-connect-a-drive = Conectar una unidad
common-name = Nombre
common-how-long = Duración
common-until-it-is-revoked = Hasta que se revoque
common-a-day = Un día
common-a-week = Una semana
common-a-month = Un mes
common-add = Añadir
common-code = Código
common-revoke = Revocar
common-drives = Unidades
common-watched = Vista
common-percent-watched = { $percent } % visto
common-show-files = Mostrar archivos
common-versions = Versiones
common-create-link = Crear enlace
common-details = Detalles
common-open-it = Abrir
common-search = Buscar
common-password = Contraseña
common-sign-in-button = Iniciar sesión
common-cancel = Cancelar
common-save = Guardar
common-the-folder-on-the-drive = La carpeta de la unidad
common-copy-link = Copiar enlace
common-keep-both = conservar ambos
common-back-to-the-folder = Volver a la carpeta
common-show = Mostrar
common-passkeys = Llaves de acceso
common-code-or-recovery-code = Código de la app o código de recuperación
common-two-step-sign-in = Verificación en dos pasos
common-viewers = Perfiles
common-open = Abrir
common-page-looks-again = Esta página se actualiza sola.
common-date = Fecha
common-size = Tamaño
common-expired = Caducado
common-not-everywhere = No funcionó en todos los casos
common-play = Reproducir

layout-your-films-under-the-open-sky = tus películas, a cielo abierto
layout-skip-to-the-content = Saltar al contenido
layout-search-films = Buscar películas
layout-main = Principal
layout-choose-another-viewer = Está viendo { $name }. Elegir otro perfil
layout-sign-out = Cerrar sesión
layout-language = Idioma
layout-change-language = Cambiar

parts-password = Contraseña: { $password }
parts-not-watched-name = No vista: { $name }
parts-mark-as-watched-name = Marcar como vista: { $name }
parts-for-name = Para { $name }
parts-not-watched = No vista
parts-mark-as-watched = Marcar como vista
parts-choose-name = Elegir { $name }
parts-what-to-do-with-name = Qué hacer con { $name }
parts-share-rename-move-copy-delete = Compartir, cambiar nombre, mover, copiar, eliminar
parts-the-link-as-a-code-to = El enlace como código para escanear
parts-the-link = El enlace
parts-made-on-day = creado el { $created }
parts-storage-used-on-name = Almacenamiento usado en { $name }
parts-account-of-name = Cuenta de { $name }
parts-what-name-can-do = Qué puede hacer { $name }
parts-where-you-are = Dónde estás
parts-this-link-is-shown-once-copy = Este enlace se muestra una sola vez. Cópialo ahora; puedes revocarlo cuando quieras.
parts-the-link-as-a-qr-code = El enlace como código QR
parts-the-link-is-too-long-for = El enlace es demasiado largo para un código QR.
parts-kodi-steps = Kodi: Añadir vídeos, Buscar, Añadir sitio de red

nav-home = Inicio
nav-devices = Dispositivos e invitados
nav-status = Estado
nav-sessions = Sesiones

error-request-id = Solicitud { $request-id }
error-drives-account = La cuenta de la unidad

card-image = imagen
card-subtitle = subtítulos
card-file = archivo
card-ready = Lista
card-signed-out = Sesión cerrada
card-no-answer-yet = Aún sin respuesta
card-not-reachable = Inaccesible
card-session-ends = La sesión termina { $when }. Vuelve a iniciarla antes.

kind-all = Todo
kind-films = Películas
kind-music = Música
kind-pictures = Imágenes
kind-documents = Documentos

count-films = { $count ->
    [one] { $count } película
   *[other] { $count } películas
}
count-folders = { $count ->
    [one] { $count } carpeta
   *[other] { $count } carpetas
}
count-files = { $count ->
    [one] { $count } archivo
   *[other] { $count } archivos
}
count-entries = { $count ->
    [one] { $count } elemento
   *[other] { $count } elementos
}
count-days = { $count ->
    [one] { $count } día
   *[other] { $count } días
}

size-kb = { $value } kB
size-mb = { $value } MB
size-gb = { $value } GB
size-tb = { $value } TB
size-pb = { $value } PB
size-eb = { $value } EB
size-bytes = { $count ->
    [one] { $count } byte
   *[other] { $count } bytes
}

number-decimal-sign = ,

date-day = { $day }/{ $month }/{ $year }
date-time = { $day } { $clock } UTC

ago-minutes = { $count ->
    [one] hace { $count } minuto
   *[other] hace { $count } minutos
}
ago-hours = { $count ->
    [one] hace { $count } hora
   *[other] hace { $count } horas
}
ago-days = { $count ->
    [one] hace { $count } día
   *[other] hace { $count } días
}
ago-now = ahora mismo

until-minutes = { $count ->
    [one] dentro de { $count } minuto
   *[other] dentro de { $count } minutos
}
until-hours = { $count ->
    [one] dentro de { $count } hora
   *[other] dentro de { $count } horas
}
until-days = { $count ->
    [one] dentro de { $count } día
   *[other] dentro de { $count } días
}
until-now = ahora

layout-tasks-running = { $count ->
    [one] tarea en curso
   *[other] tareas en curso
}
