first-page-config-steps = これを { $file } に書き、{ $command } で問題がないか確かめてから、Drive-In を再起動してください。
first-page-demo = まず試してみたいときは、{ $command } をどうぞ。短い動画が付属し、アカウントは不要です。
first-page-the-screen-is-up-now-bring = スクリーンの準備ができました。次は動画です。
first-page-drive-in-is-running-connect-a = Drive-In が動いています。ドライブを接続してスマートフォンでログインすると、中にある動画を再生できます。
first-page-rather-write-it-into-a-file = 設定ファイルに書く場合
first-page-the-lines-for-a-terabox-account = TeraBox アカウントの設定内容

home-nothing-here-yet = まだ何もありません。{ $link }
home-look-around = 見てまわる
home-somebody-sent-you-a-share-link = 共有リンクを受け取りましたか？
home-paste-the-link-or-the-whole = リンク、またはリンクを含むメッセージ全体を貼り付け
home-opened-before = 以前に開いたもの
home-forget-title = { $title } を履歴から消す
home-forget = 履歴から消す
home-connect-another-drive = 別のドライブを接続
home-change-or-order-drives = ドライブの変更と並べ替え
home-continue = 視聴を続ける
home-next-up = 次のエピソード
home-recently-added = 最近追加
home-resume = 続きから再生
home-look-at-series = シリーズを見る

search-nothing-found = 「{ $title }」は見つかりませんでした。
search-try-fewer-letters = 言葉の一部だけでも探せます。文字を減らしてみてください。
search-a-word-of-the-title = タイトルの一部
search-titles = 映画とシリーズ
search-files = ファイル
search-more-results = 結果をもっと見る
search-play-what-was-found-in-vlc = 検索結果を VLC、mpv、Kodi で再生
search-place-not-answered-yet = 「{ $place }」はまだ応答していません。このページは自動で更新されます。
search-place-did-not-answer = 「{ $place }」を検索できませんでした。時間内に応答がありませんでした。
search-tagged = タグ：{ $tag }
search-kind-in-place = { $place } の{ $kind }
search-place-failed = 「{ $place }」を検索できませんでした。{ $sentence }
search-not-all-folders = 「{ $place }」にはまだ検索していないフォルダがあります。しばらくしてから同じ検索をすると、さらに見つかるかもしれません。
search-list-about = 読み込むたびに検索し直します
search-nothing-for = 「{ $words }」の検索結果はありません
search-found-for = 「{ $words }」の検索結果：{ $found }

choose-viewer-who-is-watching = どなたが視聴しますか？
choose-viewer-pin-of-name = { $name } の PIN
choose-viewer-change-viewers = 視聴者を管理
choose-viewer-wrong-pin = PIN が違います。もう一度お試しください。
choose-viewer-too-many-pins = PIN の間違いが続いたため、{ $seconds } 秒待ってからもう一度お試しください。

film-rated = 評価 { $rating }/10
film-the-file = ファイル
film-resume-at = { $clock } から再生
film-play-again = もう一度再生
film-play-version = { $version } を再生

titles-nothing-here-yet-films-and-series = まだ何もありません。ドライブをスキャンしたりフォルダを開いたりすると、動画やシリーズが表示されます。
titles-pages = ページ
titles-series = シリーズ
titles-title = タイトル
titles-added = 追加日
titles-special = スペシャル { $number }
titles-season = シーズン { $number }
titles-episode = エピソード { $number }
titles-specials = スペシャル

series-watched-count = { $total } 話中 { $count } 話を視聴済み
series-resume = { $episode } の続きから再生
series-continue-with = 続けて { $episode } を見る
series-play = { $episode } を再生

status-version = バージョン
status-running-for = 稼働時間
status-saved-state = 保存データ
status-not-readable = 読み取り不可
status-readable-and-writable = 読み書き可能
status-readable-only = 読み取りのみ可能：{ $fault }
status-reachable-at = アドレス
status-media = メディア
status-server = サーバー
status-metadata = TMDB による動画とシリーズの情報
status-memory-cache = メモリキャッシュ
status-traffic = ドライブとの通信
status-disk-cache = ディスクキャッシュ
status-metadata-works = 動画とシリーズの情報は、見つかり次第取得されます。
status-metadata-state = 状態
status-metadata-found = 特定済み
status-metadata-unknown = 特定できず
status-notice = お知らせ
status-disk-off = オフ（cache.disk でオンにできます）
status-blocks = メディアのブロック
status-hits = ヒット
status-misses = ミス
status-errors = エラー
status-writes-stopped = ディスクへの書き込みを停止中
status-no-drive = まだドライブが接続されていません。
status-drive-is-ready = ドライブは準備完了です。
status-playlists = プレイリスト
status-films-opened = 開いた動画
status-listings = 一覧
status-entries = 項目
status-accounts = アカウント
status-opened-originals = 開いたオリジナル
status-pictures = 画像
status-all-ready = { $count ->
   *[other] { $count } 個のドライブがすべて準備完了です。
}
status-some-ready = { $count ->
   *[other] { $count } 個のドライブのうち { $ready } 個が準備完了です。
}

traffic-under-way = { $count } 件が進行中（{ $parts }）
traffic-waiting = { $count } 件が待機中（{ $parts }）
traffic-quiet = 通信なし
traffic-paused = { $traffic }。ドライブが休止を求めています（残り { $left }）
traffic-playing = 再生 { $count } 件
traffic-opening = 読み込み開始 { $count } 件
traffic-reading-ahead = 先読み { $count } 件
traffic-uploading = アップロード { $count } 件
traffic-for-pictures = 画像 { $count } 件
traffic-searching = 検索 { $count } 件
