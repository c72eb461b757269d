script-account-signed-in = साइन इन हो गया।
script-account-signing-in = साइन इन हो रहा है…
script-account-code-expired = कोड का समय खत्म हो गया। नया कोड आ रहा है…
script-account-waiting-for-phone = आपके फ़ोन का इंतज़ार है…
script-account-drive-silent = ड्राइव जवाब नहीं दे रही। फिर पूछा जा रहा है…
script-account-offline-retrying = Drive-In से कनेक्शन नहीं है। फिर पूछा जा रहा है…
script-account-offline = Drive-In से कनेक्शन नहीं है। फिर कोशिश करें।
script-cast-failed = Chromecast ने इसे नहीं लिया। क्या वह इस सर्वर तक पहुँच सकता है?
script-copy-copied = कॉपी हो गया
script-copy-press-keys = Ctrl+C दबाएँ
script-dialog-close = बंद करें
script-dialog-failed = यह नहीं हो पाया
script-dialog-offline = Drive-In से कनेक्शन नहीं है। फिर कोशिश करें।
script-listing-loading = लोड हो रहा है…
script-listing-loaded = { $count } और लोड हुए
script-listing-failed = यह नहीं हो पाया। फिर कोशिश करें
script-listing-selected = { $count ->
    [one] { $count } आइटम:
   *[other] { $count } आइटम:
}
script-uploads-title = अपलोड
script-uploads-choose = अपलोड करने के लिए फ़ाइलें
script-uploads-progress-of = { $name } का अपलोड
script-uploads-button-for = { $label }: { $name }
script-uploads-waiting = इंतज़ार में
script-uploads-checking = ड्राइव से पूछा जा रहा है…
script-uploads-done = हो गया, { $size }
script-uploads-cancelled = रद्द किया गया
script-uploads-skipped = वैसा ही छोड़ा गया
script-uploads-name-taken = इस नाम का आइटम पहले से है।
script-uploads-cancel = रद्द करें
script-uploads-replace = बदल दें
script-uploads-keep-both = दोनों रखें
script-uploads-skip = छोड़ें
script-uploads-try-again = फिर कोशिश करें
script-uploads-time-left = { $time } बाकी
script-uploads-offline = कनेक्शन टूट गया। जो पहुँच चुका है वह दोबारा नहीं भेजा जाता।
script-uploads-refused = सर्वर का जवाब: { $status }।
script-passkeys-unsupported = इस ब्राउज़र में पासकी नहीं हैं।
script-passkeys-cancelled = डिवाइस ने मंज़ूरी नहीं दी, या उससे समय पर पूछा नहीं जा सका। फिर कोशिश करें।
script-passkeys-known = उस डिवाइस पर इस सर्वर की पासकी पहले से है।
script-player-play = चलाएँ
script-player-pause = रोकें
script-player-back = 10 सेकंड पीछे
script-player-ahead = 10 सेकंड आगे
script-player-position = पोज़िशन
script-player-position-of = { $length } में से { $at }
script-player-volume = वॉल्यूम
script-player-volume-at = वॉल्यूम { $percent }%
script-player-sound-off = आवाज़ बंद करें
script-player-sound-on = आवाज़ चालू करें
script-player-quality = क्वालिटी
script-player-quality-auto = ऑटो
script-player-quality-original = ओरिजिनल
script-player-quality-audio = सिर्फ़ आवाज़
script-player-not-offered = उपलब्ध नहीं
script-player-speed = गति
script-player-speed-normal = सामान्य गति
script-player-speed-at = गति { $rate }×
script-player-normal = सामान्य
script-player-sounds = ऑडियो ट्रैक
script-player-sound-not-here = { $codec }: VLC में
script-player-subtitles = सबटाइटल
script-player-subtitles-none = सबटाइटल नहीं हैं
script-player-subtitles-off = सबटाइटल बंद
script-player-subtitles-on = सबटाइटल चालू
script-player-subtitles-of = सबटाइटल: { $track }
script-player-off = बंद
script-player-track = ट्रैक { $number }
script-player-look = सबटाइटल का रूप और समय
script-player-look-size = आकार
script-player-look-small = छोटा
script-player-look-large = बड़ा
script-player-look-huge = बहुत बड़ा
script-player-look-color = रंग
script-player-look-white = सफ़ेद
script-player-look-yellow = पीला
script-player-look-green = हरा
script-player-look-cyan = हल्का नीला
script-player-look-place = जगह
script-player-look-bottom = नीचे
script-player-look-raised = थोड़ा ऊपर
script-player-look-top = सबसे ऊपर
script-player-look-time = समय
script-player-look-earlier = आधा सेकंड पहले
script-player-look-later = आधा सेकंड बाद
script-player-look-by = { $seconds } से॰
script-player-look-styled = जिन सबटाइटल का अपना रूप है, वे उसे रखते हैं और केवल समय का पालन करते हैं।
script-player-air-play = AirPlay
script-player-picture-in-picture = पिक्चर-इन-पिक्चर
script-player-picture-in-picture-failed = छोटी विंडो अभी उपलब्ध नहीं है
script-player-full-screen = फ़ुल स्क्रीन
script-player-leave-full-screen = फ़ुल स्क्रीन से बाहर निकलें
script-player-full-screen-failed = यहाँ फ़ुल स्क्रीन की अनुमति नहीं है
script-player-close = बंद करें
script-player-keys = कीबोर्ड शॉर्टकट
script-player-keys-hint = कीबोर्ड शॉर्टकट (?)
script-player-key-space = स्पेस
script-player-key-play = चलाएँ या रोकें
script-player-key-ten-seconds = 10 सेकंड पीछे, आगे
script-player-key-five-seconds = 5 सेकंड पीछे, आगे
script-player-key-volume = आवाज़ तेज़, धीमी
script-player-key-mute = आवाज़ बंद और चालू
script-player-key-tenth = फ़िल्म के 0–90% पर जाएँ
script-player-key-speed = धीमा, तेज़
script-player-key-list = यह सूची
script-player-shuffle = शफ़ल
script-player-shuffle-on = शफ़ल चालू
script-player-shuffle-off = शफ़ल बंद
script-player-repeat-all = सभी दोहराएँ
script-player-repeat-one = यह गाना दोहराएँ
script-player-repeat-off = दोहराना बंद
script-player-key-repeat = सभी, यह गाना, कुछ नहीं दोहराएँ
script-player-skip-intro = इंट्रो छोड़ें
script-player-intro-starts = इंट्रो यहाँ शुरू होता है। अब उसका अंत चिह्नित करें।
script-player-intro-marked = पूरे सीज़न के लिए चिह्नित
script-player-intro-removed = निशान हटा दिया गया
script-player-intro-failed = चिह्नित नहीं हो पाया
script-player-next-film = अगली फ़िल्म
script-player-next = अगला
script-player-play-now = अभी चलाएँ ({ $seconds })
script-player-stay-here = यहीं रहें
script-errors-title = यह फ़िल्म नहीं चल रही
script-errors-sentence = सर्वर ने कारण नहीं बताया।
script-errors-step = थोड़ी देर में फिर कोशिश करें।
script-errors-undecodable = यह ब्राउज़र { $format } डिकोड नहीं कर सकता। फ़िल्म में कोई खराबी नहीं है।
script-errors-retry-in = { $seconds } सेकंड में फिर देखेंगे
script-errors-retrying = देखा जा रहा है…
script-errors-try-again = फिर कोशिश करें
script-errors-play-original = ओरिजिनल चलाएँ
script-errors-open-in-vlc = VLC में खोलें
script-stream-original-instead = ड्राइव के पास अभी इस फ़िल्म की स्ट्रीम नहीं है: ओरिजिनल चल रही है।
script-stream-no-audio-only = इस फ़िल्म की सिर्फ़ आवाज़ वाली स्ट्रीम नहीं है।
script-stream-stumbling = ड्राइव अटक रही है। फिर कोशिश हो रही है…
script-stream-original-failed = यह ब्राउज़र ओरिजिनल नहीं चला सकता: स्ट्रीम पर वापस। VLC इसे चला लेता है।
script-stream-no-picture = { $plays ->
    [stream] इस ब्राउज़र में { $codecs } नहीं है, इसलिए फ़ाइल का चित्र नहीं दिखता: उसकी जगह स्ट्रीम चल रही है।
   *[nothing] इस ब्राउज़र में { $codecs } नहीं है, इसलिए फ़ाइल का चित्र नहीं दिखता। VLC इसे चला लेता है: वहाँ खोलें।
}
script-stream-no-sound = { $plays ->
    [stream] इस ब्राउज़र में { $codecs } नहीं है, इसलिए फ़ाइल की आवाज़ नहीं आती: उसकी जगह स्ट्रीम चल रही है।
   *[nothing] इस ब्राउज़र में { $codecs } नहीं है, इसलिए फ़ाइल की आवाज़ नहीं आती। VLC इसे चला लेता है: वहाँ खोलें।
}
script-stream-picture-missing = { $plays ->
    [stream] यह ब्राउज़र फ़ाइल का चित्र नहीं दिखाता: उसकी जगह स्ट्रीम चल रही है।
   *[nothing] यह ब्राउज़र फ़ाइल का चित्र नहीं दिखाता। VLC इसे चला लेता है: वहाँ खोलें।
}
script-stream-sound-missing = { $plays ->
    [stream] यह ब्राउज़र फ़ाइल की आवाज़ नहीं चलाता: उसकी जगह स्ट्रीम चल रही है।
   *[nothing] यह ब्राउज़र फ़ाइल की आवाज़ नहीं चलाता। VLC इसे चला लेता है: वहाँ खोलें।
}
script-stream-lacks-codec = इस ब्राउज़र में { $codec } नहीं है: { $quality } चल रही है, या VLC में खोलें।
script-stream-transcoding = { $quality } अभी तैयार हो रही है: ऑटो पर वापस।
script-stream-not-there = { $quality } अभी उपलब्ध नहीं है: ऑटो पर वापस।
