archives-packing = ضغط { $name }
archives-unpacking = فك ضغط { $name }
archives-the-drive-packs-and-unpacks-by = يضغط القرص ويفك الضغط بنفسه: لا يُستخدم هذا الجهاز ولا اتصاله. قد تنتظر المهمة دورها بضع ثوانٍ.
archives-nothing-has-been-packed-or-unpacked = لم يُضغط هنا شيء ولم يُفك ضغطه بعد. حدّد عناصر في مجلد، ثم اختر «ضغط…».

organize-archive-password = كلمة مرور الأرشيف { $note }
organize-if-it-has-one = (إن وُجدت)
organize-on-drive-or-on = على { $drive }، أو على
organize-share = مشاركة…
organize-rename = إعادة تسمية…
organize-move = نقل…
organize-copy = نسخ…
organize-delete = حذف…
organize-tags = وسوم…
organize-pack = ضغط…
organize-unpack = فك الضغط…
organize-direct-link = رابط مباشر
organize-tags-separated-by-commas = وسوم تفصل بينها فواصل
organize-the-name-of-the-archive = اسم الأرشيف
organize-pack-now = ضغط
organize-unpack-now = فك الضغط
organize-whoever-has-such-a-link-gets = كل من لديه مثل هذا الرابط يحصل على الملف بلا كلمة مرور.
organize-direct-link-of-name = الرابط المباشر إلى { $name }
organize-the-new-name = الاسم الجديد
organize-the-folders-above = المجلدات الأعلى
organize-no-folders-in-here = لا مجلدات هنا.
organize-only-the-first-folders-are-shown = لا تُعرض إلا المجلدات الأولى.
organize-it-goes-to-the-drives-own = ينتقل إلى سلة مهملات القرص إن كانت له سلة. وتُحذف المجلدات مع كل ما فيها.
organize-create = إنشاء
organize-where-there-is-one-of-that = إذا كان الاسم موجودًا
organize-leave-it-as-it-is = تركه كما هو
organize-replace-it = استبداله
organize-files = الملفات
organize-the-link-lives-for = مدة صلاحية الرابط
organize-a-password-or-nothing-for-a = كلمة مرور، أو اترك الحقل فارغًا لرابط عام
organize-public = عام
organize-some-drives-take-four-letters-or = بعض الأقراص لا تقبل إلا أربعة حروف أو أرقام.
organize-all-your-links = كل روابطك
organize-rename-what = إعادة تسمية { $what }
organize-copy-what-to = نسخ { $what } إلى
organize-move-what-to = نقل { $what } إلى
organize-delete-what = حذف { $what }؟
organize-share-what = مشاركة { $what }
organize-tags-of-what = وسوم { $what }
organize-pack-what = ضغط { $what }
organize-unpack-what = فك ضغط { $what }
organize-upload-files = رفع ملفات
organize-quoted-name = «{ $name }»
organize-for-ever = دائم
organize-copy-here = نسخ إلى هنا
organize-move-here = نقل إلى هنا
organize-no-direct-links = لا روابط مباشرة
organize-direct-links-ready = الروابط المباشرة جاهزة
organize-link-ready = الرابط جاهز

versions-of = إصدارات { $name }
versions-by-author = من { $author }
versions-the-current-one = الإصدار الحالي
versions-make-it-current = جعله الحالي
versions-delete-for-good = حذف نهائي
versions-unknown-time = في وقت غير معروف

browse-turn-round = عكس الترتيب
browse-in-the-whole-drive = في القرص كله
browse-new-folder = مجلد جديد
browse-uploads = عمليات الرفع
browse-earlier = السابق
browse-with-what-is-ticked = مع ما حُدّد:
browse-share = مشاركة
browse-move = نقل
browse-play-this-folder-in-vlc-mpv = تشغيل هذا المجلد في VLC أو mpv أو Kodi
browse-empty = هذا المجلد فارغ.
browse-nothing-of-this-kind = لا شيء من هذا النوع في هذا المجلد.
browse-ascending = تصاعدي
browse-descending = تنازلي

picture-browsers-do-not-show-this-kind = لا تعرض المتصفحات هذا النوع من الصور. نزّلها لتراها.
picture-pictures-of-this-folder = صور هذا المجلد
picture-previous-name = السابقة: { $label }
picture-previous = ‹ السابقة
picture-next-name = التالية: { $label }
picture-next = التالية ›
picture-download = تنزيل
picture-number = { $number } من { $count }

remote-downloads-the-drive-downloads-it-by-itself = ينزّله القرص بنفسه: لا يُستخدم هذا الجهاز ولا اتصاله.
remote-downloads-the-link-of-the-file = رابط الملف
remote-downloads-fetch = جلب
remote-downloads-downloaded = ما تم تنزيله
remote-downloads-cancel-name = إلغاء تنزيل { $name }

rename-many-becomes = يصبح
rename-many-undo = تراجع
rename-many-the-new-names = الأسماء الجديدة
rename-many-the-title-title-year-or-series = العنوان: «العنوان (السنة)»، أو «المسلسل S01E02»
rename-many-the-title-in-folders = العنوان، في مجلدات: «العنوان (السنة)/…»، أو «المسلسل/Season 01/…»
rename-many-a-text-in-them-is-replaced = استبدال نص فيها
rename-many-by-a-pattern = حسب نمط
rename-many-replace-the-text = استبدال النص
rename-many-replace-by = بـ
rename-many-the-pattern = النمط
rename-many-pattern-hint = {"{"}name{"}"} و{"{"}title{"}"} و{"{"}year{"}"}، والأرقام {"{"}n{"}"} أو {"{"}nn{"}"} أو {"{"}nnn{"}"}. يبقى الامتداد كما هو.
rename-many-the-first-number = الرقم الأول
rename-many-show-the-new-names = عرض الأسماء الجديدة
rename-many-no-change = لن يتغير أي اسم.
rename-many-same-name = سيحمل اثنان منها الاسم نفسه. أضف {"{"}n{"}"}، وهو رقم، إلى النمط.
rename-many-done = تمت إعادة التسمية

tasks-tasks = المهام
tasks-nothing-is-being-copied-copies-and = لا يُنسخ شيء الآن. تظهر هنا عمليات النسخ والنقل من قرص إلى آخر.
tasks-progress = التقدم
tasks-copy-of = { $more ->
    [0] نسخ «{ $name }»
   *[other] نسخ «{ $name }» و{ $more } غيره
}
tasks-move-of = { $more ->
    [0] نقل «{ $name }»
   *[other] نقل «{ $name }» و{ $more } غيره
}
tasks-pause = إيقاف مؤقت
tasks-resume = استئناف
tasks-try-again = إعادة المحاولة
tasks-route = من { $from } إلى { $to }

trash-not-restored = لم يُستعد:
trash-nothing-was-deleted-here-or-all = لم يُحذف شيء هنا، أو حُذف كله نهائيًا.
trash-delete-everything-in-the-trash = حذف كل ما في سلة المهملات؟
trash-it-is-gone-for-good-with = سيُحذف نهائيًا، مع كل ما في المجلدات المحذوفة.
trash-delete-everything = حذف الكل
trash-from-folder = من { $folder }
trash-restore = استعادة
trash-empty-the-trash = إفراغ سلة المهملات…
trash-deleted-on = حُذف في { $day }
trash-gone-for-good = يُحذف نهائيًا { $when }

task-waiting = في الانتظار
task-percent-of-total = { $percent }% من { $total }
task-in-progress = قيد التنفيذ
task-cancelled = أُلغيت
task-failed = فشلت
task-without-name = مهمة
task-running = قيد التشغيل
task-paused = متوقفة مؤقتًا
task-failed-sentence = فشلت. { $sentence }

browse-note-and-hidden-names = ملاحظة وأسماء مخفية
folder-settings-a-note-above-the-list = ملاحظة فوق القائمة
folder-settings-plain-text-for-all-who-see = نص بسيط لكل من يرى المجلد، ويمكن فتح الروابط التي فيه.
folder-settings-hidden-names-one-a-line = أسماء مخفية، واحد في كل سطر
organize-guest-link = رابط ضيف…
organize-anyone-who-has-the-link-sees = كل من لديه الرابط يرى ما اختير وكل ما فيه، ولا شيء آخر لك. لا حاجة إلى تسجيل الدخول.
organize-all-links = كل الروابط
organize-guest-link-to-what = رابط ضيف إلى { $what }
folder-settings-of = ملاحظة وأسماء مخفية في «{ $title }»
folder-settings-patterns = أنماط مثل { $first } أو { $second } أو { $third }، لهذا المجلد وكل ما تحته. ما أُخفي لا يظهر في أي قائمة ولا بحث ولا في المكتبة، ولا يجده الضيوف والمشغّلات بعنوانه.
tasks-upload-of = رفع «{ $name }»
tasks-download-of = تنزيل «{ $name }»
tasks-walk-over = قراءة { $place }
