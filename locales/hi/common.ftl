common-to-folder = { $folder } में
common-used-of-total = { $total } में से { $used }
common-account = खाता
common-the-share-link = शेयर लिंक
common-try-it = आज़माएँ
common-your-links = आपके लिंक
common-fetch-from-a-link = लिंक से डाउनलोड
common-archives = आर्काइव
common-trash = ट्रैश
common-drive-is-forgotten = Drive-In इसकी कुंजियाँ और इसका सत्र भूल जाता है। ड्राइव में रखी किसी चीज़ को छुआ नहीं जाता।
common-remove-name = “{ $name }” हटाएँ
common-done = हो गया
common-more = और
common-next-page = अगला पेज
common-sort-by = क्रम से लगाएँ
common-upload = अपलोड करें
common-guest-link = मेहमान लिंक
common-previous-page = पिछला पेज
common-rename = नाम बदलें
common-copy = कॉपी करें
common-delete = मिटाएँ
common-pin = PIN
common-connect-a-drive = ड्राइव जोड़ें
common-name = नाम
common-how-long = कितने समय के लिए
common-until-it-is-revoked = वापस लिए जाने तक
common-a-day = एक दिन
common-a-week = एक सप्ताह
common-a-month = एक महीना
common-add = जोड़ें
common-code = कोड
common-revoke = वापस लें
common-drives = ड्राइव
common-watched = देख लिया
common-percent-watched = { $percent }% देखा
common-show-files = फ़ाइलें दिखाएँ
common-versions = वर्शन
common-create-link = लिंक बनाएँ
common-details = जानकारी
common-open-it = खोलें
common-search = खोजें
common-password = पासवर्ड
common-sign-in-button = साइन इन करें
common-cancel = रद्द करें
common-save = सेव करें
common-the-folder-on-the-drive = ड्राइव पर फ़ोल्डर
common-copy-link = लिंक कॉपी करें
common-keep-both = दोनों रखें
common-back-to-the-folder = फ़ोल्डर पर वापस
common-show = दिखाएँ
common-passkeys = पासकी
common-code-or-recovery-code = ऐप का कोड या रिकवरी कोड
common-two-step-sign-in = दो चरणों वाला साइन-इन
common-viewers = दर्शक
common-open = खोलें
common-page-looks-again = यह पेज अपने-आप फिर देखता है।
common-date = तारीख
common-size = साइज़
common-expired = समय खत्म
common-not-everywhere = यह हर जगह नहीं हो पाया
common-play = चलाएँ

layout-your-films-under-the-open-sky = आपकी फ़िल्में, खुले आसमान के नीचे
layout-skip-to-the-content = सीधे सामग्री पर जाएँ
layout-search-films = फ़िल्में खोजें
layout-main = मुख्य
layout-choose-another-viewer = { $name } देख रहे हैं। कोई और दर्शक चुनें
layout-sign-out = साइन आउट करें
layout-language = भाषा
layout-change-language = बदलें

parts-password = पासवर्ड: { $password }
parts-not-watched-name = नहीं देखा: { $name }
parts-mark-as-watched-name = देखा हुआ चिह्नित करें: { $name }
parts-for-name = { $name } के लिए
parts-not-watched = नहीं देखा
parts-mark-as-watched = देखा हुआ चिह्नित करें
parts-choose-name = { $name } चुनें
parts-what-to-do-with-name = { $name } के साथ क्या करना है
parts-share-rename-move-copy-delete = शेयर करें, नाम बदलें, दूसरी जगह ले जाएँ, कॉपी करें, मिटाएँ
parts-the-link-as-a-code-to = स्कैन करने के लिए लिंक का कोड
parts-the-link = लिंक
parts-made-on-day = { $created } को बनाया गया
parts-storage-used-on-name = { $name } पर इस्तेमाल हुआ स्टोरेज
parts-account-of-name = { $name } का खाता
parts-what-name-can-do = { $name } क्या कर सकता है
parts-where-you-are = आप कहाँ हैं
parts-this-link-is-shown-once-copy = यह लिंक सिर्फ़ एक बार दिखाया जाता है। इसे अभी कॉपी करें; इसे कभी भी वापस लिया जा सकता है।
parts-the-link-as-a-qr-code = QR कोड के रूप में लिंक
parts-the-link-is-too-long-for = लिंक QR कोड के लिए बहुत लंबा है।
parts-kodi-steps = Kodi: वीडियो जोड़ें, ब्राउज़ करें, नेटवर्क लोकेशन जोड़ें

nav-home = होम
nav-devices = डिवाइस और मेहमान
nav-status = स्थिति
nav-sessions = सत्र

error-request-id = अनुरोध { $request-id }
error-drives-account = ड्राइव का खाता

card-image = तस्वीर
card-subtitle = सबटाइटल
card-file = फ़ाइल
card-ready = तैयार
card-signed-out = साइन आउट है
card-no-answer-yet = अभी तक जवाब नहीं
card-not-reachable = पहुँच से बाहर
card-session-ends = सत्र { $when } खत्म होगा। उससे पहले फिर साइन इन करें।

kind-all = सभी
kind-films = फ़िल्में
kind-music = संगीत
kind-pictures = तस्वीरें
kind-documents = दस्तावेज़

count-films = { $count ->
    [one] { $count } फ़िल्म
   *[other] { $count } फ़िल्में
}
count-folders = { $count ->
    [one] { $count } फ़ोल्डर
   *[other] { $count } फ़ोल्डर
}
count-files = { $count ->
    [one] { $count } फ़ाइल
   *[other] { $count } फ़ाइलें
}
count-entries = { $count ->
    [one] { $count } आइटम
   *[other] { $count } आइटम
}
count-days = { $count ->
    [one] { $count } दिन
   *[other] { $count } दिन
}

size-kb = { $value } kB
size-mb = { $value } MB
size-gb = { $value } GB
size-tb = { $value } TB
size-pb = { $value } PB
size-eb = { $value } EB
size-bytes = { $count ->
    [one] { $count } बाइट
   *[other] { $count } बाइट
}

number-decimal-sign = .

date-day = { $day }-{ $month }-{ $year }
date-time = { $day }, { $clock } UTC

ago-minutes = { $count ->
    [one] { $count } मिनट पहले
   *[other] { $count } मिनट पहले
}
ago-hours = { $count ->
    [one] { $count } घंटा पहले
   *[other] { $count } घंटे पहले
}
ago-days = { $count ->
    [one] { $count } दिन पहले
   *[other] { $count } दिन पहले
}
ago-now = अभी-अभी

until-minutes = { $count ->
    [one] { $count } मिनट में
   *[other] { $count } मिनट में
}
until-hours = { $count ->
    [one] { $count } घंटे में
   *[other] { $count } घंटे में
}
until-days = { $count ->
    [one] { $count } दिन में
   *[other] { $count } दिन में
}
until-now = अभी

layout-tasks-running = { $count ->
    [one] कार्य चल रहा है
   *[other] कार्य चल रहे हैं
}
