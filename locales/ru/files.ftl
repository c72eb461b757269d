archives-packing = Упаковка { $name }
archives-unpacking = Распаковка { $name }
archives-the-drive-packs-and-unpacks-by = Диск упаковывает и распаковывает сам: эта машина и её канал не используются. Задача может несколько секунд ждать своей очереди.
archives-nothing-has-been-packed-or-unpacked = Здесь ещё ничего не упаковывали и не распаковывали. Отметьте объекты в папке и выберите «Упаковать…».

organize-archive-password = Пароль архива { $note }
organize-if-it-has-one = (если есть)
organize-on-drive-or-on = На { $drive } или на
organize-share = Поделиться…
organize-rename = Переименовать…
organize-move = Переместить…
organize-copy = Копировать…
organize-delete = Удалить…
organize-tags = Теги…
organize-pack = Упаковать…
organize-unpack = Распаковать…
organize-direct-link = Прямая ссылка
organize-tags-separated-by-commas = Теги через запятую
organize-the-name-of-the-archive = Имя архива
organize-pack-now = Упаковать
organize-unpack-now = Распаковать
organize-whoever-has-such-a-link-gets = Каждый, у кого есть такая ссылка, получит файл без пароля.
organize-direct-link-of-name = Прямая ссылка на { $name }
organize-the-new-name = Новое имя
organize-the-folders-above = Папки выше
organize-no-folders-in-here = Папок здесь нет.
organize-only-the-first-folders-are-shown = Показаны только первые папки.
organize-it-goes-to-the-drives-own = Попадёт в корзину диска, если она у него есть. Папки удаляются со всем содержимым.
organize-create = Создать
organize-where-there-is-one-of-that = Если такое имя уже есть
organize-leave-it-as-it-is = оставить как есть
organize-replace-it = заменить
organize-files = Файлы
organize-the-link-lives-for = Срок ссылки
organize-a-password-or-nothing-for-a = Пароль; для открытой ссылки оставьте пустым
organize-public = открытая
organize-some-drives-take-four-letters-or = Некоторые диски принимают только четыре буквы или цифры.
organize-all-your-links = Все ваши ссылки
organize-rename-what = Переименовать: { $what }
organize-copy-what-to = Копировать { $what } в
organize-move-what-to = Переместить { $what } в
organize-delete-what = Удалить { $what }?
organize-share-what = Поделиться: { $what }
organize-tags-of-what = Теги: { $what }
organize-pack-what = Упаковать: { $what }
organize-unpack-what = Распаковать: { $what }
organize-upload-files = Загрузить файлы
organize-quoted-name = «{ $name }»
organize-for-ever = Бессрочно
organize-copy-here = Копировать сюда
organize-move-here = Переместить сюда
organize-no-direct-links = Прямых ссылок нет
organize-direct-links-ready = Прямые ссылки готовы
organize-link-ready = Ссылка готова

versions-of = Версии { $name }
versions-by-author = автор: { $author }
versions-the-current-one = текущая
versions-make-it-current = Сделать текущей
versions-delete-for-good = Удалить навсегда
versions-unknown-time = Время неизвестно

browse-turn-round = Обратный порядок
browse-in-the-whole-drive = На всём диске
browse-new-folder = Новая папка
browse-uploads = Загрузки
browse-earlier = Предыдущие
browse-with-what-is-ticked = С отмеченным:
browse-share = Поделиться
browse-move = Переместить
browse-play-this-folder-in-vlc-mpv = Воспроизвести эту папку в VLC, mpv или Kodi
browse-empty = Эта папка пуста.
browse-nothing-of-this-kind = В этой папке нет ничего такого типа.
browse-ascending = по возрастанию
browse-descending = по убыванию

picture-browsers-do-not-show-this-kind = Браузеры не показывают такие картинки. Скачайте её, чтобы посмотреть.
picture-pictures-of-this-folder = Картинки этой папки
picture-previous-name = Предыдущая: { $label }
picture-previous = ‹ Назад
picture-next-name = Следующая: { $label }
picture-next = Далее ›
picture-download = Скачать
picture-number = { $number } из { $count }

remote-downloads-the-drive-downloads-it-by-itself = Диск скачивает сам: эта машина и её канал не используются.
remote-downloads-the-link-of-the-file = Ссылка на файл
remote-downloads-fetch = Скачать
remote-downloads-downloaded = Скачано
remote-downloads-cancel-name = Отменить скачивание { $name }

rename-many-becomes = станет
rename-many-undo = Вернуть
rename-many-the-new-names = Новые имена
rename-many-the-title-title-year-or-series = Название: «Название (Год)» или «Сериал S01E02»
rename-many-the-title-in-folders = Название, в папках: «Название (Год)/…» или «Сериал/Season 01/…»
rename-many-a-text-in-them-is-replaced = Замена текста в именах
rename-many-by-a-pattern = По шаблону
rename-many-replace-the-text = Заменить текст
rename-many-replace-by = на
rename-many-the-pattern = Шаблон
rename-many-pattern-hint = {"{"}name{"}"}, {"{"}title{"}"}, {"{"}year{"}"} и номера {"{"}n{"}"}, {"{"}nn{"}"} или {"{"}nnn{"}"}. Расширение сохраняется.
rename-many-the-first-number = Первый номер
rename-many-show-the-new-names = Показать новые имена
rename-many-no-change = Ни одно имя не изменится.
rename-many-same-name = Два имени совпали бы. Добавьте в шаблон номер {"{"}n{"}"}.
rename-many-done = Новые имена присвоены

tasks-tasks = Задачи
tasks-nothing-is-being-copied-copies-and = Сейчас ничего не копируется. Здесь видны копирования и перемещения с диска на диск.
tasks-progress = Ход выполнения
tasks-copy-of = { $more ->
    [0] Копирование «{ $name }»
   *[other] Копирование «{ $name }» и ещё { $more }
}
tasks-move-of = { $more ->
    [0] Перемещение «{ $name }»
   *[other] Перемещение «{ $name }» и ещё { $more }
}
tasks-pause = Пауза
tasks-resume = Продолжить
tasks-try-again = Повторить
tasks-route = из { $from } в { $to }

trash-not-restored = Не восстановлено:
trash-nothing-was-deleted-here-or-all = Здесь ничего не удаляли, или всё уже удалено навсегда.
trash-delete-everything-in-the-trash = Удалить всё из корзины?
trash-it-is-gone-for-good-with = Всё исчезнет навсегда, вместе с содержимым удалённых папок.
trash-delete-everything = Удалить всё
trash-from-folder = из { $folder }
trash-restore = Восстановить
trash-empty-the-trash = Очистить корзину…
trash-deleted-on = Удалено { $day }
trash-gone-for-good = Исчезнет навсегда { $when }

task-waiting = В очереди
task-percent-of-total = { $percent } % из { $total }
task-in-progress = Выполняется
task-cancelled = Отменена
task-failed = Не удалась
task-without-name = Задача
task-running = Выполняется
task-paused = На паузе
task-failed-sentence = Не удалась. { $sentence }

browse-note-and-hidden-names = Заметка и скрытые имена
folder-settings-a-note-above-the-list = Заметка над списком
folder-settings-plain-text-for-all-who-see = Простой текст для всех, кто видит папку; по ссылкам в нём можно перейти.
folder-settings-hidden-names-one-a-line = Скрытые имена, по одному в строке
organize-guest-link = Гостевая ссылка…
organize-anyone-who-has-the-link-sees = Любой, у кого есть ссылка, видит выбранное со всем содержимым и больше ничего вашего. Вход не нужен.
organize-all-links = Все ссылки
organize-guest-link-to-what = Гостевая ссылка на { $what }
folder-settings-of = Заметка и скрытые имена в «{ $title }»
folder-settings-patterns = Шаблоны вроде { $first }, { $second } или { $third } для этой папки и всего, что в ней. Скрытого нет ни в списках, ни в поиске, ни в библиотеке, и гости и плееры не найдут его по адресу.
tasks-upload-of = Загрузка «{ $name }»
tasks-download-of = Скачивание «{ $name }»
tasks-walk-over = Обход { $place }
