devices-tv-app-steps = تجد تطبيقات Jellyfin أفلامها هنا. اكتب هذا العنوان في التطبيق: { $address }. ثم سجّل الدخول باسم { $user } بكلمة مرورك، أو باسم مشاهد آخر برقم PIN الخاص به، أو اختر Quick Connect وأدخل الأرقام الستة التي يعرضها التطبيق.
devices-add-a-device = إضافة جهاز
devices-each-player-gets-its-own-link = لكل مشغّل رابط خاص به يُفتح بلا تسجيل دخول ويمكن إبطاله وحده.
devices-living-room = غرفة المعيشة
devices-what-it-may-play = ما يُسمح له بتشغيله
devices-everything = كل شيء
devices-a-year = سنة
devices-who-watches-on-it = من يشاهد عليه
devices-show-it-streams-instead-of-files = عرض نسخ البث عليه بدلًا من الملفات
devices-sign-in-a-tv-app = تسجيل دخول تطبيق تلفاز
devices-who-watches-with-it = من يشاهد به
devices-sign-it-in = تسجيل دخوله
devices-active-links = الروابط النشطة
devices-none-yet-guest-link-on-a = لا روابط بعد. «رابط ضيف» لدى فيلم أو مجلد ينشئ رابطًا لضيف.
devices-revoke-name = إبطال { $name }
devices-your-own-links-and-the-signing = روابطك الخاصة ومفتاح التوقيع
devices-the-links-on-your-own-pages = تشترك الروابط في صفحاتك في تذكرة واحدة. إن وقع أحدها في أيدٍ غير أمينة فاستبدل التذكرة: تحتاج المشغّلات التي أعددتها بمثل هذا الرابط إلى الرابط الجديد.
devices-replace-my-own-ticket = استبدال تذكرتي
devices-all-tickets-are-signed-with-one = تُوقَّع كل التذاكر بمفتاح واحد. غيّره من حين إلى آخر: تبقى الروابط الموجودة صالحة، وتُوقَّع الجديدة بالمفتاح الجديد.
devices-change-the-key = تغيير المفتاح
devices-older-keys-are-still-valid-retire = لا تزال مفاتيح أقدم صالحة. إذا أحلتها إلى التقاعد انتهى فورًا كل رابط أُنشئ قبل التغيير.
devices-retire-the-old-keys = إحالة المفاتيح القديمة إلى التقاعد
devices-no-app-shows-this-code = لا يعرض أي تطبيق هذا الرمز. يصلح الرمز خمس دقائق.
devices-player = مشغّل
devices-never-used = لم يُستخدم قط
devices-used = استُخدم { $when }
devices-until = حتى { $time }

guest-link-to = رابط ضيف إلى «{ $title }»
guest-link-all-links = كل الروابط والزر الذي يبطلها: { $page }
guest-link-opens-folder = كل من لديه الرابط يرى هذا المجلد وكل ما فيه، ولا شيء آخر مما لديك.
guest-link-opens-film = كل من لديه الرابط يرى هذا الفيلم، ولا شيء آخر مما لديك.
guest-link-no-login-is-needed = لا حاجة إلى تسجيل الدخول.
guest-link-for-whom = لمن
guest-link-aunt-mia = الخالة مها
guest-link-limits = الحدود
guest-link-people-at-the-same-time = عدد الأشخاص في الوقت نفسه
guest-link-no-limit = بلا حد
guest-link-visits-in-all = مجموع الزيارات
guest-link-streams-alone-without-the-files = البث فقط، من دون الملفات

neutral-nothing-plays-here = لا شيء يُعرض هنا
neutral-ask-whoever-gave-it-to-you = اطلب رابطًا جديدًا ممن أعطاك إياه.
neutral-expired = انتهت صلاحية هذا الرابط، أو أُبطل.
neutral-does-not-lead-here = هذا الرابط لا يؤدي إلى هنا.
neutral-not-reachable = تعذّر الوصول الآن إلى ما يؤدي إليه.
neutral-incomplete = هذا الرابط غير مكتمل، أو لا يؤدي إلى شيء.

own-shares-no-links-yet-choose-share-beside = لا روابط بعد. اختر «مشاركة» بجانب فيلم أو مجلد.
own-shares-revoke-title = إبطال الرابط إلى { $title }
own-shares-name-and-others = { $name } و{ $count ->
    [zero] لا شيء آخر
    [one] عنصر آخر
    [two] عنصران آخران
    [few] { $count } عناصر أخرى
    [many] { $count } عنصرًا آخر
   *[other] { $count } عنصر آخر
}
own-shares-revoked = أُبطل
own-shares-refused = رفضه القرص
own-shares-used-up = استُنفد
own-shares-never-ends = لا ينتهي أبدًا
own-shares-ends = ينتهي { $when }

share-share-links = روابط المشاركة
share-password-of-the-share = كلمة مرور المشاركة
share-paste-a-link-or-the-whole = الصق رابطًا، أو الرسالة كلها التي وصل فيها
share-open-another-one = فتح مشاركة أخرى
share-panel-about-this-share = عن هذه المشاركة
share-panel-play-from-the-first = تشغيل من البداية
share-panel-play-all-in-vlc = تشغيل الكل في VLC
share-panel-save-to-my-drive = حفظ على قرصي
share-panel-drive = القرص
share-panel-folder = المجلد
share-panel-where-the-name-is-taken = إذا كان الاسم مستخدمًا
share-panel-skip-it = تخطيه
share-saved-saved = تم الحفظ
share-panel-on-this-page = في هذه الصفحة
share-saved-count = حُفظ { $count } من { $total }
share-saved-go-to-folder = الانتقال إلى { $folder }
share-saved-back = العودة إلى المشاركة
share-another-site = أحالك إلى هنا موقع آخر. ما يريد فتحه مبيّن أدناه.
share-open-it-again = افتحه مرة أخرى بعد لحظات.
share-unknown-host = مضيف غير معروف
share-host-is-unknown = لهذا الرابط شكل رابط مشاركة، لكن مضيفه { $host } غير معروف هنا.
share-can-be-tried = يمكن تجربته: يُبحث عن المشاركة لدى الخدمة المعروفة، ولا يُتصل بذلك المضيف.

shares-gone = أبطله صاحبه، أو انتهت صلاحيته.
shares-password-changed = تغيّرت كلمة مروره: الصق الرابط من جديد مع الكلمة الجديدة.
shares-no-drive = لا يفتحه أي قرص مربوط.

ticket-guest-about = يُفتح في أي متصفح بلا تسجيل دخول
ticket-play-url = رابط التشغيل
ticket-play-url-about = لأي مشغّل يتصفح مجلدات الويب
ticket-kodi-web-directory = دليل خادم ويب ({ $scheme })
ticket-kodi-protocol = البروتوكول
ticket-kodi-server = عنوان الخادم
ticket-kodi-path = المسار البعيد
ticket-kodi-port = المنفذ
ticket-list-about = افتحها كبث شبكة في VLC أو mpv
ticket-list = قائمة
ticket-list-of = قائمة { $name }

unfurl-films-under-the-open-sky = أفلام تحت السماء المفتوحة.
unfurl-folder = مجلد أفلام
unfurl-sound = صوت
unfurl-film = فيلم

ticket-form-speed-in-mbit-s-for-all = السرعة بالميغابت في الثانية، للجميع معًا
