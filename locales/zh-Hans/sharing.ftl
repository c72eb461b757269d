devices-tv-app-steps = Jellyfin 的应用可以在这里找到影片。在应用中输入此地址：{ $address }。然后以 { $user } 和您的密码登录，或用其他观众的名字和 PIN 登录，也可以选择 Quick Connect，并输入应用显示的六位数字。
devices-add-a-device = 添加设备
devices-each-player-gets-its-own-link = 每个播放器都有自己的链接，无需登录即可打开，也可以单独撤销。
devices-living-room = 客厅
devices-what-it-may-play = 可以播放的内容
devices-everything = 全部
devices-a-year = 一年
devices-who-watches-on-it = 由谁观看
devices-show-it-streams-instead-of-files = 只显示串流，不显示文件
devices-sign-in-a-tv-app = 登录电视应用
devices-who-watches-with-it = 由谁观看
devices-sign-it-in = 登录此应用
devices-active-links = 有效的链接
devices-none-yet-guest-link-on-a = 还没有链接。在影片或文件夹上选择“访客链接”，即可为访客创建。
devices-revoke-name = 撤销 { $name }
devices-your-own-links-and-the-signing = 您自己的链接与签名密钥
devices-the-links-on-your-own-pages = 您自己页面上的链接共用一张影票。如果其中有链接落入他人之手，请更换影票：用这类链接设置的播放器需要换成新链接。
devices-replace-my-own-ticket = 更换我的影票
devices-all-tickets-are-signed-with-one = 所有影票都用同一个密钥签名，请不时更换。现有的链接可以继续播放，新链接则用新密钥签名。
devices-change-the-key = 更换密钥
devices-older-keys-are-still-valid-retire = 旧密钥仍然有效。一旦停用，更换之前创建的所有链接会立即失效。
devices-retire-the-old-keys = 停用旧密钥
devices-no-app-shows-this-code = 没有应用显示此验证码。验证码五分钟内有效。
devices-player = 播放器
devices-never-used = 从未使用
devices-used = { $when }使用
devices-until = 有效期至 { $time }

guest-link-to = “{ $title }”的访客链接
guest-link-all-links = 所有链接和撤销按钮都在这里：{ $page }
guest-link-opens-folder = 拿到链接的人能看到此文件夹及其中的全部内容，但看不到您的其他内容。
guest-link-opens-film = 拿到链接的人能看到此影片，但看不到您的其他内容。
guest-link-no-login-is-needed = 无需登录。
guest-link-for-whom = 给谁
guest-link-aunt-mia = 小美阿姨
guest-link-limits = 限制
guest-link-people-at-the-same-time = 同时观看人数
guest-link-no-limit = 不限
guest-link-visits-in-all = 总访问次数
guest-link-streams-alone-without-the-files = 只提供串流，不提供文件

neutral-nothing-plays-here = 这里没有可播放的内容
neutral-ask-whoever-gave-it-to-you = 请向发给您链接的人要一个新的。
neutral-expired = 此链接已过期，或已被撤销。
neutral-does-not-lead-here = 此链接不指向这里。
neutral-not-reachable = 现在无法访问链接指向的内容。
neutral-incomplete = 此链接不完整，或没有指向任何内容。

own-shares-no-links-yet-choose-share-beside = 还没有链接。在影片或文件夹旁选择“分享”即可创建。
own-shares-revoke-title = 撤销 { $title } 的链接
own-shares-name-and-others = { $count ->
   *[other] { $name } 和其他 { $count } 项
}
own-shares-revoked = 已撤销
own-shares-refused = 已被网盘拒绝
own-shares-used-up = 次数已用完
own-shares-never-ends = 永久有效
own-shares-ends = { $when }失效

share-share-links = 分享链接
share-password-of-the-share = 分享的密码
share-paste-a-link-or-the-whole = 粘贴链接，或包含链接的整段消息
share-open-another-one = 打开另一个
share-panel-about-this-share = 关于此分享
share-panel-play-from-the-first = 从第一个开始播放
share-panel-play-all-in-vlc = 在 VLC 中全部播放
share-panel-save-to-my-drive = 保存到我的网盘
share-panel-drive = 网盘
share-panel-folder = 文件夹
share-panel-where-the-name-is-taken = 遇到同名时
share-panel-skip-it = 跳过
share-saved-saved = 已保存
share-panel-on-this-page = 在本页上
share-saved-count = 已保存 { $count }/{ $total }
share-saved-go-to-folder = 前往 { $folder }
share-saved-back = 返回分享
share-another-site = 您是从另一个网站来到这里的。它想打开的内容如下。
share-open-it-again = 请稍后再打开一次。
share-unknown-host = 未知的主机
share-host-is-unknown = 此链接看起来像分享链接，但这里不认识它的主机 { $host }。
share-can-be-tried = 可以试一试：Drive-In 会在已知的服务上查找此分享，不会连接那个主机。

shares-gone = 分享者已撤销它，或它已过期。
shares-password-changed = 它的密码已更改：请重新粘贴链接，并使用新密码。
shares-no-drive = 没有已连接的网盘能打开它。

ticket-guest-about = 在任何浏览器中打开，无需登录
ticket-play-url = 播放地址
ticket-play-url-about = 适用于任何可以浏览网页文件夹的播放器
ticket-kodi-web-directory = 网页服务器目录 ({ $scheme })
ticket-kodi-protocol = 协议
ticket-kodi-server = 服务器地址
ticket-kodi-path = 远程路径
ticket-kodi-port = 端口
ticket-list-about = 在 VLC 或 mpv 中作为网络串流打开
ticket-list = 列表
ticket-list-of = { $name } 的列表

unfurl-films-under-the-open-sky = 星空之下，看电影。
unfurl-folder = 影片文件夹
unfurl-sound = 音频
unfurl-film = 影片

ticket-form-speed-in-mbit-s-for-all = 速度（Mbit/s，所有人合计）
