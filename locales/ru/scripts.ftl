script-account-signed-in = Вход выполнен.
script-account-signing-in = Выполняется вход…
script-account-code-expired = Код устарел. Сейчас появится новый…
script-account-waiting-for-phone = Ожидание телефона…
script-account-drive-silent = Диск не отвечает. Спрашиваем ещё раз…
script-account-offline-retrying = Нет связи с Drive-In. Спрашиваем ещё раз…
script-account-offline = Нет связи с Drive-In. Попробуйте ещё раз.
script-cast-failed = Chromecast это не принял. Доступен ли ему этот сервер?
script-copy-copied = Скопировано
script-copy-press-keys = Нажмите Ctrl+C
script-dialog-close = Закрыть
script-dialog-failed = Не получилось
script-dialog-offline = Нет связи с Drive-In. Попробуйте ещё раз.
script-listing-loading = Загрузка…
script-listing-loaded = Загружено ещё: { $count }
script-listing-failed = Не получилось. Попробуйте ещё раз
script-listing-selected = { $count ->
    [one] { $count } объект:
    [few] { $count } объекта:
    [many] { $count } объектов:
   *[other] { $count } объекта:
}
script-uploads-title = Загрузки на диск
script-uploads-choose = Файлы для загрузки
script-uploads-progress-of = Загрузка { $name }
script-uploads-button-for = { $label }: { $name }
script-uploads-waiting = В очереди
script-uploads-checking = Спрашиваем диск…
script-uploads-done = Готово, { $size }
script-uploads-cancelled = Отменено
script-uploads-skipped = Оставлено как есть
script-uploads-name-taken = Такое имя уже есть.
script-uploads-cancel = Отмена
script-uploads-replace = Заменить
script-uploads-keep-both = Оставить оба
script-uploads-skip = Пропустить
script-uploads-try-again = Повторить
script-uploads-time-left = осталось { $time }
script-uploads-offline = Связь прервалась. То, что уже передано, заново не отправляется.
script-uploads-refused = Сервер ответил: { $status }.
script-passkeys-unsupported = Этот браузер не поддерживает ключи доступа.
script-passkeys-cancelled = Устройство не подтвердило вход или время вышло. Попробуйте ещё раз.
script-passkeys-known = На этом устройстве уже есть ключ доступа для этого сервера.
script-player-play = Воспроизвести
script-player-pause = Пауза
script-player-back = Назад на 10 секунд
script-player-ahead = Вперёд на 10 секунд
script-player-position = Позиция
script-player-position-of = { $at } из { $length }
script-player-volume = Громкость
script-player-volume-at = Громкость { $percent } %
script-player-sound-off = Выключить звук
script-player-sound-on = Включить звук
script-player-quality = Качество
script-player-quality-auto = Авто
script-player-quality-original = Оригинал
script-player-quality-audio = Только звук
script-player-not-offered = недоступно
script-player-speed = Скорость
script-player-speed-normal = Обычная скорость
script-player-speed-at = Скорость { $rate }×
script-player-normal = Обычная
script-player-sounds = Звуковая дорожка
script-player-sound-not-here = { $codec }: в VLC
script-player-subtitles = Субтитры
script-player-subtitles-none = Субтитров нет
script-player-subtitles-off = Выключить субтитры
script-player-subtitles-on = Включить субтитры
script-player-subtitles-of = Субтитры: { $track }
script-player-off = Выкл.
script-player-track = Дорожка { $number }
script-player-look = Вид и время субтитров
script-player-look-size = Размер
script-player-look-small = Мелкий
script-player-look-large = Крупный
script-player-look-huge = Очень крупный
script-player-look-color = Цвет
script-player-look-white = Белый
script-player-look-yellow = Жёлтый
script-player-look-green = Зелёный
script-player-look-cyan = Голубой
script-player-look-place = Место
script-player-look-bottom = Внизу
script-player-look-raised = Выше
script-player-look-top = Вверху
script-player-look-time = Время
script-player-look-earlier = На полсекунды раньше
script-player-look-later = На полсекунды позже
script-player-look-by = { $seconds } с
script-player-look-styled = Субтитры с собственным видом сохраняют его и следуют только времени.
script-player-air-play = AirPlay
script-player-picture-in-picture = Картинка в картинке
script-player-picture-in-picture-failed = Картинка в картинке сейчас недоступна
script-player-full-screen = Полный экран
script-player-leave-full-screen = Выйти из полного экрана
script-player-full-screen-failed = Полный экран здесь не разрешён
script-player-close = Закрыть
script-player-keys = Клавиши
script-player-keys-hint = Клавиши (?)
script-player-key-space = Пробел
script-player-key-play = Воспроизведение или пауза
script-player-key-ten-seconds = Назад, вперёд на 10 секунд
script-player-key-five-seconds = Назад, вперёд на 5 секунд
script-player-key-volume = Громче, тише
script-player-key-mute = Выключить и включить звук
script-player-key-tenth = К этой десятой части фильма
script-player-key-speed = Медленнее, быстрее
script-player-key-list = Этот список
script-player-shuffle = Перемешать
script-player-shuffle-on = Перемешивание включено
script-player-shuffle-off = Перемешивание выключено
script-player-repeat-all = Повторять все
script-player-repeat-one = Повторять эту песню
script-player-repeat-off = Повтор выключен
script-player-key-repeat = Повторять все, эту песню, ничего
script-player-skip-intro = Пропустить заставку
script-player-intro-starts = Заставка начинается здесь. Теперь отметьте её конец.
script-player-intro-marked = Отмечено для всего сезона
script-player-intro-removed = Отметка снята
script-player-intro-failed = Не удалось отметить
script-player-next-film = Следующий фильм
script-player-next = Далее
script-player-play-now = Включить сейчас ({ $seconds })
script-player-stay-here = Остаться здесь
script-errors-title = Этот фильм не воспроизводится
script-errors-sentence = Сервер не назвал причину.
script-errors-step = Попробуйте ещё раз чуть позже.
script-errors-undecodable = Этот браузер не может декодировать { $format }. Сам фильм в порядке.
script-errors-retry-in = Повторная проверка через { $seconds } с
script-errors-retrying = Проверяем…
script-errors-try-again = Повторить
script-errors-play-original = Включить оригинал
script-errors-open-in-vlc = Открыть в VLC
script-stream-original-instead = У диска сейчас нет потока этого фильма: воспроизводится оригинал.
script-stream-no-audio-only = Потока только со звуком у этого фильма нет.
script-stream-stumbling = Диск запинается. Пробуем ещё раз…
script-stream-original-failed = Этот браузер не может воспроизвести оригинал: возвращаемся к потоку. VLC его воспроизведёт.
script-stream-no-picture = { $plays ->
    [stream] Этот браузер не поддерживает { $codecs }, и файл идёт без изображения: вместо него воспроизводится поток.
   *[nothing] Этот браузер не поддерживает { $codecs }, и файл идёт без изображения. VLC его воспроизведёт: откройте там.
}
script-stream-no-sound = { $plays ->
    [stream] Этот браузер не поддерживает { $codecs }, и файл идёт без звука: вместо него воспроизводится поток.
   *[nothing] Этот браузер не поддерживает { $codecs }, и файл идёт без звука. VLC его воспроизведёт: откройте там.
}
script-stream-picture-missing = { $plays ->
    [stream] Этот браузер не показывает изображение из файла: вместо него воспроизводится поток.
   *[nothing] Этот браузер не показывает изображение из файла. VLC его воспроизведёт: откройте там.
}
script-stream-sound-missing = { $plays ->
    [stream] Этот браузер не воспроизводит звук из файла: вместо него воспроизводится поток.
   *[nothing] Этот браузер не воспроизводит звук из файла. VLC его воспроизведёт: откройте там.
}
script-stream-lacks-codec = Этот браузер не поддерживает { $codec }: воспроизводится { $quality }, или откройте фильм в VLC.
script-stream-transcoding = { $quality } ещё готовится: возвращаемся к «Авто».
script-stream-not-there = { $quality } сейчас недоступно: возвращаемся к «Авто».
