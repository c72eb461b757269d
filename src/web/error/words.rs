//! The texts of each problem code: what happened, what to do about it, and the page that helps.

use super::code::ProblemCode;

/// The texts of one code, for pages, players and programs alike.
#[derive(Debug)]
pub struct Words {
    /// The stable code.
    pub code: ProblemCode,
    /// A title of a few words.
    pub title: &'static str,
    /// A sentence that says what happened.
    pub sentence: &'static str,
    /// The next step.
    pub step: &'static str,
    /// The page on which the next step is taken.
    pub help: HelpPage,
}

/// The page that helps with a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HelpPage {
    Account,
    Status,
    Folder,
    Login,
    None,
}

const fn words(
    code: ProblemCode,
    title: &'static str,
    sentence: &'static str,
    step: &'static str,
    help: HelpPage,
) -> Words {
    Words {
        code,
        title,
        sentence,
        step,
        help,
    }
}

/// All codes. The last two are produced by the player itself.
#[rustfmt::skip]
pub const WORDS: &[Words] = &[
    words(ProblemCode::Transcoding, "Still being prepared",
        "The drive is making the streaming version of this film. New uploads take a few minutes, long films more.",
        "Stay on this page: it starts by itself when it is ready.", HelpPage::None),
    words(ProblemCode::PreviewOnly, "Only a preview",
        "The drive gives only the beginning of this film as a stream.",
        "Choose “Original” under Quality, or sign in to an account whose plan includes the whole film.", HelpPage::Account),
    words(ProblemCode::PlanRequired, "Not in this plan",
        "The drive’s account is on a plan that does not include this.",
        "Choose a lower quality or “Original”, or use an account with a larger plan.", HelpPage::Account),
    words(ProblemCode::VerificationRequired, "Verification required",
        "The drive asks for a check that only its owner can pass.",
        "Open the drive’s own website in this network, pass the check there, then come back.", HelpPage::Account),
    words(ProblemCode::SignedOut, "The drive is signed out",
        "The session with the drive has ended, so nothing can be fetched from it.",
        "Sign in to the drive again.", HelpPage::Account),
    words(ProblemCode::RateLimited, "The drive asks for a pause",
        "It had more questions than it answers in a minute.",
        "Wait a moment: the player tries again by itself.", HelpPage::None),
    words(ProblemCode::NotFound, "Not here",
        "There is nothing at this address. It may have been moved or renamed.",
        "Look in the folder.", HelpPage::Folder),
    words(ProblemCode::Gone, "Gone",
        "The film was here and has been removed, or its share has been revoked.",
        "Look in the folder for another copy.", HelpPage::Folder),
    words(ProblemCode::Unsupported, "No stream of this film",
        "The drive has no streaming version of this file.",
        "Play the original here, or open it in VLC.", HelpPage::None),
    words(ProblemCode::Conflict, "The name is taken",
        "Something of that name is there already.", "Choose another name.", HelpPage::Folder),
    words(ProblemCode::Locked, "Somebody works on it",
        "A program that is connected by WebDAV has locked this while it works on it.",
        "Close it there, or try again when the lock has ended: after an hour at the latest.", HelpPage::Folder),
    words(ProblemCode::NoSpace, "The drive is full",
        "There is no space left for this.", "Delete something, or use a larger plan.", HelpPage::Account),
    words(ProblemCode::RefusedName, "The drive does not take that name",
        "Drives have rules of their own for names.", "Choose another name.", HelpPage::None),
    words(ProblemCode::NotAShareLink, "Not a share link",
        "This text holds no share link that Drive-In knows.",
        "Paste the whole link, or the whole message that it came in.", HelpPage::None),
    words(ProblemCode::SharePasswordRequired, "This share has a password",
        "Its owner has protected it.", "Type in the password that came with the link.", HelpPage::None),
    words(ProblemCode::SharePasswordWrong, "That is not the password",
        "The share does not open with it.", "Check it against the message that the link came in.", HelpPage::None),
    words(ProblemCode::ShareGone, "The share is gone",
        "Its owner has revoked it, or it has expired.", "Ask whoever sent it for a new link.", HelpPage::None),
    words(ProblemCode::BadRequest, "Invalid request",
        "Something in the address or the form is not as it should be.", "Check it and try again.", HelpPage::None),
    words(ProblemCode::Unauthorized, "Please sign in",
        "This address needs a sign-in, or the sign-in has ended.",
        "Sign in and come back. Programs send an API token as “Authorization: Bearer …”.", HelpPage::Login),
    words(ProblemCode::Forbidden, "This link does not play that",
        "The link was revoked, has expired, or does not cover this film.",
        "Ask for a new one, or open the film from its folder.", HelpPage::Folder),
    words(ProblemCode::UpstreamFailed, "The drive did not answer properly",
        "It failed, or sent something that is not a film.",
        "Try again in a moment. If it stays so, the status page says more.", HelpPage::Status),
    words(ProblemCode::UpstreamTimeout, "The drive takes too long",
        "It did not answer in time.",
        "Try again in a moment. If it stays so, the status page says more.", HelpPage::Status),
    words(ProblemCode::Internal, "Something went wrong here",
        "The server met something that it did not expect.",
        "Try again; if it stays so, the server’s log says more.", HelpPage::Status),
    words(ProblemCode::Undecodable, "This browser cannot decode it",
        "The film is fine, but its format is not one that this browser knows.",
        "Choose another quality, or open it in VLC, which plays nearly everything.", HelpPage::None),
    words(ProblemCode::Offline, "No connection to Drive-In",
        "This device cannot reach the server.",
        "Check the network: the player tries again by itself.", HelpPage::None),
];

const fn ability(title: &'static str, sentence: &'static str, step: &'static str) -> Words {
    words(
        ProblemCode::Unsupported,
        title,
        sentence,
        step,
        HelpPage::None,
    )
}

/// Texts that replace the general ones: for an ability that a drive lacks,
pub static CANNOT_MANAGE: Words = ability(
    "Files stay as they are here",
    "This drive does not let Drive-In change its files.",
    "Use the drive’s own app or website.",
);
pub static CANNOT_UPLOAD: Words = ability(
    "No uploads here",
    "This drive does not take uploads.",
    "Use the drive’s own app or website.",
);
pub static CANNOT_SHARE: Words = ability(
    "No share links",
    "This drive cannot make share links of its own.",
    "Use the drive’s own app or website; docs/drives.md says what each kind of drive needs for it.",
);
pub static CANNOT_SIGN_IN: Words = ability(
    "Nothing to sign in to",
    "This drive has no sign-in of its own.",
    "Its settings say all that it needs to know.",
);
pub static COUNTS_NOTHING: Words = ability(
    "Nothing is counted here",
    "This drive makes no reports and has no key to be made anew.",
    "Services that count requests do.",
);
pub static HAS_NO_TRASH: Words = ability(
    "No trash here",
    "This drive shows no trash to Drive-In.",
    "Use the drive’s own app or website.",
);
pub static HAS_NO_VERSIONS: Words = ability(
    "No versions here",
    "This drive shows no earlier versions of its files to Drive-In.",
    "Use the drive’s own app or website.",
);
pub static CANNOT_DOWNLOAD_REMOTELY: Words = ability(
    "No fetching from links",
    "This drive does not download from links by itself.",
    "Download the file and upload it.",
);
pub static CANNOT_PACK: Words = ability(
    "No archives here",
    "This drive neither packs nor unpacks archives by itself.",
    "Use the drive’s own app or website.",
);
pub static HAS_NO_DIRECT_LINKS: Words = ability(
    "No direct links",
    "This drive makes no direct links to its files.",
    "Use a share link of the drive, or a guest link.",
);
pub static HAS_NO_TAGS: Words = ability(
    "No tags here",
    "This drive has no tags that Drive-In can read or set.",
    "Use the drive’s own app or website.",
);
static NOT_POSSIBLE: Words = ability(
    "Not possible here",
    "This drive does not do that.",
    "Use the drive’s own app or website.",
);
/// for subtitles,
pub static NO_SUBTITLES: Words = ability(
    "No subtitles in this file",
    "It holds none that can be read, or is too large to be some.",
    "SubRip (.srt), WebVTT (.vtt) and SubStation (.ass) files of up to 5 MiB are shown.",
);
/// for a disk of the server's own,
pub(super) static SERVER_DISK_FULL: Words = words(
    ProblemCode::NoSpace,
    "The server’s disk is full",
    "There is no space left on the disk that holds data_dir, so this could not be stored.",
    "Free some space on that disk. Films and folders open meanwhile.",
    HelpPage::Status,
);
pub(super) static STATE_AWAY: Words = words(
    ProblemCode::Internal,
    "The server’s memory is away",
    "The database in which this server keeps its state does not answer just now.",
    "Try again in some seconds. What is playing goes on meanwhile.",
    HelpPage::Status,
);
pub(super) static STATE_BUSY: Words = words(
    ProblemCode::Internal,
    "The server is busy",
    "Its disk is busy, or another program holds the state of this server.",
    "Try again in some seconds. What is playing goes on meanwhile.",
    HelpPage::Status,
);
pub(super) static SERVER_DISK_FAILED: Words = words(
    ProblemCode::NoSpace,
    "The server’s disk cannot be written",
    "The disk that holds data_dir took no writes, so this could not be stored.",
    "Look after that disk: its space, its limits and whether it is mounted for reading only. Films and folders open meanwhile.",
    HelpPage::Status,
);
/// for a folder that one reply cannot hold,
pub(super) static TOO_LARGE_TO_LIST: Words = words(
    ProblemCode::NoSpace,
    "Too large to list",
    "This folder has more entries than one reply holds.",
    "Divide it into several folders.",
    HelpPage::None,
);
/// and for a failed sign-in or upload.
pub static KEYS_REFUSED: Words = words(
    ProblemCode::BadRequest,
    "The drive does not take these keys",
    "It refuses the client id or one of the secrets.",
    "Compare all of them with what the drive’s own site shows of your app.",
    HelpPage::Account,
);
pub static COOKIE_REFUSED: Words = words(
    ProblemCode::BadRequest,
    "The cookie does not work",
    "The drive’s website does not take it.",
    "Copy it again from a browser that is signed in to the drive’s website now.",
    HelpPage::Account,
);
pub static CODE_REFUSED: Words = words(
    ProblemCode::BadRequest,
    "The code does not work",
    "It was used before, has expired, or is not a code of this drive.",
    "Open the login page again and take the new code within a few minutes.",
    HelpPage::Account,
);
pub static TOO_LARGE_FOR_PLAN: Words = words(
    ProblemCode::PlanRequired,
    "Too large for this plan",
    "The drive’s plan does not take files of this size.",
    "Use a larger plan, or a smaller file.",
    HelpPage::Account,
);

/// Texts for everything but playing, in which neither a quality nor a player helps.
static NOT_IN_THIS_PLAN: Words = words(
    ProblemCode::PlanRequired,
    "Not in this plan",
    "The drive’s account is on a plan that does not include this.",
    "Use an account that may do this, or the drive’s own website.",
    HelpPage::Account,
);
static TOO_MANY_REQUESTS: Words = words(
    ProblemCode::RateLimited,
    "The drive asks for a pause",
    "It had more questions than it answers in a minute.",
    "Wait a moment, then try again.",
    HelpPage::None,
);
static NO_PROPER_ANSWER: Words = words(
    ProblemCode::UpstreamFailed,
    "The drive did not answer properly",
    "It failed, or sent something unexpected.",
    "Try again in a moment. If it stays so, the status page says more.",
    HelpPage::Status,
);
static NO_LONGER_THERE: Words = words(
    ProblemCode::Gone,
    "Gone",
    "It was here and has been removed.",
    "Look in the folder.",
    HelpPage::Folder,
);

/// The texts of a code without an entry.
pub(super) const UNKNOWN: Words = words(
    ProblemCode::Internal,
    "Something went wrong here",
    "The server met something that it did not expect.",
    "",
    HelpPage::None,
);

/// Operations of playing and browsing, for which the general texts are made.
const PLAYING: [&str; 12] = [
    "playlist",
    "stream",
    "segment",
    "original",
    "fetch",
    "ladder",
    "source",
    "thumbnail",
    "stat",
    "list",
    "search",
    "open_share",
];

/// Returns the texts for a failed operation that is none of playing; `None` for the general texts of its code.
pub(super) fn of_operation(code: ProblemCode, operation: &str) -> Option<&'static Words> {
    if code == ProblemCode::Unsupported {
        return of_unsupported(operation);
    }
    if PLAYING.contains(&operation) {
        return None;
    }
    Some(match code {
        ProblemCode::PlanRequired => &NOT_IN_THIS_PLAN,
        ProblemCode::RateLimited => &TOO_MANY_REQUESTS,
        ProblemCode::UpstreamFailed => &NO_PROPER_ANSWER,
        ProblemCode::Gone => &NO_LONGER_THERE,
        _ => return None,
    })
}

/// Returns the texts for an operation that a drive does not support. `None` for playing: the general texts of
/// `unsupported` are about streams.
fn of_unsupported(operation: &str) -> Option<&'static Words> {
    Some(match operation {
        "playlist" | "stream" | "segment" | "original" | "fetch" | "ladder" | "source" => {
            return None;
        }
        "subtitles" => &NO_SUBTITLES,
        "share" | "shares" | "unshare" => &CANNOT_SHARE,
        "mkdir" | "make_folder" | "rename" | "copy" | "move" | "delete" | "change" => {
            &CANNOT_MANAGE
        }
        "upload" | "check_upload" => &CANNOT_UPLOAD,
        "sign_in" | "session" => &CANNOT_SIGN_IN,
        "trash" | "restore" => &HAS_NO_TRASH,
        "versions" => &HAS_NO_VERSIONS,
        "remote_download" | "tasks" => &CANNOT_DOWNLOAD_REMOTELY,
        "archive" => &CANNOT_PACK,
        "direct_link" => &HAS_NO_DIRECT_LINKS,
        "tags" => &HAS_NO_TAGS,
        "report" | "renew_key" => &COUNTS_NOTHING,
        _ => &NOT_POSSIBLE,
    })
}
