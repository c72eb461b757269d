first-page-config-steps = 把这段内容写入 { $file }，用 { $command } 检查是否正确，然后重新启动 Drive-In。
first-page-demo = 只想先看看？{ $command } 自带几部短片，无需账户。
first-page-the-screen-is-up-now-bring = 银幕已经架好，来放一部影片吧。
first-page-drive-in-is-running-connect-a = Drive-In 已在运行。连接一个网盘，用手机登录，就能播放其中的内容。
first-page-rather-write-it-into-a-file = 想写进配置文件？
first-page-the-lines-for-a-terabox-account = TeraBox 账户的配置内容

home-nothing-here-yet = 这里还没有内容。{ $link }
home-look-around = 随便看看
home-somebody-sent-you-a-share-link = 收到了别人发来的分享链接？
home-paste-the-link-or-the-whole = 粘贴链接，或包含链接的整段消息
home-opened-before = 曾经打开
home-forget-title = 从列表移除 { $title }
home-forget = 移除记录
home-connect-another-drive = 连接另一个网盘
home-change-or-order-drives = 更改或排序网盘
home-continue = 继续观看
home-next-up = 接下来播放
home-recently-added = 最近添加
home-resume = 继续播放
home-look-at-series = 查看剧集

search-nothing-found = 没有找到“{ $title }”。
search-try-fewer-letters = 输入词的一部分即可，试试少输几个字。
search-a-word-of-the-title = 片名中的词
search-titles = 电影和剧集
search-files = 文件
search-more-results = 更多结果
search-play-what-was-found-in-vlc = 在 VLC、mpv 或 Kodi 中播放搜索结果
search-place-not-answered-yet = “{ $place }”尚未响应。本页会自动刷新。
search-place-did-not-answer = 无法搜索“{ $place }”：它没有及时响应。
search-tagged = 标签：{ $tag }
search-kind-in-place = { $place } 中的{ $kind }
search-place-failed = 无法搜索“{ $place }”。{ $sentence }
search-not-all-folders = “{ $place }”中还有文件夹没有搜索到。稍后再搜一次，可能会找到更多。
search-list-about = 每次载入时重新搜索
search-nothing-for = 没有“{ $words }”的结果
search-found-for = “{ $words }”的搜索结果：{ $found }

choose-viewer-who-is-watching = 谁在观看？
choose-viewer-pin-of-name = { $name } 的 PIN
choose-viewer-change-viewers = 管理观众
choose-viewer-wrong-pin = PIN 不正确，请重试。
choose-viewer-too-many-pins = PIN 错误次数过多。请等待 { $seconds } 秒后重试。

film-rated = 评分 { $rating }/10
film-the-file = 文件
film-resume-at = 从 { $clock } 继续播放
film-play-again = 重新播放
film-play-version = 播放 { $version }

titles-nothing-here-yet-films-and-series = 这里还没有内容。扫描网盘或打开文件夹后，影片和剧集就会出现。
titles-pages = 页码
titles-series = 剧集
titles-title = 片名
titles-added = 添加时间
titles-special = 特别篇 { $number }
titles-season = 第 { $number } 季
titles-episode = 第 { $number } 集
titles-specials = 特别篇

series-watched-count = 已看 { $count }/{ $total } 集
series-resume = 继续播放 { $episode }
series-continue-with = 接着看 { $episode }
series-play = 播放 { $episode }

status-version = 版本
status-running-for = 已运行
status-saved-state = 已存状态
status-not-readable = 不可读取
status-readable-and-writable = 可读写
status-readable-only = 只读：{ $fault }
status-reachable-at = 访问地址
status-media = 媒体数据
status-server = 服务器
status-metadata = 影片和剧集信息（来自 TMDB）
status-memory-cache = 内存缓存
status-traffic = 与网盘之间的流量
status-disk-cache = 磁盘缓存
status-metadata-works = 发现影片和剧集后会自动查询信息。
status-metadata-state = 状态
status-metadata-found = 已找到
status-metadata-unknown = 未能确定
status-notice = 提示
status-disk-off = 关闭；用 cache.disk 开启
status-blocks = 媒体数据块
status-hits = 命中
status-misses = 未命中
status-errors = 错误
status-writes-stopped = 磁盘写入已停止
status-no-drive = 还没有连接网盘。
status-drive-is-ready = 网盘已就绪。
status-playlists = 播放列表
status-films-opened = 打开的影片
status-listings = 目录列表
status-entries = 项目
status-accounts = 账户
status-opened-originals = 打开的原文件
status-pictures = 图片
status-all-ready = { $count ->
   *[other] 全部 { $count } 个网盘均已就绪。
}
status-some-ready = { $count ->
   *[other] { $count } 个网盘中有 { $ready } 个已就绪。
}

traffic-under-way = { $count } 个进行中（{ $parts }）
traffic-waiting = { $count } 个等待中（{ $parts }）
traffic-quiet = 空闲
traffic-paused = { $traffic }；网盘要求暂停，还剩 { $left }
traffic-playing = { $count } 个播放
traffic-opening = { $count } 个打开
traffic-reading-ahead = { $count } 个预读
traffic-uploading = { $count } 个上传
traffic-for-pictures = { $count } 个读取图片
traffic-searching = { $count } 个搜索
