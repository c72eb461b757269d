first-page-config-steps = Впишите это в { $file }, проверьте командой { $command } и перезапустите Drive-In.
first-page-demo = Хотите просто осмотреться? { $command } показывает несколько короткометражек и не требует аккаунта.
first-page-the-screen-is-up-now-bring = Экран готов. Дело за фильмом.
first-page-drive-in-is-running-connect-a = Drive-In работает. Подключите диск, войдите с телефона — и можно смотреть всё, что на нём есть.
first-page-rather-write-it-into-a-file = Удобнее записать в файл?
first-page-the-lines-for-a-terabox-account = Строки для аккаунта TeraBox

home-nothing-here-yet = Здесь пока пусто. { $link }
home-look-around = Осмотреться
home-somebody-sent-you-a-share-link = Вам прислали ссылку на файлы?
home-paste-the-link-or-the-whole = Вставьте ссылку или всё сообщение с ней
home-opened-before = Открывали раньше
home-forget-title = Забыть { $title }
home-forget = Забыть
home-connect-another-drive = Подключить ещё один диск
home-change-or-order-drives = Изменить или упорядочить диски
home-continue = Продолжить просмотр
home-next-up = Следующие серии
home-recently-added = Недавно добавленные
home-resume = Продолжить
home-look-at-series = К сериалу

search-nothing-found = По запросу «{ $title }» ничего не найдено.
search-try-fewer-letters = Достаточно части слова: попробуйте меньше букв.
search-a-word-of-the-title = Слово из названия
search-titles = Фильмы и сериалы
search-files = Файлы
search-more-results = Ещё результаты
search-play-what-was-found-in-vlc = Воспроизвести найденное в VLC, mpv или Kodi
search-place-not-answered-yet = «{ $place }» ещё не ответил. Страница проверит снова сама.
search-place-did-not-answer = Не удалось выполнить поиск в «{ $place }»: ответ не пришёл вовремя.
search-tagged = С тегом { $tag }
search-kind-in-place = { $kind } в { $place }
search-place-failed = Не удалось выполнить поиск в «{ $place }». { $sentence }
search-not-all-folders = В «{ $place }» просмотрены не все папки. Повторите поиск чуть позже: может найтись больше.
search-list-about = Поиск повторяется при каждой загрузке
search-nothing-for = Ничего по запросу «{ $words }»
search-found-for = { $found } по запросу «{ $words }»

choose-viewer-who-is-watching = Кто смотрит?
choose-viewer-pin-of-name = PIN зрителя { $name }
choose-viewer-change-viewers = Изменить зрителей
choose-viewer-wrong-pin = PIN неверный. Попробуйте ещё раз.
choose-viewer-too-many-pins = Слишком много неверных PIN. Подождите { $seconds } с и попробуйте ещё раз.

film-rated = Оценка { $rating } из 10
film-the-file = Файл
film-resume-at = Продолжить с { $clock }
film-play-again = Смотреть снова
film-play-version = Воспроизвести { $version }

titles-nothing-here-yet-films-and-series = Здесь пока пусто. Фильмы и сериалы появляются по мере обхода дисков и открытия папок.
titles-pages = Страницы
titles-series = Сериалы
titles-title = Название
titles-added = Дата добавления
titles-special = Спецвыпуск { $number }
titles-season = Сезон { $number }
titles-episode = Серия { $number }
titles-specials = Спецвыпуски

series-watched-count = Просмотрено { $count } из { $total }
series-resume = Продолжить { $episode }
series-continue-with = Дальше: { $episode }
series-play = Воспроизвести { $episode }

status-version = Версия
status-running-for = Время работы
status-saved-state = Сохранённое состояние
status-not-readable = не читается
status-readable-and-writable = чтение и запись работают
status-readable-only = только чтение: { $fault }
status-reachable-at = Адрес
status-media = Медиа
status-server = Сервер
status-metadata = Фильмы и сериалы по данным TMDB
status-memory-cache = Кеш в памяти
status-traffic = Обмен с дисками
status-disk-cache = Кеш на диске сервера
status-metadata-works = Сведения о фильмах и сериалах ищутся по мере их обнаружения.
status-metadata-state = Состояние
status-metadata-found = Найдено
status-metadata-unknown = Не опознано наверняка
status-notice = Замечание
status-disk-off = выключен; включается настройкой cache.disk
status-blocks = Блоки медиа
status-hits = Попадания
status-misses = Промахи
status-errors = Ошибки
status-writes-stopped = Запись на диск сервера остановлена
status-no-drive = Ни один диск ещё не подключён.
status-drive-is-ready = Диск готов.
status-playlists = Плейлисты
status-films-opened = Открыто фильмов
status-listings = Списки папок
status-entries = Объекты
status-accounts = Аккаунты
status-opened-originals = Открыто оригиналов
status-pictures = Картинки
status-all-ready = { $count ->
    [one] Готовы все диски: { $count }.
    [few] Все { $count } диска готовы.
    [many] Все { $count } дисков готовы.
   *[other] Готовы все диски: { $count }.
}
status-some-ready = { $count ->
    [one] Готово { $ready } из { $count } диска.
    [few] Готово { $ready } из { $count } дисков.
    [many] Готово { $ready } из { $count } дисков.
   *[other] Готово { $ready } из { $count } диска.
}

traffic-under-way = выполняется { $count } ({ $parts })
traffic-waiting = ожидает { $count } ({ $parts })
traffic-quiet = тихо
traffic-paused = { $traffic }; диск просит паузу, осталось { $left }
traffic-playing = воспроизведение: { $count }
traffic-opening = открытие: { $count }
traffic-reading-ahead = чтение вперёд: { $count }
traffic-uploading = загрузка: { $count }
traffic-for-pictures = картинки: { $count }
traffic-searching = поиск: { $count }
