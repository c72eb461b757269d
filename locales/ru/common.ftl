### Тексты, общие для нескольких страниц.

common-to-folder = в { $folder }
common-used-of-total = { $used } из { $total }
common-account = Аккаунт
common-the-share-link = Ссылка общего доступа
common-try-it = Попробовать
common-your-links = Ваши ссылки
common-fetch-from-a-link = Скачать по ссылке
common-archives = Архивы
common-trash = Корзина
common-drive-is-forgotten = Drive-In забудет его ключи и сеанс. На самом диске ничего не изменится.
common-remove-name = Удалить «{ $name }»
common-done = Готово
common-more = Ещё
common-next-page = Следующая страница
common-sort-by = Сортировка
common-upload = Загрузить
common-guest-link = Гостевая ссылка
common-previous-page = Предыдущая страница
common-rename = Переименовать
common-copy = Копировать
common-delete = Удалить
common-pin = PIN
common-connect-a-drive = Подключить диск
common-name = Имя
common-how-long = Срок
common-until-it-is-revoked = До отзыва
common-a-day = День
common-a-week = Неделя
common-a-month = Месяц
common-add = Добавить
common-code = Код
common-revoke = Отозвать
common-drives = Диски
common-watched = Просмотрено
common-percent-watched = Просмотрено { $percent } %
common-show-files = Показать файлы
common-versions = Версии
common-create-link = Создать ссылку
common-details = Подробности
common-open-it = Открыть
common-search = Поиск
common-password = Пароль
common-sign-in-button = Войти
common-cancel = Отмена
common-save = Сохранить
common-the-folder-on-the-drive = Папка на диске
common-copy-link = Копировать ссылку
common-keep-both = оставить оба
common-back-to-the-folder = Назад к папке
common-show = Показать
common-passkeys = Ключи доступа
common-code-or-recovery-code = Код из приложения или резервный код
common-two-step-sign-in = Двухэтапный вход
common-viewers = Зрители
common-open = Открыть
common-page-looks-again = Страница проверит снова сама.
common-date = Дата
common-size = Размер
common-expired = Срок истёк
common-not-everywhere = Получилось не везде
common-play = Воспроизвести

layout-your-films-under-the-open-sky = ваши фильмы под открытым небом
layout-skip-to-the-content = Перейти к содержимому
layout-search-films = Поиск фильмов
layout-main = Основное меню
layout-choose-another-viewer = Смотрит { $name }. Выбрать другого зрителя
layout-sign-out = Выйти
layout-language = Язык
layout-change-language = Сменить

parts-password = Пароль: { $password }
parts-not-watched-name = Не просмотрено: { $name }
parts-mark-as-watched-name = Отметить просмотренным: { $name }
parts-for-name = Для: { $name }
parts-not-watched = Не просмотрено
parts-mark-as-watched = Отметить просмотренным
parts-choose-name = Выбрать { $name }
parts-what-to-do-with-name = Действия: { $name }
parts-share-rename-move-copy-delete = Поделиться, переименовать, переместить, копировать, удалить
parts-the-link-as-a-code-to = Ссылка в виде кода для сканирования
parts-the-link = Ссылка
parts-made-on-day = создана { $created }
parts-storage-used-on-name = Занято места на { $name }
parts-account-of-name = Аккаунт { $name }
parts-what-name-can-do = Возможности { $name }
parts-where-you-are = Где вы находитесь
parts-this-link-is-shown-once-copy = Эта ссылка показывается один раз. Скопируйте её сейчас; отозвать её можно в любой момент.
parts-the-link-as-a-qr-code = Ссылка в виде QR-кода
parts-the-link-is-too-long-for = Ссылка слишком длинная для QR-кода.
parts-kodi-steps = Kodi: Добавить видео, Обзор, Добавить сетевой ресурс

nav-home = Главная
nav-devices = Устройства и гости
nav-status = Состояние
nav-sessions = Сеансы

error-request-id = Запрос { $request-id }
error-drives-account = Аккаунт диска

card-image = картинка
card-subtitle = субтитры
card-file = файл
card-ready = Готов
card-signed-out = Вход не выполнен
card-no-answer-yet = Ещё не ответил
card-not-reachable = Недоступен
card-session-ends = Сеанс заканчивается { $when }. Войдите снова до этого.

kind-all = Все
kind-films = Фильмы
kind-music = Музыка
kind-pictures = Картинки
kind-documents = Документы

count-films = { $count ->
    [one] { $count } фильм
    [few] { $count } фильма
    [many] { $count } фильмов
   *[other] { $count } фильма
}
count-folders = { $count ->
    [one] { $count } папка
    [few] { $count } папки
    [many] { $count } папок
   *[other] { $count } папки
}
count-files = { $count ->
    [one] { $count } файл
    [few] { $count } файла
    [many] { $count } файлов
   *[other] { $count } файла
}
count-entries = { $count ->
    [one] { $count } объект
    [few] { $count } объекта
    [many] { $count } объектов
   *[other] { $count } объекта
}
count-days = { $count ->
    [one] { $count } день
    [few] { $count } дня
    [many] { $count } дней
   *[other] { $count } дня
}

size-kb = { $value } кБ
size-mb = { $value } МБ
size-gb = { $value } ГБ
size-tb = { $value } ТБ
size-pb = { $value } ПБ
size-eb = { $value } ЭБ
size-bytes = { $count ->
    [one] { $count } байт
    [few] { $count } байта
    [many] { $count } байт
   *[other] { $count } байта
}

number-decimal-sign = ,

date-day = { $day }.{ $month }.{ $year }
date-time = { $day } { $clock } UTC

ago-minutes = { $count ->
    [one] { $count } минуту назад
    [few] { $count } минуты назад
    [many] { $count } минут назад
   *[other] { $count } минуты назад
}
ago-hours = { $count ->
    [one] { $count } час назад
    [few] { $count } часа назад
    [many] { $count } часов назад
   *[other] { $count } часа назад
}
ago-days = { $count ->
    [one] { $count } день назад
    [few] { $count } дня назад
    [many] { $count } дней назад
   *[other] { $count } дня назад
}
ago-now = только что

until-minutes = { $count ->
    [one] через { $count } минуту
    [few] через { $count } минуты
    [many] через { $count } минут
   *[other] через { $count } минуты
}
until-hours = { $count ->
    [one] через { $count } час
    [few] через { $count } часа
    [many] через { $count } часов
   *[other] через { $count } часа
}
until-days = { $count ->
    [one] через { $count } день
    [few] через { $count } дня
    [many] через { $count } дней
   *[other] через { $count } дня
}
until-now = сейчас

layout-tasks-running = { $count ->
    [one] задача выполняется
    [few] задачи выполняются
    [many] задач выполняется
   *[other] задачи выполняется
}
