devices-tv-app-steps = Jellyfin 用のアプリから、ここの動画を見られます。アプリにこのアドレスを入力してください：{ $address }。続いて、{ $user } とご自分のパスワードでログインするか、別の視聴者としてその人の PIN でログインします。または Quick Connect を選び、アプリに表示される6桁の数字をここに入力します。
devices-add-a-device = デバイスを追加
devices-each-player-gets-its-own-link = プレーヤーごとに専用のリンクがあります。ログインなしで開け、個別に無効にできます。
devices-living-room = リビング
devices-what-it-may-play = 再生できるもの
devices-everything = すべて
devices-a-year = 1年
devices-who-watches-on-it = 視聴する人
devices-show-it-streams-instead-of-files = ファイルではなくストリームを見せる
devices-sign-in-a-tv-app = テレビアプリをログインさせる
devices-who-watches-with-it = 視聴する人
devices-sign-it-in = ログインさせる
devices-active-links = 有効なリンク
devices-none-yet-guest-link-on-a = まだありません。動画やフォルダの「ゲストリンク」から、ゲスト用のリンクを作成できます。
devices-revoke-name = { $name } を無効にする
devices-your-own-links-and-the-signing = 自分のリンクと署名キー
devices-the-links-on-your-own-pages = ご自分のページにあるリンクは、1枚のチケットを共有しています。リンクが他人の手に渡ったときは、チケットを取り替えてください。そのリンクで設定したプレーヤーには、新しいリンクが必要になります。
devices-replace-my-own-ticket = 自分のチケットを取り替える
devices-all-tickets-are-signed-with-one = すべてのチケットは1つのキーで署名されています。ときどき変更してください。既存のリンクは引き続き再生でき、新しいリンクは新しいキーで署名されます。
devices-change-the-key = キーを変更
devices-older-keys-are-still-valid-retire = 古いキーもまだ有効です。廃止すると、変更前に作成したリンクはすべてすぐに使えなくなります。
devices-retire-the-old-keys = 古いキーを廃止
devices-no-app-shows-this-code = このコードを表示しているアプリはありません。コードの有効期間は5分です。
devices-player = プレーヤー
devices-never-used = 未使用
devices-used = 最終使用：{ $when }
devices-until = { $time } まで

guest-link-to = 「{ $title }」へのゲストリンク
guest-link-all-links = すべてのリンクと、無効にするボタンはこちら：{ $page }
guest-link-opens-folder = リンクを持っている人は、このフォルダとその中身だけを見られます。ほかのものは見られません。
guest-link-opens-film = リンクを持っている人は、この動画だけを見られます。ほかのものは見られません。
guest-link-no-login-is-needed = ログインは不要です。
guest-link-for-whom = 誰に
guest-link-aunt-mia = ミアおばさん
guest-link-limits = 制限
guest-link-people-at-the-same-time = 同時に視聴できる人数
guest-link-no-limit = 制限なし
guest-link-visits-in-all = 合計アクセス回数
guest-link-streams-alone-without-the-files = ストリームのみ（ファイルは除く）

neutral-nothing-plays-here = 再生できるものがありません
neutral-ask-whoever-gave-it-to-you = リンクをくれた人に、新しいリンクを頼んでください。
neutral-expired = このリンクは期限切れか、無効にされています。
neutral-does-not-lead-here = このリンクの行き先はここではありません。
neutral-not-reachable = リンク先に今は接続できません。
neutral-incomplete = このリンクは不完全か、行き先がありません。

own-shares-no-links-yet-choose-share-beside = まだリンクはありません。動画やフォルダの「共有」から作成できます。
own-shares-revoke-title = { $title } へのリンクを無効にする
own-shares-name-and-others = { $count ->
   *[other] { $name } ほか { $count } 件
}
own-shares-revoked = 無効
own-shares-refused = ドライブが拒否
own-shares-used-up = 使用回数の上限に到達
own-shares-never-ends = 無期限
own-shares-ends = 終了：{ $when }

share-share-links = 共有リンク
share-password-of-the-share = 共有のパスワード
share-paste-a-link-or-the-whole = リンク、またはリンクを含むメッセージ全体を貼り付け
share-open-another-one = 別のリンクを開く
share-panel-about-this-share = この共有について
share-panel-play-from-the-first = 最初から順に再生
share-panel-play-all-in-vlc = VLC ですべて再生
share-panel-save-to-my-drive = 自分のドライブに保存
share-panel-drive = ドライブ
share-panel-folder = フォルダ
share-panel-where-the-name-is-taken = 同じ名前があるとき
share-panel-skip-it = スキップ
share-saved-saved = 保存しました
share-panel-on-this-page = このページの内容
share-saved-count = { $total } 件中 { $count } 件を保存しました
share-saved-go-to-folder = { $folder } へ移動
share-saved-back = 共有に戻る
share-another-site = 別のサイトからここに移動してきました。そのサイトが開こうとしているものは次のとおりです。
share-open-it-again = しばらくしてからもう一度開いてください。
share-unknown-host = 不明なホスト
share-host-is-unknown = このリンクは共有リンクの形をしていますが、ホスト { $host } はここでは知られていません。
share-can-be-tried = 試すことはできます。共有は既知のサービスで探し、このホストには接続しません。

shares-gone = 共有した人が無効にしたか、期限が切れています。
shares-password-changed = パスワードが変更されました。新しいパスワードと一緒に、リンクをもう一度貼り付けてください。
shares-no-drive = これを開ける接続済みのドライブがありません。

ticket-guest-about = ログインなしで、どのブラウザでも開けます
ticket-play-url = 再生 URL
ticket-play-url-about = ウェブのフォルダを参照できるプレーヤー用
ticket-kodi-web-directory = Web サーバーディレクトリ ({ $scheme })
ticket-kodi-protocol = プロトコル
ticket-kodi-server = サーバーアドレス
ticket-kodi-path = リモートパス
ticket-kodi-port = ポート
ticket-list-about = VLC や mpv でネットワークストリームとして開きます
ticket-list = リスト
ticket-list-of = { $name } のリスト

unfurl-films-under-the-open-sky = 星空の下で、映画を。
unfurl-folder = 動画のフォルダ
unfurl-sound = 音声
unfurl-film = 動画

ticket-form-speed-in-mbit-s-for-all = 速度（Mbit/s、全員の合計）
