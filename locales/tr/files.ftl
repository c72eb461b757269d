### Klasörler ve dosya işlemleri: yeniden adlandırma, taşıma, çöp kutusu, sürümler, arşivler, indirmeler, görevler, resimler.

archives-packing = Sıkıştırılıyor: { $name }
archives-unpacking = Açılıyor: { $name }
archives-the-drive-packs-and-unpacks-by = Arşivleri sürücü kendisi sıkıştırır ve açar: bu makine ve internet bağlantısı kullanılmaz. Bir görevin sırasını birkaç saniye beklemesi gerekebilir.
archives-nothing-has-been-packed-or-unpacked = Burada henüz bir arşiv sıkıştırılmadı veya açılmadı. Bir klasörde öğeleri işaretleyin, ardından “Sıkıştır…” düğmesini seçin.

organize-archive-password = Arşivin parolası { $note }
organize-if-it-has-one = (varsa)
organize-on-drive-or-on = { $drive } sürücüsünde veya şunda:
organize-share = Paylaş…
organize-rename = Yeniden adlandır…
organize-move = Taşı…
organize-copy = Kopyala…
organize-delete = Sil…
organize-tags = Etiketler…
organize-pack = Sıkıştır…
organize-unpack = Arşivi aç…
organize-direct-link = Doğrudan bağlantı
organize-tags-separated-by-commas = Virgülle ayrılmış etiketler
organize-the-name-of-the-archive = Arşivin adı
organize-pack-now = Sıkıştır
organize-unpack-now = Arşivi aç
organize-whoever-has-such-a-link-gets = Böyle bir bağlantıya sahip olan herkes dosyayı parolasız alır.
organize-direct-link-of-name = { $name } için doğrudan bağlantı
organize-the-new-name = Yeni ad
organize-the-folders-above = Üst klasörler
organize-no-folders-in-here = Burada klasör yok.
organize-only-the-first-folders-are-shown = Yalnızca ilk klasörler gösteriliyor.
organize-it-goes-to-the-drives-own = Sürücünün kendi çöp kutusu varsa oraya gider. Klasörler, içindeki her şeyle birlikte silinir.
organize-create = Oluştur
organize-where-there-is-one-of-that = Aynı adda bir öğe varsa
organize-leave-it-as-it-is = olduğu gibi bırak
organize-replace-it = değiştir
organize-files = Dosyalar
organize-the-link-lives-for = Bağlantının geçerlilik süresi
organize-a-password-or-nothing-for-a = Parola; herkese açık bağlantı için boş bırakın
organize-public = herkese açık
organize-some-drives-take-four-letters-or = Bazı sürücüler yalnızca dört harf veya rakam kabul eder.
organize-all-your-links = Tüm bağlantılarınız
organize-rename-what = Yeniden adlandır: { $what }
organize-copy-what-to = Kopyalama hedefi: { $what }
organize-move-what-to = Taşıma hedefi: { $what }
organize-delete-what = { $what } silinsin mi?
organize-share-what = Paylaş: { $what }
organize-tags-of-what = Etiketler: { $what }
organize-pack-what = Sıkıştır: { $what }
organize-unpack-what = Arşivi aç: { $what }
organize-upload-files = Dosya yükle
organize-quoted-name = “{ $name }”
organize-for-ever = Süresiz
organize-copy-here = Buraya kopyala
organize-move-here = Buraya taşı
organize-no-direct-links = Doğrudan bağlantı yok
organize-direct-links-ready = Doğrudan bağlantılar hazır
organize-link-ready = Bağlantı hazır

versions-of = Sürümler: { $name }
versions-by-author = ekleyen: { $author }
versions-the-current-one = geçerli sürüm
versions-make-it-current = Geçerli sürüm yap
versions-delete-for-good = Kalıcı olarak sil
versions-unknown-time = Zamanı bilinmiyor

browse-turn-round = Sırayı tersine çevir
browse-in-the-whole-drive = Tüm sürücüde
browse-new-folder = Yeni klasör
browse-uploads = Yüklemeler
browse-earlier = Önceki
browse-with-what-is-ticked = İşaretlenenler:
browse-share = Paylaş
browse-move = Taşı
browse-play-this-folder-in-vlc-mpv = Bu klasörü VLC, mpv veya Kodi’de oynat
browse-empty = Bu klasör boş.
browse-nothing-of-this-kind = Bu klasörde bu türden bir şey yok.
browse-ascending = artan
browse-descending = azalan

picture-browsers-do-not-show-this-kind = Tarayıcılar bu tür resimleri göstermez. Bakmak için indirin.
picture-pictures-of-this-folder = Bu klasördeki resimler
picture-previous-name = Önceki: { $label }
picture-previous = ‹ Önceki
picture-next-name = Sonraki: { $label }
picture-next = Sonraki ›
picture-download = İndir
picture-number = { $number } / { $count }

remote-downloads-the-drive-downloads-it-by-itself = Dosyayı sürücü kendisi indirir: bu makine ve internet bağlantısı kullanılmaz.
remote-downloads-the-link-of-the-file = Dosyanın bağlantısı
remote-downloads-fetch = İndir
remote-downloads-downloaded = İndirildi
remote-downloads-cancel-name = { $name } indirmesinden vazgeç

rename-many-becomes = yeni ad:
rename-many-undo = Geri al
rename-many-the-new-names = Yeni adlar
rename-many-the-title-title-year-or-series = Başlık: “Başlık (Yıl)” veya “Dizi S01E02”
rename-many-the-title-in-folders = Başlık, klasörlerde: “Başlık (Yıl)/…” veya “Dizi/Season 01/…”
rename-many-a-text-in-them-is-replaced = Adlardaki bir metni değiştirerek
rename-many-by-a-pattern = Bir kalıba göre
rename-many-replace-the-text = Değiştirilecek metin
rename-many-replace-by = Yerine geçecek metin
rename-many-the-pattern = Kalıp
rename-many-pattern-hint = {"{"}name{"}"}, {"{"}title{"}"}, {"{"}year{"}"} ve {"{"}n{"}"}, {"{"}nn{"}"} veya {"{"}nnn{"}"} numaraları. Uzantı değişmez.
rename-many-the-first-number = İlk numara
rename-many-show-the-new-names = Yeni adları göster
rename-many-no-change = Hiçbir ad değişmez.
rename-many-same-name = İkisinin adı aynı olurdu. Kalıba bir numara, yani {"{"}n{"}"} ekleyin.
rename-many-done = Yeni adlar verildi

tasks-tasks = Görevler
tasks-nothing-is-being-copied-copies-and = Şu anda bir şey kopyalanmıyor. Bir sürücüden diğerine kopyalama ve taşımalar burada listelenir.
tasks-progress = İlerleme
tasks-copy-of = { $more ->
    [0] Kopyalama: “{ $name }”
   *[other] Kopyalama: “{ $name }” ve { $more } öğe daha
}
tasks-move-of = { $more ->
    [0] Taşıma: “{ $name }”
   *[other] Taşıma: “{ $name }” ve { $more } öğe daha
}
tasks-pause = Duraklat
tasks-resume = Sürdür
tasks-try-again = Yeniden dene
tasks-route = { $from } → { $to }

trash-not-restored = Geri yüklenemedi:
trash-nothing-was-deleted-here-or-all = Burada bir şey silinmedi veya silinenlerin tümü kalıcı olarak yok oldu.
trash-delete-everything-in-the-trash = Çöp kutusundaki her şey silinsin mi?
trash-it-is-gone-for-good-with = Silinen klasörlerin içindekilerle birlikte her şey kalıcı olarak yok olur.
trash-delete-everything = Her şeyi sil
trash-from-folder = klasör: { $folder }
trash-restore = Geri yükle
trash-empty-the-trash = Çöp kutusunu boşalt…
trash-deleted-on = Silinme: { $day }
trash-gone-for-good = Kalıcı silinme: { $when }

task-waiting = Bekliyor
task-percent-of-total = %{ $percent }, toplam { $total }
task-in-progress = Sürüyor
task-cancelled = Vazgeçildi
task-failed = Başarısız
task-without-name = Bir görev
task-running = Çalışıyor
task-paused = Duraklatıldı
task-failed-sentence = Başarısız oldu. { $sentence }

browse-note-and-hidden-names = Not ve gizli adlar
folder-settings-a-note-above-the-list = Listenin üstünde bir not
folder-settings-plain-text-for-all-who-see = Klasörü gören herkes için düz metin; içindeki bağlantılar açılabilir.
folder-settings-hidden-names-one-a-line = Gizli adlar, her satırda bir tane
organize-guest-link = Misafir bağlantısı…
organize-anyone-who-has-the-link-sees = Bağlantıya sahip olan herkes, seçtiklerinizi ve içlerindeki her şeyi görür; size ait başka hiçbir şeyi görmez. Oturum açmak gerekmez.
organize-all-links = Tüm bağlantılar
organize-guest-link-to-what = Misafir bağlantısı: { $what }
folder-settings-of = “{ $title }” için not ve gizli adlar
folder-settings-patterns = Bu klasör ve tüm alt klasörler için { $first }, { $second } veya { $third } gibi kalıplar. Gizlenenler listelerde, aramada ve kitaplıkta görünmez; misafirler ve oynatıcılar da onları adresiyle bulamaz.

tasks-upload-of = Yükleme: “{ $name }”
tasks-download-of = İndirme: “{ $name }”
tasks-walk-over = Tarama: { $place }
