script-account-signed-in = 已登录。
script-account-signing-in = 正在登录…
script-account-code-expired = 二维码已过期，正在获取新的…
script-account-waiting-for-phone = 等待手机确认…
script-account-drive-silent = 网盘没有响应，正在重试…
script-account-offline-retrying = 无法连接到 Drive-In，正在重试…
script-account-offline = 无法连接到 Drive-In，请重试。
script-cast-failed = Chromecast 没有接受播放。它能访问此服务器吗？
script-copy-copied = 已复制
script-copy-press-keys = 请按 Ctrl+C
script-dialog-close = 关闭
script-dialog-failed = 操作失败
script-dialog-offline = 无法连接到 Drive-In，请重试。
script-listing-loading = 正在加载…
script-listing-loaded = 又加载了 { $count } 个
script-listing-failed = 加载失败，请重试
script-listing-selected = { $count ->
   *[other] 已选 { $count } 个项目：
}
script-uploads-title = 上传
script-uploads-choose = 选择要上传的文件
script-uploads-progress-of = { $name } 的上传进度
script-uploads-button-for = { $label }：{ $name }
script-uploads-waiting = 等待中
script-uploads-checking = 正在询问网盘…
script-uploads-done = 已完成，{ $size }
script-uploads-cancelled = 已取消
script-uploads-skipped = 保持不变
script-uploads-name-taken = 已有同名项目。
script-uploads-cancel = 取消
script-uploads-replace = 替换
script-uploads-keep-both = 两者都保留
script-uploads-skip = 跳过
script-uploads-try-again = 重试
script-uploads-time-left = 剩余 { $time }
script-uploads-offline = 连接中断。已上传的部分不会重传。
script-uploads-refused = 服务器返回 { $status }。
script-passkeys-unsupported = 此浏览器不支持通行密钥。
script-passkeys-cancelled = 设备没有同意，或确认超时。请重试。
script-passkeys-known = 该设备已有此服务器的通行密钥。
script-player-play = 播放
script-player-pause = 暂停
script-player-back = 后退 10 秒
script-player-ahead = 前进 10 秒
script-player-position = 进度
script-player-position-of = { $at } / { $length }
script-player-volume = 音量
script-player-volume-at = 音量 { $percent }%
script-player-sound-off = 静音
script-player-sound-on = 取消静音
script-player-quality = 画质
script-player-quality-auto = 自动
script-player-quality-original = 原文件
script-player-quality-audio = 仅音频
script-player-not-offered = 不提供
script-player-speed = 播放速度
script-player-speed-normal = 正常速度
script-player-speed-at = 播放速度 { $rate }×
script-player-normal = 正常
script-player-sounds = 音轨
script-player-sound-not-here = { $codec }：请用 VLC
script-player-subtitles = 字幕
script-player-subtitles-none = 没有字幕
script-player-subtitles-off = 关闭字幕
script-player-subtitles-on = 开启字幕
script-player-subtitles-of = 字幕：{ $track }
script-player-off = 关闭
script-player-track = 轨道 { $number }
script-player-air-play = AirPlay
script-player-picture-in-picture = 画中画
script-player-picture-in-picture-failed = 暂时无法使用画中画
script-player-full-screen = 全屏
script-player-leave-full-screen = 退出全屏
script-player-full-screen-failed = 这里不允许全屏
script-player-close = 关闭
script-player-keys = 快捷键
script-player-keys-hint = 快捷键 (?)
script-player-key-space = 空格键
script-player-key-play = 播放或暂停
script-player-key-ten-seconds = 后退、前进 10 秒
script-player-key-five-seconds = 后退、前进 5 秒
script-player-key-volume = 调高、调低音量
script-player-key-mute = 静音、取消静音
script-player-key-tenth = 跳到影片的相应十分之一处
script-player-key-speed = 减速、加速
script-player-key-list = 显示此列表
script-player-shuffle = 随机播放
script-player-shuffle-on = 已开启随机播放
script-player-shuffle-off = 已关闭随机播放
script-player-repeat-all = 全部循环
script-player-repeat-one = 单曲循环
script-player-repeat-off = 已关闭循环
script-player-key-repeat = 全部循环、单曲循环、不循环
script-player-skip-intro = 跳过片头
script-player-intro-starts = 片头从这里开始。接下来请标记结束位置。
script-player-intro-marked = 已为整季标记
script-player-intro-removed = 标记已移除
script-player-intro-failed = 无法标记
script-player-next-film = 下一部影片
script-player-next = 下一个
script-player-play-now = 立即播放（{ $seconds }）
script-player-stay-here = 留在这里
script-errors-title = 此影片无法播放
script-errors-sentence = 服务器没有说明原因。
script-errors-step = 请稍后重试。
script-errors-undecodable = 此浏览器无法解码 { $format }。影片本身没有问题。
script-errors-retry-in = { $seconds } 秒后重试
script-errors-retrying = 正在重试…
script-errors-try-again = 重试
script-errors-play-original = 播放原文件
script-errors-open-in-vlc = 在 VLC 中打开
script-stream-original-instead = 网盘暂时没有此影片的串流，正在播放原文件。
script-stream-no-audio-only = 此影片没有仅音频的串流。
script-stream-stumbling = 网盘响应不稳，正在重试…
script-stream-original-failed = 此浏览器无法播放原文件，已切回串流。可以用 VLC 播放原文件。
script-stream-no-picture = { $plays ->
    [stream] 此浏览器不支持 { $codecs }，原文件没有画面：改为播放串流。
   *[nothing] 此浏览器不支持 { $codecs }，原文件没有画面。VLC 可以播放，请在 VLC 中打开。
}
script-stream-no-sound = { $plays ->
    [stream] 此浏览器不支持 { $codecs }，原文件没有声音：改为播放串流。
   *[nothing] 此浏览器不支持 { $codecs }，原文件没有声音。VLC 可以播放，请在 VLC 中打开。
}
script-stream-picture-missing = { $plays ->
    [stream] 此浏览器无法显示原文件的画面：改为播放串流。
   *[nothing] 此浏览器无法显示原文件的画面。VLC 可以播放，请在 VLC 中打开。
}
script-stream-sound-missing = { $plays ->
    [stream] 此浏览器无法播放原文件的声音：改为播放串流。
   *[nothing] 此浏览器无法播放原文件的声音。VLC 可以播放，请在 VLC 中打开。
}
script-stream-lacks-codec = 此浏览器不支持 { $codec }：正在播放 { $quality }，也可以在 VLC 中打开。
script-stream-transcoding = { $quality } 仍在准备中：已切回自动。
script-stream-not-there = { $quality } 暂时不可用：已切回自动。
