common-to-folder = 到 { $folder }
common-used-of-total = 已使用 { $used }，共 { $total }
common-account = 帳號
common-the-share-link = 這個分享連結
common-try-it = 試試看
common-your-links = 您的連結
common-fetch-from-a-link = 從連結離線下載
common-archives = 壓縮檔
common-trash = 垃圾桶
common-drive-is-forgotten = Drive-In 會忘記它的金鑰和工作階段，雲端硬碟裡的內容不受影響。
common-remove-name = 移除「{ $name }」
common-done = 完成
common-more = 更多
common-next-page = 下一頁
common-sort-by = 排序方式
common-upload = 上傳
common-guest-link = 訪客連結
common-previous-page = 上一頁
common-rename = 重新命名
common-copy = 複製
common-delete = 刪除
common-pin = PIN
common-connect-a-drive = 連接雲端硬碟
common-name = 名稱
common-how-long = 有效期限
common-until-it-is-revoked = 直到撤銷
common-a-day = 一天
common-a-week = 一週
common-a-month = 一個月
common-add = 新增
common-code = 驗證碼
common-revoke = 撤銷
common-drives = 雲端硬碟
common-watched = 已看過
common-percent-watched = 已看 { $percent }%
common-show-files = 顯示檔案
common-versions = 版本
common-create-link = 建立連結
common-details = 詳細資訊
common-open-it = 開啟
common-search = 搜尋
common-password = 密碼
common-sign-in-button = 登入
common-cancel = 取消
common-save = 儲存
common-the-folder-on-the-drive = 雲端硬碟中的資料夾
common-copy-link = 複製連結
common-keep-both = 兩者都保留
common-back-to-the-folder = 返回資料夾
common-show = 顯示
common-passkeys = 密碼金鑰
common-code-or-recovery-code = App 顯示的驗證碼，或復原碼
common-two-step-sign-in = 兩步驟驗證
common-viewers = 觀眾
common-open = 開啟
common-page-looks-again = 本頁會自動重新整理。
common-date = 日期
common-size = 大小
common-expired = 已過期
common-not-everywhere = 部分操作未成功
common-play = 播放

layout-your-films-under-the-open-sky = 星空之下，看自己的電影
layout-skip-to-the-content = 跳到主要內容
layout-search-films = 搜尋影片
layout-main = 主選單
layout-choose-another-viewer = { $name } 正在觀看。切換觀眾
layout-sign-out = 登出
layout-language = 語言
layout-change-language = 切換

parts-password = 密碼：{ $password }
parts-not-watched-name = 未看：{ $name }
parts-mark-as-watched-name = 標示為已看：{ $name }
parts-for-name = 給 { $name }
parts-not-watched = 未看
parts-mark-as-watched = 標示為已看
parts-choose-name = 選擇 { $name }
parts-what-to-do-with-name = 對 { $name } 的操作
parts-share-rename-move-copy-delete = 分享、重新命名、移動、複製、刪除
parts-the-link-as-a-code-to = 可掃描的連結 QR 碼
parts-the-link = 連結
parts-made-on-day = 建立於 { $created }
parts-storage-used-on-name = { $name } 的已用空間
parts-account-of-name = { $name } 的帳號
parts-what-name-can-do = { $name } 支援的功能
parts-where-you-are = 目前位置
parts-this-link-is-shown-once-copy = 此連結只會顯示一次，請立即複製。您隨時可以撤銷。
parts-the-link-as-a-qr-code = 連結的 QR 碼
parts-the-link-is-too-long-for = 連結太長，無法產生 QR 碼。
parts-kodi-steps = Kodi：新增影片 > 瀏覽 > 新增網路位置

nav-home = 首頁
nav-devices = 裝置與訪客
nav-status = 狀態
nav-sessions = 工作階段

error-request-id = 請求 { $request-id }
error-drives-account = 雲端硬碟的帳號

card-image = 圖片
card-subtitle = 字幕
card-file = 檔案
card-ready = 就緒
card-signed-out = 已登出
card-no-answer-yet = 尚無回應
card-not-reachable = 無法連線
card-session-ends = 工作階段{ $when }結束，請在此之前重新登入。

kind-all = 全部
kind-films = 影片
kind-music = 音樂
kind-pictures = 圖片
kind-documents = 文件

count-films = { $count ->
   *[other] { $count } 部影片
}
count-folders = { $count ->
   *[other] { $count } 個資料夾
}
count-files = { $count ->
   *[other] { $count } 個檔案
}
count-entries = { $count ->
   *[other] { $count } 個項目
}
count-days = { $count ->
   *[other] { $count } 天
}

size-kb = { $value } kB
size-mb = { $value } MB
size-gb = { $value } GB
size-tb = { $value } TB
size-pb = { $value } PB
size-eb = { $value } EB
size-bytes = { $count ->
   *[other] { $count } 位元組
}

number-decimal-sign = .

date-day = { $year }/{ $month }/{ $day }
date-time = { $day } { $clock } UTC

ago-minutes = { $count ->
   *[other] { $count } 分鐘前
}
ago-hours = { $count ->
   *[other] { $count } 小時前
}
ago-days = { $count ->
   *[other] { $count } 天前
}
ago-now = 剛剛

until-minutes = { $count ->
   *[other] 將在 { $count } 分鐘後
}
until-hours = { $count ->
   *[other] 將在 { $count } 小時後
}
until-days = { $count ->
   *[other] 將在 { $count } 天後
}
until-now = 即將

layout-tasks-running = { $count ->
   *[other] 個工作正在執行
}
