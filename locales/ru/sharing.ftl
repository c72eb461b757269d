devices-tv-app-steps = Приложения для Jellyfin находят свои фильмы здесь. Введите в приложении этот адрес: { $address }. Затем войдите как { $user } со своим паролем или как другой зритель с его PIN либо выберите Quick Connect и введите шесть цифр, которые покажет приложение.
devices-add-a-device = Добавить устройство
devices-each-player-gets-its-own-link = У каждого плеера своя ссылка: она открывается без входа, и её можно отозвать отдельно.
devices-living-room = Гостиная
devices-what-it-may-play = Что ему можно воспроизводить
devices-everything = Всё
devices-a-year = Год
devices-who-watches-on-it = Кто на нём смотрит
devices-show-it-streams-instead-of-files = Показывать ему потоки вместо файлов
devices-sign-in-a-tv-app = Вход в приложении на ТВ
devices-who-watches-with-it = Кто в нём смотрит
devices-sign-it-in = Впустить приложение
devices-active-links = Действующие ссылки
devices-none-yet-guest-link-on-a = Пока ни одной. «Гостевая ссылка» у фильма или папки создаёт ссылку для гостя.
devices-revoke-name = Отозвать { $name }
devices-your-own-links-and-the-signing = Ваши ссылки и ключ подписи
devices-the-links-on-your-own-pages = У ссылок на ваших страницах один общий билет. Если такая ссылка попала в чужие руки, замените его: плеерам, настроенным по ней, понадобится новая.
devices-replace-my-own-ticket = Заменить мой билет
devices-all-tickets-are-signed-with-one = Все билеты подписаны одним ключом. Время от времени меняйте его: прежние ссылки продолжат работать, а новые будут подписаны новым ключом.
devices-change-the-key = Сменить ключ
devices-older-keys-are-still-valid-retire = Старые ключи ещё действуют. Если их отозвать, все ссылки, созданные до смены, сразу перестанут работать.
devices-retire-the-old-keys = Отозвать старые ключи
devices-no-app-shows-this-code = Ни одно приложение не показывает этот код. Код действует пять минут.
devices-player = Плеер
devices-never-used = Не использовалась
devices-used = Использована { $when }
devices-until = До { $time }

guest-link-to = Гостевая ссылка на «{ $title }»
guest-link-all-links = Все ссылки и кнопка для их отзыва: { $page }
guest-link-opens-folder = Каждый, у кого есть ссылка, видит эту папку со всем содержимым и больше ничего вашего.
guest-link-opens-film = Каждый, у кого есть ссылка, видит этот фильм и больше ничего вашего.
guest-link-no-login-is-needed = Входить не нужно.
guest-link-for-whom = Для кого
guest-link-aunt-mia = Тётя Маша
guest-link-limits = Ограничения
guest-link-people-at-the-same-time = Зрителей одновременно
guest-link-no-limit = Без ограничения
guest-link-visits-in-all = Всего посещений
guest-link-streams-alone-without-the-files = Только потоки, без файлов

neutral-nothing-plays-here = Здесь ничего не показывают
neutral-ask-whoever-gave-it-to-you = Попросите новую у того, кто вам её дал.
neutral-expired = Срок этой ссылки истёк, или её отозвали.
neutral-does-not-lead-here = Эта ссылка ведёт не сюда.
neutral-not-reachable = То, на что она ведёт, сейчас недоступно.
neutral-incomplete = Эта ссылка неполная или никуда не ведёт.

own-shares-no-links-yet-choose-share-beside = Ссылок пока нет. Нажмите «Поделиться» рядом с фильмом или папкой.
own-shares-revoke-title = Отозвать ссылку на { $title }
own-shares-name-and-others = { $name } и ещё { $count ->
    [one] { $count } объект
    [few] { $count } объекта
    [many] { $count } объектов
   *[other] { $count } объекта
}
own-shares-revoked = Отозвана
own-shares-refused = Отклонена диском
own-shares-used-up = Исчерпана
own-shares-never-ends = Бессрочная
own-shares-ends = Заканчивается { $when }

share-share-links = Ссылки общего доступа
share-password-of-the-share = Пароль общего доступа
share-paste-a-link-or-the-whole = Вставьте ссылку или всё сообщение с ней
share-open-another-one = Открыть другую
share-panel-about-this-share = Об этой ссылке
share-panel-play-from-the-first = Воспроизвести с начала
share-panel-play-all-in-vlc = Воспроизвести всё в VLC
share-panel-save-to-my-drive = Сохранить на мой диск
share-panel-drive = Диск
share-panel-folder = Папка
share-panel-where-the-name-is-taken = Если имя занято
share-panel-skip-it = пропустить
share-saved-saved = Сохранено
share-panel-on-this-page = На этой странице
share-saved-count = Сохранено { $count } из { $total }
share-saved-go-to-folder = Перейти в { $folder }
share-saved-back = Назад к общему доступу
share-another-site = Сюда вас направил другой сайт. Ниже показано, что он хочет открыть.
share-open-it-again = Откройте её ещё раз чуть позже.
share-unknown-host = Неизвестный хост
share-host-is-unknown = Эта ссылка похожа на ссылку общего доступа, но её хост { $host } здесь неизвестен.
share-can-be-tried = Можно попробовать: поиск пойдёт у известного сервиса, к этому хосту обращений не будет.

shares-gone = Владелец отозвал её, или срок истёк.
shares-password-changed = Пароль сменили: вставьте ссылку ещё раз, с новым паролем.
shares-no-drive = Ни один подключённый диск её не открывает.

ticket-guest-about = Открывается в любом браузере без входа
ticket-play-url = URL воспроизведения
ticket-play-url-about = Для любого плеера, который умеет просматривать веб-папки
ticket-kodi-web-directory = Каталог веб-сервера ({ $scheme })
ticket-kodi-protocol = Протокол
ticket-kodi-server = Адрес сервера
ticket-kodi-path = Удалённый путь
ticket-kodi-port = Порт
ticket-list-about = Откройте в VLC или mpv как сетевой поток
ticket-list = Список
ticket-list-of = Список { $name }

unfurl-films-under-the-open-sky = Фильмы под открытым небом.
unfurl-folder = Папка с фильмами
unfurl-sound = Звук
unfurl-film = Фильм

ticket-form-speed-in-mbit-s-for-all = Скорость в Мбит/с, на всех вместе
