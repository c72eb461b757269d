script-account-signed-in = 로그인했어요.
script-account-signing-in = 로그인 중…
script-account-code-expired = 코드가 만료됐어요. 새 코드를 가져오는 중…
script-account-waiting-for-phone = 휴대전화를 기다리는 중…
script-account-drive-silent = 드라이브가 응답하지 않아요. 다시 요청하는 중…
script-account-offline-retrying = Drive-In에 연결할 수 없어요. 다시 요청하는 중…
script-account-offline = Drive-In에 연결할 수 없어요. 다시 시도해 주세요.
script-cast-failed = Chromecast에서 재생하지 못했어요. Chromecast에서 이 서버에 접속할 수 있는지 확인해 주세요.
script-copy-copied = 복사됨
script-copy-press-keys = Ctrl+C를 누르세요
script-dialog-close = 닫기
script-dialog-failed = 처리하지 못했어요
script-dialog-offline = Drive-In에 연결할 수 없어요. 다시 시도해 주세요.
script-listing-loading = 불러오는 중…
script-listing-loaded = { $count }개 더 불러옴
script-listing-failed = 처리하지 못했어요. 다시 시도
script-listing-selected = { $count ->
   *[other] 항목 { $count }개:
}
script-uploads-title = 업로드
script-uploads-choose = 업로드할 파일
script-uploads-progress-of = { $name } 업로드
script-uploads-button-for = { $label }: { $name }
script-uploads-waiting = 대기 중
script-uploads-checking = 드라이브에 확인하는 중…
script-uploads-done = 완료, { $size }
script-uploads-cancelled = 취소됨
script-uploads-skipped = 그대로 둠
script-uploads-name-taken = 같은 이름이 이미 있어요.
script-uploads-cancel = 취소
script-uploads-replace = 바꾸기
script-uploads-keep-both = 둘 다 유지
script-uploads-skip = 건너뛰기
script-uploads-try-again = 다시 시도
script-uploads-time-left = { $time } 남음
script-uploads-offline = 연결이 끊겼어요. 이미 보낸 부분은 다시 보내지 않아요.
script-uploads-refused = 서버 응답: { $status }.
script-passkeys-unsupported = 이 브라우저는 패스키를 지원하지 않아요.
script-passkeys-cancelled = 기기에서 승인하지 않았거나 시간이 초과됐어요. 다시 시도해 주세요.
script-passkeys-known = 그 기기에는 이 서버의 패스키가 이미 있어요.
script-player-play = 재생
script-player-pause = 일시정지
script-player-back = 10초 뒤로
script-player-ahead = 10초 앞으로
script-player-position = 재생 위치
script-player-position-of = { $length } 중 { $at }
script-player-volume = 음량
script-player-volume-at = 음량 { $percent }%
script-player-sound-off = 음소거
script-player-sound-on = 음소거 해제
script-player-quality = 화질
script-player-quality-auto = 자동
script-player-quality-original = 원본
script-player-quality-audio = 소리만
script-player-not-offered = 제공되지 않음
script-player-speed = 속도
script-player-speed-normal = 보통 속도
script-player-speed-at = 속도 { $rate }×
script-player-normal = 보통
script-player-sounds = 오디오 트랙
script-player-sound-not-here = { $codec }: VLC에서 재생
script-player-subtitles = 자막
script-player-subtitles-none = 자막 없음
script-player-subtitles-off = 자막 끄기
script-player-subtitles-on = 자막 켜기
script-player-subtitles-of = 자막: { $track }
script-player-off = 끄기
script-player-track = 트랙 { $number }
script-player-air-play = AirPlay
script-player-picture-in-picture = PIP 모드
script-player-picture-in-picture-failed = 지금은 PIP 모드를 쓸 수 없어요
script-player-full-screen = 전체 화면
script-player-leave-full-screen = 전체 화면 종료
script-player-full-screen-failed = 여기서는 전체 화면을 쓸 수 없어요
script-player-close = 닫기
script-player-keys = 단축키
script-player-keys-hint = 단축키(?)
script-player-key-space = 스페이스
script-player-key-play = 재생 또는 일시정지
script-player-key-ten-seconds = 10초 뒤로, 앞으로
script-player-key-five-seconds = 5초 뒤로, 앞으로
script-player-key-volume = 음량 높이기, 낮추기
script-player-key-mute = 음소거 및 해제
script-player-key-tenth = 영상의 0~90% 지점으로
script-player-key-speed = 느리게, 빠르게
script-player-key-list = 이 목록
script-player-shuffle = 셔플
script-player-shuffle-on = 셔플 켜짐
script-player-shuffle-off = 셔플 꺼짐
script-player-repeat-all = 모두 반복
script-player-repeat-one = 이 곡 반복
script-player-repeat-off = 반복 꺼짐
script-player-key-repeat = 반복: 모두, 이 곡, 없음
script-player-skip-intro = 인트로 건너뛰기
script-player-intro-starts = 인트로 시작을 표시했어요. 이제 끝을 표시하세요.
script-player-intro-marked = 시즌 전체에 표시했어요
script-player-intro-removed = 표시를 지웠어요
script-player-intro-failed = 표시하지 못했어요
script-player-next-film = 다음 영상
script-player-next = 다음
script-player-play-now = 지금 재생({ $seconds })
script-player-stay-here = 여기 머물기
script-errors-title = 이 영상을 재생할 수 없어요
script-errors-sentence = 서버가 이유를 알려 주지 않았어요.
script-errors-step = 잠시 후 다시 시도해 주세요.
script-errors-undecodable = 이 브라우저는 { $format } 형식을 디코딩할 수 없어요. 영상 자체는 문제없어요.
script-errors-retry-in = { $seconds }초 후 다시 확인
script-errors-retrying = 확인하는 중…
script-errors-try-again = 다시 시도
script-errors-play-original = 원본 재생
script-errors-open-in-vlc = VLC에서 열기
script-stream-original-instead = 지금은 드라이브에 이 영상의 스트림이 없어서 원본을 재생해요.
script-stream-no-audio-only = 이 영상에는 소리만 있는 스트림이 없어요.
script-stream-stumbling = 드라이브가 잠시 멈칫했어요. 다시 시도하는 중…
script-stream-original-failed = 이 브라우저에서는 원본을 재생할 수 없어서 스트림으로 돌아가요. VLC에서는 재생돼요.
script-stream-no-picture = { $plays ->
    [stream] 이 브라우저는 { $codecs } 코덱을 지원하지 않아 파일의 화면이 나오지 않아요. 대신 스트림을 재생해요.
   *[nothing] 이 브라우저는 { $codecs } 코덱을 지원하지 않아 파일의 화면이 나오지 않아요. VLC에서는 재생되니 VLC에서 여세요.
}
script-stream-no-sound = { $plays ->
    [stream] 이 브라우저는 { $codecs } 코덱을 지원하지 않아 파일의 소리가 나오지 않아요. 대신 스트림을 재생해요.
   *[nothing] 이 브라우저는 { $codecs } 코덱을 지원하지 않아 파일의 소리가 나오지 않아요. VLC에서는 재생되니 VLC에서 여세요.
}
script-stream-picture-missing = { $plays ->
    [stream] 이 브라우저에서는 파일의 화면이 나오지 않아요. 대신 스트림을 재생해요.
   *[nothing] 이 브라우저에서는 파일의 화면이 나오지 않아요. VLC에서는 재생되니 VLC에서 여세요.
}
script-stream-sound-missing = { $plays ->
    [stream] 이 브라우저에서는 파일의 소리가 나오지 않아요. 대신 스트림을 재생해요.
   *[nothing] 이 브라우저에서는 파일의 소리가 나오지 않아요. VLC에서는 재생되니 VLC에서 여세요.
}
script-stream-lacks-codec = 이 브라우저는 { $codec } 코덱을 지원하지 않아요. { $quality } 화질로 재생하거나 VLC에서 여세요.
script-stream-transcoding = { $quality } 화질은 아직 준비 중이라 자동으로 돌아가요.
script-stream-not-there = 지금은 { $quality } 화질을 쓸 수 없어 자동으로 돌아가요.
