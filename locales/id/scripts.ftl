script-account-signed-in = Sudah masuk.
script-account-signing-in = Sedang masuk…
script-account-code-expired = Kode sudah kedaluwarsa. Kode baru segera datang…
script-account-waiting-for-phone = Menunggu ponsel Anda…
script-account-drive-silent = Drive tidak menjawab. Mencoba lagi…
script-account-offline-retrying = Tidak ada koneksi ke Drive-In. Mencoba lagi…
script-account-offline = Tidak ada koneksi ke Drive-In. Coba lagi.
script-cast-failed = Chromecast tidak menerimanya. Apakah Chromecast dapat menjangkau server ini?
script-copy-copied = Disalin
script-copy-press-keys = Tekan Ctrl+C
script-dialog-close = Tutup
script-dialog-failed = Tidak berhasil
script-dialog-offline = Tidak ada koneksi ke Drive-In. Coba lagi.
script-listing-loading = Memuat…
script-listing-loaded = { $count } lagi dimuat
script-listing-failed = Tidak berhasil. Coba lagi
script-listing-selected = { $count ->
   *[other] { $count } item:
}
script-uploads-title = Unggahan
script-uploads-choose = File untuk diunggah
script-uploads-progress-of = Unggahan { $name }
script-uploads-button-for = { $label }: { $name }
script-uploads-waiting = Menunggu
script-uploads-checking = Bertanya ke drive…
script-uploads-done = Selesai, { $size }
script-uploads-cancelled = Dibatalkan
script-uploads-skipped = Dibiarkan apa adanya
script-uploads-name-taken = Nama itu sudah ada.
script-uploads-cancel = Batal
script-uploads-replace = Ganti
script-uploads-keep-both = Simpan keduanya
script-uploads-skip = Lewati
script-uploads-try-again = Coba lagi
script-uploads-time-left = { $time } lagi
script-uploads-offline = Koneksi terputus. Yang sudah sampai tidak dikirim lagi.
script-uploads-refused = Server menjawab dengan { $status }.
script-passkeys-unsupported = Browser ini tidak mendukung kunci sandi.
script-passkeys-cancelled = Perangkat tidak menyetujui, atau tidak ditanya tepat waktu. Coba lagi.
script-passkeys-known = Perangkat itu sudah punya kunci sandi untuk server ini.
script-player-play = Putar
script-player-pause = Jeda
script-player-back = Mundur 10 detik
script-player-ahead = Maju 10 detik
script-player-position = Posisi
script-player-position-of = { $at } dari { $length }
script-player-volume = Volume
script-player-volume-at = Volume { $percent }%
script-player-sound-off = Bisukan
script-player-sound-on = Bunyikan
script-player-quality = Kualitas
script-player-quality-auto = Otomatis
script-player-quality-original = Asli
script-player-quality-audio = Hanya audio
script-player-not-offered = tidak tersedia
script-player-speed = Kecepatan
script-player-speed-normal = Kecepatan normal
script-player-speed-at = Kecepatan { $rate }×
script-player-normal = Normal
script-player-sounds = Trek audio
script-player-sound-not-here = { $codec }: di VLC
script-player-subtitles = Subtitel
script-player-subtitles-none = Tanpa subtitel
script-player-subtitles-off = Nonaktifkan subtitel
script-player-subtitles-on = Aktifkan subtitel
script-player-subtitles-of = Subtitel: { $track }
script-player-off = Nonaktif
script-player-track = Trek { $number }
script-player-air-play = AirPlay
script-player-picture-in-picture = Gambar-dalam-gambar
script-player-picture-in-picture-failed = Gambar-dalam-gambar tidak tersedia saat ini
script-player-full-screen = Layar penuh
script-player-leave-full-screen = Keluar dari layar penuh
script-player-full-screen-failed = Layar penuh tidak diizinkan di sini
script-player-close = Tutup
script-player-keys = Tombol pintas
script-player-keys-hint = Tombol pintas (?)
script-player-key-space = Spasi
script-player-key-play = Putar atau jeda
script-player-key-ten-seconds = Mundur, maju 10 detik
script-player-key-five-seconds = Mundur, maju 5 detik
script-player-key-volume = Perbesar, perkecil volume
script-player-key-mute = Bisukan dan bunyikan
script-player-key-tenth = Lompat ke 0–90% film
script-player-key-speed = Lebih lambat, lebih cepat
script-player-key-list = Daftar ini
script-player-shuffle = Acak
script-player-shuffle-on = Acak aktif
script-player-shuffle-off = Acak nonaktif
script-player-repeat-all = Ulangi semua
script-player-repeat-one = Ulangi lagu ini
script-player-repeat-off = Pengulangan nonaktif
script-player-key-repeat = Ulangi semua, lagu ini, tidak ada
script-player-skip-intro = Lewati intro
script-player-intro-starts = Intro mulai di sini. Sekarang tandai akhirnya.
script-player-intro-marked = Ditandai untuk seluruh musim
script-player-intro-removed = Tanda dihapus
script-player-intro-failed = Tidak dapat ditandai
script-player-next-film = Film berikutnya
script-player-next = Berikutnya
script-player-play-now = Putar sekarang ({ $seconds })
script-player-stay-here = Tetap di sini
script-errors-title = Film ini tidak dapat diputar
script-errors-sentence = Server tidak memberi tahu alasannya.
script-errors-step = Coba lagi sebentar lagi.
script-errors-undecodable = Browser ini tidak dapat mendekode { $format }. Filmnya sendiri tidak bermasalah.
script-errors-retry-in = Memeriksa lagi dalam { $seconds } dtk
script-errors-retrying = Memeriksa…
script-errors-try-again = Coba lagi
script-errors-play-original = Putar file asli
script-errors-open-in-vlc = Buka di VLC
script-stream-original-instead = Drive saat ini tidak punya stream film ini: file asli diputar.
script-stream-no-audio-only = Tidak ada stream khusus audio untuk film ini.
script-stream-stumbling = Drive tersendat. Mencoba lagi…
script-stream-original-failed = Browser ini tidak dapat memutar file asli: kembali ke stream. VLC dapat memutarnya.
script-stream-no-picture = { $plays ->
    [stream] Browser ini tidak punya { $codecs }, jadi gambar dari file tidak tampil: stream diputar sebagai gantinya.
   *[nothing] Browser ini tidak punya { $codecs }, jadi gambar dari file tidak tampil. VLC dapat memutarnya: buka di sana.
}
script-stream-no-sound = { $plays ->
    [stream] Browser ini tidak punya { $codecs }, jadi suara dari file tidak terdengar: stream diputar sebagai gantinya.
   *[nothing] Browser ini tidak punya { $codecs }, jadi suara dari file tidak terdengar. VLC dapat memutarnya: buka di sana.
}
script-stream-picture-missing = { $plays ->
    [stream] Browser ini tidak menampilkan gambar dari file: stream diputar sebagai gantinya.
   *[nothing] Browser ini tidak menampilkan gambar dari file. VLC dapat memutarnya: buka di sana.
}
script-stream-sound-missing = { $plays ->
    [stream] Browser ini tidak memutar suara dari file: stream diputar sebagai gantinya.
   *[nothing] Browser ini tidak memutar suara dari file. VLC dapat memutarnya: buka di sana.
}
script-stream-lacks-codec = Browser ini tidak punya { $codec }: { $quality } diputar, atau buka di VLC.
script-stream-transcoding = { $quality } masih disiapkan: kembali ke Otomatis.
script-stream-not-there = { $quality } tidak tersedia saat ini: kembali ke Otomatis.
