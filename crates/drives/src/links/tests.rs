//! Links as people, chats and sites spell them, and texts that only look like links.

mod hosts;

use super::*;

const A: &str = "CcI0dJJ2nzNs9rO6u23QAw";
const B: &str = "-CZRMUjNHP5obASqTLTf8w";
const ONE: &str = "1aBcDeFgHiJkLmNoPqRsTu";

fn homes() -> Vec<LinkHome> {
    vec![
        LinkHome::of("terabox", "http://127.0.0.1:7374").unwrap(),
        LinkHome::of("terabox", "https://www.terabox.com").unwrap(),
        LinkHome::of("cloudreve", "https://cloud.example.org/").unwrap(),
    ]
}

/// Returns the links of a text, as `id` or `id password`, several with `, ` between; short links by their URL.
fn told(text: &str) -> String {
    let words = |first: &str, password: &Option<String>| match password {
        Some(password) => format!("{first} {password}"),
        None => first.to_owned(),
    };
    let found: Vec<String> = find(text, &homes())
        .iter()
        .map(|found| match found {
            FoundLink::Share(link) => words(&link.id, &link.password),
            FoundLink::Short(link) => words(&link.url, &link.password),
        })
        .collect();
    found.join(", ")
}

#[test]
fn links_in_every_spelling() {
    // `A`, `B` and `1A` stand for surls; the right side is the result of `told`.
    let cases: &[(&str, &str)] = &[
        // Hosts and their sub-domains.
        ("https://www.terabox.com/s/1A", "A"),
        ("https://terabox.com/s/1A", "A"),
        ("http://terabox.com/s/1A", "A"),
        ("https://dm.terabox.com/s/1A", "A"),
        ("https://jp.terabox.com/s/1A", "A"),
        ("https://www.terabox.app/s/1A", "A"),
        ("https://teraboxapp.com/s/1A", "A"),
        ("https://terabox.fun/s/1A", "A"),
        ("https://1024terabox.com/s/1A", "A"),
        ("https://dm.1024terabox.com/s/1A", "A"),
        ("https://www.1024tera.com/s/1A", "A"),
        ("https://1024tera.co/s/1A", "A"),
        ("https://terabox1024.com/s/1A", "A"),
        ("https://www.dubox.com/s/1A", "A"),
        ("https://www.4funbox.com/s/1A", "A"),
        ("https://4funbox.co/s/1A", "A"),
        ("https://mirrobox.com/s/1A", "A"),
        ("https://nephobox.com/s/1A", "A"),
        ("https://freeterabox.com/s/1A", "A"),
        ("https://momerybox.com/s/1A", "A"),
        ("https://tibibox.com/s/1A", "A"),
        ("https://gibibox.com/s/1A", "A"),
        ("https://www.goaibox.com/s/1A", "A"),
        ("https://teraboxlink.com/s/1A", "A"),
        ("https://terasharelink.com/s/1A", "A"),
        ("https://teraboxshare.com/s/1A", "A"),
        ("https://terafileshare.com/s/1A", "A"),
        ("HTTPS://WWW.TERABOX.COM/s/1A", "A"),
        ("https://www.TeraBox.com/s/1A", "A"),
        ("https://www.terabox.com:443/s/1A", "A"),
        ("https://www.terabox.com./s/1A", "A"),
        ("https:///www.terabox.com/s/1A", "A"),
        ("www.terabox.com/s/1A", "A"),
        ("terabox.com/s/1A", "A"),
        // The host of a configured drive, with its port.
        ("http://127.0.0.1:7374/s/1A", "A"),
        ("127.0.0.1:7374/s/1A", "A"),
        ("http://127.0.0.1:7374/sharing/link?surl=A", "A"),
        ("http://127.0.0.1:7374/s/1A?pwd=w3xz", "A w3xz"),
        ("http://127.0.0.1:7375/s/1A", ""),
        ("http://127.0.0.1/s/1A", ""),
        ("http://localhost:7374/s/1A", ""),
        // Forms.
        ("https://www.terabox.com/s/1B", "B"),
        ("https://www.terabox.com/s/1A/", "A"),
        ("https://www.terabox.com//s//1A", "A"),
        ("https://www.terabox.com/s/11A", "1A"),
        ("https://www.terabox.com/en/s/1A", "A"),
        ("https://www.terabox.com/sharing/link?surl=A", "A"),
        ("https://www.terabox.com/sharing/link?surl=1A", "1A"),
        ("https://www.terabox.com/sharing/link?surl=B&path=%2FA", "B"),
        ("https://www.terabox.com/english/sharing/link?surl=A", "A"),
        ("https://www.terabox.com/zh-CN/sharing/link?surl=A", "A"),
        ("https://www.terabox.com/japanese/sharing/link?surl=A", "A"),
        (
            "https://www.terabox.com/sharing/embed?surl=A&autoplay=1",
            "A",
        ),
        ("https://www.terabox.com/sharing/init?surl=A", "A"),
        (
            "https://www.terabox.com/sharing/videoPlay?surl=A&dir=%2Fx&fsid=1&fileName=a.mp4&page=1",
            "A",
        ),
        ("https://www.terabox.com/sharing/videoplay?surl=A", "A"),
        ("https://www.terabox.com/wap/share/filelist?surl=A", "A"),
        (
            "https://www.terabox.com/wap/share/filelist?clearCache=1&surl=A",
            "A",
        ),
        ("https://www.terabox.com/web/share/init?surl=A", "A"),
        (
            "https://www.terabox.com/web/share/link?surl=A&path=%2Fx",
            "A",
        ),
        (
            "https://www.terabox.com/web/share/filelist?surl=A&dir=%2Fx",
            "A",
        ),
        ("https://www.terabox.com/web/share/videoPlay?surl=A", "A"),
        ("https://www.terabox.com/share/init?surl=A", "A"),
        (
            "https://www.terabox.com/main?share_link=https%3A%2F%2Fterabox.com%2Fs%2F1A",
            "A",
        ),
        (
            "https://www.terabox.com/?share_link=https://1024tera.com/s/1A%3Fpwd=w3xz",
            "A w3xz",
        ),
        ("https%3A%2F%2Fwww.terabox.com%2Fs%2F1A", "A"),
        ("https://www.terabox.com/s/1A#list", "A"),
        ("https://www.terabox.com/s/1A?utm_source=chat", "A"),
        // Short links, whose targets must be requested.
        (
            "https://teraboxurl.com/AbCdEf",
            "https://teraboxurl.com/AbCdEf",
        ),
        (
            "https://terasharefile.com/x/AbCdEf | w3xz",
            "https://terasharefile.com/x/AbCdEf w3xz",
        ),
        ("https://teraboxurl.com/", ""),
        ("https://teraboxurl.com.evil.example/AbCdEf", ""),
        // Passwords in and beside links.
        ("https://www.terabox.com/s/1A?pwd=w3xz", "A w3xz"),
        (
            "https://www.terabox.com/sharing/link?surl=A&pwd=w3xz",
            "A w3xz",
        ),
        ("https://www.terabox.com/s/1A#pwd=w3xz", "A w3xz"),
        ("https://www.terabox.com/s/1A password: w3xz", "A w3xz"),
        ("https://www.terabox.com/s/1A Password:w3xz", "A w3xz"),
        ("https://www.terabox.com/s/1A | w3xz", "A w3xz"),
        ("https://www.terabox.com/s/1A|w3xz", "A w3xz"),
        ("https://www.terabox.com/s/1A | password w3xz", "A w3xz"),
        ("https://www.terabox.com/s/1A | password abcd", "A abcd"),
        ("https://www.terabox.com/s/1A | password: abcd", "A abcd"),
        ("https://www.terabox.com/s/1A pwd=abcd", "A abcd"),
        ("https://www.terabox.com/s/1A (code - w3xz)", "A w3xz"),
        ("https://www.terabox.com/s/1A, pass w3xz!", "A w3xz"),
        ("https://www.terabox.com/s/1A\nPassword: w3xz", "A w3xz"),
        ("https://www.terabox.com/s/1A\r\nPASSWORD\r\nw3xz", "A"),
        ("https://www.terabox.com/s/1A\nPassword:\nw3xz", "A w3xz"),
        ("https://www.terabox.com/s/1A 提取码: w3xz", "A w3xz"),
        (
            "链接：https://www.terabox.com/s/1A 提取码：w3xz 复制这段内容",
            "A w3xz",
        ),
        ("https://www.terabox.com/s/1A пароль: w3xz", "A w3xz"),
        (
            "https://www.terabox.com/s/1A the password is w3xz",
            "A w3xz",
        ),
        (
            "**Password:** `w3xz`\nhttps://www.terabox.com/s/1A",
            "A w3xz",
        ),
        ("https://www.terabox.com/s/1A Password: none", "A"),
        ("https://www.terabox.com/s/1A password protected", "A"),
        ("https://www.terabox.com/s/1A no passport needed", "A"),
        ("https://www.terabox.com/s/1A pass it on", "A"),
        ("| https://www.terabox.com/s/1A | Film.mp4 |", "A"),
        // Among words, punctuation and markup.
        ("Look: https://www.terabox.com/s/1A.", "A"),
        ("(https://www.terabox.com/s/1A)", "A"),
        ("<https://www.terabox.com/s/1A>", "A"),
        ("\"https://www.terabox.com/s/1A\"", "A"),
        ("[the film](https://www.terabox.com/s/1A) is good", "A"),
        ("[the film](https://www.terabox.com/s/1A)!", "A"),
        ("*https://www.terabox.com/s/1A*", "A"),
        ("_https://www.terabox.com/s/1A_", "A"),
        ("||https://www.terabox.com/s/1A||", "A"),
        ("`https://www.terabox.com/s/1A`", "A"),
        ("<https://www.terabox.com/s/1A|the film>", "A"),
        ("https://www.terabox.com/s/1A，好看", "A"),
        ("看https://www.terabox.com/s/1A好看", "A"),
        ("https://www.terabox.com/s/1A?!", "A"),
        ("https://www.\u{200b}terabox.com/s/1A\u{200b}", "A"),
        ("https://www.terabox.com/sharing/link?a=1&amp;surl=A", "A"),
        (
            "<a href=\"https://www.terabox.com/s/1A\">https://www.terabox.com/s/1A</a>",
            "A",
        ),
        // Several links.
        (
            "https://www.terabox.com/s/1A\nhttps://www.terabox.com/s/1B",
            "A, B",
        ),
        (
            "https://www.terabox.com/s/1Ahttps://www.terabox.com/s/1B",
            "A, B",
        ),
        (
            "https://www.terabox.com/s/1A, https://1024tera.com/s/1B and more",
            "A, B",
        ),
        (
            "https://www.terabox.com/s/1A pwd: aaaa\nhttps://www.terabox.com/s/1B pwd: bbbb",
            "A aaaa, B bbbb",
        ),
        (
            "https://www.terabox.com/s/1A\nhttps://1024terabox.com/sharing/link?surl=A",
            "A",
        ),
        (
            "https://www.terabox.com/s/1A\nhttps://www.terabox.com/s/1A?pwd=w3xz",
            "A w3xz",
        ),
        ("https://example.org/x https://www.terabox.com/s/1A", "A"),
        // Cloudreve, at the host of a configured drive.
        ("https://cloud.example.org/s/VoMFL", "VoMFL"),
        ("https://cloud.example.org/s/VoMFL/s3cret", "VoMFL s3cret"),
        (
            "https://cloud.example.org/s/VoMFL?pwd=s3cret",
            "VoMFL s3cret",
        ),
        (
            "https://cloud.example.org/home?path=cloudreve%3A%2F%2FVoMFL%3As3cret%40share%2FSeries",
            "VoMFL s3cret",
        ),
        (
            "https://cloud.example.org/home?path=cloudreve%3A%2F%2FVoMFL%40share",
            "VoMFL",
        ),
        (
            "https://cloud.example.org/home?path=cloudreve%3A%2F%2Fmy%2FSeries",
            "",
        ),
        ("https://cloud.example.org/s/VoMFL/a/b", ""),
        ("https://cloud.example.org/s/", ""),
        ("https://other.example.org/s/VoMFL", ""),
        ("https://sub.cloud.example.org/s/VoMFL", ""),
        // Look-alikes and nonsense.
        ("https://terabox.com.evil.example/s/1A", ""),
        ("https://notterabox.com/s/1A", ""),
        ("https://terabox.com-evil.example/s/1A", ""),
        ("https://terabox.co/s/1A", ""),
        ("https://terabox.org/s/1A", ""),
        ("https://terabox/s/1A", ""),
        ("https://teraboxlinke.com/s/1A", ""),
        ("https://www.terabox.com@evil.example/s/1A", ""),
        ("https://evil.example@www.terabox.com/s/1A", ""),
        ("https://user:pass@www.terabox.com/s/1A", ""),
        ("https://evil.example/?x=https://www.terabox.com/s/1A", ""),
        ("https://evil.example/https://www.terabox.com/s/1A", ""),
        (
            "https://evil.example/?share_link=https%3A%2F%2Fterabox.com%2Fs%2F1A",
            "",
        ),
        ("https://evil.example#https://www.terabox.com/s/1A", ""),
        ("https://evil.example\\@www.terabox.com/s/1A", ""),
        ("https://www.terabox.com\\@evil.example/s/1A", ""),
        ("https://www.terabox.com%2eevil.example/s/1A", ""),
        ("https://www.terabox.com。evil.example/s/1A", ""),
        ("https://terab\u{43e}x.com/s/1A", ""),
        ("https://xn--terabx-4nf.com/s/1A", ""),
        ("https://www.terabox.com:8443/s/1A", ""),
        ("ftp://www.terabox.com/s/1A", ""),
        ("javascript://www.terabox.com/s/1A", ""),
        ("mailto:someone@terabox.com/s/1A", ""),
        (
            "https://www.terabox.com/?share_link=https%3A%2F%2Fevil.example%2Fs%2F1A",
            "",
        ),
        ("https://www.terabox.com/s/A", ""),
        ("https://www.terabox.com/s/1", ""),
        ("https://www.terabox.com/s/", ""),
        ("https://www.terabox.com/", ""),
        ("https://www.terabox.com/pricing", ""),
        ("https://www.terabox.com/x?surl=A", ""),
        ("https://www.terabox.com/sharing/link?surl=", ""),
        ("https://www.terabox.com/sharing/link?surl=../../etc", ""),
        ("https://www.terabox.com/s/1A/more", ""),
        ("https://www.terabox.com/s/1%2e%2e%2f", ""),
        ("https://www.terabox.com/s/1<script>", ""),
        ("https://", ""),
        ("not a link at all", ""),
        ("", ""),
    ];
    assert!(cases.len() >= 120, "{} cases", cases.len());
    let put_in = |text: &str| {
        // `/s/11A` is the surl that begins with a 1 of its own.
        text.replace("/s/11A", &format!("/s/1{ONE}"))
            .replace("surl=1A", &format!("surl={ONE}"))
            .replace("/s/1A", &format!("/s/1{A}"))
            .replace("/s//1A", &format!("/s//1{A}"))
            .replace("/s/1B", &format!("/s/1{B}"))
            .replace("%2F1A", &format!("%2F1{A}"))
            .replace("/s/A", &format!("/s/{}", &A))
            .replace("surl=A", &format!("surl={A}"))
            .replace("surl=B", &format!("surl={B}"))
    };
    let expected = |told: &str| {
        let name = |word: &str| match word {
            "A" => A.to_owned(),
            "B" => B.to_owned(),
            "1A" => ONE.to_owned(),
            other => other.to_owned(),
        };
        let share = |share: &str| {
            let words: Vec<String> = share.split(' ').map(name).collect();
            words.join(" ")
        };
        told.split(", ").map(share).collect::<Vec<_>>().join(", ")
    };
    let mut wrong = Vec::new();
    for (text, share) in cases {
        let (found, right) = (told(&put_in(text)), expected(share));
        if found != right {
            wrong.push(format!("{text:?}: {found:?} instead of {right:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_long_paste_is_read_in_time_and_within_bounds() {
    let many: String = (0..500)
        .map(|n| format!("https://www.terabox.com/s/1abcdefghijkl{n:04} "))
        .collect();
    assert_eq!(find(&many, &homes()).len(), MAX_LINKS);
    for nasty in [
        "(".repeat(70_000),
        "http://".repeat(9_000),
        "a.".repeat(40_000),
        "é/".repeat(40_000),
    ] {
        assert_eq!(find(&nasty, &homes()), []);
    }
}

#[test]
fn shares_have_places_and_places_of_terabox_tell_their_share() {
    let link = |text: &str| match find(text, &homes()).remove(0) {
        FoundLink::Share(link) => link,
        FoundLink::Short(_) => panic!("{text} is a share link"),
    };
    let share = link(&format!("https://terabox.com/s/1{A}"));
    let place = share.place().unwrap();
    assert_eq!(place.as_str(), format!("~1{A}"));
    assert_eq!(ShareLink::of_place(&place).unwrap().id, A);
    let nas = link("https://cloud.example.org/s/VoMFL");
    assert!(nas.place().unwrap().as_str().starts_with("~cVoMFL-"));
    assert_eq!(ShareLink::of_place(&nas.place().unwrap()), None);
    let like_terabox = link("https://cloud.example.org/s/1CcI0dJJ");
    assert_eq!(ShareLink::of_place(&like_terabox.place().unwrap()), None);
    let elsewhere = ShareLink {
        host: "other.example.org".into(),
        ..nas.clone()
    };
    assert_ne!(nas.place(), elsewhere.place());
}
