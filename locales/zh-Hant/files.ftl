archives-packing = 正在壓縮 { $name }
archives-unpacking = 正在解壓縮 { $name }
archives-the-drive-packs-and-unpacks-by = 壓縮和解壓縮由雲端硬碟自己完成，不佔用這台電腦和它的網路。任務可能要等幾秒才會開始。
archives-nothing-has-been-packed-or-unpacked = 這裡還沒有壓縮或解壓縮過任何內容。請在資料夾中勾選項目，然後選擇「壓縮…」。

organize-archive-password = 壓縮檔的密碼{ $note }
organize-if-it-has-one = （如果有）
organize-on-drive-or-on = 在 { $drive } 上，或換到
organize-share = 分享…
organize-rename = 重新命名…
organize-move = 移動…
organize-copy = 複製…
organize-delete = 刪除…
organize-tags = 標籤…
organize-pack = 壓縮…
organize-unpack = 解壓縮…
organize-direct-link = 直接連結
organize-tags-separated-by-commas = 標籤，用逗號分隔
organize-the-name-of-the-archive = 壓縮檔的名稱
organize-pack-now = 壓縮
organize-unpack-now = 解壓縮
organize-whoever-has-such-a-link-gets = 任何拿到直接連結的人都能取得檔案，不需密碼。
organize-direct-link-of-name = { $name } 的直接連結
organize-the-new-name = 新名稱
organize-the-folders-above = 上層資料夾
organize-no-folders-in-here = 這裡沒有資料夾。
organize-only-the-first-folders-are-shown = 只顯示了前面的部分資料夾。
organize-it-goes-to-the-drives-own = 如果雲端硬碟有垃圾桶，內容會移到雲端硬碟自己的垃圾桶。資料夾會連同其中的全部內容一起刪除。
organize-create = 建立
organize-where-there-is-one-of-that = 遇到相同名稱的項目時
organize-leave-it-as-it-is = 保持不變
organize-replace-it = 取代
organize-files = 檔案
organize-the-link-lives-for = 連結有效期限
organize-a-password-or-nothing-for-a = 密碼，留空則為公開連結
organize-public = 公開
organize-some-drives-take-four-letters-or = 有些雲端硬碟只接受四個字母或數字。
organize-all-your-links = 您的所有連結
organize-rename-what = 重新命名 { $what }
organize-copy-what-to = 將 { $what } 複製到
organize-move-what-to = 將 { $what } 移動到
organize-delete-what = 刪除 { $what }？
organize-share-what = 分享 { $what }
organize-tags-of-what = { $what } 的標籤
organize-pack-what = 壓縮 { $what }
organize-unpack-what = 解壓縮 { $what }
organize-upload-files = 上傳檔案
organize-quoted-name = 「{ $name }」
organize-for-ever = 永久
organize-copy-here = 複製到這裡
organize-move-here = 移動到這裡
organize-no-direct-links = 沒有直接連結
organize-direct-links-ready = 直接連結已建立
organize-link-ready = 連結已建立

versions-of = { $name } 的版本
versions-by-author = 由 { $author } 儲存
versions-the-current-one = 目前版本
versions-make-it-current = 設為目前版本
versions-delete-for-good = 永久刪除
versions-unknown-time = 時間未知

browse-turn-round = 反轉順序
browse-in-the-whole-drive = 在整個雲端硬碟中
browse-new-folder = 新增資料夾
browse-uploads = 上傳
browse-earlier = 前面的內容
browse-with-what-is-ticked = 對勾選的項目：
browse-share = 分享
browse-move = 移動
browse-play-this-folder-in-vlc-mpv = 在 VLC、mpv 或 Kodi 中播放此資料夾
browse-empty = 此資料夾為空。
browse-nothing-of-this-kind = 此資料夾中沒有這類內容。
browse-ascending = 遞增
browse-descending = 遞減

picture-browsers-do-not-show-this-kind = 瀏覽器無法顯示這類圖片。請下載後查看。
picture-pictures-of-this-folder = 此資料夾中的圖片
picture-previous-name = 上一張：{ $label }
picture-previous = ‹ 上一張
picture-next-name = 下一張：{ $label }
picture-next = 下一張 ›
picture-download = 下載
picture-number = 第 { $number } 張，共 { $count } 張

remote-downloads-the-drive-downloads-it-by-itself = 下載由雲端硬碟自己完成，不佔用這台電腦和它的網路。
remote-downloads-the-link-of-the-file = 檔案的連結
remote-downloads-fetch = 下載到雲端硬碟
remote-downloads-downloaded = 已下載
remote-downloads-cancel-name = 取消下載 { $name }

rename-many-becomes = 改為
rename-many-undo = 復原
rename-many-the-new-names = 新名稱
rename-many-the-title-title-year-or-series = 依片名：「片名 (年份)」或「劇名 S01E02」
rename-many-the-title-in-folders = 依片名放入資料夾：「片名 (年份)/…」或「劇名/Season 01/…」
rename-many-a-text-in-them-is-replaced = 取代名稱中的文字
rename-many-by-a-pattern = 依格式命名
rename-many-replace-the-text = 要取代的文字
rename-many-replace-by = 取代為
rename-many-the-pattern = 命名格式
rename-many-pattern-hint = {"{"}name{"}"}、{"{"}title{"}"}、{"{"}year{"}"}，以及序號 {"{"}n{"}"}、{"{"}nn{"}"} 或 {"{"}nnn{"}"}。副檔名保持不變。
rename-many-the-first-number = 起始序號
rename-many-show-the-new-names = 預覽新名稱
rename-many-no-change = 沒有名稱會變更。
rename-many-same-name = 有兩個項目名稱會相同。請在格式中加入序號 {"{"}n{"}"}。
rename-many-done = 已改為新名稱

tasks-tasks = 任務
tasks-nothing-is-being-copied-copies-and = 沒有正在複製的內容。雲端硬碟之間的複製和移動會列在這裡。
tasks-progress = 進度
tasks-copy-of = { $more ->
    [0] 複製「{ $name }」
   *[other] 複製「{ $name }」和另外 { $more } 個檔案
}
tasks-move-of = { $more ->
    [0] 移動「{ $name }」
   *[other] 移動「{ $name }」和另外 { $more } 個檔案
}
tasks-pause = 暫停
tasks-resume = 繼續
tasks-try-again = 重試
tasks-route = 從 { $from } 到 { $to }

trash-not-restored = 無法還原：
trash-nothing-was-deleted-here-or-all = 這裡沒有刪除過內容，或者都已永久刪除。
trash-delete-everything-in-the-trash = 刪除垃圾桶中的所有內容？
trash-it-is-gone-for-good-with = 所有內容都會永久刪除，包括已刪除資料夾中的全部內容。
trash-delete-everything = 全部刪除
trash-from-folder = 來自 { $folder }
trash-restore = 還原
trash-empty-the-trash = 清空垃圾桶…
trash-deleted-on = 刪除於 { $day }
trash-gone-for-good = { $when }永久刪除

task-waiting = 等待中
task-percent-of-total = { $total } 的 { $percent }%
task-in-progress = 進行中
task-cancelled = 已取消
task-failed = 失敗
task-without-name = 任務
task-running = 執行中
task-paused = 已暫停
task-failed-sentence = 失敗。{ $sentence }

browse-note-and-hidden-names = 備註與隱藏的名稱
folder-settings-a-note-above-the-list = 清單上方的備註
folder-settings-plain-text-for-all-who-see = 純文字，供能看到此資料夾的所有人閱讀；其中的連結可以開啟。
folder-settings-hidden-names-one-a-line = 隱藏的名稱，每行一個
organize-guest-link = 訪客連結…
organize-anyone-who-has-the-link-sees = 擁有連結的人可以看到所選內容及其中的一切，看不到您的其他內容。無須登入。
organize-all-links = 所有連結
organize-guest-link-to-what = { $what } 的訪客連結
folder-settings-of = 「{ $title }」的備註與隱藏的名稱
folder-settings-patterns = 如 { $first }、{ $second } 或 { $third } 這樣的模式，適用於此資料夾及其下的全部內容。隱藏的內容不會出現在任何清單、搜尋和媒體庫中，訪客和播放器也無法透過網址找到。
tasks-upload-of = 上傳「{ $name }」
tasks-download-of = 下載「{ $name }」
tasks-walk-over = 掃描 { $place }
