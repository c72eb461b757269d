### Tarayıcıdaki betiklerin gösterdiği metinler: oynatıcı ve yüklemeler.

script-account-signed-in = Oturum açıldı.
script-account-signing-in = Oturum açılıyor…
script-account-code-expired = Kodun süresi doldu. Yenisi geliyor…
script-account-waiting-for-phone = Telefonunuz bekleniyor…
script-account-drive-silent = Sürücü yanıt vermiyor. Yeniden soruluyor…
script-account-offline-retrying = Drive-In’e bağlanılamıyor. Yeniden soruluyor…
script-account-offline = Drive-In’e bağlanılamıyor. Yeniden deneyin.
script-cast-failed = Chromecast filmi kabul etmedi. Bu sunucuya erişebiliyor mu?
script-copy-copied = Kopyalandı
script-copy-press-keys = Ctrl+C’ye basın
script-dialog-close = Kapat
script-dialog-failed = Bu işe yaramadı
script-dialog-offline = Drive-In’e bağlanılamıyor. Yeniden deneyin.
script-listing-loading = Yükleniyor…
script-listing-loaded = { $count } öğe daha yüklendi
script-listing-failed = Bu işe yaramadı. Yeniden dene
script-listing-selected = { $count ->
    [one] { $count } öğe:
   *[other] { $count } öğe:
}
script-uploads-title = Yüklemeler
script-uploads-choose = Yüklenecek dosyalar
script-uploads-progress-of = Yükleniyor: { $name }
script-uploads-button-for = { $label }: { $name }
script-uploads-waiting = Bekliyor
script-uploads-checking = Sürücüye soruluyor…
script-uploads-done = Bitti, { $size }
script-uploads-cancelled = Vazgeçildi
script-uploads-skipped = Olduğu gibi bırakıldı
script-uploads-name-taken = Bu adda bir dosya zaten var.
script-uploads-cancel = Vazgeç
script-uploads-replace = Değiştir
script-uploads-keep-both = İkisini de tut
script-uploads-skip = Atla
script-uploads-try-again = Yeniden dene
script-uploads-time-left = { $time } kaldı
script-uploads-offline = Bağlantı koptu. Ulaşan kısım yeniden gönderilmez.
script-uploads-refused = Sunucu { $status } yanıtını verdi.
script-passkeys-unsupported = Bu tarayıcı geçiş anahtarlarını desteklemiyor.
script-passkeys-cancelled = Cihaz onay vermedi veya süre doldu. Yeniden deneyin.
script-passkeys-known = Bu cihazda bu sunucu için zaten bir geçiş anahtarı var.
script-player-play = Oynat
script-player-pause = Duraklat
script-player-back = 10 saniye geri
script-player-ahead = 10 saniye ileri
script-player-position = Oynatma çubuğu
script-player-position-of = { $at } / { $length }
script-player-volume = Ses düzeyi
script-player-volume-at = Ses düzeyi %{ $percent }
script-player-sound-off = Sessiz
script-player-sound-on = Sesli
script-player-quality = Kalite
script-player-quality-auto = Otomatik
script-player-quality-original = Orijinal
script-player-quality-audio = Yalnızca ses
script-player-not-offered = sunulmuyor
script-player-speed = Hız
script-player-speed-normal = Normal hız
script-player-speed-at = Hız { $rate }×
script-player-normal = Normal
script-player-sounds = Ses parçası
script-player-sound-not-here = { $codec }: VLC’de
script-player-subtitles = Altyazılar
script-player-subtitles-none = Altyazı yok
script-player-subtitles-off = Altyazılar kapalı
script-player-subtitles-on = Altyazılar açık
script-player-subtitles-of = Altyazılar: { $track }
script-player-off = Kapalı
script-player-track = Parça { $number }
script-player-look = Altyazıların görünümü ve zamanı
script-player-look-size = Boyut
script-player-look-small = Küçük
script-player-look-large = Büyük
script-player-look-huge = Çok büyük
script-player-look-color = Renk
script-player-look-white = Beyaz
script-player-look-yellow = Sarı
script-player-look-green = Yeşil
script-player-look-cyan = Açık mavi
script-player-look-place = Yer
script-player-look-bottom = Altta
script-player-look-raised = Daha yukarıda
script-player-look-top = Üstte
script-player-look-time = Zaman
script-player-look-earlier = Yarım saniye erken
script-player-look-later = Yarım saniye geç
script-player-look-by = { $seconds } sn
script-player-look-styled = Kendi görünümü olan altyazılar onu korur ve yalnızca zamana uyar.
script-player-air-play = AirPlay
script-player-picture-in-picture = Pencere içinde pencere
script-player-picture-in-picture-failed = Küçük pencere şu anda açılamıyor
script-player-full-screen = Tam ekran
script-player-leave-full-screen = Tam ekrandan çık
script-player-full-screen-failed = Burada tam ekrana izin verilmiyor
script-player-close = Kapat
script-player-keys = Tuşlar
script-player-keys-hint = Tuşlar (?)
script-player-key-space = Boşluk
script-player-key-play = Oynat veya duraklat
script-player-key-ten-seconds = 10 saniye geri, ileri
script-player-key-five-seconds = 5 saniye geri, ileri
script-player-key-volume = Sesi artır, azalt
script-player-key-mute = Sesi kapat ve aç
script-player-key-tenth = Filmin o onda birlik bölümüne git
script-player-key-speed = Yavaşlat, hızlandır
script-player-key-list = Bu liste
script-player-shuffle = Karıştır
script-player-shuffle-on = Karıştırma açık
script-player-shuffle-off = Karıştırma kapalı
script-player-repeat-all = Tümünü yinele
script-player-repeat-one = Bu şarkıyı yinele
script-player-repeat-off = Yineleme kapalı
script-player-key-repeat = Tümünü, bu şarkıyı, hiçbirini yinele
script-player-skip-intro = Jeneriği atla
script-player-intro-starts = Jenerik burada başlıyor. Şimdi bittiği yeri işaretleyin.
script-player-intro-marked = Tüm sezon için işaretlendi
script-player-intro-removed = İşaret kaldırıldı
script-player-intro-failed = İşaretlenemedi
script-player-next-film = Sonraki film
script-player-next = Sonraki
script-player-play-now = Şimdi oynat ({ $seconds })
script-player-stay-here = Burada kal
script-errors-title = Bu film oynatılamıyor
script-errors-sentence = Sunucu nedenini belirtmedi.
script-errors-step = Birazdan yeniden deneyin.
script-errors-undecodable = Bu tarayıcı { $format } biçimini çözemiyor. Filmin kendisinde sorun yok.
script-errors-retry-in = { $seconds } sn sonra yeniden bakılacak
script-errors-retrying = Bakılıyor…
script-errors-try-again = Yeniden dene
script-errors-play-original = Orijinali oynat
script-errors-open-in-vlc = VLC’de aç
script-stream-original-instead = Sürücüde şu anda bu filmin akışı yok: orijinal oynatılıyor.
script-stream-no-audio-only = Bu filmin yalnızca ses içeren bir akışı yok.
script-stream-stumbling = Sürücü aksıyor. Yeniden deneniyor…
script-stream-original-failed = Bu tarayıcı orijinali oynatamıyor: akışa dönüldü. VLC oynatabilir.
script-stream-no-picture = { $plays ->
    [stream] Bu tarayıcıda { $codecs } yok, bu yüzden dosyanın görüntüsü gelmiyor: onun yerine akış oynatılıyor.
   *[nothing] Bu tarayıcıda { $codecs } yok, bu yüzden dosyanın görüntüsü gelmiyor. VLC oynatabilir: filmi orada açın.
}
script-stream-no-sound = { $plays ->
    [stream] Bu tarayıcıda { $codecs } yok, bu yüzden dosyanın sesi gelmiyor: onun yerine akış oynatılıyor.
   *[nothing] Bu tarayıcıda { $codecs } yok, bu yüzden dosyanın sesi gelmiyor. VLC oynatabilir: filmi orada açın.
}
script-stream-picture-missing = { $plays ->
    [stream] Bu tarayıcı dosyanın görüntüsünü göstermiyor: onun yerine akış oynatılıyor.
   *[nothing] Bu tarayıcı dosyanın görüntüsünü göstermiyor. VLC oynatabilir: filmi orada açın.
}
script-stream-sound-missing = { $plays ->
    [stream] Bu tarayıcı dosyanın sesini çalmıyor: onun yerine akış oynatılıyor.
   *[nothing] Bu tarayıcı dosyanın sesini çalmıyor. VLC oynatabilir: filmi orada açın.
}
script-stream-lacks-codec = Bu tarayıcıda { $codec } yok: { $quality } oynatılıyor; isterseniz VLC’de açın.
script-stream-transcoding = { $quality } hâlâ hazırlanıyor: Otomatik kaliteye dönüldü.
script-stream-not-there = { $quality } şu anda alınamıyor: Otomatik kaliteye dönüldü.
