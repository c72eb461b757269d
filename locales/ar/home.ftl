first-page-config-steps = ضع هذا في { $file }، وتحقّق بالأمر { $command } من صحته، ثم أعد تشغيل Drive-In.
first-page-demo = تريد إلقاء نظرة فقط؟ يأتي { $command } ببضعة أفلام قصيرة ولا يحتاج إلى حساب.
first-page-the-screen-is-up-now-bring = الشاشة منصوبة. لم يبقَ إلا الفيلم.
first-page-drive-in-is-running-connect-a = Drive-In يعمل. اربط قرصًا وسجّل الدخول بهاتفك، فيشغّل ما هو موجود عليه.
first-page-rather-write-it-into-a-file = تفضّل كتابته في ملف؟
first-page-the-lines-for-a-terabox-account = الأسطر الخاصة بحساب TeraBox

home-nothing-here-yet = لا شيء هنا بعد. { $link }
home-look-around = ألقِ نظرة
home-somebody-sent-you-a-share-link = أرسل إليك أحدهم رابط مشاركة؟
home-paste-the-link-or-the-whole = الصق الرابط، أو الرسالة كلها التي وصل فيها
home-opened-before = فُتحت سابقًا
home-forget-title = نسيان { $title }
home-forget = نسيان
home-connect-another-drive = ربط قرص آخر
home-change-or-order-drives = تعديل الأقراص أو ترتيبها
home-continue = متابعة المشاهدة
home-next-up = التالي
home-recently-added = أضيف حديثًا
home-resume = استئناف
home-look-at-series = عرض المسلسل

search-nothing-found = لا نتائج لـ «{ $title }».
search-try-fewer-letters = يكفي جزء من كلمة: جرّب حروفًا أقل.
search-a-word-of-the-title = كلمة من العنوان
search-titles = الأفلام والمسلسلات
search-files = الملفات
search-more-results = المزيد من النتائج
search-play-what-was-found-in-vlc = تشغيل النتائج في VLC أو mpv أو Kodi
search-place-not-answered-yet = لم يرد «{ $place }» بعد. تتحقق هذه الصفحة من جديد تلقائيًا.
search-place-did-not-answer = تعذّر البحث في «{ $place }». لم يرد في الوقت المناسب.
search-tagged = بالوسم { $tag }
search-kind-in-place = { $kind } في { $place }
search-place-failed = تعذّر البحث في «{ $place }». { $sentence }
search-not-all-folders = لم يشمل البحث كل مجلدات «{ $place }». قد يجد البحث نفسه المزيد بعد قليل.
search-list-about = تُحدَّث النتائج عند كل تحميل
search-nothing-for = لا شيء لـ «{ $words }»
search-found-for = { $found } لـ «{ $words }»

choose-viewer-who-is-watching = من يشاهد الآن؟
choose-viewer-pin-of-name = رقم PIN الخاص بـ { $name }
choose-viewer-change-viewers = إدارة المشاهدين
choose-viewer-wrong-pin = رقم PIN غير صحيح. حاول مرة أخرى.
choose-viewer-too-many-pins = أُدخلت أرقام PIN خاطئة كثيرة. انتظر { $seconds } ث، ثم حاول مرة أخرى.

film-rated = التقييم { $rating } من 10
film-the-file = الملف
film-resume-at = استئناف من { $clock }
film-play-again = تشغيل من جديد
film-play-version = تشغيل { $version }

titles-nothing-here-yet-films-and-series = لا شيء هنا بعد. تظهر الأفلام والمسلسلات كلما فُحصت الأقراص وفُتحت المجلدات.
titles-pages = الصفحات
titles-series = المسلسلات
titles-title = العنوان
titles-added = تاريخ الإضافة
titles-special = حلقة خاصة { $number }
titles-season = الموسم { $number }
titles-episode = الحلقة { $number }
titles-specials = حلقات خاصة

series-watched-count = شوهد { $count } من { $total }
series-resume = استئناف { $episode }
series-continue-with = المتابعة من { $episode }
series-play = تشغيل { $episode }

status-version = الإصدار
status-running-for = مدة التشغيل
status-saved-state = الحالة المحفوظة
status-not-readable = غير قابلة للقراءة
status-readable-and-writable = قابلة للقراءة والكتابة
status-readable-only = للقراءة فقط: { $fault }
status-reachable-at = العنوان
status-media = الوسائط
status-server = الخادم
status-metadata = الأفلام والمسلسلات عبر TMDB
status-memory-cache = ذاكرة التخزين المؤقت
status-traffic = الاتصال بالأقراص
status-disk-cache = التخزين المؤقت على القرص الصلب
status-metadata-works = يُبحث عن بيانات الأفلام والمسلسلات فور العثور عليها.
status-metadata-state = الحالة
status-metadata-found = عُثر عليها
status-metadata-unknown = لم تُعرف على وجه اليقين
status-notice = ملاحظة
status-disk-off = معطّل؛ يفعّله cache.disk
status-blocks = كتل الوسائط
status-hits = إصابات
status-misses = إخفاقات
status-errors = أخطاء
status-writes-stopped = توقفت الكتابة على القرص الصلب
status-no-drive = لم يُربط أي قرص بعد.
status-drive-is-ready = القرص جاهز.
status-playlists = قوائم التشغيل
status-films-opened = الأفلام المفتوحة
status-listings = قوائم المجلدات
status-entries = العناصر
status-accounts = الحسابات
status-opened-originals = الملفات الأصلية المفتوحة
status-pictures = الصور
status-all-ready = { $count ->
    [zero] كل الأقراص جاهزة ({ $count }).
    [one] القرص جاهز.
    [two] القرصان جاهزان.
    [few] الأقراص الـ{ $count } كلها جاهزة.
    [many] كل الأقراص جاهزة ({ $count }).
   *[other] كل الأقراص جاهزة ({ $count }).
}
status-some-ready = { $count ->
    [zero] الأقراص الجاهزة: { $ready } من { $count }.
    [one] الأقراص الجاهزة: { $ready } من { $count }.
    [two] الأقراص الجاهزة: { $ready } من { $count }.
    [few] الأقراص الجاهزة: { $ready } من { $count }.
    [many] الأقراص الجاهزة: { $ready } من { $count }.
   *[other] الأقراص الجاهزة: { $ready } من { $count }.
}

traffic-under-way = قيد التنفيذ: { $count } ({ $parts })
traffic-waiting = في الانتظار: { $count } ({ $parts })
traffic-quiet = هادئ
traffic-paused = { $traffic }؛ طلب القرص مهلة، بقي منها { $left }
traffic-playing = { $count } للتشغيل
traffic-opening = { $count } للفتح
traffic-reading-ahead = { $count } للقراءة المسبقة
traffic-uploading = { $count } للرفع
traffic-for-pictures = { $count } للصور
traffic-searching = { $count } للبحث
