devices-tv-app-steps = Jellyfin 的 App 可以在這裡找到影片。請在 App 中輸入這個位址：{ $address }。然後以 { $user } 和您的密碼登入，或以其他觀眾的名稱和 PIN 登入，也可以選擇 Quick Connect，並輸入 App 顯示的六位數字。
devices-add-a-device = 新增裝置
devices-each-player-gets-its-own-link = 每個播放器都有自己的連結，不需登入即可開啟，也可以個別撤銷。
devices-living-room = 客廳
devices-what-it-may-play = 可以播放的內容
devices-everything = 全部
devices-a-year = 一年
devices-who-watches-on-it = 由誰觀看
devices-show-it-streams-instead-of-files = 只顯示串流，不顯示檔案
devices-sign-in-a-tv-app = 登入電視 App
devices-who-watches-with-it = 由誰觀看
devices-sign-it-in = 登入此 App
devices-active-links = 有效的連結
devices-none-yet-guest-link-on-a = 還沒有連結。在影片或資料夾上選擇「訪客連結」，即可為訪客建立。
devices-revoke-name = 撤銷 { $name }
devices-your-own-links-and-the-signing = 您自己的連結與簽署金鑰
devices-the-links-on-your-own-pages = 您自己頁面上的連結共用一張票券。如果其中有連結落入他人手中，請更換票券：用這類連結設定的播放器需要改用新連結。
devices-replace-my-own-ticket = 更換我的票券
devices-all-tickets-are-signed-with-one = 所有票券都用同一把金鑰簽署，請不時更換。現有的連結可以繼續播放，新連結則用新金鑰簽署。
devices-change-the-key = 更換金鑰
devices-older-keys-are-still-valid-retire = 舊金鑰仍然有效。一旦停用，更換之前建立的所有連結會立即失效。
devices-retire-the-old-keys = 停用舊金鑰
devices-no-app-shows-this-code = 沒有 App 顯示這組驗證碼。驗證碼在五分鐘內有效。
devices-player = 播放器
devices-never-used = 從未使用
devices-used = { $when }使用
devices-until = 有效至 { $time }

guest-link-to = 「{ $title }」的訪客連結
guest-link-all-links = 所有連結和撤銷按鈕都在這裡：{ $page }
guest-link-opens-folder = 拿到連結的人能看到此資料夾及其中的所有內容，但看不到您的其他內容。
guest-link-opens-film = 拿到連結的人能看到此影片，但看不到您的其他內容。
guest-link-no-login-is-needed = 不需登入。
guest-link-for-whom = 給誰
guest-link-aunt-mia = 小美阿姨
guest-link-limits = 限制
guest-link-people-at-the-same-time = 同時觀看人數
guest-link-no-limit = 不限
guest-link-visits-in-all = 總造訪次數
guest-link-streams-alone-without-the-files = 只提供串流，不提供檔案

neutral-nothing-plays-here = 這裡沒有可播放的內容
neutral-ask-whoever-gave-it-to-you = 請向給您連結的人要一個新的。
neutral-expired = 此連結已過期，或已被撤銷。
neutral-does-not-lead-here = 此連結不是指向這裡。
neutral-not-reachable = 目前無法連上連結指向的內容。
neutral-incomplete = 此連結不完整，或沒有指向任何內容。

own-shares-no-links-yet-choose-share-beside = 還沒有連結。在影片或資料夾旁選擇「分享」即可建立。
own-shares-revoke-title = 撤銷 { $title } 的連結
own-shares-name-and-others = { $count ->
   *[other] { $name } 和其他 { $count } 項
}
own-shares-revoked = 已撤銷
own-shares-refused = 已被雲端硬碟拒絕
own-shares-used-up = 次數已用完
own-shares-never-ends = 永久有效
own-shares-ends = { $when }失效

share-share-links = 分享連結
share-password-of-the-share = 分享的密碼
share-paste-a-link-or-the-whole = 貼上連結，或包含連結的整段訊息
share-open-another-one = 開啟另一個
share-panel-about-this-share = 關於此分享
share-panel-play-from-the-first = 從第一個開始播放
share-panel-play-all-in-vlc = 在 VLC 中全部播放
share-panel-save-to-my-drive = 儲存到我的雲端硬碟
share-panel-drive = 雲端硬碟
share-panel-folder = 資料夾
share-panel-where-the-name-is-taken = 遇到相同名稱時
share-panel-skip-it = 略過
share-saved-saved = 已儲存
share-panel-on-this-page = 在本頁上
share-saved-count = 已儲存 { $count }/{ $total }
share-saved-go-to-folder = 前往 { $folder }
share-saved-back = 返回分享
share-another-site = 您是從另一個網站來到這裡的。它想開啟的內容如下。
share-open-it-again = 請稍後再開啟一次。
share-unknown-host = 未知的主機
share-host-is-unknown = 此連結看起來像分享連結，但這裡不認得它的主機 { $host }。
share-can-be-tried = 可以試試看：Drive-In 會在已知的服務上尋找此分享，不會連線到那台主機。

shares-gone = 分享者已撤銷它，或它已過期。
shares-password-changed = 它的密碼已變更：請重新貼上連結，並使用新密碼。
shares-no-drive = 沒有已連接的雲端硬碟能開啟它。

ticket-guest-about = 在任何瀏覽器中開啟，不需登入
ticket-play-url = 播放網址
ticket-play-url-about = 適用於任何可以瀏覽網頁資料夾的播放器
ticket-kodi-web-directory = 網頁伺服器目錄 ({ $scheme })
ticket-kodi-protocol = 通訊協定
ticket-kodi-server = 伺服器位址
ticket-kodi-path = 遠端路徑
ticket-kodi-port = 連接埠
ticket-list-about = 在 VLC 或 mpv 中以網路串流開啟
ticket-list = 清單
ticket-list-of = { $name } 的清單

unfurl-films-under-the-open-sky = 星空之下，看電影。
unfurl-folder = 影片資料夾
unfurl-sound = 音訊
unfurl-film = 影片

ticket-form-speed-in-mbit-s-for-all = 速度（Mbit/s，所有人合計）
