first-page-config-steps = 이 내용을 { $file }에 넣고, { $command } 명령으로 제대로 되는지 확인한 다음 Drive-In을 다시 시작하세요.
first-page-demo = 그냥 둘러보고 싶으신가요? { $command }에는 짧은 영상 몇 편이 들어 있고 계정도 필요 없어요.
first-page-the-screen-is-up-now-bring = 스크린이 준비됐어요. 이제 영상을 가져올 차례예요.
first-page-drive-in-is-running-connect-a = Drive-In이 실행 중이에요. 드라이브를 연결하고 휴대전화로 로그인하면 그 안의 영상을 재생할 수 있어요.
first-page-rather-write-it-into-a-file = 파일에 직접 적고 싶으신가요?
first-page-the-lines-for-a-terabox-account = TeraBox 계정용 설정

home-nothing-here-yet = 아직 아무것도 없어요. { $link }
home-look-around = 둘러보기
home-somebody-sent-you-a-share-link = 공유 링크를 받으셨나요?
home-paste-the-link-or-the-whole = 링크 또는 링크가 담긴 메시지 전체를 붙여 넣으세요
home-opened-before = 전에 연 공유
home-forget-title = { $title } 기록에서 지우기
home-forget = 기록에서 지우기
home-connect-another-drive = 다른 드라이브 연결
home-change-or-order-drives = 드라이브 변경 또는 순서 바꾸기
home-continue = 이어서 보기
home-next-up = 다음에 볼 에피소드
home-recently-added = 최근에 추가됨
home-resume = 이어서 재생
home-look-at-series = 시리즈 보기

search-nothing-found = ‘{ $title }’에 대한 결과가 없어요.
search-try-fewer-letters = 단어의 일부만 입력해도 돼요. 글자 수를 줄여 보세요.
search-a-word-of-the-title = 제목에 있는 단어
search-titles = 영화와 시리즈
search-files = 파일
search-more-results = 결과 더 보기
search-play-what-was-found-in-vlc = 검색 결과를 VLC, mpv 또는 Kodi에서 재생
search-place-not-answered-yet = ‘{ $place }’에서 아직 응답이 없어요. 이 페이지는 자동으로 다시 확인해요.
search-place-did-not-answer = ‘{ $place }’에서 검색하지 못했어요. 제시간에 응답하지 않았어요.
search-tagged = 태그: { $tag }
search-kind-in-place = { $place }의 { $kind }
search-place-failed = ‘{ $place }’에서 검색하지 못했어요. { $sentence }
search-not-all-folders = ‘{ $place }’의 모든 폴더를 검색하지는 못했어요. 잠시 후 같은 검색을 하면 더 찾을 수도 있어요.
search-list-about = 불러올 때마다 다시 검색해요
search-nothing-for = ‘{ $words }’에 대한 결과 없음
search-found-for = ‘{ $words }’ 검색 결과: { $found }

choose-viewer-who-is-watching = 누가 시청하나요?
choose-viewer-pin-of-name = { $name } 님의 PIN
choose-viewer-change-viewers = 시청자 변경
choose-viewer-wrong-pin = PIN이 맞지 않아요. 다시 입력해 주세요.
choose-viewer-too-many-pins = 잘못된 PIN을 너무 많이 입력했어요. { $seconds }초 후에 다시 시도해 주세요.

film-rated = 평점: 10점 만점에 { $rating }점
film-the-file = 파일
film-resume-at = { $clock }부터 이어서 재생
film-play-again = 다시 재생
film-play-version = { $version } 재생

titles-nothing-here-yet-films-and-series = 아직 아무것도 없어요. 드라이브를 훑거나 폴더를 열면 영상과 시리즈가 여기에 나타나요.
titles-pages = 페이지
titles-series = 시리즈
titles-title = 제목
titles-added = 추가한 날짜
titles-special = 스페셜 { $number }
titles-season = 시즌 { $number }
titles-episode = 에피소드 { $number }
titles-specials = 스페셜

series-watched-count = { $total }편 중 { $count }편 시청함
series-resume = { $episode } 이어서 재생
series-continue-with = { $episode }부터 계속 보기
series-play = { $episode } 재생

status-version = 버전
status-running-for = 실행 시간
status-saved-state = 저장된 상태
status-not-readable = 읽을 수 없음
status-readable-and-writable = 읽기 및 쓰기 가능
status-readable-only = 읽기만 가능: { $fault }
status-reachable-at = 접속 주소
status-media = 미디어
status-server = 서버
status-metadata = TMDB의 영상 및 시리즈 정보
status-memory-cache = 메모리 캐시
status-traffic = 드라이브와의 통신
status-disk-cache = 디스크 캐시
status-metadata-works = 영상과 시리즈를 찾는 대로 정보를 조회해요.
status-metadata-state = 상태
status-metadata-found = 찾음
status-metadata-unknown = 확실히 찾지 못함
status-notice = 알림
status-disk-off = 꺼짐. cache.disk로 켤 수 있어요
status-blocks = 미디어 블록
status-hits = 적중
status-misses = 미적중
status-errors = 오류
status-writes-stopped = 디스크 쓰기 중단됨
status-no-drive = 아직 연결된 드라이브가 없어요.
status-drive-is-ready = 드라이브가 준비됐어요.
status-playlists = 재생목록
status-films-opened = 연 영상
status-listings = 폴더 목록
status-entries = 항목
status-accounts = 계정
status-opened-originals = 연 원본
status-pictures = 사진
status-all-ready = { $count ->
   *[other] 드라이브 { $count }개가 모두 준비됐어요.
}
status-some-ready = { $count ->
   *[other] 드라이브 { $count }개 중 { $ready }개가 준비됐어요.
}

traffic-under-way = { $count }건 진행 중({ $parts })
traffic-waiting = { $count }건 대기 중({ $parts })
traffic-quiet = 조용함
traffic-paused = { $traffic }, 드라이브가 잠시 멈춰 달라고 함, { $left } 남음
traffic-playing = 재생 { $count }
traffic-opening = 열기 { $count }
traffic-reading-ahead = 미리 읽기 { $count }
traffic-uploading = 업로드 { $count }
traffic-for-pictures = 사진 { $count }
traffic-searching = 검색 { $count }
