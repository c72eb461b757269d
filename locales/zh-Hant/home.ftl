first-page-config-steps = 將這段內容寫入 { $file }，用 { $command } 檢查是否正確，然後重新啟動 Drive-In。
first-page-demo = 只想先看看？{ $command } 內附幾部短片，不需要帳號。
first-page-the-screen-is-up-now-bring = 銀幕已經架好，來放一部影片吧。
first-page-drive-in-is-running-connect-a = Drive-In 已在執行。連接一個雲端硬碟，用手機登入，就能播放裡面的內容。
first-page-rather-write-it-into-a-file = 想寫進設定檔？
first-page-the-lines-for-a-terabox-account = TeraBox 帳號的設定內容

home-nothing-here-yet = 這裡還沒有內容。{ $link }
home-look-around = 隨意逛逛
home-somebody-sent-you-a-share-link = 收到別人傳來的分享連結？
home-paste-the-link-or-the-whole = 貼上連結，或包含連結的整段訊息
home-opened-before = 曾經開啟
home-forget-title = 從清單移除 { $title }
home-forget = 移除紀錄
home-connect-another-drive = 連接另一個雲端硬碟
home-change-or-order-drives = 變更或排序雲端硬碟
home-continue = 繼續觀看
home-next-up = 接下來播放
home-recently-added = 最近新增
home-resume = 繼續播放
home-look-at-series = 查看影集

search-nothing-found = 找不到「{ $title }」。
search-try-fewer-letters = 輸入字詞的一部分即可，試試少打幾個字。
search-a-word-of-the-title = 片名中的字詞
search-titles = 電影和影集
search-files = 檔案
search-more-results = 更多結果
search-play-what-was-found-in-vlc = 在 VLC、mpv 或 Kodi 中播放搜尋結果
search-place-not-answered-yet = 「{ $place }」尚未回應。本頁會自動重新整理。
search-place-did-not-answer = 無法搜尋「{ $place }」：它沒有及時回應。
search-tagged = 標籤：{ $tag }
search-kind-in-place = { $place } 中的{ $kind }
search-place-failed = 無法搜尋「{ $place }」。{ $sentence }
search-not-all-folders = 「{ $place }」中還有資料夾尚未搜尋。稍後再搜尋一次，可能會找到更多。
search-list-about = 每次載入時重新搜尋
search-nothing-for = 沒有「{ $words }」的結果
search-found-for = 「{ $words }」的搜尋結果：{ $found }

choose-viewer-who-is-watching = 誰在觀看？
choose-viewer-pin-of-name = { $name } 的 PIN
choose-viewer-change-viewers = 管理觀眾
choose-viewer-wrong-pin = PIN 不正確，請再試一次。
choose-viewer-too-many-pins = PIN 錯誤次數過多。請等待 { $seconds } 秒後再試一次。

film-rated = 評分 { $rating }/10
film-the-file = 檔案
film-resume-at = 從 { $clock } 繼續播放
film-play-again = 重新播放
film-play-version = 播放 { $version }

titles-nothing-here-yet-films-and-series = 這裡還沒有內容。掃描雲端硬碟或開啟資料夾後，影片和影集就會出現。
titles-pages = 頁碼
titles-series = 影集
titles-title = 片名
titles-added = 新增時間
titles-special = 特別篇 { $number }
titles-season = 第 { $number } 季
titles-episode = 第 { $number } 集
titles-specials = 特別篇

series-watched-count = 已看 { $count }/{ $total } 集
series-resume = 繼續播放 { $episode }
series-continue-with = 接著看 { $episode }
series-play = 播放 { $episode }

status-version = 版本
status-running-for = 已執行
status-saved-state = 已儲存的狀態
status-not-readable = 無法讀取
status-readable-and-writable = 可讀寫
status-readable-only = 唯讀：{ $fault }
status-reachable-at = 存取位址
status-media = 媒體資料
status-server = 伺服器
status-metadata = 影片和影集資訊（來自 TMDB）
status-memory-cache = 記憶體快取
status-traffic = 與雲端硬碟之間的流量
status-disk-cache = 磁碟快取
status-metadata-works = 找到影片和影集後會自動查詢資訊。
status-metadata-state = 狀態
status-metadata-found = 已找到
status-metadata-unknown = 無法確定
status-notice = 提示
status-disk-off = 關閉；用 cache.disk 開啟
status-blocks = 媒體資料區塊
status-hits = 命中
status-misses = 未命中
status-errors = 錯誤
status-writes-stopped = 磁碟寫入已停止
status-no-drive = 還沒有連接雲端硬碟。
status-drive-is-ready = 雲端硬碟已就緒。
status-playlists = 播放清單
status-films-opened = 開啟的影片
status-listings = 目錄清單
status-entries = 項目
status-accounts = 帳號
status-opened-originals = 開啟的原始檔
status-pictures = 圖片
status-all-ready = { $count ->
   *[other] 全部 { $count } 個雲端硬碟都已就緒。
}
status-some-ready = { $count ->
   *[other] { $count } 個雲端硬碟中有 { $ready } 個已就緒。
}

traffic-under-way = { $count } 個進行中（{ $parts }）
traffic-waiting = { $count } 個等待中（{ $parts }）
traffic-quiet = 閒置
traffic-paused = { $traffic }；雲端硬碟要求暫停，還剩 { $left }
traffic-playing = { $count } 個播放
traffic-opening = { $count } 個開啟
traffic-reading-ahead = { $count } 個預讀
traffic-uploading = { $count } 個上傳
traffic-for-pictures = { $count } 個讀取圖片
traffic-searching = { $count } 個搜尋
