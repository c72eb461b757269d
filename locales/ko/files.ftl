archives-packing = { $name } 압축 중
archives-unpacking = { $name } 압축 푸는 중
archives-the-drive-packs-and-unpacks-by = 드라이브가 직접 압축하고 풀기 때문에 이 컴퓨터와 인터넷 회선은 쓰지 않아요. 작업 차례가 오기까지 몇 초 걸릴 수 있어요.
archives-nothing-has-been-packed-or-unpacked = 아직 압축하거나 푼 파일이 없어요. 폴더에서 항목을 선택한 다음 ‘압축…’을 누르세요.

organize-archive-password = 압축 파일의 비밀번호 { $note }
organize-if-it-has-one = (있는 경우)
organize-on-drive-or-on = { $drive }에서, 또는 다른 드라이브:
organize-share = 공유…
organize-rename = 이름 변경…
organize-move = 이동…
organize-copy = 복사…
organize-delete = 삭제…
organize-tags = 태그…
organize-pack = 압축…
organize-unpack = 압축 풀기…
organize-direct-link = 직접 링크
organize-tags-separated-by-commas = 쉼표로 구분한 태그
organize-the-name-of-the-archive = 압축 파일의 이름
organize-pack-now = 압축
organize-unpack-now = 압축 풀기
organize-whoever-has-such-a-link-gets = 이 링크가 있으면 누구나 비밀번호 없이 파일을 받을 수 있어요.
organize-direct-link-of-name = { $name }의 직접 링크
organize-the-new-name = 새 이름
organize-the-folders-above = 상위 폴더
organize-no-folders-in-here = 이 안에는 폴더가 없어요.
organize-only-the-first-folders-are-shown = 처음 폴더 일부만 표시돼요.
organize-it-goes-to-the-drives-own = 드라이브에 휴지통이 있으면 그 휴지통으로 이동해요. 폴더는 안에 있는 모든 항목과 함께 삭제돼요.
organize-create = 만들기
organize-where-there-is-one-of-that = 같은 이름이 있으면
organize-leave-it-as-it-is = 그대로 두기
organize-replace-it = 바꾸기
organize-files = 파일
organize-the-link-lives-for = 링크 유효 기간
organize-a-password-or-nothing-for-a = 비밀번호. 공개 링크로 하려면 비워 두세요
organize-public = 공개
organize-some-drives-take-four-letters-or = 네 자리 글자나 숫자만 허용하는 드라이브도 있어요.
organize-all-your-links = 내 링크 모두 보기
organize-rename-what = { $what } 이름 변경
organize-copy-what-to = { $what } 복사할 위치
organize-move-what-to = { $what } 이동할 위치
organize-delete-what = { $what } 삭제할까요?
organize-share-what = { $what } 공유
organize-tags-of-what = { $what }의 태그
organize-pack-what = { $what } 압축
organize-unpack-what = { $what } 압축 풀기
organize-upload-files = 파일 업로드
organize-quoted-name = ‘{ $name }’
organize-for-ever = 영구
organize-copy-here = 여기로 복사
organize-move-here = 여기로 이동
organize-no-direct-links = 직접 링크 없음
organize-direct-links-ready = 직접 링크가 준비됐어요
organize-link-ready = 링크가 준비됐어요

versions-of = { $name }의 버전
versions-by-author = 작성자: { $author }
versions-the-current-one = 현재 버전
versions-make-it-current = 현재 버전으로 지정
versions-delete-for-good = 영구 삭제
versions-unknown-time = 시간을 알 수 없음

browse-turn-round = 순서 뒤집기
browse-in-the-whole-drive = 드라이브 전체에서
browse-new-folder = 새 폴더
browse-uploads = 업로드
browse-earlier = 이전 항목
browse-with-what-is-ticked = 선택한 항목:
browse-share = 공유
browse-move = 이동
browse-play-this-folder-in-vlc-mpv = 이 폴더를 VLC, mpv 또는 Kodi에서 재생
browse-empty = 이 폴더는 비어 있어요.
browse-nothing-of-this-kind = 이 폴더에는 이 종류의 파일이 없어요.
browse-ascending = 오름차순
browse-descending = 내림차순

picture-browsers-do-not-show-this-kind = 이 종류의 사진은 브라우저에서 볼 수 없어요. 다운로드해서 보세요.
picture-pictures-of-this-folder = 이 폴더의 사진
picture-previous-name = 이전: { $label }
picture-previous = ‹ 이전
picture-next-name = 다음: { $label }
picture-next = 다음 ›
picture-download = 다운로드
picture-number = { $count }장 중 { $number }번째

remote-downloads-the-drive-downloads-it-by-itself = 드라이브가 직접 다운로드하기 때문에 이 컴퓨터와 인터넷 회선은 쓰지 않아요.
remote-downloads-the-link-of-the-file = 파일 링크
remote-downloads-fetch = 가져오기
remote-downloads-downloaded = 다운로드됨
remote-downloads-cancel-name = { $name } 다운로드 취소

rename-many-becomes = 새 이름:
rename-many-undo = 실행 취소
rename-many-the-new-names = 새 이름
rename-many-the-title-title-year-or-series = 제목: ‘제목 (연도)’ 또는 ‘시리즈 S01E02’
rename-many-the-title-in-folders = 제목, 폴더에: ‘제목 (연도)/…’ 또는 ‘시리즈/Season 01/…’
rename-many-a-text-in-them-is-replaced = 이름에 있는 텍스트 바꾸기
rename-many-by-a-pattern = 패턴으로
rename-many-replace-the-text = 바꿀 텍스트
rename-many-replace-by = 새 텍스트
rename-many-the-pattern = 패턴
rename-many-pattern-hint = {"{"}name{"}"}, {"{"}title{"}"}, {"{"}year{"}"}, 숫자 {"{"}n{"}"}, {"{"}nn{"}"} 또는 {"{"}nnn{"}"}. 확장자는 그대로 유지돼요.
rename-many-the-first-number = 첫 번째 숫자
rename-many-show-the-new-names = 새 이름 보기
rename-many-no-change = 바뀌는 이름이 없어요.
rename-many-same-name = 이름이 같아지는 항목이 있어요. 패턴에 숫자 {"{"}n{"}"}을 추가하세요.
rename-many-done = 이름을 변경했어요

tasks-tasks = 작업
tasks-nothing-is-being-copied-copies-and = 복사 중인 항목이 없어요. 드라이브 간 복사와 이동이 여기에 표시돼요.
tasks-progress = 진행률
tasks-copy-of = { $more ->
    [0] ‘{ $name }’ 복사
   *[other] ‘{ $name }’ 외 { $more }개 복사
}
tasks-move-of = { $more ->
    [0] ‘{ $name }’ 이동
   *[other] ‘{ $name }’ 외 { $more }개 이동
}
tasks-pause = 일시정지
tasks-resume = 계속
tasks-try-again = 다시 시도
tasks-route = { $from }에서 { $to }까지

trash-not-restored = 복원하지 못함:
trash-nothing-was-deleted-here-or-all = 삭제한 항목이 없거나 모두 영구 삭제됐어요.
trash-delete-everything-in-the-trash = 휴지통의 모든 항목을 삭제할까요?
trash-it-is-gone-for-good-with = 삭제한 폴더의 내용까지 모두 영구 삭제돼요.
trash-delete-everything = 모두 삭제
trash-from-folder = 원래 위치: { $folder }
trash-restore = 복원
trash-empty-the-trash = 휴지통 비우기…
trash-deleted-on = { $day }에 삭제함
trash-gone-for-good = { $when } 영구 삭제됨

task-waiting = 대기 중
task-percent-of-total = { $total } 중 { $percent }%
task-in-progress = 진행 중
task-cancelled = 취소됨
task-failed = 실패
task-without-name = 작업
task-running = 실행 중
task-paused = 일시정지됨
task-failed-sentence = 실패했어요. { $sentence }

browse-note-and-hidden-names = 메모와 숨긴 이름
folder-settings-a-note-above-the-list = 목록 위의 메모
folder-settings-plain-text-for-all-who-see = 폴더를 보는 모든 사람을 위한 일반 텍스트이며, 안의 링크를 열 수 있습니다.
folder-settings-hidden-names-one-a-line = 숨길 이름, 한 줄에 하나씩
organize-guest-link = 게스트 링크…
organize-anyone-who-has-the-link-sees = 링크가 있는 사람은 선택한 것과 그 안의 모든 것을 볼 수 있고, 그 밖의 것은 볼 수 없습니다. 로그인할 필요가 없습니다.
organize-all-links = 모든 링크
organize-guest-link-to-what = { $what } 게스트 링크
folder-settings-of = “{ $title }”의 메모와 숨긴 이름
folder-settings-patterns = { $first }, { $second }, { $third } 같은 패턴으로, 이 폴더와 그 아래 모두에 적용됩니다. 숨긴 것은 목록, 검색, 라이브러리에 나오지 않으며, 게스트와 플레이어는 주소로도 찾지 못합니다.
tasks-upload-of = “{ $name }” 업로드
tasks-download-of = “{ $name }” 다운로드
tasks-walk-over = { $place } 훑어보기
