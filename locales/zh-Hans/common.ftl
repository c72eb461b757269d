common-to-folder = 到 { $folder }
common-used-of-total = 已用 { $used }，共 { $total }
common-account = 账户
common-the-share-link = 此分享链接
common-try-it = 试一试
common-your-links = 您的链接
common-fetch-from-a-link = 从链接离线下载
common-archives = 压缩包
common-trash = 回收站
common-drive-is-forgotten = Drive-In 会忘掉它的密钥和会话，网盘里的内容不受影响。
common-remove-name = 移除“{ $name }”
common-done = 完成
common-more = 更多
common-next-page = 下一页
common-sort-by = 排序方式
common-upload = 上传
common-guest-link = 访客链接
common-previous-page = 上一页
common-rename = 重命名
common-copy = 复制
common-delete = 删除
common-pin = PIN
common-connect-a-drive = 连接网盘
common-name = 名称
common-how-long = 有效期
common-until-it-is-revoked = 直到撤销
common-a-day = 一天
common-a-week = 一周
common-a-month = 一个月
common-add = 添加
common-code = 代码
common-revoke = 撤销
common-drives = 网盘
common-watched = 已看
common-percent-watched = 已看 { $percent }%
common-show-files = 显示文件
common-versions = 版本
common-create-link = 创建链接
common-details = 详情
common-open-it = 打开
common-search = 搜索
common-password = 密码
common-sign-in-button = 登录
common-cancel = 取消
common-save = 保存
common-the-folder-on-the-drive = 网盘中的文件夹
common-copy-link = 复制链接
common-keep-both = 两者都保留
common-back-to-the-folder = 返回文件夹
common-show = 显示
common-passkeys = 通行密钥
common-code-or-recovery-code = 应用显示的验证码，或恢复码
common-two-step-sign-in = 两步验证
common-viewers = 观众
common-open = 打开
common-page-looks-again = 本页会自动刷新。
common-date = 日期
common-size = 大小
common-expired = 已过期
common-not-everywhere = 部分操作未成功
common-play = 播放

layout-your-films-under-the-open-sky = 星空之下，看自己的电影
layout-skip-to-the-content = 跳到正文
layout-search-films = 搜索影片
layout-main = 主导航
layout-choose-another-viewer = { $name } 正在观看。切换观众
layout-sign-out = 退出登录
layout-language = 语言
layout-change-language = 切换

parts-password = 密码：{ $password }
parts-not-watched-name = 未看：{ $name }
parts-mark-as-watched-name = 标记为已看：{ $name }
parts-for-name = 给 { $name }
parts-not-watched = 未看
parts-mark-as-watched = 标记为已看
parts-choose-name = 选择 { $name }
parts-what-to-do-with-name = 对 { $name } 的操作
parts-share-rename-move-copy-delete = 分享、重命名、移动、复制、删除
parts-the-link-as-a-code-to = 可扫描的链接二维码
parts-the-link = 链接
parts-made-on-day = 创建于 { $created }
parts-storage-used-on-name = { $name } 的已用空间
parts-account-of-name = { $name } 的账户
parts-what-name-can-do = { $name } 支持的功能
parts-where-you-are = 当前位置
parts-this-link-is-shown-once-copy = 此链接只显示一次，请立即复制。它可以随时撤销。
parts-the-link-as-a-qr-code = 链接的二维码
parts-the-link-is-too-long-for = 链接太长，无法生成二维码。
parts-kodi-steps = Kodi：添加视频 > 浏览 > 添加网络位置

nav-home = 首页
nav-devices = 设备与访客
nav-status = 状态
nav-sessions = 会话

error-request-id = 请求 { $request-id }
error-drives-account = 网盘的账户

card-image = 图片
card-subtitle = 字幕
card-file = 文件
card-ready = 就绪
card-signed-out = 已退出登录
card-no-answer-yet = 尚无响应
card-not-reachable = 无法访问
card-session-ends = 会话{ $when }结束，请在此之前重新登录。

kind-all = 全部
kind-films = 影片
kind-music = 音乐
kind-pictures = 图片
kind-documents = 文档

count-films = { $count ->
   *[other] { $count } 部影片
}
count-folders = { $count ->
   *[other] { $count } 个文件夹
}
count-files = { $count ->
   *[other] { $count } 个文件
}
count-entries = { $count ->
   *[other] { $count } 个项目
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
   *[other] { $count } 字节
}

number-decimal-sign = .

date-day = { $year }-{ $month }-{ $day }
date-time = { $day } { $clock } UTC

ago-minutes = { $count ->
   *[other] { $count } 分钟前
}
ago-hours = { $count ->
   *[other] { $count } 小时前
}
ago-days = { $count ->
   *[other] { $count } 天前
}
ago-now = 刚刚

until-minutes = { $count ->
   *[other] 将在 { $count } 分钟后
}
until-hours = { $count ->
   *[other] 将在 { $count } 小时后
}
until-days = { $count ->
   *[other] 将在 { $count } 天后
}
until-now = 即将

layout-tasks-running = { $count ->
   *[other] 个任务正在运行
}
