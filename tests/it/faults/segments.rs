//! Segments, and whole renditions made of them: refused, cut, too slow, too long, or replaced by other content.

use sandbox::{Effect, Fault};

use super::*;

#[tokio::test]
async fn segments_that_fail_once_arrive_whole() {
    let mut rows = vec![
        row("expired", STREAMS, segment_once(expired()), Exact),
        row("forbidden", STREAMS, segment_once(forbidden()), Exact),
        row(
            "altered signature",
            STREAMS,
            segment_once(Effect::errno(31362)),
            Exact,
        ),
        row("a page", STREAMS, segment_once(html_body()), Exact),
        row(
            "slow start",
            STREAMS,
            segment_once(Effect::latency(700)),
            Exact,
        ),
        row(
            "ignored range",
            STREAMS,
            segment_once(ignore_range()),
            Exact,
        ),
    ];
    for status in [500, 502, 503, 504] {
        rows.push(row(
            "a status",
            STREAMS,
            segment_once(Effect::status(status)),
            Exact,
        ));
    }
    play_all(rows).await;
}

#[tokio::test]
async fn segments_that_are_cut_at_any_byte_arrive_whole() {
    let mut rows = Vec::new();
    for bytes in [0, 1, 187, 188, 1000, 16_384, 70_000, 88_171] {
        rows.push(row(
            "cut",
            STREAMS,
            segment_once(Effect::cut_after(bytes)),
            Exact,
        ));
        let mut and_no_range = segment_once(Effect::cut_after(bytes));
        and_no_range.push(Fault::on("segment", ignore_range()).matching("480p/2;"));
        rows.push(row(
            "cut, and ranges are ignored",
            STREAMS,
            and_no_range,
            Exact,
        ));
    }
    rows.push(row(
        "cut each time",
        STREAMS,
        segment_always(Effect::cut_after(30_000)),
        Exact,
    ));
    play_all(rows).await;
}

#[tokio::test]
async fn segments_that_never_come_end_with_a_reason() {
    // The third segment of a whole rendition comes after the first byte, so a failure cuts the reply short.
    let failed = |about, effect: Effect, status, code| {
        vec![
            row(
                about,
                &[Segment],
                segment_always(effect.clone()),
                Problem(status, code),
            ),
            row(
                about,
                &[Whole],
                segment_always(effect.clone()),
                ShortOr(status, code),
            ),
            row(
                about,
                &[Whole],
                always("segment", effect),
                Problem(status, code),
            ),
        ]
    };
    let mut rows = Vec::new();
    rows.extend(failed("expired", expired(), 502, "upstream_failed"));
    rows.extend(failed("forbidden", forbidden(), 502, "upstream_failed"));
    rows.extend(failed(
        "status 503",
        Effect::status(503),
        502,
        "upstream_failed",
    ));
    rows.extend(failed(
        "cut at once",
        Effect::cut_after(0),
        502,
        "upstream_failed",
    ));
    rows.extend(failed("a page", html_body(), 502, "upstream_failed"));
    rows.extend(failed(
        "need verify",
        json_body(),
        403,
        "verification_required",
    ));
    rows.extend(failed(
        "slowed down",
        Effect::errno(31034),
        503,
        "rate_limited",
    ));
    rows.extend(failed("gone", Effect::errno(31396), 410, "gone"));
    play_all(rows).await;
}

#[tokio::test]
async fn wrong_lengths_never_cost_a_byte() {
    let mut rows = Vec::new();
    for by in [1, 500, 100_000, -1, -500, -50_000] {
        let end = Lawful(502, "upstream_failed");
        rows.push(row("once", &[Segment], segment_once(wrong_length(by)), end));
        rows.push(row(
            "once",
            ORIGINAL,
            once("original", wrong_length(by)),
            end,
        ));
        rows.push(row(
            "always",
            &[Segment],
            segment_always(wrong_length(by)),
            end,
        ));
        rows.push(row(
            "always",
            ORIGINAL,
            always("original", wrong_length(by)),
            end,
        ));
        let without_ranges = Effect {
            ignore_range: true,
            ..wrong_length(by)
        };
        rows.push(row(
            "no ranges",
            &[Segment],
            segment_always(without_ranges.clone()),
            end,
        ));
        rows.push(row(
            "no ranges",
            ORIGINAL,
            always("original", without_ranges),
            end,
        ));
    }
    play_all(rows).await;
}
