archives-packing = 正在压缩 { $name }
archives-unpacking = 正在解压 { $name }
archives-the-drive-packs-and-unpacks-by = 压缩和解压由网盘自己完成，不占用这台机器和它的网络。任务可能要等几秒才会开始。
archives-nothing-has-been-packed-or-unpacked = 这里还没有压缩或解压过任何内容。请在文件夹中勾选项目，然后选择“压缩…”。

organize-archive-password = 压缩包的密码{ $note }
organize-if-it-has-one = （如果有）
organize-on-drive-or-on = 在 { $drive } 上，或换到
organize-share = 分享…
organize-rename = 重命名…
organize-move = 移动…
organize-copy = 复制…
organize-delete = 删除…
organize-tags = 标签…
organize-pack = 压缩…
organize-unpack = 解压…
organize-direct-link = 直链
organize-tags-separated-by-commas = 标签，用逗号分隔
organize-the-name-of-the-archive = 压缩包的名称
organize-pack-now = 压缩
organize-unpack-now = 解压
organize-whoever-has-such-a-link-gets = 任何拿到直链的人都能获取文件，无需密码。
organize-direct-link-of-name = { $name } 的直链
organize-the-new-name = 新名称
organize-the-folders-above = 上级文件夹
organize-no-folders-in-here = 这里没有文件夹。
organize-only-the-first-folders-are-shown = 只显示了前面的部分文件夹。
organize-it-goes-to-the-drives-own = 如果网盘有回收站，内容会移到网盘自己的回收站。文件夹会连同其中的全部内容一起删除。
organize-create = 创建
organize-where-there-is-one-of-that = 遇到同名项目时
organize-leave-it-as-it-is = 保持不变
organize-replace-it = 替换
organize-files = 文件
organize-the-link-lives-for = 链接有效期
organize-a-password-or-nothing-for-a = 密码，留空则为公开链接
organize-public = 公开
organize-some-drives-take-four-letters-or = 有些网盘只接受四个字母或数字。
organize-all-your-links = 您的所有链接
organize-rename-what = 重命名 { $what }
organize-copy-what-to = 将 { $what } 复制到
organize-move-what-to = 将 { $what } 移动到
organize-delete-what = 删除 { $what }？
organize-share-what = 分享 { $what }
organize-tags-of-what = { $what } 的标签
organize-pack-what = 压缩 { $what }
organize-unpack-what = 解压 { $what }
organize-upload-files = 上传文件
organize-quoted-name = “{ $name }”
organize-for-ever = 永久
organize-copy-here = 复制到这里
organize-move-here = 移动到这里
organize-no-direct-links = 没有直链
organize-direct-links-ready = 直链已创建
organize-link-ready = 链接已创建

versions-of = { $name } 的版本
versions-by-author = 由 { $author } 保存
versions-the-current-one = 当前版本
versions-make-it-current = 设为当前版本
versions-delete-for-good = 永久删除
versions-unknown-time = 时间未知

browse-turn-round = 反转顺序
browse-in-the-whole-drive = 在整个网盘中
browse-new-folder = 新建文件夹
browse-uploads = 上传
browse-earlier = 前面的内容
browse-with-what-is-ticked = 对勾选的项目：
browse-share = 分享
browse-move = 移动
browse-play-this-folder-in-vlc-mpv = 在 VLC、mpv 或 Kodi 中播放此文件夹
browse-empty = 此文件夹为空。
browse-nothing-of-this-kind = 此文件夹中没有这类内容。
browse-ascending = 升序
browse-descending = 降序

picture-browsers-do-not-show-this-kind = 浏览器无法显示这类图片。请下载后查看。
picture-pictures-of-this-folder = 此文件夹中的图片
picture-previous-name = 上一张：{ $label }
picture-previous = ‹ 上一张
picture-next-name = 下一张：{ $label }
picture-next = 下一张 ›
picture-download = 下载
picture-number = 第 { $number } 张，共 { $count } 张

remote-downloads-the-drive-downloads-it-by-itself = 下载由网盘自己完成，不占用这台机器和它的网络。
remote-downloads-the-link-of-the-file = 文件的链接
remote-downloads-fetch = 下载到网盘
remote-downloads-downloaded = 已下载
remote-downloads-cancel-name = 取消下载 { $name }

rename-many-becomes = 改为
rename-many-undo = 撤消
rename-many-the-new-names = 新名称
rename-many-the-title-title-year-or-series = 按片名：“片名 (年份)”或“剧名 S01E02”
rename-many-the-title-in-folders = 按片名放入文件夹：“片名 (年份)/…”或“剧名/Season 01/…”
rename-many-a-text-in-them-is-replaced = 替换名称中的文字
rename-many-by-a-pattern = 按格式命名
rename-many-replace-the-text = 要替换的文字
rename-many-replace-by = 替换为
rename-many-the-pattern = 命名格式
rename-many-pattern-hint = {"{"}name{"}"}、{"{"}title{"}"}、{"{"}year{"}"}，以及序号 {"{"}n{"}"}、{"{"}nn{"}"} 或 {"{"}nnn{"}"}。扩展名保持不变。
rename-many-the-first-number = 起始序号
rename-many-show-the-new-names = 预览新名称
rename-many-no-change = 没有名称会改变。
rename-many-same-name = 有两个项目会重名。请在格式中加入序号 {"{"}n{"}"}。
rename-many-done = 已改为新名称

tasks-tasks = 任务
tasks-nothing-is-being-copied-copies-and = 没有正在复制的内容。网盘之间的复制和移动会列在这里。
tasks-progress = 进度
tasks-copy-of = { $more ->
    [0] 复制“{ $name }”
   *[other] 复制“{ $name }”和另外 { $more } 个文件
}
tasks-move-of = { $more ->
    [0] 移动“{ $name }”
   *[other] 移动“{ $name }”和另外 { $more } 个文件
}
tasks-pause = 暂停
tasks-resume = 继续
tasks-try-again = 重试
tasks-route = 从 { $from } 到 { $to }

trash-not-restored = 未能恢复：
trash-nothing-was-deleted-here-or-all = 这里没有删除过内容，或者都已永久删除。
trash-delete-everything-in-the-trash = 删除回收站中的所有内容？
trash-it-is-gone-for-good-with = 所有内容都会永久删除，包括已删除文件夹中的全部内容。
trash-delete-everything = 全部删除
trash-from-folder = 来自 { $folder }
trash-restore = 恢复
trash-empty-the-trash = 清空回收站…
trash-deleted-on = 删除于 { $day }
trash-gone-for-good = { $when }永久删除

task-waiting = 等待中
task-percent-of-total = { $total } 的 { $percent }%
task-in-progress = 进行中
task-cancelled = 已取消
task-failed = 失败
task-without-name = 任务
task-running = 运行中
task-paused = 已暂停
task-failed-sentence = 失败。{ $sentence }

browse-note-and-hidden-names = 备注和隐藏的名称
folder-settings-a-note-above-the-list = 列表上方的备注
folder-settings-plain-text-for-all-who-see = 纯文本，供能看到此文件夹的所有人阅读；其中的链接可以打开。
folder-settings-hidden-names-one-a-line = 隐藏的名称，每行一个
organize-guest-link = 访客链接…
organize-anyone-who-has-the-link-sees = 拥有链接的人可以看到所选内容及其中的一切，看不到您的其他内容。无需登录。
organize-all-links = 所有链接
organize-guest-link-to-what = { $what } 的访客链接
folder-settings-of = “{ $title }”的备注和隐藏的名称
folder-settings-patterns = 如 { $first }、{ $second } 或 { $third } 这样的模式，适用于此文件夹及其下的全部内容。隐藏的内容不出现在任何列表、搜索和媒体库中，访客和播放器也无法通过地址找到。
tasks-upload-of = 上传“{ $name }”
tasks-download-of = 下载“{ $name }”
tasks-walk-over = 扫描 { $place }
