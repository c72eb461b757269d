//! The file's own bytes, behind two hops and a link that expires.

use sandbox::Effect;

use super::*;

#[tokio::test]
async fn originals_that_fail_once_arrive_whole() {
    let mut rows = vec![
        row(
            "expired at the first hop",
            ORIGINAL,
            once("dlink", expired()),
            Exact,
        ),
        row(
            "expired at the last hop",
            ORIGINAL,
            once("original", expired()),
            Exact,
        ),
        row(
            "forbidden at the first hop",
            ORIGINAL,
            once("dlink", forbidden()),
            Exact,
        ),
        row(
            "forbidden at the last hop",
            ORIGINAL,
            once("original", forbidden()),
            Exact,
        ),
        row("a page", ORIGINAL, once("original", html_body()), Exact),
        row(
            "a page at the first hop",
            ORIGINAL,
            once("dlink", html_body()),
            Exact,
        ),
        row(
            "slow start",
            ORIGINAL,
            once("original", Effect::latency(700)),
            Exact,
        ),
        row(
            "slow first hop",
            ORIGINAL,
            once("dlink", Effect::latency(700)),
            Exact,
        ),
        row(
            "status 503",
            ORIGINAL,
            once("original", Effect::status(503)),
            Exact,
        ),
        row(
            "status 502 at the first hop",
            ORIGINAL,
            once("dlink", Effect::status(502)),
            Exact,
        ),
        row(
            "ignored ranges",
            ORIGINAL,
            always("original", ignore_range()),
            Exact,
        ),
        row(
            "an encoded link",
            ORIGINAL,
            links(Effect::encoded_dlink()),
            Exact,
        ),
        row(
            "no link beside the metadata",
            ORIGINAL,
            always("filemetas", empty_dlink()),
            Exact,
        ),
    ];
    for bytes in [0, 1, 1000, 65_536, 649_873] {
        rows.push(row(
            "cut",
            ORIGINAL,
            once("original", Effect::cut_after(bytes)),
            Exact,
        ));
        let mut and_no_range = once("original", Effect::cut_after(bytes));
        and_no_range.extend(always("original", ignore_range()));
        rows.push(row(
            "cut, and ranges are ignored",
            ORIGINAL,
            and_no_range,
            Exact,
        ));
    }
    rows.push(row(
        "cut each time",
        ORIGINAL,
        always("original", Effect::cut_after(200_000)),
        Exact,
    ));
    play_all(rows).await;
}

#[tokio::test]
async fn originals_that_never_come_end_with_a_reason() {
    play_all(vec![
        row(
            "expired",
            ORIGINAL,
            always("original", expired()),
            Problem(502, "upstream_failed"),
        ),
        row(
            "expired first hop",
            ORIGINAL,
            always("dlink", expired()),
            Problem(502, "upstream_failed"),
        ),
        row(
            "status 500",
            ORIGINAL,
            always("original", Effect::status(500)),
            Problem(502, "upstream_failed"),
        ),
        row(
            "a page",
            ORIGINAL,
            always("original", html_body()),
            Problem(502, "upstream_failed"),
        ),
        row(
            "need verify",
            ORIGINAL,
            always("original", json_body()),
            Problem(403, "verification_required"),
        ),
        row(
            "need verify at the first hop",
            ORIGINAL,
            always("dlink", json_body()),
            Problem(403, "verification_required"),
        ),
        row(
            "gone",
            ORIGINAL,
            always("original", Effect::errno(31396)),
            Problem(410, "gone"),
        ),
        row(
            "slowed down",
            ORIGINAL,
            always("dlink", Effect::errno(31034)),
            Problem(503, "rate_limited"),
        ),
        row(
            "no link at all",
            ORIGINAL,
            links(empty_dlink()),
            Problem(502, "upstream_failed"),
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_picture_whose_address_has_expired_is_found_again() {
    let drivein = Drivein::start().await;
    drivein.entry("/").await;
    let play = drivein.play(FILM).await;
    drivein.fault_once("thumbnail", expired());
    let picture = drivein.get(&format!("{play}/poster.jpg")).await.expect(200);
    assert_eq!(picture.header("content-type"), "image/jpeg");
}
