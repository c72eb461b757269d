first-page-config-steps = Masukkan ini ke { $file }, periksa dengan { $command } apakah berfungsi, lalu mulai ulang Drive-In.
first-page-demo = Hanya ingin melihat-lihat? { $command } menyertakan beberapa film pendek dan tidak memerlukan akun.
first-page-the-screen-is-up-now-bring = Layar sudah terpasang. Sekarang bawakan film.
first-page-drive-in-is-running-connect-a = Drive-In sudah berjalan. Hubungkan drive, masuk dengan ponsel Anda, dan isinya siap diputar.
first-page-rather-write-it-into-a-file = Lebih suka menuliskannya di file?
first-page-the-lines-for-a-terabox-account = Baris untuk akun TeraBox

home-nothing-here-yet = Belum ada apa-apa di sini. { $link }
home-look-around = Lihat-lihat
home-somebody-sent-you-a-share-link = Ada yang mengirimi Anda tautan berbagi?
home-paste-the-link-or-the-whole = Tempel tautan, atau seluruh pesan yang memuatnya
home-opened-before = Pernah dibuka
home-forget-title = Lupakan { $title }
home-forget = Lupakan
home-connect-another-drive = Hubungkan drive lain
home-change-or-order-drives = Ubah atau urutkan drive
home-continue = Lanjutkan menonton
home-next-up = Berikutnya
home-recently-added = Baru ditambahkan
home-resume = Lanjutkan
home-look-at-series = Lihat serial

search-nothing-found = Tidak ada hasil untuk “{ $title }”.
search-try-fewer-letters = Sebagian kata sudah cukup: coba lebih sedikit huruf.
search-a-word-of-the-title = Satu kata dari judul
search-titles = Film dan serial
search-files = File
search-more-results = Hasil lainnya
search-play-what-was-found-in-vlc = Putar hasil pencarian di VLC, mpv, atau Kodi
search-place-not-answered-yet = “{ $place }” belum menjawab. Halaman ini memeriksa lagi secara otomatis.
search-place-did-not-answer = “{ $place }” tidak dapat dicari. Tidak ada jawaban tepat waktu.
search-tagged = Bertag { $tag }
search-kind-in-place = { $kind } di { $place }
search-place-failed = “{ $place }” tidak dapat dicari. { $sentence }
search-not-all-folders = Belum semua folder di “{ $place }” dicari. Pencarian yang sama beberapa saat lagi mungkin menemukan lebih banyak.
search-list-about = Mencari lagi setiap kali dimuat
search-nothing-for = Tidak ada hasil untuk “{ $words }”
search-found-for = { $found } untuk “{ $words }”

choose-viewer-who-is-watching = Siapa yang menonton?
choose-viewer-pin-of-name = PIN { $name }
choose-viewer-change-viewers = Ubah penonton
choose-viewer-wrong-pin = PIN salah. Coba sekali lagi.
choose-viewer-too-many-pins = Terlalu banyak PIN yang salah. Tunggu { $seconds } dtk, lalu coba sekali lagi.

film-rated = Nilai { $rating } dari 10
film-the-file = File
film-resume-at = Lanjutkan dari { $clock }
film-play-again = Putar lagi
film-play-version = Putar { $version }

titles-nothing-here-yet-films-and-series = Belum ada apa-apa di sini. Film dan serial muncul saat drive ditelusuri dan folder dibuka.
titles-pages = Halaman
titles-series = Serial
titles-title = Judul
titles-added = Ditambahkan
titles-special = Spesial { $number }
titles-season = Musim { $number }
titles-episode = Episode { $number }
titles-specials = Spesial

series-watched-count = { $count } dari { $total } sudah ditonton
series-resume = Lanjutkan { $episode }
series-continue-with = Lanjutkan dengan { $episode }
series-play = Putar { $episode }

status-version = Versi
status-running-for = Berjalan selama
status-saved-state = Data tersimpan
status-not-readable = tidak dapat dibaca
status-readable-and-writable = dapat dibaca dan ditulis
status-readable-only = hanya dapat dibaca: { $fault }
status-reachable-at = Dapat dijangkau di
status-media = Media
status-server = Server
status-metadata = Film dan serial dari TMDB
status-memory-cache = Cache memori
status-traffic = Lalu lintas dengan drive
status-disk-cache = Cache disk
status-metadata-works = Informasi film dan serial dicari begitu ditemukan.
status-metadata-state = Status
status-metadata-found = Ditemukan
status-metadata-unknown = Tidak ditemukan dengan pasti
status-notice = Pemberitahuan
status-disk-off = nonaktif; cache.disk mengaktifkannya
status-blocks = Blok media
status-hits = Hit
status-misses = Miss
status-errors = Kesalahan
status-writes-stopped = Penulisan ke disk dihentikan
status-no-drive = Belum ada drive yang terhubung.
status-drive-is-ready = Drive siap.
status-playlists = Daftar putar
status-films-opened = Film yang dibuka
status-listings = Daftar folder
status-entries = Item
status-accounts = Akun
status-opened-originals = File asli yang dibuka
status-pictures = Gambar
status-all-ready = { $count ->
   *[other] Semua { $count } drive siap.
}
status-some-ready = { $count ->
   *[other] { $ready } dari { $count } drive siap.
}

traffic-under-way = { $count } sedang berjalan ({ $parts })
traffic-waiting = { $count } menunggu ({ $parts })
traffic-quiet = tenang
traffic-paused = { $traffic }; drive meminta jeda, sisa { $left }
traffic-playing = { $count } memutar
traffic-opening = { $count } membuka
traffic-reading-ahead = { $count } membaca lebih awal
traffic-uploading = { $count } mengunggah
traffic-for-pictures = { $count } untuk gambar
traffic-searching = { $count } mencari
