### Birden çok sayfada geçen metinler: sayfa çerçevesi, kartlar, hatalar, boyutlar ve tarihler.

common-to-folder = hedef: { $folder }
common-used-of-total = { $used } / { $total }
common-account = Hesap
common-the-share-link = Paylaşım bağlantısı
common-try-it = Dene
common-your-links = Bağlantılarınız
common-fetch-from-a-link = Bağlantıdan indir
common-archives = Arşivler
common-trash = Çöp kutusu
common-drive-is-forgotten = Drive-In bu sürücünün anahtarlarını ve oturumunu unutur. Sürücüdeki hiçbir şeye dokunulmaz.
common-remove-name = “{ $name }” öğesini kaldır
common-done = Bitti
common-more = Daha fazla
common-next-page = Sonraki sayfa
common-sort-by = Sıralama ölçütü
common-upload = Yükle
common-guest-link = Misafir bağlantısı
common-previous-page = Önceki sayfa
common-rename = Yeniden adlandır
common-copy = Kopyala
common-delete = Sil
common-pin = PIN
common-connect-a-drive = Sürücü bağla
common-name = Ad
common-how-long = Süre
common-until-it-is-revoked = İptal edilene kadar
common-a-day = Bir gün
common-a-week = Bir hafta
common-a-month = Bir ay
common-add = Ekle
common-code = Kod
common-revoke = İptal et
common-drives = Sürücüler
common-watched = İzlendi
common-percent-watched = %{ $percent } izlendi
common-show-files = Dosyaları göster
common-versions = Sürümler
common-create-link = Bağlantı oluştur
common-details = Ayrıntılar
common-open-it = Aç
common-search = Ara
common-password = Parola
common-sign-in-button = Oturum aç
common-cancel = Vazgeç
common-save = Kaydet
common-the-folder-on-the-drive = Sürücüdeki klasör
common-copy-link = Bağlantıyı kopyala
common-keep-both = ikisini de tut
common-back-to-the-folder = Klasöre dön
common-show = Göster
common-passkeys = Geçiş anahtarları
common-code-or-recovery-code = Uygulamadaki kod veya bir kurtarma kodu
common-two-step-sign-in = İki adımlı oturum açma
common-viewers = İzleyiciler
common-open = Aç
common-page-looks-again = Bu sayfa kendiliğinden yenilenir.
common-date = Tarih
common-size = Boyut
common-expired = Süresi doldu
common-not-everywhere = Bazılarında işe yaramadı
common-play = Oynat

layout-your-films-under-the-open-sky = filmleriniz, açık havada
layout-skip-to-the-content = İçeriğe geç
layout-search-films = Film ara
layout-main = Ana menü
layout-choose-another-viewer = { $name } izliyor. Başka bir izleyici seçin
layout-sign-out = Oturumu kapat
layout-language = Dil
layout-change-language = Değiştir

parts-password = Parola: { $password }
parts-not-watched-name = İzlenmedi: { $name }
parts-mark-as-watched-name = İzlendi olarak işaretle: { $name }
parts-for-name = { $name } için
parts-not-watched = İzlenmedi
parts-mark-as-watched = İzlendi olarak işaretle
parts-choose-name = Seç: { $name }
parts-what-to-do-with-name = { $name } için işlemler
parts-share-rename-move-copy-delete = Paylaş, yeniden adlandır, taşı, kopyala, sil
parts-the-link-as-a-code-to = Taranacak kod olarak bağlantı
parts-the-link = Bağlantı
parts-made-on-day = oluşturulma: { $created }
parts-storage-used-on-name = Kullanılan depolama: { $name }
parts-account-of-name = Hesap: { $name }
parts-what-name-can-do = { $name } neler yapabilir
parts-where-you-are = Bulunduğunuz yer
parts-this-link-is-shown-once-copy = Bu bağlantı yalnızca bir kez gösterilir. Şimdi kopyalayın; istediğiniz zaman iptal edebilirsiniz.
parts-the-link-as-a-qr-code = QR kodu olarak bağlantı
parts-the-link-is-too-long-for = Bağlantı bir QR kodu için fazla uzun.
parts-kodi-steps = Kodi: Video ekle, Gözat, Ağ konumu ekle

nav-home = Ana sayfa
nav-devices = Cihazlar ve misafirler
nav-status = Durum
nav-sessions = Oturumlar

error-request-id = İstek { $request-id }
error-drives-account = Sürücünün hesabı

card-image = resim
card-subtitle = altyazı
card-file = dosya
card-ready = Hazır
card-signed-out = Oturum kapalı
card-no-answer-yet = Henüz yanıt yok
card-not-reachable = Erişilemiyor
card-session-ends = Oturum { $when } sona eriyor. Öncesinde yeniden oturum açın.

kind-all = Tümü
kind-films = Filmler
kind-music = Müzik
kind-pictures = Resimler
kind-documents = Belgeler

count-films = { $count ->
    [one] { $count } film
   *[other] { $count } film
}
count-folders = { $count ->
    [one] { $count } klasör
   *[other] { $count } klasör
}
count-files = { $count ->
    [one] { $count } dosya
   *[other] { $count } dosya
}
count-entries = { $count ->
    [one] { $count } öğe
   *[other] { $count } öğe
}
count-days = { $count ->
    [one] { $count } gün
   *[other] { $count } gün
}

size-kb = { $value } kB
size-mb = { $value } MB
size-gb = { $value } GB
size-tb = { $value } TB
size-pb = { $value } PB
size-eb = { $value } EB
size-bytes = { $count ->
    [one] { $count } bayt
   *[other] { $count } bayt
}

number-decimal-sign = ,

date-day = { $day }.{ $month }.{ $year }
date-time = { $day } { $clock } UTC

ago-minutes = { $count ->
    [one] { $count } dakika önce
   *[other] { $count } dakika önce
}
ago-hours = { $count ->
    [one] { $count } saat önce
   *[other] { $count } saat önce
}
ago-days = { $count ->
    [one] { $count } gün önce
   *[other] { $count } gün önce
}
ago-now = az önce

until-minutes = { $count ->
    [one] { $count } dakika sonra
   *[other] { $count } dakika sonra
}
until-hours = { $count ->
    [one] { $count } saat sonra
   *[other] { $count } saat sonra
}
until-days = { $count ->
    [one] { $count } gün sonra
   *[other] { $count } gün sonra
}
until-now = şimdi

layout-tasks-running = { $count ->
    [one] görev sürüyor
   *[other] görev sürüyor
}
