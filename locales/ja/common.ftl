common-to-folder = { $folder } へ
common-used-of-total = { $total } 中 { $used } を使用
common-account = アカウント
common-the-share-link = この共有リンク
common-try-it = 試す
common-your-links = 自分のリンク
common-fetch-from-a-link = リンクからダウンロード
common-archives = アーカイブ
common-trash = ゴミ箱
common-drive-is-forgotten = Drive-In からキーとセッションの情報が消えます。ドライブの中身はそのまま残ります。
common-remove-name = 「{ $name }」を取り外す
common-done = 完了
common-more = 続き
common-next-page = 次のページ
common-sort-by = 並べ替え
common-upload = アップロード
common-guest-link = ゲストリンク
common-previous-page = 前のページ
common-rename = 名前を変更
common-copy = コピー
common-delete = 削除
common-pin = PIN
common-connect-a-drive = ドライブを接続
common-name = 名前
common-how-long = 有効期間
common-until-it-is-revoked = 無効にするまで
common-a-day = 1日
common-a-week = 1週間
common-a-month = 1か月
common-add = 追加
common-code = コード
common-revoke = 無効にする
common-drives = ドライブ
common-watched = 視聴済み
common-percent-watched = { $percent }% 視聴済み
common-show-files = ファイルを表示
common-versions = バージョン
common-create-link = リンクを作成
common-details = 詳細
common-open-it = 開く
common-search = 検索
common-password = パスワード
common-sign-in-button = ログイン
common-cancel = キャンセル
common-save = 保存
common-the-folder-on-the-drive = ドライブのフォルダ
common-copy-link = リンクをコピー
common-keep-both = 両方を残す
common-back-to-the-folder = フォルダに戻る
common-show = 表示
common-passkeys = パスキー
common-code-or-recovery-code = アプリのコードまたはリカバリーコード
common-two-step-sign-in = 2段階認証
common-viewers = 視聴者
common-open = 開く
common-page-looks-again = このページは自動で更新されます。
common-date = 日付
common-size = サイズ
common-expired = 期限切れ
common-not-everywhere = 一部は完了できませんでした
common-play = 再生

layout-your-films-under-the-open-sky = 星空の下で、あなたの映画を
layout-skip-to-the-content = 本文へ移動
layout-search-films = 動画を検索
layout-main = メイン
layout-choose-another-viewer = { $name } が視聴中。視聴者を切り替える
layout-sign-out = ログアウト
layout-language = 言語
layout-change-language = 変更

parts-password = パスワード：{ $password }
parts-not-watched-name = 未視聴：{ $name }
parts-mark-as-watched-name = 視聴済みにする：{ $name }
parts-for-name = { $name } 用
parts-not-watched = 未視聴
parts-mark-as-watched = 視聴済みにする
parts-choose-name = { $name } を選択
parts-what-to-do-with-name = { $name } の操作
parts-share-rename-move-copy-delete = 共有、名前の変更、移動、コピー、削除
parts-the-link-as-a-code-to = スキャン用のリンクのコード
parts-the-link = リンク
parts-made-on-day = 作成日：{ $created }
parts-storage-used-on-name = { $name } の使用容量
parts-account-of-name = { $name } のアカウント
parts-what-name-can-do = { $name } でできること
parts-where-you-are = 現在の場所
parts-this-link-is-shown-once-copy = このリンクが表示されるのは今回だけです。今のうちにコピーしてください。いつでも無効にできます。
parts-the-link-as-a-qr-code = リンクの QR コード
parts-the-link-is-too-long-for = リンクが長すぎるため、QR コードにできません。
parts-kodi-steps = Kodi：「ビデオを追加」→「参照」→「ネットワークロケーションを追加」

nav-home = ホーム
nav-devices = デバイスとゲスト
nav-status = ステータス
nav-sessions = セッション

error-request-id = リクエスト { $request-id }
error-drives-account = ドライブのアカウント

card-image = 画像
card-subtitle = 字幕
card-file = ファイル
card-ready = 準備完了
card-signed-out = ログアウト中
card-no-answer-yet = まだ応答なし
card-not-reachable = 接続できません
card-session-ends = セッションの終了：{ $when }。それまでにもう一度ログインしてください。

kind-all = すべて
kind-films = 動画
kind-music = 音楽
kind-pictures = 画像
kind-documents = ドキュメント

count-films = { $count ->
   *[other] { $count } 本の動画
}
count-folders = { $count ->
   *[other] { $count } 個のフォルダ
}
count-files = { $count ->
   *[other] { $count } 個のファイル
}
count-entries = { $count ->
   *[other] { $count } 個の項目
}
count-days = { $count ->
   *[other] { $count } 日
}

size-kb = { $value } kB
size-mb = { $value } MB
size-gb = { $value } GB
size-tb = { $value } TB
size-pb = { $value } PB
size-eb = { $value } EB
size-bytes = { $count ->
   *[other] { $count } バイト
}

number-decimal-sign = .

date-day = { $year }/{ $month }/{ $day }
date-time = { $day } { $clock } UTC

ago-minutes = { $count ->
   *[other] { $count } 分前
}
ago-hours = { $count ->
   *[other] { $count } 時間前
}
ago-days = { $count ->
   *[other] { $count } 日前
}
ago-now = たった今

until-minutes = { $count ->
   *[other] { $count } 分後
}
until-hours = { $count ->
   *[other] { $count } 時間後
}
until-days = { $count ->
   *[other] { $count } 日後
}
until-now = まもなく

layout-tasks-running = { $count ->
   *[other] 件のタスクを実行中
}
