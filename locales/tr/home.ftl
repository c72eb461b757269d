### Ana sayfa, filmler ve diziler, arama, izleyici seçimi ve durum sayfası.

first-page-config-steps = Bunu { $file } dosyasına yazın, çalışıp çalışmadığını { $command } ile denetleyin ve Drive-In’i yeniden başlatın.
first-page-demo = Yalnızca göz atmak mı istiyorsunuz? { $command } birkaç kısa filmle gelir ve hesap gerektirmez.
first-page-the-screen-is-up-now-bring = Perde hazır. Sıra filmde.
first-page-drive-in-is-running-connect-a = Drive-In çalışıyor. Bir sürücü bağlayın ve telefonunuzla oturum açın; orada ne varsa oynatır.
first-page-rather-write-it-into-a-file = Bir dosyaya yazmayı mı yeğlersiniz?
first-page-the-lines-for-a-terabox-account = Bir TeraBox hesabı için satırlar

home-nothing-here-yet = Burada henüz bir şey yok. { $link }
home-look-around = Göz at
home-somebody-sent-you-a-share-link = Biri size paylaşım bağlantısı mı gönderdi?
home-paste-the-link-or-the-whole = Bağlantıyı veya geldiği mesajın tamamını yapıştırın
home-opened-before = Daha önce açılanlar
home-forget-title = Unut: { $title }
home-forget = Unut
home-connect-another-drive = Başka bir sürücü bağla
home-change-or-order-drives = Sürücüleri değiştir veya sırala
home-continue = İzlemeye devam et
home-next-up = Sıradaki bölümler
home-recently-added = Son eklenenler
home-resume = Devam et
home-look-at-series = Diziye bak

search-nothing-found = “{ $title }” için bir şey bulunamadı.
search-try-fewer-letters = Sözcüğün bir parçası yeter: daha az harfle deneyin.
search-a-word-of-the-title = Başlıktan bir sözcük
search-titles = Filmler ve diziler
search-files = Dosyalar
search-more-results = Daha fazla sonuç
search-play-what-was-found-in-vlc = Bulunanları VLC, mpv veya Kodi’de oynat
search-place-not-answered-yet = “{ $place }” henüz yanıt vermedi. Bu sayfa kendiliğinden yenilenir.
search-place-did-not-answer = “{ $place }” aranamadı. Zamanında yanıt vermedi.
search-tagged = Etiket: { $tag }
search-kind-in-place = { $place }: { $kind }
search-place-failed = “{ $place }” aranamadı. { $sentence }
search-not-all-folders = “{ $place }” konumundaki klasörlerin tümü aranmadı. Aynı aramayı biraz sonra yaparsanız daha fazlası çıkabilir.
search-list-about = Her yüklenişinde yeniden arar
search-nothing-for = “{ $words }” için bir şey yok
search-found-for = “{ $words }” için { $found }

choose-viewer-who-is-watching = Kim izliyor?
choose-viewer-pin-of-name = PIN: { $name }
choose-viewer-change-viewers = İzleyicileri düzenle
choose-viewer-wrong-pin = PIN bu değil. Bir kez daha deneyin.
choose-viewer-too-many-pins = Çok fazla yanlış PIN girildi. { $seconds } sn bekleyip yeniden deneyin.

film-rated = 10 üzerinden { $rating } puan
film-the-file = Dosya
film-resume-at = Devam et: { $clock }
film-play-again = Yeniden oynat
film-play-version = Oynat: { $version }

titles-nothing-here-yet-films-and-series = Burada henüz bir şey yok. Sürücüler tarandıkça ve klasörler açıldıkça filmler ve diziler görünür.
titles-pages = Sayfalar
titles-series = Diziler
titles-title = Başlık
titles-added = Eklenme
titles-special = Özel bölüm { $number }
titles-season = { $number }. sezon
titles-episode = { $number }. bölüm
titles-specials = Özel bölümler

series-watched-count = { $count } / { $total } bölüm izlendi
series-resume = Devam et: { $episode }
series-continue-with = { $episode } ile devam et
series-play = Oynat: { $episode }

status-version = Sürüm
status-running-for = Çalışma süresi
status-saved-state = Kayıtlı durum
status-not-readable = okunamıyor
status-readable-and-writable = okunabiliyor ve yazılabiliyor
status-readable-only = yalnızca okunabiliyor: { $fault }
status-reachable-at = Erişim adresi
status-media = Medya
status-server = Sunucu
status-metadata = TMDB’den film ve dizi bilgileri
status-memory-cache = Bellek önbelleği
status-traffic = Sürücülerle trafik
status-disk-cache = Disk önbelleği
status-metadata-works = Filmler ve diziler bulundukça bilgileri aranır.
status-metadata-state = Durum
status-metadata-found = Bulunan
status-metadata-unknown = Kesin olarak bulunamayan
status-notice = Not
status-disk-off = kapalı; cache.disk ile açılır
status-blocks = Medya blokları
status-hits = Önbellekten karşılanan
status-misses = Önbellekte bulunmayan
status-errors = Hatalar
status-writes-stopped = Durdurulan disk yazmaları
status-no-drive = Henüz bağlı bir sürücü yok.
status-drive-is-ready = Sürücü hazır.
status-playlists = Oynatma listeleri
status-films-opened = Açılan filmler
status-listings = Klasör listeleri
status-entries = Öğeler
status-accounts = Hesaplar
status-opened-originals = Açılan orijinaller
status-pictures = Resimler
status-all-ready = { $count ->
   *[other] { $count } sürücünün tümü hazır.
}
status-some-ready = { $count ->
    [one] { $count } sürücüden { $ready } tanesi hazır.
   *[other] { $count } sürücüden { $ready } tanesi hazır.
}

traffic-under-way = { $count } istek sürüyor ({ $parts })
traffic-waiting = { $count } istek bekliyor ({ $parts })
traffic-quiet = sakin
traffic-paused = { $traffic }; sürücü ara verilmesini istedi, { $left } kaldı
traffic-playing = { $count } oynatma
traffic-opening = { $count } açma
traffic-reading-ahead = { $count } önden okuma
traffic-uploading = { $count } yükleme
traffic-for-pictures = { $count } resim
traffic-searching = { $count } arama
