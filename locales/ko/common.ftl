common-to-folder = { $folder } 폴더로
common-used-of-total = { $total } 중 { $used }
common-account = 계정
common-the-share-link = 공유 링크
common-try-it = 시도
common-your-links = 내 링크
common-fetch-from-a-link = 링크에서 가져오기
common-archives = 압축 파일
common-trash = 휴지통
common-drive-is-forgotten = Drive-In에서 키와 세션을 삭제해요. 드라이브에 있는 파일은 그대로 남아요.
common-remove-name = ‘{ $name }’ 제거
common-done = 완료
common-more = 더 보기
common-next-page = 다음 페이지
common-sort-by = 정렬 기준
common-upload = 업로드
common-guest-link = 게스트 링크
common-previous-page = 이전 페이지
common-rename = 이름 변경
common-copy = 복사
common-delete = 삭제
common-pin = PIN
common-connect-a-drive = 드라이브 연결
common-name = 이름
common-how-long = 기간
common-until-it-is-revoked = 해지할 때까지
common-a-day = 하루
common-a-week = 일주일
common-a-month = 한 달
common-add = 추가
common-code = 코드
common-revoke = 해지
common-drives = 드라이브
common-watched = 시청함
common-percent-watched = { $percent }% 시청함
common-show-files = 파일 표시
common-versions = 버전
common-create-link = 링크 만들기
common-details = 상세 정보
common-open-it = 열기
common-search = 검색
common-password = 비밀번호
common-sign-in-button = 로그인
common-cancel = 취소
common-save = 저장
common-the-folder-on-the-drive = 드라이브의 폴더
common-copy-link = 링크 복사
common-keep-both = 둘 다 유지
common-back-to-the-folder = 폴더로 돌아가기
common-show = 표시
common-passkeys = 패스키
common-code-or-recovery-code = 앱의 코드 또는 복구 코드
common-two-step-sign-in = 2단계 로그인
common-viewers = 시청자
common-open = 열기
common-page-looks-again = 이 페이지는 자동으로 다시 확인해요.
common-date = 날짜
common-size = 크기
common-expired = 만료됨
common-not-everywhere = 일부는 처리하지 못했어요
common-play = 재생

layout-your-films-under-the-open-sky = 열린 하늘 아래, 나만의 영상
layout-skip-to-the-content = 본문으로 건너뛰기
layout-search-films = 영상 검색
layout-main = 주 메뉴
layout-choose-another-viewer = { $name } 님이 시청 중. 다른 시청자 선택
layout-sign-out = 로그아웃
layout-language = 언어
layout-change-language = 변경

parts-password = 비밀번호: { $password }
parts-not-watched-name = 시청하지 않음: { $name }
parts-mark-as-watched-name = 시청함으로 표시: { $name }
parts-for-name = { $name }용
parts-not-watched = 시청하지 않음
parts-mark-as-watched = 시청함으로 표시
parts-choose-name = { $name } 선택
parts-what-to-do-with-name = { $name }에 대한 작업
parts-share-rename-move-copy-delete = 공유, 이름 변경, 이동, 복사, 삭제
parts-the-link-as-a-code-to = 스캔할 수 있는 링크 코드
parts-the-link = 링크
parts-made-on-day = { $created }에 만듦
parts-storage-used-on-name = { $name }의 저장 공간 사용량
parts-account-of-name = { $name }의 계정
parts-what-name-can-do = { $name }에서 할 수 있는 일
parts-where-you-are = 현재 위치
parts-this-link-is-shown-once-copy = 이 링크는 한 번만 표시돼요. 지금 복사하세요. 언제든지 해지할 수 있어요.
parts-the-link-as-a-qr-code = QR 코드로 된 링크
parts-the-link-is-too-long-for = 링크가 너무 길어 QR 코드로 만들 수 없어요.
parts-kodi-steps = Kodi: 비디오 추가, 찾아보기, 네트워크 위치 추가

nav-home = 홈
nav-devices = 기기 및 게스트
nav-status = 상태
nav-sessions = 세션

error-request-id = 요청 { $request-id }
error-drives-account = 드라이브 계정

card-image = 이미지
card-subtitle = 자막
card-file = 파일
card-ready = 준비됨
card-signed-out = 로그아웃됨
card-no-answer-yet = 아직 응답 없음
card-not-reachable = 연결할 수 없음
card-session-ends = 세션이 { $when } 끝나요. 그 전에 다시 로그인하세요.

kind-all = 전체
kind-films = 영상
kind-music = 음악
kind-pictures = 사진
kind-documents = 문서

count-films = { $count ->
   *[other] 영상 { $count }개
}
count-folders = { $count ->
   *[other] 폴더 { $count }개
}
count-files = { $count ->
   *[other] 파일 { $count }개
}
count-entries = { $count ->
   *[other] 항목 { $count }개
}
count-days = { $count ->
   *[other] { $count }일
}

size-kb = { $value }kB
size-mb = { $value }MB
size-gb = { $value }GB
size-tb = { $value }TB
size-pb = { $value }PB
size-eb = { $value }EB
size-bytes = { $count ->
   *[other] { $count }바이트
}

number-decimal-sign = .

date-day = { $year }-{ $month }-{ $day }
date-time = { $day } { $clock } UTC

ago-minutes = { $count ->
   *[other] { $count }분 전
}
ago-hours = { $count ->
   *[other] { $count }시간 전
}
ago-days = { $count ->
   *[other] { $count }일 전
}
ago-now = 방금

until-minutes = { $count ->
   *[other] { $count }분 후에
}
until-hours = { $count ->
   *[other] { $count }시간 후에
}
until-days = { $count ->
   *[other] { $count }일 후에
}
until-now = 지금

layout-tasks-running = { $count ->
   *[other] 개 작업 실행 중
}
