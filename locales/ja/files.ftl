archives-packing = { $name } を圧縮中
archives-unpacking = { $name } を展開中
archives-the-drive-packs-and-unpacks-by = 圧縮と展開はドライブが行い、このマシンや回線は使いません。順番が来るまで数秒かかることがあります。
archives-nothing-has-been-packed-or-unpacked = まだ圧縮や展開をしていません。フォルダ内の項目を選び、「圧縮…」を選んでください。

organize-archive-password = アーカイブのパスワード{ $note }
organize-if-it-has-one = （ある場合）
organize-on-drive-or-on = { $drive } の中、または次のドライブへ
organize-share = 共有…
organize-rename = 名前を変更…
organize-move = 移動…
organize-copy = コピー…
organize-delete = 削除…
organize-tags = タグ…
organize-pack = 圧縮…
organize-unpack = 展開…
organize-direct-link = 直リンク
organize-tags-separated-by-commas = タグ（コンマで区切る）
organize-the-name-of-the-archive = アーカイブの名前
organize-pack-now = 圧縮
organize-unpack-now = 展開
organize-whoever-has-such-a-link-gets = このリンクを持っている人は、パスワードなしでファイルを入手できます。
organize-direct-link-of-name = { $name } の直リンク
organize-the-new-name = 新しい名前
organize-the-folders-above = 上位のフォルダ
organize-no-folders-in-here = フォルダはありません。
organize-only-the-first-folders-are-shown = 最初のほうのフォルダだけを表示しています。
organize-it-goes-to-the-drives-own = ドライブにゴミ箱があれば、そこに移ります。フォルダは中身もすべて一緒に移ります。
organize-create = 作成
organize-where-there-is-one-of-that = 同じ名前のものがあるとき
organize-leave-it-as-it-is = そのままにする
organize-replace-it = 置き換える
organize-files = ファイル
organize-the-link-lives-for = リンクの有効期間
organize-a-password-or-nothing-for-a = パスワード（空欄にすると公開リンクになります）
organize-public = 公開
organize-some-drives-take-four-letters-or = 4文字の英数字しか使えないドライブもあります。
organize-all-your-links = 自分のリンクをすべて表示
organize-rename-what = { $what }の名前を変更
organize-copy-what-to = { $what }のコピー先
organize-move-what-to = { $what }の移動先
organize-delete-what = { $what }を削除しますか？
organize-share-what = { $what }を共有
organize-tags-of-what = { $what }のタグ
organize-pack-what = { $what }を圧縮
organize-unpack-what = { $what }を展開
organize-upload-files = ファイルをアップロード
organize-quoted-name = 「{ $name }」
organize-for-ever = 無期限
organize-copy-here = ここにコピー
organize-move-here = ここに移動
organize-no-direct-links = 直リンクなし
organize-direct-links-ready = 直リンクができました
organize-link-ready = リンクができました

versions-of = { $name } のバージョン
versions-by-author = 作成者：{ $author }
versions-the-current-one = 現在のバージョン
versions-make-it-current = 現在のバージョンにする
versions-delete-for-good = 完全に削除
versions-unknown-time = 日時不明

browse-turn-round = 順序を逆にする
browse-in-the-whole-drive = ドライブ全体で
browse-new-folder = 新しいフォルダ
browse-uploads = アップロード
browse-earlier = 前の項目
browse-with-what-is-ticked = 選択した項目を：
browse-share = 共有
browse-move = 移動
browse-play-this-folder-in-vlc-mpv = このフォルダを VLC、mpv、Kodi で再生
browse-empty = このフォルダは空です。
browse-nothing-of-this-kind = このフォルダにこの種類のものはありません。
browse-ascending = 昇順
browse-descending = 降順

picture-browsers-do-not-show-this-kind = この種類の画像はブラウザでは表示できません。ダウンロードしてご覧ください。
picture-pictures-of-this-folder = このフォルダの画像
picture-previous-name = 前へ：{ $label }
picture-previous = ‹ 前へ
picture-next-name = 次へ：{ $label }
picture-next = 次へ ›
picture-download = ダウンロード
picture-number = { $count } 枚中 { $number } 枚目

remote-downloads-the-drive-downloads-it-by-itself = ダウンロードはドライブが行い、このマシンや回線は使いません。
remote-downloads-the-link-of-the-file = ファイルのリンク
remote-downloads-fetch = ドライブにダウンロード
remote-downloads-downloaded = ダウンロード済み
remote-downloads-cancel-name = { $name } のダウンロードをキャンセル

rename-many-becomes = 変更後
rename-many-undo = 元に戻す
rename-many-the-new-names = 新しい名前
rename-many-the-title-title-year-or-series = タイトルにする：「タイトル (年)」または「シリーズ S01E02」
rename-many-the-title-in-folders = タイトルにしてフォルダーに入れる：「タイトル (年)/…」または「シリーズ/Season 01/…」
rename-many-a-text-in-them-is-replaced = 名前の中の文字を置き換える
rename-many-by-a-pattern = パターンで付ける
rename-many-replace-the-text = 置き換える文字
rename-many-replace-by = 置き換え後
rename-many-the-pattern = パターン
rename-many-pattern-hint = {"{"}name{"}"}、{"{"}title{"}"}、{"{"}year{"}"}、番号の {"{"}n{"}"}、{"{"}nn{"}"}、{"{"}nnn{"}"} を使えます。拡張子は変わりません。
rename-many-the-first-number = 最初の番号
rename-many-show-the-new-names = 新しい名前を確認
rename-many-no-change = 変わる名前はありません。
rename-many-same-name = 同じ名前になるものがあります。パターンに番号の {"{"}n{"}"} を加えてください。
rename-many-done = 新しい名前にしました

tasks-tasks = タスク
tasks-nothing-is-being-copied-copies-and = コピー中のものはありません。ドライブ間のコピーと移動がここに表示されます。
tasks-progress = 進行状況
tasks-copy-of = { $more ->
    [0] 「{ $name }」のコピー
   *[other] 「{ $name }」ほか { $more } 件のコピー
}
tasks-move-of = { $more ->
    [0] 「{ $name }」の移動
   *[other] 「{ $name }」ほか { $more } 件の移動
}
tasks-pause = 一時停止
tasks-resume = 再開
tasks-try-again = 再試行
tasks-route = { $from } から { $to } へ

trash-not-restored = 復元できなかったもの：
trash-nothing-was-deleted-here-or-all = ここで削除したものはないか、すべて完全に削除されています。
trash-delete-everything-in-the-trash = ゴミ箱の中身をすべて削除しますか？
trash-it-is-gone-for-good-with = 削除したフォルダの中身も含め、完全に削除されます。
trash-delete-everything = すべて削除
trash-from-folder = 元の場所：{ $folder }
trash-restore = 復元
trash-empty-the-trash = ゴミ箱を空にする…
trash-deleted-on = 削除日：{ $day }
trash-gone-for-good = 完全に削除：{ $when }

task-waiting = 待機中
task-percent-of-total = { $total } の { $percent }%
task-in-progress = 進行中
task-cancelled = キャンセル済み
task-failed = 失敗
task-without-name = タスク
task-running = 実行中
task-paused = 一時停止中
task-failed-sentence = 失敗しました。{ $sentence }

browse-note-and-hidden-names = メモと隠す名前
folder-settings-a-note-above-the-list = 一覧の上のメモ
folder-settings-plain-text-for-all-who-see = フォルダーを見るすべての人向けのプレーンテキストです。リンクは開けます。
folder-settings-hidden-names-one-a-line = 隠す名前（1 行に 1 つ）
organize-guest-link = ゲストリンク…
organize-anyone-who-has-the-link-sees = リンクを持つ人は、選んだものとその中身をすべて見られますが、それ以外は何も見えません。サインインは不要です。
organize-all-links = すべてのリンク
organize-guest-link-to-what = { $what } へのゲストリンク
folder-settings-of = 「{ $title }」のメモと隠す名前
folder-settings-patterns = { $first }、{ $second }、{ $third } のようなパターン。このフォルダーとその下のすべてに適用されます。隠したものは一覧、検索、ライブラリのどこにも現れず、ゲストやプレーヤーはアドレスでも見つけられません。
tasks-upload-of = 「{ $name }」のアップロード
tasks-download-of = 「{ $name }」のダウンロード
tasks-walk-over = { $place } の走査
