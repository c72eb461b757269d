first-page-config-steps = इसे { $file } में डालें, { $command } से जाँच लें कि यह काम करता है, और Drive-In फिर से शुरू करें।
first-page-demo = बस एक नज़र देखना चाहते हैं? { $command } के साथ कुछ छोटी फ़िल्में आती हैं और किसी खाते की ज़रूरत नहीं होती।
first-page-the-screen-is-up-now-bring = परदा लग गया है। अब कोई फ़िल्म लाइए।
first-page-drive-in-is-running-connect-a = Drive-In चल रहा है। कोई ड्राइव जोड़ें, अपने फ़ोन से साइन इन करें, और जो कुछ वहाँ है वह चलने लगेगा।
first-page-rather-write-it-into-a-file = फ़ाइल में लिखना पसंद करेंगे?
first-page-the-lines-for-a-terabox-account = TeraBox खाते की पंक्तियाँ

home-nothing-here-yet = अभी यहाँ कुछ नहीं है। { $link }
home-look-around = इधर-उधर देखें
home-somebody-sent-you-a-share-link = किसी ने आपको शेयर लिंक भेजा है?
home-paste-the-link-or-the-whole = लिंक चिपकाएँ, या वह पूरा मैसेज जिसमें वह आया था
home-opened-before = पहले खोले गए
home-forget-title = { $title } भूल जाएँ
home-forget = भूल जाएँ
home-connect-another-drive = एक और ड्राइव जोड़ें
home-change-or-order-drives = ड्राइव बदलें या उनका क्रम बदलें
home-continue = देखना जारी रखें
home-next-up = इसके बाद
home-recently-added = हाल ही में जोड़ी गईं
home-resume = आगे चलाएँ
home-look-at-series = सीरीज़ देखें

search-nothing-found = “{ $title }” के लिए कुछ नहीं मिला।
search-try-fewer-letters = शब्द का एक हिस्सा काफ़ी है: कम अक्षर लिखकर देखें।
search-a-word-of-the-title = शीर्षक का कोई शब्द
search-titles = फ़िल्में और सीरीज़
search-files = फ़ाइलें
search-more-results = और नतीजे
search-play-what-was-found-in-vlc = जो मिला उसे VLC, mpv या Kodi में चलाएँ
search-place-not-answered-yet = “{ $place }” ने अभी तक जवाब नहीं दिया है। यह पेज अपने-आप फिर देखता है।
search-place-did-not-answer = “{ $place }” में खोज नहीं हो पाई। उसने समय पर जवाब नहीं दिया।
search-tagged = टैग: { $tag }
search-kind-in-place = { $place } में { $kind }
search-place-failed = “{ $place }” में खोज नहीं हो पाई। { $sentence }
search-not-all-folders = “{ $place }” के सभी फ़ोल्डर नहीं खोजे जा सके। थोड़ी देर बाद यही खोज करने पर शायद और मिले।
search-list-about = हर बार लोड होने पर फिर से खोजता है
search-nothing-for = “{ $words }” के लिए कुछ नहीं मिला
search-found-for = “{ $words }” के लिए { $found }

choose-viewer-who-is-watching = कौन देख रहा है?
choose-viewer-pin-of-name = { $name } का PIN
choose-viewer-change-viewers = दर्शक बदलें
choose-viewer-wrong-pin = यह सही PIN नहीं है। एक बार फिर कोशिश करें।
choose-viewer-too-many-pins = बहुत बार गलत PIN डाला गया। { $seconds } सेकंड रुकें, फिर कोशिश करें।

film-rated = रेटिंग: 10 में से { $rating }
film-the-file = फ़ाइल
film-resume-at = { $clock } से आगे चलाएँ
film-play-again = फिर से चलाएँ
film-play-version = { $version } चलाएँ

titles-nothing-here-yet-films-and-series = अभी यहाँ कुछ नहीं है। जैसे-जैसे ड्राइव के फ़ोल्डर पढ़े और खोले जाते हैं, फ़िल्में और सीरीज़ यहाँ दिखती हैं।
titles-pages = पेज
titles-series = सीरीज़
titles-title = शीर्षक
titles-added = जोड़ने की तारीख
titles-special = विशेष { $number }
titles-season = सीज़न { $number }
titles-episode = एपिसोड { $number }
titles-specials = विशेष एपिसोड

series-watched-count = { $total } में से { $count } देखे
series-resume = { $episode } आगे चलाएँ
series-continue-with = { $episode } से जारी रखें
series-play = { $episode } चलाएँ

status-version = वर्शन
status-running-for = कब से चालू
status-saved-state = सहेजी गई स्थिति
status-not-readable = पढ़ी नहीं जा सकती
status-readable-and-writable = पढ़ी और लिखी जा सकती है
status-readable-only = सिर्फ़ पढ़ी जा सकती है: { $fault }
status-reachable-at = इस पते पर उपलब्ध
status-media = मीडिया
status-server = सर्वर
status-metadata = TMDB से फ़िल्में और सीरीज़
status-memory-cache = मेमोरी कैश
status-traffic = ड्राइव के साथ ट्रैफ़िक
status-disk-cache = डिस्क कैश
status-metadata-works = फ़िल्में और सीरीज़ मिलते ही उनकी जानकारी खोजी जाती है।
status-metadata-state = स्थिति
status-metadata-found = मिलीं
status-metadata-unknown = पक्के तौर पर नहीं मिलीं
status-notice = सूचना
status-disk-off = बंद; cache.disk से चालू होता है
status-blocks = मीडिया के ब्लॉक
status-hits = हिट
status-misses = मिस
status-errors = गड़बड़ियाँ
status-writes-stopped = डिस्क पर लिखना रुक गया
status-no-drive = अभी कोई ड्राइव नहीं जुड़ी है।
status-drive-is-ready = ड्राइव तैयार है।
status-playlists = प्लेलिस्ट
status-films-opened = खोली गई फ़िल्में
status-listings = फ़ोल्डर सूचियाँ
status-entries = आइटम
status-accounts = खाते
status-opened-originals = खोली गई ओरिजिनल फ़ाइलें
status-pictures = तस्वीरें
status-all-ready = { $count ->
   *[other] सभी { $count } ड्राइव तैयार हैं।
}
status-some-ready = { $count ->
    [one] { $count } में से { $ready } ड्राइव तैयार है।
   *[other] { $count } में से { $ready } ड्राइव तैयार हैं।
}

traffic-under-way = { $count } जारी ({ $parts })
traffic-waiting = { $count } इंतज़ार में ({ $parts })
traffic-quiet = शांत
traffic-paused = { $traffic }; ड्राइव ने रुकने को कहा है, { $left } बाकी
traffic-playing = { $count } चल रहे हैं
traffic-opening = { $count } खुल रहे हैं
traffic-reading-ahead = { $count } आगे का पढ़ रहे हैं
traffic-uploading = { $count } अपलोड हो रहे हैं
traffic-for-pictures = { $count } तस्वीरों के लिए
traffic-searching = { $count } खोज रहे हैं
