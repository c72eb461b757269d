### النصوص المشتركة بين عدة صفحات.

common-to-folder = إلى { $folder }
common-used-of-total = { $used } من { $total }
common-account = الحساب
common-the-share-link = رابط المشاركة
common-try-it = جرّبه
common-your-links = روابطك
common-fetch-from-a-link = جلب من رابط
common-archives = الأرشيفات
common-trash = سلة المهملات
common-drive-is-forgotten = ينسى Drive-In مفاتيحه وجلسته. ولا يُمسّ شيء مما على القرص نفسه.
common-remove-name = إزالة «{ $name }»
common-done = تم
common-more = المزيد
common-next-page = الصفحة التالية
common-sort-by = ترتيب حسب
common-upload = رفع
common-guest-link = رابط ضيف
common-previous-page = الصفحة السابقة
common-rename = إعادة تسمية
common-copy = نسخ
common-delete = حذف
common-pin = رقم PIN
common-connect-a-drive = ربط قرص
common-name = الاسم
common-how-long = المدة
common-until-it-is-revoked = حتى إبطاله
common-a-day = يوم
common-a-week = أسبوع
common-a-month = شهر
common-add = إضافة
common-code = الرمز
common-revoke = إبطال
common-drives = الأقراص
common-watched = تمت مشاهدته
common-percent-watched = شوهد { $percent }%
common-show-files = عرض الملفات
common-versions = الإصدارات
common-create-link = إنشاء رابط
common-details = التفاصيل
common-open-it = فتح
common-search = بحث
common-password = كلمة المرور
common-sign-in-button = تسجيل الدخول
common-cancel = إلغاء
common-save = حفظ
common-the-folder-on-the-drive = المجلد على القرص
common-copy-link = نسخ الرابط
common-keep-both = الاحتفاظ بكليهما
common-back-to-the-folder = العودة إلى المجلد
common-show = عرض
common-passkeys = مفاتيح المرور
common-code-or-recovery-code = رمز من التطبيق، أو رمز استرداد
common-two-step-sign-in = تسجيل الدخول بخطوتين
common-viewers = المشاهدون
common-open = فتح
common-page-looks-again = تتحقق هذه الصفحة من جديد تلقائيًا.
common-date = التاريخ
common-size = الحجم
common-expired = منتهي الصلاحية
common-not-everywhere = لم ينجح ذلك مع الكل
common-play = تشغيل

layout-your-films-under-the-open-sky = أفلامك تحت السماء المفتوحة
layout-skip-to-the-content = الانتقال إلى المحتوى
layout-search-films = البحث عن أفلام
layout-main = الرئيسية
layout-choose-another-viewer = المشاهد الآن: { $name }. اختيار مشاهد آخر
layout-sign-out = تسجيل الخروج
layout-language = اللغة
layout-change-language = تغيير

parts-password = كلمة المرور: { $password }
parts-not-watched-name = لم تتم مشاهدته: { $name }
parts-mark-as-watched-name = وضع علامة «تمت مشاهدته»: { $name }
parts-for-name = لـ { $name }
parts-not-watched = لم تتم مشاهدته
parts-mark-as-watched = وضع علامة «تمت مشاهدته»
parts-choose-name = تحديد { $name }
parts-what-to-do-with-name = خيارات { $name }
parts-share-rename-move-copy-delete = مشاركة، إعادة تسمية، نقل، نسخ، حذف
parts-the-link-as-a-code-to = الرابط رمزًا للمسح
parts-the-link = الرابط
parts-made-on-day = أُنشئ في { $created }
parts-storage-used-on-name = المساحة المستخدمة على { $name }
parts-account-of-name = حساب { $name }
parts-what-name-can-do = ما يستطيعه { $name }
parts-where-you-are = موضعك الحالي
parts-this-link-is-shown-once-copy = يظهر هذا الرابط مرة واحدة فقط. انسخه الآن؛ ويمكن إبطاله في أي وقت.
parts-the-link-as-a-qr-code = الرابط رمز QR
parts-the-link-is-too-long-for = الرابط أطول من أن يتسع له رمز QR.
parts-kodi-steps = Kodi: إضافة فيديوهات، ثم تصفّح، ثم إضافة موقع شبكة

nav-home = الرئيسية
nav-devices = الأجهزة والضيوف
nav-status = الحالة
nav-sessions = الجلسات

error-request-id = الطلب { $request-id }
error-drives-account = حساب القرص

card-image = صورة
card-subtitle = ترجمة
card-file = ملف
card-ready = جاهز
card-signed-out = تم تسجيل الخروج
card-no-answer-yet = لا رد بعد
card-not-reachable = تعذّر الوصول إليه
card-session-ends = تنتهي الجلسة { $when }. سجّل الدخول من جديد قبل ذلك.

kind-all = الكل
kind-films = الأفلام
kind-music = الموسيقى
kind-pictures = الصور
kind-documents = المستندات

count-films = { $count ->
    [zero] لا أفلام
    [one] فيلم واحد
    [two] فيلمان
    [few] { $count } أفلام
    [many] { $count } فيلمًا
   *[other] { $count } فيلم
}
count-folders = { $count ->
    [zero] لا مجلدات
    [one] مجلد واحد
    [two] مجلدان
    [few] { $count } مجلدات
    [many] { $count } مجلدًا
   *[other] { $count } مجلد
}
count-files = { $count ->
    [zero] لا ملفات
    [one] ملف واحد
    [two] ملفان
    [few] { $count } ملفات
    [many] { $count } ملفًا
   *[other] { $count } ملف
}
count-entries = { $count ->
    [zero] لا عناصر
    [one] عنصر واحد
    [two] عنصران
    [few] { $count } عناصر
    [many] { $count } عنصرًا
   *[other] { $count } عنصر
}
count-days = { $count ->
    [zero] { $count } يوم
    [one] يوم واحد
    [two] يومان
    [few] { $count } أيام
    [many] { $count } يومًا
   *[other] { $count } يوم
}

size-kb = { $value } ك.ب
size-mb = { $value } م.ب
size-gb = { $value } غ.ب
size-tb = { $value } ت.ب
size-pb = { $value } ب.ب
size-eb = { $value } إ.ب
size-bytes = { $count ->
    [zero] { $count } بايت
    [one] { $count } بايت
    [two] { $count } بايت
    [few] { $count } بايتات
    [many] { $count } بايتًا
   *[other] { $count } بايت
}

number-decimal-sign = .

date-day = { $day }‏/{ $month }‏/{ $year }
date-time = { $day }، { $clock } UTC

ago-minutes = { $count ->
    [zero] قبل { $count } دقيقة
    [one] قبل دقيقة واحدة
    [two] قبل دقيقتين
    [few] قبل { $count } دقائق
    [many] قبل { $count } دقيقة
   *[other] قبل { $count } دقيقة
}
ago-hours = { $count ->
    [zero] قبل { $count } ساعة
    [one] قبل ساعة واحدة
    [two] قبل ساعتين
    [few] قبل { $count } ساعات
    [many] قبل { $count } ساعة
   *[other] قبل { $count } ساعة
}
ago-days = { $count ->
    [zero] قبل { $count } يوم
    [one] قبل يوم واحد
    [two] قبل يومين
    [few] قبل { $count } أيام
    [many] قبل { $count } يومًا
   *[other] قبل { $count } يوم
}
ago-now = الآن

until-minutes = { $count ->
    [zero] خلال { $count } دقيقة
    [one] خلال دقيقة واحدة
    [two] خلال دقيقتين
    [few] خلال { $count } دقائق
    [many] خلال { $count } دقيقة
   *[other] خلال { $count } دقيقة
}
until-hours = { $count ->
    [zero] خلال { $count } ساعة
    [one] خلال ساعة واحدة
    [two] خلال ساعتين
    [few] خلال { $count } ساعات
    [many] خلال { $count } ساعة
   *[other] خلال { $count } ساعة
}
until-days = { $count ->
    [zero] خلال { $count } يوم
    [one] خلال يوم واحد
    [two] خلال يومين
    [few] خلال { $count } أيام
    [many] خلال { $count } يومًا
   *[other] خلال { $count } يوم
}
until-now = الآن

layout-tasks-running = { $count ->
    [zero] مهمة قيد التنفيذ
    [one] مهمة قيد التنفيذ
    [two] مهمتان قيد التنفيذ
    [few] مهام قيد التنفيذ
    [many] مهمة قيد التنفيذ
   *[other] مهمة قيد التنفيذ
}
