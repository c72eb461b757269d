use super::*;

struct Clock {
    positions: PlayerPositions,
    now: Instant,
    stored: Vec<f64>,
}

fn key() -> PlayerKey {
    PlayerKey {
        ticket: TicketId([1; 8]),
        viewer: ViewerId::OWNER,
        ip: IpAddr::from([192, 0, 2, 7]),
        place: Place::parse("films").unwrap(),
        path: EntryPath::parse("/a.mkv").unwrap(),
    }
}

const LENGTH_S: f64 = 5_400.0;

fn request(stream: &str, from_s: f64) -> StreamRequest<'_> {
    StreamRequest {
        stream,
        from_s,
        segment_s: 0.0,
        duration_s: LENGTH_S,
        is_player: false,
    }
}

impl Clock {
    fn new() -> Self {
        Clock {
            positions: PlayerPositions::default(),
            now: Instant::now(),
            stored: Vec::new(),
        }
    }

    fn begin(&self, from_s: f64) -> RunId {
        self.positions
            .begin(&key(), &request("original", from_s), self.now)
    }

    /// Delivers up to `head_s` over `seconds`, in steps of half a second.
    fn deliver(&mut self, run: RunId, from_s: f64, head_s: f64, seconds: f64) {
        let steps = (seconds * 2.0).max(1.0) as u32;
        for step in 1..=steps {
            self.now += Duration::from_secs_f64(seconds / f64::from(steps));
            let head = from_s + (head_s - from_s) * f64::from(step) / f64::from(steps);
            let stored = self.positions.deliver(&key(), run, head, self.now);
            self.stored.extend(stored.map(|it| it.position_s));
        }
    }

    fn end(&mut self, run: RunId) {
        let stored = self.positions.end(&key(), run, self.now);
        self.stored.extend(stored.map(|it| it.position_s));
    }

    fn last(&self) -> f64 {
        *self.stored.last().expect("a position")
    }
}

#[test]
fn a_player_is_where_its_clock_is_and_not_where_its_buffer_ends() {
    let mut clock = Clock::new();
    let run = clock.begin(600.0);
    // It fills a buffer of five minutes, then reads at the pace of the film.
    clock.deliver(run, 600.0, 900.0, 3.0);
    assert_eq!(clock.stored, Vec::<f64>::new());
    clock.deliver(run, 900.0, 960.0, 60.0);
    clock.end(run);
    assert!((clock.last() - 663.0).abs() < 1.0, "{}", clock.last());
}

#[test]
fn a_pause_does_not_move_on() {
    let mut clock = Clock::new();
    let run = clock.begin(0.0);
    clock.deliver(run, 0.0, 60.0, 1.0);
    clock.deliver(run, 60.0, 90.0, 30.0);
    clock.now += Duration::from_secs(1_200);
    clock.deliver(run, 90.0, 110.0, 20.0);
    clock.end(run);
    assert!((clock.last() - 51.0).abs() < 4.0, "{}", clock.last());
}

#[test]
fn a_download_and_a_probe_leave_no_trace() {
    let mut clock = Clock::new();
    let run = clock.begin(0.0);
    clock.deliver(run, 0.0, LENGTH_S, 300.0);
    clock.end(run);
    // The head, the index at the end, something in the middle.
    for from_s in [0.0, 5_390.0, 2_700.0] {
        let run = clock.begin(from_s);
        clock.deliver(run, from_s, from_s + 4.0, 0.5);
        clock.end(run);
    }
    // Four connections at once.
    let runs: Vec<(RunId, f64)> = (0..4)
        .map(|part| f64::from(part) * 1_350.0)
        .map(|from_s| (clock.begin(from_s), from_s))
        .collect();
    for (run, from_s) in &runs {
        clock.deliver(*run, *from_s, from_s + 1_350.0, 60.0);
    }
    for (run, _) in runs {
        clock.end(run);
    }
    clock.now += Duration::from_secs(60);
    assert_eq!(clock.positions.play_on(clock.now), []);
    assert_eq!(clock.stored, Vec::<f64>::new());
}

#[test]
fn segments_count_with_the_time_between_them_and_a_seek_begins_anew() {
    let mut clock = Clock::new();
    let segment = |clock: &mut Clock, number: u32, after_s: u64| {
        clock.now += Duration::from_secs(after_s);
        let from_s = f64::from(number) * 10.0;
        let request = StreamRequest {
            segment_s: 10.0,
            ..request("720p", from_s)
        };
        let run = clock.positions.begin(&key(), &request, clock.now);
        let stored = clock
            .positions
            .deliver(&key(), run, from_s + 10.0, clock.now);
        clock.stored.extend(stored.map(|it| it.position_s));
        clock.end(run);
    };
    for number in 0..3 {
        segment(&mut clock, number, 0);
    }
    for number in 3..9 {
        segment(&mut clock, number, 10);
    }
    assert!((clock.last() - 65.0).abs() < 1.0, "{}", clock.last());
    segment(&mut clock, 100, 4);
    for number in 101..103 {
        segment(&mut clock, number, 0);
    }
    segment(&mut clock, 103, 10);
    assert!((clock.last() - 1_015.0).abs() < 1.0, "{}", clock.last());
}

#[test]
fn the_next_segment_may_be_requested_while_one_is_read() {
    let mut clock = Clock::new();
    let begin = |clock: &Clock, number: u32| {
        let request = StreamRequest {
            segment_s: 10.0,
            duration_s: 66.0,
            is_player: true,
            ..request("720p", f64::from(number) * 10.0)
        };
        clock.positions.begin(&key(), &request, clock.now)
    };
    let read = |clock: &mut Clock, run: RunId, head_s: f64| {
        let stored = clock.positions.deliver(&key(), run, head_s, clock.now);
        clock.stored.extend(stored.map(|it| it.position_s));
        clock.end(run);
    };
    // It looks at the beginning, starts at thirty seconds, and reads all at once.
    let look = begin(&clock, 0);
    read(&mut clock, look, 10.0);
    let mut run = begin(&clock, 3);
    for number in 4..=6 {
        let next = begin(&clock, number);
        read(&mut clock, run, f64::from(number) * 10.0);
        run = next;
    }
    read(&mut clock, run, 66.0);
    for _ in 0..2 {
        clock.now += Duration::from_secs(5);
        let played = clock.positions.play_on(clock.now);
        clock.stored.extend(played.iter().map(|it| it.position_s));
    }
    assert!((clock.last() - 45.0).abs() < 1.0, "{}", clock.last());
}

#[test]
fn the_end_is_played_from_the_buffer() {
    let mut clock = Clock::new();
    let run = clock.begin(5_000.0);
    clock.deliver(run, 5_000.0, 5_200.0, 2.0);
    clock.deliver(run, 5_200.0, 5_230.0, 30.0);
    clock.deliver(run, 5_230.0, LENGTH_S, 2.0);
    clock.end(run);
    let at_end = clock.last();
    assert!((at_end - 5_034.0).abs() < 3.0, "{at_end}");
    clock.now += Duration::from_secs(100);
    let played = clock.positions.play_on(clock.now);
    assert!(
        (played[0].position_s - at_end - 100.0).abs() < 1.0,
        "{played:?}"
    );
    clock.now += Duration::from_secs(400);
    assert_eq!(clock.positions.play_on(clock.now)[0].position_s, LENGTH_S);
    assert_eq!(clock.positions.play_on(clock.now), []);
}

#[test]
fn a_known_player_may_read_all_at_once_and_a_look_into_a_film_is_no_play() {
    for is_player in [true, false] {
        let mut clock = Clock::new();
        let whole = StreamRequest {
            is_player,
            duration_s: 66.0,
            ..request("original", 0.0)
        };
        let run = clock.positions.begin(&key(), &whole, clock.now);
        clock.deliver(run, 0.0, 66.0, 0.5);
        clock.end(run);
        clock.now += Duration::from_secs(5);
        assert_eq!(clock.positions.play_on(clock.now), [], "{is_player}");
        clock.now += Duration::from_secs(20);
        let played = clock.positions.play_on(clock.now);
        let at = played.first().map(|position| position.position_s.round());
        assert_eq!(at, is_player.then_some(26.0));
        // The index at the end of another film.
        let look = StreamRequest {
            is_player,
            ..request("source.mp4", 5_398.0)
        };
        let other = PlayerKey {
            path: EntryPath::parse("/b.mkv").unwrap(),
            ..key()
        };
        let run = clock.positions.begin(&other, &look, clock.now);
        clock.positions.deliver(&other, run, LENGTH_S, clock.now);
        clock.positions.end(&other, run, clock.now);
        clock.now += Duration::from_secs(60);
        let played = clock.positions.play_on(clock.now);
        assert!(
            played.iter().all(|position| position.player == key()),
            "{played:?}"
        );
    }
}

#[test]
fn a_player_that_reports_is_believed() {
    let mut clock = Clock::new();
    let player = key();
    clock
        .positions
        .report(player.viewer, &player.place, &player.path);
    let run = clock.begin(0.0);
    clock.deliver(run, 0.0, 30.0, 30.0);
    clock.end(run);
    assert_eq!(clock.stored, Vec::<f64>::new());
}

#[test]
fn memory_for_players_is_bounded() {
    let positions = PlayerPositions::default();
    let now = Instant::now();
    for number in 0..MAX_PLAYERS as u32 + 50 {
        let ip = IpAddr::from(number.to_be_bytes());
        let player = PlayerKey { ip, ..key() };
        for run in 0..20 {
            positions.begin(&player, &request("original", f64::from(run) * 100.0), now);
        }
    }
    let players = positions.players.lock();
    assert!(players.by_key.len() <= MAX_PLAYERS);
    assert!(
        players
            .by_key
            .values()
            .all(|player| player.runs.len() <= MAX_RUNS)
    );
}
