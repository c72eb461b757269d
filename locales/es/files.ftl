### Las carpetas y lo que se hace con los archivos.

archives-packing = Comprimiendo { $name }
archives-unpacking = Descomprimiendo { $name }
archives-the-drive-packs-and-unpacks-by = La unidad comprime y descomprime por sí misma: no se usan ni este equipo ni su conexión. Una tarea puede esperar unos segundos a que llegue su turno.
archives-nothing-has-been-packed-or-unpacked = Aquí aún no se ha comprimido ni descomprimido nada. Marca elementos en una carpeta y elige «Comprimir…».

organize-archive-password = La contraseña del archivo comprimido { $note }
organize-if-it-has-one = (si la tiene)
organize-on-drive-or-on = En { $drive }, o en
organize-share = Compartir…
organize-rename = Cambiar nombre…
organize-move = Mover…
organize-copy = Copiar…
organize-delete = Eliminar…
organize-tags = Etiquetas…
organize-pack = Comprimir…
organize-unpack = Descomprimir…
organize-direct-link = Enlace directo
organize-tags-separated-by-commas = Etiquetas, separadas por comas
organize-the-name-of-the-archive = El nombre del archivo comprimido
organize-pack-now = Comprimir
organize-unpack-now = Descomprimir
organize-whoever-has-such-a-link-gets = Quien tenga un enlace así obtiene el archivo, sin contraseña.
organize-direct-link-of-name = El enlace directo de { $name }
organize-the-new-name = El nombre nuevo
organize-the-folders-above = Las carpetas superiores
organize-no-folders-in-here = Aquí no hay carpetas.
organize-only-the-first-folders-are-shown = Solo se muestran las primeras carpetas.
organize-it-goes-to-the-drives-own = Va a la papelera de la unidad, si la unidad tiene una. Las carpetas se eliminan con todo su contenido.
organize-create = Crear
organize-where-there-is-one-of-that = Si ya hay uno con ese nombre
organize-leave-it-as-it-is = dejarlo como está
organize-replace-it = reemplazarlo
organize-files = Archivos
organize-the-link-lives-for = El enlace dura
organize-a-password-or-nothing-for-a = Una contraseña, o nada para un enlace público
organize-public = público
organize-some-drives-take-four-letters-or = Algunas unidades solo aceptan cuatro letras o cifras.
organize-all-your-links = Todos tus enlaces
organize-rename-what = Cambiar el nombre de { $what }
organize-copy-what-to = Copiar { $what } en
organize-move-what-to = Mover { $what } a
organize-delete-what = ¿Eliminar { $what }?
organize-share-what = Compartir { $what }
organize-tags-of-what = Etiquetas de { $what }
organize-pack-what = Comprimir { $what }
organize-unpack-what = Descomprimir { $what }
organize-upload-files = Subir archivos
organize-quoted-name = «{ $name }»
organize-for-ever = Para siempre
organize-copy-here = Copiar aquí
organize-move-here = Mover aquí
organize-no-direct-links = Sin enlaces directos
organize-direct-links-ready = Los enlaces directos están listos
organize-link-ready = El enlace está listo

versions-of = Versiones de { $name }
versions-by-author = de { $author }
versions-the-current-one = la actual
versions-make-it-current = Convertir en la actual
versions-delete-for-good = Eliminar definitivamente
versions-unknown-time = En fecha desconocida

browse-turn-round = Invertir el orden
browse-in-the-whole-drive = En toda la unidad
browse-new-folder = Carpeta nueva
browse-uploads = Subidas
browse-earlier = Anteriores
browse-with-what-is-ticked = Con lo que está marcado:
browse-share = Compartir
browse-move = Mover
browse-play-this-folder-in-vlc-mpv = Reproducir esta carpeta en VLC, mpv o Kodi
browse-empty = Esta carpeta está vacía.
browse-nothing-of-this-kind = En esta carpeta no hay nada de este tipo.
browse-ascending = ascendente
browse-descending = descendente

picture-browsers-do-not-show-this-kind = Los navegadores no muestran este tipo de imagen. Descárgala para verla.
picture-pictures-of-this-folder = Imágenes de esta carpeta
picture-previous-name = Anterior: { $label }
picture-previous = ‹ Anterior
picture-next-name = Siguiente: { $label }
picture-next = Siguiente ›
picture-download = Descargar
picture-number = { $number } de { $count }

remote-downloads-the-drive-downloads-it-by-itself = La unidad lo descarga por sí misma: no se usan ni este equipo ni su conexión.
remote-downloads-the-link-of-the-file = El enlace del archivo
remote-downloads-fetch = Descargar
remote-downloads-downloaded = Descargado
remote-downloads-cancel-name = Cancelar la descarga de { $name }

rename-many-becomes = pasa a ser
rename-many-undo = Deshacer
rename-many-the-new-names = Los nombres nuevos
rename-many-the-title-title-year-or-series = El título: «Título (año)» o «Serie S01E02»
rename-many-the-title-in-folders = El título, en carpetas: «Título (año)/…» o «Serie/Season 01/…»
rename-many-a-text-in-them-is-replaced = Se reemplaza un texto
rename-many-by-a-pattern = Con un patrón
rename-many-replace-the-text = Reemplazar el texto
rename-many-replace-by = por
rename-many-the-pattern = El patrón
rename-many-pattern-hint = {"{"}name{"}"}, {"{"}title{"}"}, {"{"}year{"}"} y los números {"{"}n{"}"}, {"{"}nn{"}"} o {"{"}nnn{"}"}. La extensión no cambia.
rename-many-the-first-number = El primer número
rename-many-show-the-new-names = Mostrar los nombres nuevos
rename-many-no-change = No cambiaría ningún nombre.
rename-many-same-name = Dos de ellos tendrían el mismo nombre. Añade {"{"}n{"}"}, un número, al patrón.
rename-many-done = Se han puesto los nombres nuevos

tasks-tasks = Tareas
tasks-nothing-is-being-copied-copies-and = No se está copiando nada. Aquí aparece lo que se copia o se mueve de una unidad a otra.
tasks-progress = Progreso
tasks-copy-of = { $more ->
    [0] Copia de «{ $name }»
   *[other] Copia de «{ $name }» y { $more } más
}
tasks-move-of = { $more ->
    [0] Traslado de «{ $name }»
   *[other] Traslado de «{ $name }» y { $more } más
}
tasks-pause = Pausar
tasks-resume = Reanudar
tasks-try-again = Intentar de nuevo
tasks-route = de { $from } a { $to }

trash-not-restored = Sin restaurar:
trash-nothing-was-deleted-here-or-all = Aquí no se ha eliminado nada, o ya se ha ido todo definitivamente.
trash-delete-everything-in-the-trash = ¿Eliminar todo lo que hay en la papelera?
trash-it-is-gone-for-good-with = Se elimina definitivamente, con todo lo que hay en las carpetas eliminadas.
trash-delete-everything = Eliminar todo
trash-from-folder = de { $folder }
trash-restore = Restaurar
trash-empty-the-trash = Vaciar la papelera…
trash-deleted-on = Eliminado el { $day }
trash-gone-for-good = Se elimina definitivamente { $when }

task-waiting = En espera
task-percent-of-total = { $percent } % de { $total }
task-in-progress = En curso
task-cancelled = Cancelada
task-failed = Fallida
task-without-name = Una tarea
task-running = En curso
task-paused = En pausa
task-failed-sentence = Fallida. { $sentence }

browse-note-and-hidden-names = Nota y nombres ocultos
folder-settings-a-note-above-the-list = Una nota sobre la lista
folder-settings-plain-text-for-all-who-see = Texto sin formato, para quienes ven la carpeta; se pueden seguir los enlaces que contenga.
folder-settings-hidden-names-one-a-line = Nombres ocultos, uno por línea
organize-guest-link = Enlace de invitado…
organize-anyone-who-has-the-link-sees = Quien tenga el enlace ve lo elegido, con todo lo que contiene, y nada más de lo tuyo. No hace falta iniciar sesión.
organize-all-links = Todos los enlaces
organize-guest-link-to-what = Enlace de invitado a { $what }
folder-settings-of = Nota y nombres ocultos de «{ $title }»
folder-settings-patterns = Patrones como { $first }, { $second } o { $third }, para esta carpeta y todo lo que hay debajo. Lo oculto no aparece en ninguna lista, en ninguna búsqueda ni en la biblioteca, y los invitados y reproductores no lo encuentran por su dirección.
tasks-upload-of = Subida de «{ $name }»
tasks-download-of = Descarga de «{ $name }»
tasks-walk-over = Recorrido por { $place }
