devices-tv-app-steps = Jellyfin के ऐप अपनी फ़िल्में यहाँ पाते हैं। ऐप में यह पता लिखें: { $address }। फिर { $user } के रूप में अपने पासवर्ड से साइन इन करें, किसी और दर्शक के रूप में उस दर्शक के PIN से, या Quick Connect चुनें और ऐप में दिख रहे छह अंक डालें।
devices-add-a-device = डिवाइस जोड़ें
devices-each-player-gets-its-own-link = हर प्लेयर को अपना लिंक मिलता है, जो बिना लॉगिन खुलता है और अलग से वापस लिया जा सकता है।
devices-living-room = बैठक
devices-what-it-may-play = यह क्या चला सकता है
devices-everything = सब कुछ
devices-a-year = एक साल
devices-who-watches-on-it = इस पर कौन देखता है
devices-show-it-streams-instead-of-files = इसे फ़ाइलों की जगह स्ट्रीम दिखाएँ
devices-sign-in-a-tv-app = टीवी ऐप को साइन इन करें
devices-who-watches-with-it = इससे कौन देखता है
devices-sign-it-in = साइन इन करें
devices-active-links = चालू लिंक
devices-none-yet-guest-link-on-a = अभी कोई नहीं। किसी फ़िल्म या फ़ोल्डर पर “मेहमान लिंक” से मेहमान के लिए लिंक बनता है।
devices-revoke-name = { $name } वापस लें
devices-your-own-links-and-the-signing = आपके अपने लिंक और साइन करने की कुंजी
devices-the-links-on-your-own-pages = आपके अपने पेजों के लिंक एक ही टिकट पर चलते हैं। अगर उनमें से कोई गलत हाथों में पड़ जाए तो टिकट बदल दें: ऐसे लिंक से सेट किए गए प्लेयर को नया लिंक देना होगा।
devices-replace-my-own-ticket = मेरा अपना टिकट बदलें
devices-all-tickets-are-signed-with-one = सभी टिकट एक ही कुंजी से साइन होते हैं। इसे समय-समय पर बदलें: मौजूदा लिंक चलते रहते हैं, और नए लिंक नई कुंजी से साइन होते हैं।
devices-change-the-key = कुंजी बदलें
devices-older-keys-are-still-valid-retire = पुरानी कुंजियाँ अब भी मान्य हैं। उन्हें हटा दें, तो बदलाव से पहले बना हर लिंक तुरंत खत्म हो जाएगा।
devices-retire-the-old-keys = पुरानी कुंजियाँ हटाएँ
devices-no-app-shows-this-code = कोई ऐप यह कोड नहीं दिखा रहा। कोड पाँच मिनट तक चलता है।
devices-player = प्लेयर
devices-never-used = कभी इस्तेमाल नहीं हुआ
devices-used = { $when } इस्तेमाल हुआ
devices-until = { $time } तक

guest-link-to = “{ $title }” का मेहमान लिंक
guest-link-all-links = सभी लिंक, और उन्हें वापस लेने का बटन: { $page }
guest-link-opens-folder = जिसके पास लिंक हो, वह यह फ़ोल्डर और इसके अंदर का सब कुछ देख सकता है, आपका और कुछ नहीं।
guest-link-opens-film = जिसके पास लिंक हो, वह यह फ़िल्म देख सकता है, आपका और कुछ नहीं।
guest-link-no-login-is-needed = लॉगिन की ज़रूरत नहीं है।
guest-link-for-whom = किसके लिए
guest-link-aunt-mia = मीना मौसी
guest-link-limits = सीमाएँ
guest-link-people-at-the-same-time = एक साथ कितने लोग
guest-link-no-limit = कोई सीमा नहीं
guest-link-visits-in-all = कुल कितनी बार
guest-link-streams-alone-without-the-files = सिर्फ़ स्ट्रीम, फ़ाइलें नहीं

neutral-nothing-plays-here = यहाँ कुछ नहीं चलता
neutral-ask-whoever-gave-it-to-you = जिसने आपको यह दिया था, उससे नया लिंक माँगें।
neutral-expired = इस लिंक का समय खत्म हो गया है, या इसे वापस ले लिया गया है।
neutral-does-not-lead-here = यह लिंक यहाँ का नहीं है।
neutral-not-reachable = यह जहाँ ले जाता है, वहाँ अभी पहुँचा नहीं जा सकता।
neutral-incomplete = यह लिंक अधूरा है, या कहीं नहीं ले जाता।

own-shares-no-links-yet-choose-share-beside = अभी कोई लिंक नहीं। किसी फ़िल्म या फ़ोल्डर के पास “शेयर करें” चुनें।
own-shares-revoke-title = { $title } का लिंक वापस लें
own-shares-name-and-others = { $name } और { $count ->
    [one] { $count } अन्य
   *[other] { $count } अन्य
}
own-shares-revoked = वापस लिया गया
own-shares-refused = ड्राइव ने मना किया
own-shares-used-up = पूरा इस्तेमाल हो गया
own-shares-never-ends = कभी खत्म नहीं होता
own-shares-ends = { $when } खत्म होगा

share-share-links = शेयर लिंक
share-password-of-the-share = शेयर का पासवर्ड
share-paste-a-link-or-the-whole = लिंक चिपकाएँ, या वह पूरा मैसेज जिसमें वह आया था
share-open-another-one = कोई और खोलें
share-panel-about-this-share = इस शेयर के बारे में
share-panel-play-from-the-first = शुरू से चलाएँ
share-panel-play-all-in-vlc = सब VLC में चलाएँ
share-panel-save-to-my-drive = मेरी ड्राइव में सेव करें
share-panel-drive = ड्राइव
share-panel-folder = फ़ोल्डर
share-panel-where-the-name-is-taken = जहाँ नाम पहले से हो
share-panel-skip-it = उसे छोड़ दें
share-saved-saved = सेव हो गया
share-panel-on-this-page = इस पेज पर
share-saved-count = { $total } में से { $count } सेव हुए
share-saved-go-to-folder = { $folder } पर जाएँ
share-saved-back = शेयर पर वापस
share-another-site = आप किसी दूसरी साइट से यहाँ आए हैं। वह जो खोलना चाहती है, नीचे लिखा है।
share-open-it-again = थोड़ी देर में इसे फिर खोलें।
share-unknown-host = अनजान होस्ट
share-host-is-unknown = यह लिंक शेयर लिंक जैसा है, पर इसका होस्ट { $host } यहाँ जाना-पहचाना नहीं है।
share-can-be-tried = इसे आज़माया जा सकता है: शेयर को जानी-पहचानी सेवा पर खोजा जाता है, और उस होस्ट से संपर्क नहीं किया जाता।

shares-gone = इसके मालिक ने इसे वापस ले लिया है, या इसका समय खत्म हो गया है।
shares-password-changed = इसका पासवर्ड बदल गया है: लिंक को नए पासवर्ड के साथ फिर चिपकाएँ।
shares-no-drive = जुड़ी हुई कोई ड्राइव इसे नहीं खोलती।

ticket-guest-about = किसी भी ब्राउज़र में, बिना लॉगिन खुलता है
ticket-play-url = चलाने का URL
ticket-play-url-about = वेब फ़ोल्डर ब्राउज़ करने वाले किसी भी प्लेयर के लिए
ticket-kodi-web-directory = वेब सर्वर डायरेक्टरी ({ $scheme })
ticket-kodi-protocol = प्रोटोकॉल
ticket-kodi-server = सर्वर का पता
ticket-kodi-path = रिमोट पाथ
ticket-kodi-port = पोर्ट
ticket-list-about = VLC या mpv में नेटवर्क स्ट्रीम के रूप में खोलें
ticket-list = सूची
ticket-list-of = { $name } की सूची

unfurl-films-under-the-open-sky = फ़िल्में, खुले आसमान के नीचे।
unfurl-folder = फ़िल्मों का फ़ोल्डर
unfurl-sound = आवाज़
unfurl-film = फ़िल्म

ticket-form-speed-in-mbit-s-for-all = गति Mbit/s में, सबके लिए मिलाकर
