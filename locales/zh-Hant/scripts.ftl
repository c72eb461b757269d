script-account-signed-in = 已登入。
script-account-signing-in = 正在登入…
script-account-code-expired = QR 碼已過期，正在取得新的…
script-account-waiting-for-phone = 等待手機確認…
script-account-drive-silent = 雲端硬碟沒有回應，正在重試…
script-account-offline-retrying = 無法連線到 Drive-In，正在重試…
script-account-offline = 無法連線到 Drive-In，請再試一次。
script-cast-failed = Chromecast 沒有接受播放。它能連上這台伺服器嗎？
script-copy-copied = 已複製
script-copy-press-keys = 請按 Ctrl+C
script-dialog-close = 關閉
script-dialog-failed = 操作失敗
script-dialog-offline = 無法連線到 Drive-In，請再試一次。
script-listing-loading = 載入中…
script-listing-loaded = 又載入了 { $count } 個
script-listing-failed = 載入失敗，請重試
script-listing-selected = { $count ->
   *[other] 已選取 { $count } 個項目：
}
script-uploads-title = 上傳
script-uploads-choose = 選擇要上傳的檔案
script-uploads-progress-of = { $name } 的上傳進度
script-uploads-button-for = { $label }：{ $name }
script-uploads-waiting = 等待中
script-uploads-checking = 正在詢問雲端硬碟…
script-uploads-done = 已完成，{ $size }
script-uploads-cancelled = 已取消
script-uploads-skipped = 保持不變
script-uploads-name-taken = 已有相同名稱的項目。
script-uploads-cancel = 取消
script-uploads-replace = 取代
script-uploads-keep-both = 兩者都保留
script-uploads-skip = 略過
script-uploads-try-again = 重試
script-uploads-time-left = 剩餘 { $time }
script-uploads-offline = 連線中斷。已上傳的部分不會重新傳送。
script-uploads-refused = 伺服器回應 { $status }。
script-passkeys-unsupported = 此瀏覽器不支援密碼金鑰。
script-passkeys-cancelled = 裝置沒有同意，或確認逾時。請再試一次。
script-passkeys-known = 該裝置已有這台伺服器的密碼金鑰。
script-player-play = 播放
script-player-pause = 暫停
script-player-back = 倒轉 10 秒
script-player-ahead = 快轉 10 秒
script-player-position = 進度
script-player-position-of = { $at } / { $length }
script-player-volume = 音量
script-player-volume-at = 音量 { $percent }%
script-player-sound-off = 靜音
script-player-sound-on = 取消靜音
script-player-quality = 畫質
script-player-quality-auto = 自動
script-player-quality-original = 原始檔
script-player-quality-audio = 僅音訊
script-player-not-offered = 不提供
script-player-speed = 播放速度
script-player-speed-normal = 正常速度
script-player-speed-at = 播放速度 { $rate }×
script-player-normal = 正常
script-player-sounds = 音軌
script-player-sound-not-here = { $codec }：請用 VLC
script-player-subtitles = 字幕
script-player-subtitles-none = 沒有字幕
script-player-subtitles-off = 關閉字幕
script-player-subtitles-on = 開啟字幕
script-player-subtitles-of = 字幕：{ $track }
script-player-off = 關閉
script-player-track = 軌道 { $number }
script-player-air-play = AirPlay
script-player-picture-in-picture = 子母畫面
script-player-picture-in-picture-failed = 暫時無法使用子母畫面
script-player-full-screen = 全螢幕
script-player-leave-full-screen = 結束全螢幕
script-player-full-screen-failed = 這裡不允許全螢幕
script-player-close = 關閉
script-player-keys = 快速鍵
script-player-keys-hint = 快速鍵 (?)
script-player-key-space = 空白鍵
script-player-key-play = 播放或暫停
script-player-key-ten-seconds = 倒轉、快轉 10 秒
script-player-key-five-seconds = 倒轉、快轉 5 秒
script-player-key-volume = 調高、調低音量
script-player-key-mute = 靜音、取消靜音
script-player-key-tenth = 跳到影片對應的十分之一處
script-player-key-speed = 減速、加速
script-player-key-list = 顯示此清單
script-player-shuffle = 隨機播放
script-player-shuffle-on = 已開啟隨機播放
script-player-shuffle-off = 已關閉隨機播放
script-player-repeat-all = 全部循環
script-player-repeat-one = 單曲循環
script-player-repeat-off = 已關閉循環
script-player-key-repeat = 全部循環、單曲循環、不循環
script-player-skip-intro = 略過片頭
script-player-intro-starts = 片頭從這裡開始。接著請標記結束位置。
script-player-intro-marked = 已為整季標記
script-player-intro-removed = 標記已移除
script-player-intro-failed = 無法標記
script-player-next-film = 下一部影片
script-player-next = 下一個
script-player-play-now = 立即播放（{ $seconds }）
script-player-stay-here = 留在這裡
script-errors-title = 無法播放此影片
script-errors-sentence = 伺服器沒有說明原因。
script-errors-step = 請稍後再試。
script-errors-undecodable = 此瀏覽器無法解碼 { $format }。影片本身沒有問題。
script-errors-retry-in = { $seconds } 秒後重試
script-errors-retrying = 正在重試…
script-errors-try-again = 重試
script-errors-play-original = 播放原始檔
script-errors-open-in-vlc = 在 VLC 中開啟
script-stream-original-instead = 雲端硬碟暫時沒有此影片的串流，正在播放原始檔。
script-stream-no-audio-only = 此影片沒有僅音訊的串流。
script-stream-stumbling = 雲端硬碟回應不穩，正在重試…
script-stream-original-failed = 此瀏覽器無法播放原始檔，已切回串流。可以用 VLC 播放原始檔。
script-stream-no-picture = { $plays ->
    [stream] 此瀏覽器不支援 { $codecs }，原始檔沒有畫面：改為播放串流。
   *[nothing] 此瀏覽器不支援 { $codecs }，原始檔沒有畫面。VLC 可以播放，請在 VLC 中開啟。
}
script-stream-no-sound = { $plays ->
    [stream] 此瀏覽器不支援 { $codecs }，原始檔沒有聲音：改為播放串流。
   *[nothing] 此瀏覽器不支援 { $codecs }，原始檔沒有聲音。VLC 可以播放，請在 VLC 中開啟。
}
script-stream-picture-missing = { $plays ->
    [stream] 此瀏覽器無法顯示原始檔的畫面：改為播放串流。
   *[nothing] 此瀏覽器無法顯示原始檔的畫面。VLC 可以播放，請在 VLC 中開啟。
}
script-stream-sound-missing = { $plays ->
    [stream] 此瀏覽器無法播放原始檔的聲音：改為播放串流。
   *[nothing] 此瀏覽器無法播放原始檔的聲音。VLC 可以播放，請在 VLC 中開啟。
}
script-stream-lacks-codec = 此瀏覽器不支援 { $codec }：正在播放 { $quality }，也可以在 VLC 中開啟。
script-stream-transcoding = { $quality } 仍在準備中：已切回自動。
script-stream-not-there = { $quality } 暫時無法使用：已切回自動。
