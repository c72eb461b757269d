common-to-folder = ke { $folder }
common-used-of-total = { $used } dari { $total }
common-account = Akun
common-the-share-link = Tautan berbagi
common-try-it = Coba
common-your-links = Tautan Anda
common-fetch-from-a-link = Ambil dari tautan
common-archives = Arsip
common-trash = Sampah
common-drive-is-forgotten = Drive-In melupakan kunci dan sesinya. Isi drive itu sendiri tidak disentuh.
common-remove-name = Hapus “{ $name }”
common-done = Selesai
common-more = Lainnya
common-next-page = Halaman berikutnya
common-sort-by = Urutkan menurut
common-upload = Unggah
common-guest-link = Tautan tamu
common-previous-page = Halaman sebelumnya
common-rename = Ganti nama
common-copy = Salin
common-delete = Hapus
common-pin = PIN
common-connect-a-drive = Hubungkan drive
common-name = Nama
common-how-long = Berapa lama
common-until-it-is-revoked = Sampai dicabut
common-a-day = Satu hari
common-a-week = Satu minggu
common-a-month = Satu bulan
common-add = Tambah
common-code = Kode
common-revoke = Cabut
common-drives = Drive
common-watched = Sudah ditonton
common-percent-watched = { $percent }% ditonton
common-show-files = Tampilkan file
common-versions = Versi
common-create-link = Buat tautan
common-details = Detail
common-open-it = Buka
common-search = Cari
common-password = Sandi
common-sign-in-button = Masuk
common-cancel = Batal
common-save = Simpan
common-the-folder-on-the-drive = Folder di drive
common-copy-link = Salin tautan
common-keep-both = simpan keduanya
common-back-to-the-folder = Kembali ke folder
common-show = Tampilkan
common-passkeys = Kunci sandi
common-code-or-recovery-code = Kode dari aplikasi atau kode pemulihan
common-two-step-sign-in = Login dua langkah
common-viewers = Penonton
common-open = Buka
common-page-looks-again = Halaman ini memeriksa lagi secara otomatis.
common-date = Tanggal
common-size = Ukuran
common-expired = Kedaluwarsa
common-not-everywhere = Sebagian tidak berhasil
common-play = Putar

layout-your-films-under-the-open-sky = film Anda, di bawah langit terbuka
layout-skip-to-the-content = Langsung ke konten
layout-search-films = Cari film
layout-main = Utama
layout-choose-another-viewer = { $name } sedang menonton. Pilih penonton lain
layout-sign-out = Keluar
layout-language = Bahasa
layout-change-language = Ubah

parts-password = Sandi: { $password }
parts-not-watched-name = Belum ditonton: { $name }
parts-mark-as-watched-name = Tandai sudah ditonton: { $name }
parts-for-name = Untuk { $name }
parts-not-watched = Belum ditonton
parts-mark-as-watched = Tandai sudah ditonton
parts-choose-name = Pilih { $name }
parts-what-to-do-with-name = Tindakan untuk { $name }
parts-share-rename-move-copy-delete = Bagikan, ganti nama, pindahkan, salin, hapus
parts-the-link-as-a-code-to = Tautan sebagai kode untuk dipindai
parts-the-link = Tautan
parts-made-on-day = dibuat pada { $created }
parts-storage-used-on-name = Penyimpanan terpakai di { $name }
parts-account-of-name = Akun { $name }
parts-what-name-can-do = Yang dapat dilakukan { $name }
parts-where-you-are = Lokasi Anda
parts-this-link-is-shown-once-copy = Tautan ini hanya ditampilkan sekali. Salin sekarang; tautan dapat dicabut kapan saja.
parts-the-link-as-a-qr-code = Tautan sebagai kode QR
parts-the-link-is-too-long-for = Tautan terlalu panjang untuk kode QR.
parts-kodi-steps = Kodi: Tambah video, Telusuri, Tambah lokasi jaringan

nav-home = Beranda
nav-devices = Perangkat & tamu
nav-status = Status
nav-sessions = Sesi

error-request-id = Permintaan { $request-id }
error-drives-account = Akun drive

card-image = gambar
card-subtitle = subtitel
card-file = file
card-ready = Siap
card-signed-out = Belum masuk
card-no-answer-yet = Belum ada jawaban
card-not-reachable = Tidak terjangkau
card-session-ends = Sesi berakhir { $when }. Masuk lagi sebelum itu.

kind-all = Semua
kind-films = Film
kind-music = Musik
kind-pictures = Gambar
kind-documents = Dokumen

count-films = { $count ->
   *[other] { $count } film
}
count-folders = { $count ->
   *[other] { $count } folder
}
count-files = { $count ->
   *[other] { $count } file
}
count-entries = { $count ->
   *[other] { $count } item
}
count-days = { $count ->
   *[other] { $count } hari
}

size-kb = { $value } kB
size-mb = { $value } MB
size-gb = { $value } GB
size-tb = { $value } TB
size-pb = { $value } PB
size-eb = { $value } EB
size-bytes = { $count ->
   *[other] { $count } byte
}

number-decimal-sign = ,

date-day = { $day }/{ $month }/{ $year }
date-time = { $day } { $clock } UTC

ago-minutes = { $count ->
   *[other] { $count } menit lalu
}
ago-hours = { $count ->
   *[other] { $count } jam lalu
}
ago-days = { $count ->
   *[other] { $count } hari lalu
}
ago-now = baru saja

until-minutes = { $count ->
   *[other] dalam { $count } menit
}
until-hours = { $count ->
   *[other] dalam { $count } jam
}
until-days = { $count ->
   *[other] dalam { $count } hari
}
until-now = sekarang

layout-tasks-running = { $count ->
   *[other] tugas sedang berjalan
}
