script-account-signed-in = ログインしました。
script-account-signing-in = ログイン中…
script-account-code-expired = コードの有効期限が切れました。新しいコードを取得しています…
script-account-waiting-for-phone = スマートフォンでの確認を待っています…
script-account-drive-silent = ドライブが応答しません。再試行しています…
script-account-offline-retrying = Drive-In に接続できません。再試行しています…
script-account-offline = Drive-In に接続できません。もう一度お試しください。
script-cast-failed = Chromecast で再生できませんでした。Chromecast からこのサーバーに接続できますか？
script-copy-copied = コピーしました
script-copy-press-keys = Ctrl+C を押してください
script-dialog-close = 閉じる
script-dialog-failed = うまくいきませんでした
script-dialog-offline = Drive-In に接続できません。もう一度お試しください。
script-listing-loading = 読み込み中…
script-listing-loaded = さらに { $count } 件を読み込みました
script-listing-failed = 読み込めませんでした。再試行
script-listing-selected = { $count ->
   *[other] { $count } 個の項目：
}
script-uploads-title = アップロード
script-uploads-choose = アップロードするファイル
script-uploads-progress-of = { $name } のアップロード
script-uploads-button-for = { $label }：{ $name }
script-uploads-waiting = 待機中
script-uploads-checking = ドライブに確認中…
script-uploads-done = 完了、{ $size }
script-uploads-cancelled = キャンセルしました
script-uploads-skipped = そのままにしました
script-uploads-name-taken = 同じ名前のものがあります。
script-uploads-cancel = キャンセル
script-uploads-replace = 置き換える
script-uploads-keep-both = 両方を残す
script-uploads-skip = スキップ
script-uploads-try-again = 再試行
script-uploads-time-left = 残り { $time }
script-uploads-offline = 接続が切れました。送信済みの部分は送り直しません。
script-uploads-refused = サーバーの応答：{ $status }
script-passkeys-unsupported = このブラウザはパスキーに対応していません。
script-passkeys-cancelled = デバイスで承認されなかったか、時間切れになりました。もう一度お試しください。
script-passkeys-known = そのデバイスには、このサーバーのパスキーがすでにあります。
script-player-play = 再生
script-player-pause = 一時停止
script-player-back = 10秒戻る
script-player-ahead = 10秒進む
script-player-position = 再生位置
script-player-position-of = { $at } / { $length }
script-player-volume = 音量
script-player-volume-at = 音量 { $percent }%
script-player-sound-off = ミュート
script-player-sound-on = ミュート解除
script-player-quality = 画質
script-player-quality-auto = 自動
script-player-quality-original = オリジナル
script-player-quality-audio = 音声のみ
script-player-not-offered = 提供なし
script-player-speed = 再生速度
script-player-speed-normal = 標準の速度
script-player-speed-at = 再生速度 { $rate }×
script-player-normal = 標準
script-player-sounds = 音声トラック
script-player-sound-not-here = { $codec }：VLC で再生
script-player-subtitles = 字幕
script-player-subtitles-none = 字幕なし
script-player-subtitles-off = 字幕オフ
script-player-subtitles-on = 字幕オン
script-player-subtitles-of = 字幕：{ $track }
script-player-off = オフ
script-player-track = トラック { $number }
script-player-air-play = AirPlay
script-player-picture-in-picture = ピクチャ イン ピクチャ
script-player-picture-in-picture-failed = 今はピクチャ イン ピクチャを使えません
script-player-full-screen = 全画面
script-player-leave-full-screen = 全画面を終了
script-player-full-screen-failed = ここでは全画面にできません
script-player-close = 閉じる
script-player-keys = キー操作
script-player-keys-hint = キー操作 (?)
script-player-key-space = スペース
script-player-key-play = 再生、一時停止
script-player-key-ten-seconds = 10秒戻る、進む
script-player-key-five-seconds = 5秒戻る、進む
script-player-key-volume = 音量を上げる、下げる
script-player-key-mute = ミュート、解除
script-player-key-tenth = 動画の10分の1ごとの位置へ移動
script-player-key-speed = 遅くする、速くする
script-player-key-list = この一覧
script-player-shuffle = シャッフル
script-player-shuffle-on = シャッフルオン
script-player-shuffle-off = シャッフルオフ
script-player-repeat-all = すべてリピート
script-player-repeat-one = この曲をリピート
script-player-repeat-off = リピートオフ
script-player-key-repeat = リピート：すべて、この曲、なし
script-player-skip-intro = イントロをスキップ
script-player-intro-starts = ここからイントロです。次に終わりの位置に印を付けてください。
script-player-intro-marked = シーズン全体に印を付けました
script-player-intro-removed = 印を消しました
script-player-intro-failed = 印を付けられませんでした
script-player-next-film = 次の動画
script-player-next = 次へ
script-player-play-now = 今すぐ再生（{ $seconds }）
script-player-stay-here = ここにとどまる
script-errors-title = この動画を再生できません
script-errors-sentence = サーバーから理由の説明がありませんでした。
script-errors-step = しばらくしてからもう一度お試しください。
script-errors-undecodable = このブラウザは { $format } をデコードできません。動画自体に問題はありません。
script-errors-retry-in = { $seconds } 秒後に再試行
script-errors-retrying = 再試行中…
script-errors-try-again = 再試行
script-errors-play-original = オリジナルを再生
script-errors-open-in-vlc = VLC で開く
script-stream-original-instead = 今、この動画のストリームはドライブにありません。オリジナルを再生します。
script-stream-no-audio-only = この動画には音声のみのストリームがありません。
script-stream-stumbling = ドライブの応答が不安定です。再試行しています…
script-stream-original-failed = このブラウザはオリジナルを再生できないため、ストリームに戻します。VLC なら再生できます。
script-stream-no-picture = { $plays ->
    [stream] このブラウザは { $codecs } に対応していないため、ファイルの映像が出ません。代わりにストリームを再生します。
   *[nothing] このブラウザは { $codecs } に対応していないため、ファイルの映像が出ません。再生できる VLC で開いてください。
}
script-stream-no-sound = { $plays ->
    [stream] このブラウザは { $codecs } に対応していないため、ファイルの音声が出ません。代わりにストリームを再生します。
   *[nothing] このブラウザは { $codecs } に対応していないため、ファイルの音声が出ません。再生できる VLC で開いてください。
}
script-stream-picture-missing = { $plays ->
    [stream] このブラウザではファイルの映像が出ません。代わりにストリームを再生します。
   *[nothing] このブラウザではファイルの映像が出ません。再生できる VLC で開いてください。
}
script-stream-sound-missing = { $plays ->
    [stream] このブラウザではファイルの音声が出ません。代わりにストリームを再生します。
   *[nothing] このブラウザではファイルの音声が出ません。再生できる VLC で開いてください。
}
script-stream-lacks-codec = このブラウザは { $codec } に対応していません。{ $quality } を再生します。VLC で開くこともできます。
script-stream-transcoding = { $quality } はまだ準備中です。自動に戻します。
script-stream-not-there = { $quality } は今は利用できません。自動に戻します。
