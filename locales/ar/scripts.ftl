script-account-signed-in = تم تسجيل الدخول.
script-account-signing-in = جارٍ تسجيل الدخول…
script-account-code-expired = انتهت صلاحية الرمز. إليك رمزًا جديدًا…
script-account-waiting-for-phone = في انتظار هاتفك…
script-account-drive-silent = القرص لا يرد. نسأله من جديد…
script-account-offline-retrying = لا اتصال بـ Drive-In. نعيد المحاولة…
script-account-offline = لا اتصال بـ Drive-In. حاول مرة أخرى.
script-cast-failed = لم يقبله Chromecast. هل يستطيع الوصول إلى هذا الخادم؟
script-copy-copied = تم النسخ
script-copy-press-keys = اضغط Ctrl+C
script-dialog-close = إغلاق
script-dialog-failed = لم ينجح ذلك
script-dialog-offline = لا اتصال بـ Drive-In. حاول مرة أخرى.
script-listing-loading = جارٍ التحميل…
script-listing-loaded = حُمّل المزيد: { $count }
script-listing-failed = لم ينجح ذلك. حاول مرة أخرى
script-listing-selected = { $count ->
    [zero] لا عناصر:
    [one] عنصر واحد:
    [two] عنصران:
    [few] { $count } عناصر:
    [many] { $count } عنصرًا:
   *[other] { $count } عنصر:
}
script-uploads-title = عمليات الرفع
script-uploads-choose = الملفات المراد رفعها
script-uploads-progress-of = رفع { $name }
script-uploads-button-for = { $label }: { $name }
script-uploads-waiting = في الانتظار
script-uploads-checking = جارٍ سؤال القرص…
script-uploads-done = تم، { $size }
script-uploads-cancelled = أُلغي
script-uploads-skipped = تُرك كما هو
script-uploads-name-taken = يوجد ملف بهذا الاسم بالفعل.
script-uploads-cancel = إلغاء
script-uploads-replace = استبدال
script-uploads-keep-both = الاحتفاظ بكليهما
script-uploads-skip = تخطٍّ
script-uploads-try-again = إعادة المحاولة
script-uploads-time-left = بقي { $time }
script-uploads-offline = انقطع الاتصال. ما وصل لا يُرسل مرة أخرى.
script-uploads-refused = رد الخادم بـ { $status }.
script-passkeys-unsupported = هذا المتصفح لا يدعم مفاتيح المرور.
script-passkeys-cancelled = لم يوافق الجهاز، أو انقضت المهلة. حاول مرة أخرى.
script-passkeys-known = لدى ذلك الجهاز مفتاح مرور لهذا الخادم بالفعل.
script-player-play = تشغيل
script-player-pause = إيقاف مؤقت
script-player-back = رجوع 10 ثوانٍ
script-player-ahead = تقديم 10 ثوانٍ
script-player-position = الموضع
script-player-position-of = { $at } من { $length }
script-player-volume = مستوى الصوت
script-player-volume-at = مستوى الصوت { $percent }%
script-player-sound-off = كتم الصوت
script-player-sound-on = تشغيل الصوت
script-player-quality = الجودة
script-player-quality-auto = تلقائي
script-player-quality-original = الأصلي
script-player-quality-audio = الصوت فقط
script-player-not-offered = غير متاح
script-player-speed = السرعة
script-player-speed-normal = السرعة العادية
script-player-speed-at = السرعة { $rate }×
script-player-normal = عادية
script-player-sounds = مسار الصوت
script-player-sound-not-here = { $codec }: في VLC
script-player-subtitles = الترجمة
script-player-subtitles-none = لا توجد ترجمة
script-player-subtitles-off = إيقاف الترجمة
script-player-subtitles-on = تشغيل الترجمة
script-player-subtitles-of = الترجمة: { $track }
script-player-off = إيقاف
script-player-track = المسار { $number }
script-player-look = مظهر الترجمة وتوقيتها
script-player-look-size = الحجم
script-player-look-small = صغير
script-player-look-large = كبير
script-player-look-huge = كبير جدًا
script-player-look-color = اللون
script-player-look-white = أبيض
script-player-look-yellow = أصفر
script-player-look-green = أخضر
script-player-look-cyan = أزرق فاتح
script-player-look-place = الموضع
script-player-look-bottom = أسفل
script-player-look-raised = أعلى قليلًا
script-player-look-top = أعلى
script-player-look-time = التوقيت
script-player-look-earlier = قبل نصف ثانية
script-player-look-later = بعد نصف ثانية
script-player-look-by = { $seconds } ث
script-player-look-styled = الترجمات التي لها مظهرها الخاص تحتفظ به ولا تتبع إلا التوقيت.
script-player-air-play = AirPlay
script-player-picture-in-picture = صورة داخل صورة
script-player-picture-in-picture-failed = الصورة داخل صورة غير متاحة الآن
script-player-full-screen = ملء الشاشة
script-player-leave-full-screen = الخروج من ملء الشاشة
script-player-full-screen-failed = ملء الشاشة غير مسموح به هنا
script-player-close = إغلاق
script-player-keys = المفاتيح
script-player-keys-hint = المفاتيح (?)
script-player-key-space = مسافة
script-player-key-play = تشغيل أو إيقاف مؤقت
script-player-key-ten-seconds = رجوع أو تقديم 10 ثوانٍ
script-player-key-five-seconds = رجوع أو تقديم 5 ثوانٍ
script-player-key-volume = رفع الصوت، خفضه
script-player-key-mute = كتم الصوت وتشغيله
script-player-key-tenth = إلى ذلك العُشر من الفيلم
script-player-key-speed = أبطأ، أسرع
script-player-key-list = هذه القائمة
script-player-shuffle = تشغيل عشوائي
script-player-shuffle-on = تم تفعيل التشغيل العشوائي
script-player-shuffle-off = تم إيقاف التشغيل العشوائي
script-player-repeat-all = تكرار الكل
script-player-repeat-one = تكرار هذه الأغنية
script-player-repeat-off = إيقاف التكرار
script-player-key-repeat = تكرار الكل، هذه الأغنية، لا شيء
script-player-skip-intro = تخطي المقدمة
script-player-intro-starts = تبدأ المقدمة هنا. حدّد نهايتها الآن.
script-player-intro-marked = حُدّدت للموسم كله
script-player-intro-removed = أُزيل التحديد
script-player-intro-failed = تعذّر التحديد
script-player-next-film = الفيلم التالي
script-player-next = التالي
script-player-play-now = تشغيل الآن ({ $seconds })
script-player-stay-here = البقاء هنا
script-errors-title = تعذّر تشغيل هذا الفيلم
script-errors-sentence = لم يذكر الخادم السبب.
script-errors-step = حاول مرة أخرى بعد لحظات.
script-errors-undecodable = لا يستطيع هذا المتصفح فك ترميز { $format }. الفيلم نفسه سليم.
script-errors-retry-in = المحاولة التالية بعد { $seconds } ث
script-errors-retrying = جارٍ التحقق…
script-errors-try-again = إعادة المحاولة
script-errors-play-original = تشغيل الأصلي
script-errors-open-in-vlc = فتح في VLC
script-stream-original-instead = ليس لدى القرص بث لهذا الفيلم الآن: يُشغَّل الملف الأصلي.
script-stream-no-audio-only = لا يوجد بث صوتي فقط لهذا الفيلم.
script-stream-stumbling = القرص يتعثر. نعيد المحاولة…
script-stream-original-failed = لا يستطيع هذا المتصفح تشغيل الملف الأصلي: عدنا إلى البث. يمكن تشغيله في VLC.
script-stream-no-picture = { $plays ->
    [stream] هذا المتصفح لا يدعم { $codecs }، فلا تظهر صورة من الملف: يُشغَّل البث بدلًا منه.
   *[nothing] هذا المتصفح لا يدعم { $codecs }، فلا تظهر صورة من الملف. يمكن تشغيله في VLC: افتحه هناك.
}
script-stream-no-sound = { $plays ->
    [stream] هذا المتصفح لا يدعم { $codecs }، فلا يُسمع صوت من الملف: يُشغَّل البث بدلًا منه.
   *[nothing] هذا المتصفح لا يدعم { $codecs }، فلا يُسمع صوت من الملف. يمكن تشغيله في VLC: افتحه هناك.
}
script-stream-picture-missing = { $plays ->
    [stream] لا يعرض هذا المتصفح صورة من الملف: يُشغَّل البث بدلًا منه.
   *[nothing] لا يعرض هذا المتصفح صورة من الملف. يمكن تشغيله في VLC: افتحه هناك.
}
script-stream-sound-missing = { $plays ->
    [stream] لا يُسمع صوت الملف في هذا المتصفح: يُشغَّل البث بدلًا منه.
   *[nothing] لا يُسمع صوت الملف في هذا المتصفح. يمكن تشغيله في VLC: افتحه هناك.
}
script-stream-lacks-codec = هذا المتصفح لا يدعم { $codec }: تُشغَّل الجودة { $quality }، أو افتحه في VLC.
script-stream-transcoding = الجودة { $quality } لا تزال قيد الإعداد: عدنا إلى «تلقائي».
script-stream-not-there = الجودة { $quality } غير متاحة الآن: عدنا إلى «تلقائي».
