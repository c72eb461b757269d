archives-packing = { $name } पैक हो रहा है
archives-unpacking = { $name } अनपैक हो रहा है
archives-the-drive-packs-and-unpacks-by = ड्राइव पैक और अनपैक खुद करती है: इस मशीन और इसके इंटरनेट का इस्तेमाल नहीं होता। टास्क को अपनी बारी के लिए कुछ सेकंड रुकना पड़ सकता है।
archives-nothing-has-been-packed-or-unpacked = यहाँ अभी तक कुछ पैक या अनपैक नहीं किया गया है। फ़ोल्डर में आइटम चुनें, फिर “पैक करें…” चुनें।

organize-archive-password = आर्काइव का पासवर्ड { $note }
organize-if-it-has-one = (अगर हो)
organize-on-drive-or-on = { $drive } पर, या यहाँ:
organize-share = शेयर करें…
organize-rename = नाम बदलें…
organize-move = दूसरी जगह ले जाएँ…
organize-copy = कॉपी करें…
organize-delete = मिटाएँ…
organize-tags = टैग…
organize-pack = पैक करें…
organize-unpack = अनपैक करें…
organize-direct-link = सीधा लिंक
organize-tags-separated-by-commas = टैग, कॉमा से अलग किए हुए
organize-the-name-of-the-archive = आर्काइव का नाम
organize-pack-now = पैक करें
organize-unpack-now = अनपैक करें
organize-whoever-has-such-a-link-gets = जिसके पास ऐसा लिंक हो, उसे बिना पासवर्ड के फ़ाइल मिल जाती है।
organize-direct-link-of-name = { $name } का सीधा लिंक
organize-the-new-name = नया नाम
organize-the-folders-above = ऊपर के फ़ोल्डर
organize-no-folders-in-here = इसमें कोई फ़ोल्डर नहीं है।
organize-only-the-first-folders-are-shown = सिर्फ़ शुरू के फ़ोल्डर दिखाए गए हैं।
organize-it-goes-to-the-drives-own = अगर ड्राइव का अपना ट्रैश है तो यह उसमें जाएगा। फ़ोल्डर अपनी सारी सामग्री के साथ जाते हैं।
organize-create = बनाएँ
organize-where-there-is-one-of-that = जहाँ इसी नाम का आइटम हो
organize-leave-it-as-it-is = वैसा ही रहने दें
organize-replace-it = उसे बदल दें
organize-files = फ़ाइलें
organize-the-link-lives-for = लिंक की अवधि
organize-a-password-or-nothing-for-a = पासवर्ड, या सार्वजनिक लिंक के लिए खाली छोड़ें
organize-public = सार्वजनिक
organize-some-drives-take-four-letters-or = कुछ ड्राइव सिर्फ़ चार अक्षर या अंक लेती हैं।
organize-all-your-links = आपके सभी लिंक
organize-rename-what = { $what } का नाम बदलें
organize-copy-what-to = { $what } यहाँ कॉपी करें
organize-move-what-to = { $what } यहाँ ले जाएँ
organize-delete-what = { $what } मिटाएँ?
organize-share-what = { $what } शेयर करें
organize-tags-of-what = { $what } के टैग
organize-pack-what = { $what } पैक करें
organize-unpack-what = { $what } अनपैक करें
organize-upload-files = फ़ाइलें अपलोड करें
organize-quoted-name = “{ $name }”
organize-for-ever = हमेशा के लिए
organize-copy-here = यहाँ कॉपी करें
organize-move-here = यहाँ ले जाएँ
organize-no-direct-links = कोई सीधा लिंक नहीं
organize-direct-links-ready = सीधे लिंक तैयार हैं
organize-link-ready = लिंक तैयार है

versions-of = { $name } के वर्शन
versions-by-author = { $author } का
versions-the-current-one = मौजूदा वर्शन
versions-make-it-current = इसे मौजूदा वर्शन बनाएँ
versions-delete-for-good = हमेशा के लिए मिटाएँ
versions-unknown-time = समय पता नहीं

browse-turn-round = उलटा करें
browse-in-the-whole-drive = पूरी ड्राइव में
browse-new-folder = नया फ़ोल्डर
browse-uploads = अपलोड
browse-earlier = पहले के
browse-with-what-is-ticked = चुने हुए आइटम के साथ:
browse-share = शेयर करें
browse-move = दूसरी जगह ले जाएँ
browse-play-this-folder-in-vlc-mpv = यह फ़ोल्डर VLC, mpv या Kodi में चलाएँ
browse-empty = यह फ़ोल्डर खाली है।
browse-nothing-of-this-kind = इस फ़ोल्डर में इस तरह का कुछ नहीं है।
browse-ascending = बढ़ते क्रम में
browse-descending = घटते क्रम में

picture-browsers-do-not-show-this-kind = ब्राउज़र इस तरह की तस्वीर नहीं दिखाते। इसे देखने के लिए डाउनलोड करें।
picture-pictures-of-this-folder = इस फ़ोल्डर की तस्वीरें
picture-previous-name = पिछली: { $label }
picture-previous = ‹ पिछली
picture-next-name = अगली: { $label }
picture-next = अगली ›
picture-download = डाउनलोड करें
picture-number = { $count } में से { $number }

remote-downloads-the-drive-downloads-it-by-itself = ड्राइव इसे खुद डाउनलोड करती है: इस मशीन और इसके इंटरनेट का इस्तेमाल नहीं होता।
remote-downloads-the-link-of-the-file = फ़ाइल का लिंक
remote-downloads-fetch = डाउनलोड शुरू करें
remote-downloads-downloaded = डाउनलोड हुआ
remote-downloads-cancel-name = { $name } का डाउनलोड रद्द करें

rename-many-becomes = का नया नाम
rename-many-undo = पहले जैसा करें
rename-many-the-new-names = नए नाम
rename-many-the-title-title-year-or-series = शीर्षक: “शीर्षक (वर्ष)”, या “सीरीज़ S01E02”
rename-many-the-title-in-folders = शीर्षक, फ़ोल्डरों में: “शीर्षक (वर्ष)/…”, या “सीरीज़/Season 01/…”
rename-many-a-text-in-them-is-replaced = नामों में कोई टेक्स्ट बदलना
rename-many-by-a-pattern = पैटर्न से
rename-many-replace-the-text = यह टेक्स्ट बदलें
rename-many-replace-by = इससे
rename-many-the-pattern = पैटर्न
rename-many-pattern-hint = {"{"}name{"}"}, {"{"}title{"}"}, {"{"}year{"}"}, और संख्याएँ {"{"}n{"}"}, {"{"}nn{"}"} या {"{"}nnn{"}"}। एक्सटेंशन वही रहता है।
rename-many-the-first-number = पहली संख्या
rename-many-show-the-new-names = नए नाम दिखाएँ
rename-many-no-change = किसी नाम में बदलाव नहीं होगा।
rename-many-same-name = इनमें से दो का नाम एक ही हो जाएगा। पैटर्न में {"{"}n{"}"}, यानी एक संख्या, जोड़ें।
rename-many-done = नए नाम दे दिए गए

tasks-tasks = टास्क
tasks-nothing-is-being-copied-copies-and = अभी कुछ कॉपी नहीं हो रहा है। एक ड्राइव से दूसरी पर कॉपी करने और ले जाने के टास्क यहाँ दिखते हैं।
tasks-progress = प्रगति
tasks-copy-of = { $more ->
    [0] “{ $name }” की कॉपी
   *[other] “{ $name }” और { $more } अन्य की कॉपी
}
tasks-move-of = { $more ->
    [0] “{ $name }” ले जाना
   *[other] “{ $name }” और { $more } अन्य ले जाना
}
tasks-pause = रोकें
tasks-resume = जारी रखें
tasks-try-again = फिर कोशिश करें
tasks-route = { $from } से { $to } तक

trash-not-restored = वापस नहीं लाए गए:
trash-nothing-was-deleted-here-or-all = यहाँ कुछ मिटाया नहीं गया, या सब कुछ हमेशा के लिए जा चुका है।
trash-delete-everything-in-the-trash = ट्रैश में जो कुछ है सब मिटाएँ?
trash-it-is-gone-for-good-with = यह सब हमेशा के लिए चला जाएगा, मिटाए गए फ़ोल्डरों की सामग्री भी।
trash-delete-everything = सब मिटाएँ
trash-from-folder = { $folder } से
trash-restore = वापस लाएँ
trash-empty-the-trash = ट्रैश खाली करें…
trash-deleted-on = { $day } को मिटाया गया
trash-gone-for-good = { $when } हमेशा के लिए मिट जाएगा

task-waiting = इंतज़ार में
task-percent-of-total = { $total } का { $percent }%
task-in-progress = जारी है
task-cancelled = रद्द किया गया
task-failed = नहीं हो पाया
task-without-name = टास्क
task-running = चल रहा है
task-paused = रुका हुआ
task-failed-sentence = नहीं हो पाया। { $sentence }

browse-note-and-hidden-names = टिप्पणी और छिपे नाम
folder-settings-a-note-above-the-list = सूची के ऊपर एक टिप्पणी
folder-settings-plain-text-for-all-who-see = सादा पाठ, फ़ोल्डर देखने वाले सभी के लिए; इसके लिंक खोले जा सकते हैं।
folder-settings-hidden-names-one-a-line = छिपे नाम, हर पंक्ति में एक
organize-guest-link = अतिथि लिंक…
organize-anyone-who-has-the-link-sees = जिसके पास लिंक है वह चुना हुआ और उसके भीतर का सब कुछ देखता है, और आपका कुछ और नहीं। साइन इन की ज़रूरत नहीं है।
organize-all-links = सभी लिंक
organize-guest-link-to-what = { $what } का अतिथि लिंक
folder-settings-of = “{ $title }” की टिप्पणी और छिपे नाम
folder-settings-patterns = { $first }, { $second } या { $third } जैसे पैटर्न, इस फ़ोल्डर और इसके नीचे के सब के लिए। जो छिपा है वह किसी सूची, खोज या लाइब्रेरी में नहीं होता, और अतिथि व प्लेयर उसे उसके पते पर नहीं पाते।
tasks-upload-of = “{ $name }” का अपलोड
tasks-download-of = “{ $name }” का डाउनलोड
tasks-walk-over = { $place } को पढ़ा जा रहा है
