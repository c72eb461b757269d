devices-tv-app-steps = Aplikasi untuk Jellyfin menemukan filmnya di sini. Ketik alamat ini di aplikasi: { $address }. Lalu masuk sebagai { $user } dengan sandi Anda, sebagai penonton lain dengan PIN penonton itu, atau pilih Quick Connect dan masukkan enam angka yang ditampilkan aplikasi.
devices-add-a-device = Tambah perangkat
devices-each-player-gets-its-own-link = Setiap pemutar mendapat tautannya sendiri, yang terbuka tanpa login dan dapat dicabut tersendiri.
devices-living-room = Ruang keluarga
devices-what-it-may-play = Yang boleh diputar
devices-everything = Semuanya
devices-a-year = Satu tahun
devices-who-watches-on-it = Siapa yang menonton di perangkat ini
devices-show-it-streams-instead-of-files = Tampilkan stream, bukan file
devices-sign-in-a-tv-app = Login aplikasi TV
devices-who-watches-with-it = Siapa yang menonton dengan aplikasi ini
devices-sign-it-in = Login aplikasi
devices-active-links = Tautan aktif
devices-none-yet-guest-link-on-a = Belum ada. “Tautan tamu” pada film atau folder membuat tautan untuk tamu.
devices-revoke-name = Cabut { $name }
devices-your-own-links-and-the-signing = Tautan Anda sendiri dan kunci penanda tangan
devices-the-links-on-your-own-pages = Tautan di halaman Anda sendiri memakai satu tiket bersama. Jika salah satunya jatuh ke tangan yang salah, ganti tiket itu: pemutar yang disiapkan dengan tautan seperti itu memerlukan tautan baru.
devices-replace-my-own-ticket = Ganti tiket saya
devices-all-tickets-are-signed-with-one = Semua tiket ditandatangani dengan satu kunci. Gantilah sesekali: tautan yang ada tetap dapat diputar, dan tautan baru ditandatangani dengan kunci baru.
devices-change-the-key = Ganti kunci
devices-older-keys-are-still-valid-retire = Kunci lama masih berlaku. Jika dihentikan, semua tautan yang dibuat sebelum pergantian langsung berakhir.
devices-retire-the-old-keys = Hentikan kunci lama
devices-no-app-shows-this-code = Tidak ada aplikasi yang menampilkan kode ini. Kode berlaku lima menit.
devices-player = Pemutar
devices-never-used = Belum pernah dipakai
devices-used = Dipakai { $when }
devices-until = Sampai { $time }

guest-link-to = Tautan tamu ke “{ $title }”
guest-link-all-links = Semua tautan, dan tombol untuk mencabutnya: { $page }
guest-link-opens-folder = Siapa pun yang punya tautan ini melihat folder ini beserta semua isinya, dan tidak ada milik Anda yang lain.
guest-link-opens-film = Siapa pun yang punya tautan ini melihat film ini, dan tidak ada milik Anda yang lain.
guest-link-no-login-is-needed = Tidak perlu login.
guest-link-for-whom = Untuk siapa
guest-link-aunt-mia = Bibi Mia
guest-link-limits = Batas
guest-link-people-at-the-same-time = Jumlah orang bersamaan
guest-link-no-limit = Tanpa batas
guest-link-visits-in-all = Total kunjungan
guest-link-streams-alone-without-the-files = Hanya stream, tanpa file

neutral-nothing-plays-here = Tidak ada yang diputar di sini
neutral-ask-whoever-gave-it-to-you = Minta tautan baru kepada yang memberikannya.
neutral-expired = Tautan ini sudah kedaluwarsa, atau dicabut.
neutral-does-not-lead-here = Tautan ini tidak menuju ke sini.
neutral-not-reachable = Tujuannya tidak dapat dijangkau saat ini.
neutral-incomplete = Tautan ini tidak lengkap, atau tidak menuju ke mana pun.

own-shares-no-links-yet-choose-share-beside = Belum ada tautan. Pilih “Bagikan” di samping film atau folder.
own-shares-revoke-title = Cabut tautan ke { $title }
own-shares-name-and-others = { $name } dan { $count ->
   *[other] { $count } lainnya
}
own-shares-revoked = Dicabut
own-shares-refused = Ditolak oleh drive
own-shares-used-up = Sudah habis dipakai
own-shares-never-ends = Tidak pernah berakhir
own-shares-ends = Berakhir { $when }

share-share-links = Tautan berbagi
share-password-of-the-share = Sandi berbagi
share-paste-a-link-or-the-whole = Tempel tautan, atau seluruh pesan yang memuatnya
share-open-another-one = Buka yang lain
share-panel-about-this-share = Tentang berbagi ini
share-panel-play-from-the-first = Putar dari awal
share-panel-play-all-in-vlc = Putar semua di VLC
share-panel-save-to-my-drive = Simpan ke drive saya
share-panel-drive = Drive
share-panel-folder = Folder
share-panel-where-the-name-is-taken = Jika nama sudah dipakai
share-panel-skip-it = lewati
share-saved-saved = Tersimpan
share-panel-on-this-page = Di halaman ini
share-saved-count = { $count } dari { $total } tersimpan
share-saved-go-to-folder = Buka { $folder }
share-saved-back = Kembali ke berbagi
share-another-site = Situs lain mengarahkan Anda ke sini. Yang ingin dibukanya tercantum di bawah.
share-open-it-again = Buka lagi sebentar lagi.
share-unknown-host = Host yang tidak dikenal
share-host-is-unknown = Tautan ini berbentuk tautan berbagi, tetapi hostnya, { $host }, tidak dikenal di sini.
share-can-be-tried = Tautan dapat dicoba: isinya dicari di layanan yang dikenal, dan host itu tidak dihubungi.

shares-gone = Pemiliknya sudah mencabutnya, atau sudah kedaluwarsa.
shares-password-changed = Sandinya sudah diubah: tempel lagi tautannya beserta sandi baru.
shares-no-drive = Tidak ada drive terhubung yang dapat membukanya.

ticket-guest-about = Terbuka di browser mana pun, tanpa login
ticket-play-url = URL putar
ticket-play-url-about = Untuk pemutar yang dapat menelusuri folder web
ticket-kodi-web-directory = Direktori server web ({ $scheme })
ticket-kodi-protocol = Protokol
ticket-kodi-server = Alamat server
ticket-kodi-path = Jalur jarak jauh
ticket-kodi-port = Port
ticket-list-about = Buka sebagai stream jaringan di VLC atau mpv
ticket-list = Daftar
ticket-list-of = Daftar { $name }

unfurl-films-under-the-open-sky = Film, di bawah langit terbuka.
unfurl-folder = Folder film
unfurl-sound = Audio
unfurl-film = Film

ticket-form-speed-in-mbit-s-for-all = Kecepatan dalam Mbit/s, untuk semua bersama
