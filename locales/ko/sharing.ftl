devices-tv-app-steps = Jellyfin용 앱은 여기에서 영상을 찾아요. 앱에 이 주소를 입력하세요: { $address }. 그런 다음 { $user } 이름과 내 비밀번호로, 다른 시청자라면 그 시청자의 PIN으로 로그인하세요. 또는 Quick Connect를 선택하고 앱에 표시된 여섯 자리 숫자를 입력하세요.
devices-add-a-device = 기기 추가
devices-each-player-gets-its-own-link = 플레이어마다 전용 링크가 있어요. 로그인 없이 열리고 따로 해지할 수 있어요.
devices-living-room = 거실
devices-what-it-may-play = 재생할 수 있는 범위
devices-everything = 전체
devices-a-year = 1년
devices-who-watches-on-it = 이 기기로 보는 사람
devices-show-it-streams-instead-of-files = 파일 대신 스트림 표시
devices-sign-in-a-tv-app = TV 앱 로그인
devices-who-watches-with-it = 이 앱으로 보는 사람
devices-sign-it-in = 로그인시키기
devices-active-links = 사용 중인 링크
devices-none-yet-guest-link-on-a = 아직 없어요. 영상이나 폴더에서 ‘게스트 링크’를 누르면 게스트용 링크를 만들 수 있어요.
devices-revoke-name = { $name } 해지
devices-your-own-links-and-the-signing = 내 링크와 서명 키
devices-the-links-on-your-own-pages = 내 페이지의 링크는 티켓 하나를 함께 써요. 그중 하나가 다른 사람 손에 넘어갔다면 티켓을 교체하세요. 그런 링크로 설정한 플레이어에는 새 링크를 넣어야 해요.
devices-replace-my-own-ticket = 내 티켓 교체
devices-all-tickets-are-signed-with-one = 모든 티켓은 키 하나로 서명돼요. 가끔 바꿔 주세요. 기존 링크는 계속 재생되고, 새 링크는 새 키로 서명돼요.
devices-change-the-key = 키 변경
devices-older-keys-are-still-valid-retire = 이전 키가 아직 유효해요. 이전 키를 폐기하면 변경하기 전에 만든 모든 링크가 바로 끊겨요.
devices-retire-the-old-keys = 이전 키 폐기
devices-no-app-shows-this-code = 이 코드를 표시하는 앱이 없어요. 코드는 5분 동안 유효해요.
devices-player = 플레이어
devices-never-used = 사용한 적 없음
devices-used = { $when } 사용함
devices-until = { $time }까지

guest-link-to = ‘{ $title }’의 게스트 링크
guest-link-all-links = 모든 링크와 해지 버튼: { $page }
guest-link-opens-folder = 링크가 있으면 누구나 이 폴더와 그 안의 모든 항목을 볼 수 있어요. 그 밖의 것은 볼 수 없어요.
guest-link-opens-film = 링크가 있으면 누구나 이 영상을 볼 수 있어요. 그 밖의 것은 볼 수 없어요.
guest-link-no-login-is-needed = 로그인은 필요 없어요.
guest-link-for-whom = 받는 사람
guest-link-aunt-mia = 미아 이모
guest-link-limits = 제한
guest-link-people-at-the-same-time = 동시에 볼 수 있는 사람 수
guest-link-no-limit = 제한 없음
guest-link-visits-in-all = 전체 방문 횟수
guest-link-streams-alone-without-the-files = 파일 없이 스트림만

neutral-nothing-plays-here = 여기서는 재생할 수 없어요
neutral-ask-whoever-gave-it-to-you = 링크를 준 사람에게 새 링크를 요청하세요.
neutral-expired = 이 링크는 만료됐거나 해지됐어요.
neutral-does-not-lead-here = 이 링크는 여기로 연결되지 않아요.
neutral-not-reachable = 지금은 링크가 가리키는 곳에 연결할 수 없어요.
neutral-incomplete = 이 링크는 불완전하거나 연결되는 곳이 없어요.

own-shares-no-links-yet-choose-share-beside = 아직 링크가 없어요. 영상이나 폴더 옆의 ‘공유’를 누르세요.
own-shares-revoke-title = { $title } 링크 해지
own-shares-name-and-others = { $name } 외 { $count ->
   *[other] { $count }개
}
own-shares-revoked = 해지됨
own-shares-refused = 드라이브에서 거부함
own-shares-used-up = 모두 사용함
own-shares-never-ends = 끝나지 않음
own-shares-ends = { $when } 끝남

share-share-links = 공유 링크
share-password-of-the-share = 공유의 비밀번호
share-paste-a-link-or-the-whole = 링크 또는 링크가 담긴 메시지 전체를 붙여 넣으세요
share-open-another-one = 다른 공유 열기
share-panel-about-this-share = 이 공유 정보
share-panel-play-from-the-first = 처음부터 재생
share-panel-play-all-in-vlc = VLC에서 모두 재생
share-panel-save-to-my-drive = 내 드라이브에 저장
share-panel-drive = 드라이브
share-panel-folder = 폴더
share-panel-where-the-name-is-taken = 같은 이름이 있으면
share-panel-skip-it = 건너뛰기
share-saved-saved = 저장됨
share-panel-on-this-page = 이 페이지에서
share-saved-count = { $total }개 중 { $count }개 저장함
share-saved-go-to-folder = { $folder } 폴더로 이동
share-saved-back = 공유로 돌아가기
share-another-site = 다른 사이트에서 여기로 연결됐어요. 열려는 내용은 아래와 같아요.
share-open-it-again = 잠시 후 다시 여세요.
share-unknown-host = 알 수 없는 호스트
share-host-is-unknown = 공유 링크 형식이지만 호스트({ $host })는 알려진 곳이 아니에요.
share-can-be-tried = 열어 볼 수는 있어요. 알려진 서비스에서 공유를 찾고, 이 호스트에는 접속하지 않아요.

shares-gone = 소유자가 해지했거나 만료됐어요.
shares-password-changed = 비밀번호가 바뀌었어요. 새 비밀번호와 함께 링크를 다시 붙여 넣으세요.
shares-no-drive = 이 공유를 열 수 있는 연결된 드라이브가 없어요.

ticket-guest-about = 로그인 없이 어느 브라우저에서나 열려요
ticket-play-url = 재생 URL
ticket-play-url-about = 웹 폴더를 탐색하는 모든 플레이어용
ticket-kodi-web-directory = 웹 서버 디렉터리({ $scheme })
ticket-kodi-protocol = 프로토콜
ticket-kodi-server = 서버 주소
ticket-kodi-path = 원격 경로
ticket-kodi-port = 포트
ticket-list-about = VLC나 mpv에서 네트워크 스트림으로 여세요
ticket-list = 목록
ticket-list-of = { $name } 목록

unfurl-films-under-the-open-sky = 열린 하늘 아래, 영상을.
unfurl-folder = 영상 폴더
unfurl-sound = 소리
unfurl-film = 영상

ticket-form-speed-in-mbit-s-for-all = 속도(Mbit/s, 모두 합쳐서)
