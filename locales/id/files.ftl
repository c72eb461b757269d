archives-packing = Mengemas { $name }
archives-unpacking = Membongkar { $name }
archives-the-drive-packs-and-unpacks-by = Drive mengemas dan membongkar sendiri: komputer ini dan koneksinya tidak dipakai. Tugas mungkin menunggu beberapa detik sampai gilirannya.
archives-nothing-has-been-packed-or-unpacked = Belum ada yang dikemas atau dibongkar di sini. Centang item di folder, lalu pilih “Kemas…”.

organize-archive-password = Sandi arsip { $note }
organize-if-it-has-one = (jika ada)
organize-on-drive-or-on = Di { $drive }, atau di
organize-share = Bagikan…
organize-rename = Ganti nama…
organize-move = Pindahkan…
organize-copy = Salin…
organize-delete = Hapus…
organize-tags = Tag…
organize-pack = Kemas…
organize-unpack = Bongkar…
organize-direct-link = Tautan langsung
organize-tags-separated-by-commas = Tag, dipisahkan dengan koma
organize-the-name-of-the-archive = Nama arsip
organize-pack-now = Kemas
organize-unpack-now = Bongkar
organize-whoever-has-such-a-link-gets = Siapa pun yang punya tautan seperti ini mendapatkan filenya, tanpa sandi.
organize-direct-link-of-name = Tautan langsung { $name }
organize-the-new-name = Nama baru
organize-the-folders-above = Folder di atasnya
organize-no-folders-in-here = Tidak ada folder di sini.
organize-only-the-first-folders-are-shown = Hanya folder-folder pertama yang ditampilkan.
organize-it-goes-to-the-drives-own = Item masuk ke sampah milik drive, jika drive memilikinya. Folder ikut beserta seluruh isinya.
organize-create = Buat
organize-where-there-is-one-of-that = Jika nama itu sudah ada
organize-leave-it-as-it-is = biarkan apa adanya
organize-replace-it = ganti
organize-files = File
organize-the-link-lives-for = Tautan berlaku selama
organize-a-password-or-nothing-for-a = Sandi, atau kosongkan untuk tautan publik
organize-public = publik
organize-some-drives-take-four-letters-or = Beberapa drive hanya menerima empat huruf atau angka.
organize-all-your-links = Semua tautan Anda
organize-rename-what = Ganti nama { $what }
organize-copy-what-to = Salin { $what } ke
organize-move-what-to = Pindahkan { $what } ke
organize-delete-what = Hapus { $what }?
organize-share-what = Bagikan { $what }
organize-tags-of-what = Tag { $what }
organize-pack-what = Kemas { $what }
organize-unpack-what = Bongkar { $what }
organize-upload-files = Unggah file
organize-quoted-name = “{ $name }”
organize-for-ever = Selamanya
organize-copy-here = Salin ke sini
organize-move-here = Pindahkan ke sini
organize-no-direct-links = Tidak ada tautan langsung
organize-direct-links-ready = Tautan langsung sudah siap
organize-link-ready = Tautan sudah siap

versions-of = Versi { $name }
versions-by-author = oleh { $author }
versions-the-current-one = versi saat ini
versions-make-it-current = Jadikan versi saat ini
versions-delete-for-good = Hapus permanen
versions-unknown-time = Waktu tidak diketahui

browse-turn-round = Balik urutan
browse-in-the-whole-drive = Di seluruh drive
browse-new-folder = Folder baru
browse-uploads = Unggahan
browse-earlier = Sebelumnya
browse-with-what-is-ticked = Untuk yang dicentang:
browse-share = Bagikan
browse-move = Pindahkan
browse-play-this-folder-in-vlc-mpv = Putar folder ini di VLC, mpv, atau Kodi
browse-empty = Folder ini kosong.
browse-nothing-of-this-kind = Tidak ada yang berjenis ini di folder ini.
browse-ascending = naik
browse-descending = turun

picture-browsers-do-not-show-this-kind = Browser tidak menampilkan jenis gambar ini. Unduh untuk melihatnya.
picture-pictures-of-this-folder = Gambar di folder ini
picture-previous-name = Sebelumnya: { $label }
picture-previous = ‹ Sebelumnya
picture-next-name = Berikutnya: { $label }
picture-next = Berikutnya ›
picture-download = Unduh
picture-number = { $number } dari { $count }

remote-downloads-the-drive-downloads-it-by-itself = Drive mengunduhnya sendiri: komputer ini dan koneksinya tidak dipakai.
remote-downloads-the-link-of-the-file = Tautan file
remote-downloads-fetch = Ambil
remote-downloads-downloaded = Sudah diunduh
remote-downloads-cancel-name = Batalkan pengunduhan { $name }

rename-many-becomes = menjadi
rename-many-undo = Urungkan
rename-many-the-new-names = Nama baru
rename-many-the-title-title-year-or-series = Judul: “Judul (Tahun)”, atau “Serial S01E02”
rename-many-the-title-in-folders = Judul, dalam folder: “Judul (Tahun)/…”, atau “Serial/Season 01/…”
rename-many-a-text-in-them-is-replaced = Ganti teks di dalam nama
rename-many-by-a-pattern = Dengan pola
rename-many-replace-the-text = Ganti teks
rename-many-replace-by = dengan
rename-many-the-pattern = Pola
rename-many-pattern-hint = {"{"}name{"}"}, {"{"}title{"}"}, {"{"}year{"}"}, dan angka {"{"}n{"}"}, {"{"}nn{"}"}, atau {"{"}nnn{"}"}. Ekstensi tetap sama.
rename-many-the-first-number = Angka pertama
rename-many-show-the-new-names = Tampilkan nama baru
rename-many-no-change = Tidak ada nama yang akan berubah.
rename-many-same-name = Dua di antaranya akan bernama sama. Tambahkan {"{"}n{"}"}, yaitu angka, ke pola.
rename-many-done = Nama baru sudah diberikan

tasks-tasks = Tugas
tasks-nothing-is-being-copied-copies-and = Tidak ada yang sedang disalin. Penyalinan dan pemindahan antar-drive tercantum di sini.
tasks-progress = Progres
tasks-copy-of = { $more ->
    [0] Salinan “{ $name }”
   *[other] Salinan “{ $name }” dan { $more } lainnya
}
tasks-move-of = { $more ->
    [0] Pemindahan “{ $name }”
   *[other] Pemindahan “{ $name }” dan { $more } lainnya
}
tasks-pause = Jeda
tasks-resume = Lanjutkan
tasks-try-again = Coba lagi
tasks-route = dari { $from } ke { $to }

trash-not-restored = Tidak dipulihkan:
trash-nothing-was-deleted-here-or-all = Tidak ada yang dihapus di sini, atau semuanya sudah hilang permanen.
trash-delete-everything-in-the-trash = Hapus semua isi sampah?
trash-it-is-gone-for-good-with = Semuanya hilang permanen, termasuk seluruh isi folder yang dihapus.
trash-delete-everything = Hapus semua
trash-from-folder = dari { $folder }
trash-restore = Pulihkan
trash-empty-the-trash = Kosongkan sampah…
trash-deleted-on = Dihapus pada { $day }
trash-gone-for-good = Hilang permanen { $when }

task-waiting = Menunggu
task-percent-of-total = { $percent }% dari { $total }
task-in-progress = Sedang diproses
task-cancelled = Dibatalkan
task-failed = Gagal
task-without-name = Tugas
task-running = Berjalan
task-paused = Dijeda
task-failed-sentence = Gagal. { $sentence }

browse-note-and-hidden-names = Catatan dan nama tersembunyi
folder-settings-a-note-above-the-list = Catatan di atas daftar
folder-settings-plain-text-for-all-who-see = Teks biasa, untuk semua yang melihat folder ini; tautan di dalamnya dapat diikuti.
folder-settings-hidden-names-one-a-line = Nama tersembunyi, satu per baris
organize-guest-link = Tautan tamu…
organize-anyone-who-has-the-link-sees = Siapa pun yang punya tautan ini melihat yang dipilih beserta semua isinya, dan tidak ada milik Anda yang lain. Tidak perlu masuk.
organize-all-links = Semua tautan
organize-guest-link-to-what = Tautan tamu ke { $what }
folder-settings-of = Catatan dan nama tersembunyi dari “{ $title }”
folder-settings-patterns = Pola seperti { $first }, { $second } atau { $third }, untuk folder ini dan semua di bawahnya. Yang tersembunyi tidak ada di daftar, pencarian, maupun pustaka, dan tamu serta pemutar tidak menemukannya di alamatnya.
tasks-upload-of = Unggahan “{ $name }”
tasks-download-of = Unduhan “{ $name }”
tasks-walk-over = Penelusuran { $place }
