### Paylaşım bağlantıları, misafir bağlantıları ve cihazlar.

devices-tv-app-steps = Jellyfin uygulamaları filmlerini burada bulur. Uygulamaya şu adresi yazın: { $address }. Ardından { $user } olarak parolanızla, başka bir izleyici olarak o izleyicinin PIN’iyle oturum açın veya Quick Connect’i seçip uygulamanın gösterdiği altı rakamı girin.
devices-add-a-device = Cihaz ekle
devices-each-player-gets-its-own-link = Her oynatıcı, oturum açmadan çalışan ve tek başına iptal edilebilen kendi bağlantısını alır.
devices-living-room = Oturma odası
devices-what-it-may-play = Neleri oynatabilir
devices-everything = Her şey
devices-a-year = Bir yıl
devices-who-watches-on-it = Bu cihazda kim izliyor
devices-show-it-streams-instead-of-files = Bu cihaza dosyalar yerine akışları göster
devices-sign-in-a-tv-app = TV uygulamasında oturum aç
devices-who-watches-with-it = Bu uygulamayla kim izliyor
devices-sign-it-in = Oturum aç
devices-active-links = Etkin bağlantılar
devices-none-yet-guest-link-on-a = Henüz yok. Bir filmdeki veya klasördeki “Misafir bağlantısı”, misafir için bir bağlantı oluşturur.
devices-revoke-name = { $name } bağlantısını iptal et
devices-your-own-links-and-the-signing = Kendi bağlantılarınız ve imza anahtarı
devices-the-links-on-your-own-pages = Kendi sayfalarınızdaki bağlantılar tek bir bileti paylaşır. Biri yanlış ellere geçtiyse bileti değiştirin: böyle bir bağlantıyla kurduğunuz oynatıcılara yenisini vermeniz gerekir.
devices-replace-my-own-ticket = Kendi biletimi değiştir
devices-all-tickets-are-signed-with-one = Tüm biletler tek bir anahtarla imzalanır. Anahtarı ara sıra değiştirin: var olan bağlantılar çalışmayı sürdürür, yenileri yeni anahtarla imzalanır.
devices-change-the-key = Anahtarı değiştir
devices-older-keys-are-still-valid-retire = Eski anahtarlar hâlâ geçerli. Onları kullanımdan kaldırırsanız, değişiklikten önce oluşturulan bütün bağlantılar hemen sona erer.
devices-retire-the-old-keys = Eski anahtarları kullanımdan kaldır
devices-no-app-shows-this-code = Bu kodu gösteren bir uygulama yok. Bir kod beş dakika geçerlidir.
devices-player = Oynatıcı
devices-never-used = Hiç kullanılmadı
devices-used = Kullanım: { $when }
devices-until = Bitiş: { $time }

guest-link-to = Misafir bağlantısı: “{ $title }”
guest-link-all-links = Tüm bağlantılar ve onları iptal eden düğme: { $page }
guest-link-opens-folder = Bağlantıya sahip olan herkes bu klasörü ve içindeki her şeyi görür; size ait başka hiçbir şeyi görmez.
guest-link-opens-film = Bağlantıya sahip olan herkes bu filmi görür; size ait başka hiçbir şeyi görmez.
guest-link-no-login-is-needed = Oturum açmak gerekmez.
guest-link-for-whom = Kimin için
guest-link-aunt-mia = Elif Teyze
guest-link-limits = Sınırlar
guest-link-people-at-the-same-time = Aynı anda izleyen kişi sayısı
guest-link-no-limit = Sınırsız
guest-link-visits-in-all = Toplam ziyaret sayısı
guest-link-streams-alone-without-the-files = Dosyalar olmadan, yalnızca akışlar

neutral-nothing-plays-here = Burada bir şey oynatılmıyor
neutral-ask-whoever-gave-it-to-you = Size bağlantıyı verenden yenisini isteyin.
neutral-expired = Bu bağlantının süresi doldu veya bağlantı iptal edildi.
neutral-does-not-lead-here = Bu bağlantı buraya çıkmıyor.
neutral-not-reachable = Bağlantının gösterdiği şeye şu anda erişilemiyor.
neutral-incomplete = Bu bağlantı eksik veya hiçbir yere çıkmıyor.

own-shares-no-links-yet-choose-share-beside = Henüz bağlantı yok. Bir filmin veya klasörün yanındaki “Paylaş” seçeneğini kullanın.
own-shares-revoke-title = { $title } bağlantısını iptal et
own-shares-name-and-others = { $name } ve { $count ->
    [one] { $count } öğe daha
   *[other] { $count } öğe daha
}
own-shares-revoked = İptal edildi
own-shares-refused = Sürücü reddetti
own-shares-used-up = Kullanım hakkı bitti
own-shares-never-ends = Süresiz
own-shares-ends = Bitiş: { $when }

share-share-links = Paylaşım bağlantıları
share-password-of-the-share = Paylaşımın parolası
share-paste-a-link-or-the-whole = Bir bağlantıyı veya geldiği mesajın tamamını yapıştırın
share-open-another-one = Başka bir tane aç
share-panel-about-this-share = Bu paylaşım hakkında
share-panel-play-from-the-first = İlkinden başlayarak oynat
share-panel-play-all-in-vlc = Tümünü VLC’de oynat
share-panel-save-to-my-drive = Sürücüme kaydet
share-panel-drive = Sürücü
share-panel-folder = Klasör
share-panel-where-the-name-is-taken = Aynı ad zaten varsa
share-panel-skip-it = atla
share-saved-saved = Kaydedildi
share-panel-on-this-page = Bu sayfada
share-saved-count = { $count } / { $total } kaydedildi
share-saved-go-to-folder = Klasöre git: { $folder }
share-saved-back = Paylaşıma dön
share-another-site = Sizi buraya başka bir site yönlendirdi. Açmak istediği şey aşağıda.
share-open-it-again = Birazdan yeniden açın.
share-unknown-host = Bilinmeyen bir ana makine
share-host-is-unknown = Bu bağlantı bir paylaşım biçiminde, ama ana makinesi { $host } burada bilinmiyor.
share-can-be-tried = Denenebilir: paylaşım bilinen hizmette aranır, o ana makineyle bağlantı kurulmaz.

shares-gone = Sahibi bağlantıyı iptal etti veya süresi doldu.
shares-password-changed = Parolası değiştirilmiş: bağlantıyı yeni parolasıyla yeniden yapıştırın.
shares-no-drive = Bağlı sürücülerden hiçbiri bu bağlantıyı açamıyor.

ticket-guest-about = Her tarayıcıda oturum açmadan açılır
ticket-play-url = Oynatma URL’si
ticket-play-url-about = Web klasörlerine göz atabilen her oynatıcı için
ticket-kodi-web-directory = Web sunucusu dizini ({ $scheme })
ticket-kodi-protocol = Protokol
ticket-kodi-server = Sunucu adresi
ticket-kodi-path = Uzak yol
ticket-kodi-port = Bağlantı noktası
ticket-list-about = VLC veya mpv’de ağ akışı olarak açın
ticket-list = Liste
ticket-list-of = Liste: { $name }

unfurl-films-under-the-open-sky = Açık havada filmler.
unfurl-folder = Bir film klasörü
unfurl-sound = Ses
unfurl-film = Film

ticket-form-speed-in-mbit-s-for-all = Hız (Mbit/sn), herkes için toplam
