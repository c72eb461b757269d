//! The parts of a Matroska file that describe it: found at its head and by its SeekHead, never by a walk over
//! clusters.

use bytes::Bytes;

use super::{ebml, ids};
use crate::metered::Metered;
use crate::{ContainerError, ReadRange};

/// Maximum bytes of Info, which has a title and a few numbers.
const MAX_INFO_BYTES: u64 = 1 << 20;
/// Maximum bytes of Tracks. Codec configurations are in it, ASS headers among them.
const MAX_TRACKS_BYTES: u64 = 4 << 20;
/// Maximum bytes of Chapters or of Tags. A film plays without them, so larger ones are skipped.
const MAX_OPTIONAL_BYTES: u64 = 2 << 20;
/// Maximum number of elements that a SeekHead may point to.
const MAX_SEEK_TARGETS: usize = 64;
/// Maximum number of elements of a Segment before its first cluster. Real files have about ten.
const MAX_ELEMENTS: usize = 10_000;
/// Maximum bytes of a tail that is read at once: cues and tags usually stand there side by side.
const MAX_TAIL_BYTES: u64 = 1 << 20;

/// The contents of the elements that describe a file, and the position where its media begin.
#[derive(Debug, Default)]
pub(crate) struct MatroskaHead {
    /// Start of the Segment's content, from which positions in the file count.
    pub segment_start: u64,
    /// End of the Segment, at most that of the file.
    pub segment_end: u64,
    /// Position of the first Cluster; `None` if there is none.
    pub first_cluster: Option<u64>,
    pub info: Option<Bytes>,
    pub tracks: Option<Bytes>,
    pub cues: Option<Bytes>,
    pub chapters: Option<Bytes>,
    pub tags: Option<Bytes>,
    /// Position and length of the content of Attachments, which are not read.
    pub attachments: Option<(u64, u64)>,
    /// Position of the Cues element, whether or not it was read.
    pub cues_position: Option<u64>,
}

/// Reads the head of a file.
///
/// # Errors
/// `Malformed` if it is not Matroska, `OverBudget` if the head is larger than allowed, and those of the reader.
pub(crate) async fn read<R: ReadRange>(
    file: &mut Metered<'_, R>,
) -> Result<MatroskaHead, ContainerError> {
    let mut head = MatroskaHead::default();
    let segment = segment(file, &mut head).await?;
    let mut targets = Vec::new();
    let mut at = segment;
    for _ in 0..MAX_ELEMENTS {
        if at >= head.segment_end {
            break;
        }
        file.step(1)?;
        let (id, content, size) = element(file, at).await?;
        if id == ids::CLUSTER {
            head.first_cluster = Some(at);
            break;
        }
        let size = size.ok_or(ContainerError::Malformed("an element has no size"))?;
        take(file, &mut head, &mut targets, (id, at, content, size)).await?;
        at = content.checked_add(size).ok_or(ContainerError::Malformed(
            "an element reaches past the file",
        ))?;
    }
    follow(file, &mut head, targets).await?;
    Ok(head)
}

/// Checks the EBML header and finds the Segment. Returns the start of its content.
async fn segment<R: ReadRange>(
    file: &mut Metered<'_, R>,
    head: &mut MatroskaHead,
) -> Result<u64, ContainerError> {
    const NO_MATROSKA: ContainerError =
        ContainerError::Malformed("it does not begin like Matroska");
    let (id, content, size) = element(file, 0).await.map_err(|error| match error {
        ContainerError::Malformed(_) => NO_MATROSKA,
        other => other,
    })?;
    let size = size.filter(|&size| size <= 4096).ok_or(NO_MATROSKA)?;
    if id != ids::EBML {
        return Err(NO_MATROSKA);
    }
    let header = file.read(content, size).await?;
    let mut doc_type = String::new();
    for child in ebml::children(&header) {
        let (id, value, _) = child?;
        match id {
            ids::DOC_TYPE => doc_type = ebml::text(value),
            ids::EBML_READ_VERSION if ebml::unsigned(value)? > 1 => {
                return Err(ContainerError::Unsupported("a later version of EBML"));
            }
            ids::EBML_MAX_ID_LENGTH if ebml::unsigned(value)? > 4 => {
                return Err(ContainerError::Unsupported("IDs of more than four bytes"));
            }
            ids::EBML_MAX_SIZE_LENGTH if ebml::unsigned(value)? > 8 => {
                return Err(ContainerError::Unsupported(
                    "sizes of more than eight bytes",
                ));
            }
            ids::DOC_TYPE_READ_VERSION if ebml::unsigned(value)? > 4 => {
                return Err(ContainerError::Unsupported("a later version of Matroska"));
            }
            _ => {}
        }
    }
    if doc_type != "matroska" && doc_type != "webm" {
        return Err(ContainerError::Unsupported(
            "an EBML file that is not Matroska",
        ));
    }
    let mut at = content + size;
    // Void may stand between header and Segment.
    for _ in 0..16 {
        let (id, content, size) = element(file, at).await?;
        let end = size.and_then(|size| content.checked_add(size));
        if id == ids::SEGMENT {
            head.segment_start = content;
            head.segment_end = end.unwrap_or(u64::MAX).min(file.size());
            return Ok(content);
        }
        at = end.ok_or(ContainerError::Malformed("there is no Segment"))?;
    }
    Err(ContainerError::Malformed("there is no Segment"))
}

/// Reads the header of the element at `at`: ID, position and size of its content.
pub(crate) async fn element<R: ReadRange>(
    file: &mut Metered<'_, R>,
    at: u64,
) -> Result<(u32, u64, Option<u64>), ContainerError> {
    let length = file
        .size()
        .saturating_sub(at)
        .min(ebml::MAX_HEADER_BYTES as u64);
    if length == 0 {
        return Err(ContainerError::Truncated);
    }
    let bytes = file.read(at, length).await?;
    let header = ebml::header(&bytes)?;
    Ok((header.id, at + header.length as u64, header.size))
}

/// Stores an element if it is one of those needed and the first of its kind.
async fn take<R: ReadRange>(
    file: &mut Metered<'_, R>,
    head: &mut MatroskaHead,
    targets: &mut Vec<(u32, u64)>,
    (id, at, content, size): (u32, u64, u64, u64),
) -> Result<(), ContainerError> {
    let (slot, most) = match id {
        ids::INFO => (&mut head.info, MAX_INFO_BYTES),
        ids::TRACKS => (&mut head.tracks, MAX_TRACKS_BYTES),
        ids::CUES => {
            head.cues_position.get_or_insert(at);
            (&mut head.cues, u64::MAX)
        }
        ids::CHAPTERS => (&mut head.chapters, MAX_OPTIONAL_BYTES),
        ids::TAGS => (&mut head.tags, MAX_OPTIONAL_BYTES),
        ids::ATTACHMENTS => {
            head.attachments.get_or_insert((content, size));
            return Ok(());
        }
        ids::SEEK_HEAD => {
            if size <= MAX_INFO_BYTES {
                let bytes = file.read(content, size).await?;
                seek_targets(&bytes, head.segment_start, targets)?;
            }
            return Ok(());
        }
        _ => return Ok(()),
    };
    if slot.is_some() {
        return Ok(());
    }
    if size > most {
        return match id {
            ids::INFO | ids::TRACKS => Err(ContainerError::OverBudget("the memory allowed for it")),
            _ => Ok(()),
        };
    }
    file.allocate(size)?;
    *slot = Some(file.read(content, size).await?);
    Ok(())
}

/// Reads the elements that the SeekHead points to and that were not found at the head. Invalid entries are
/// skipped.
async fn follow<R: ReadRange>(
    file: &mut Metered<'_, R>,
    head: &mut MatroskaHead,
    mut targets: Vec<(u32, u64)>,
) -> Result<(), ContainerError> {
    let mut seen = Vec::new();
    let mut tail_read = false;
    while let Some(n) = next_target(head, &targets, &seen) {
        let (wanted, at) = targets[n];
        seen.push(at);
        let tail = file.size() - at;
        if !tail_read
            && tail <= MAX_TAIL_BYTES
            && head.first_cluster.is_some_and(|first| at > first)
        {
            file.pin(at, tail).await?;
            tail_read = true;
        }
        file.step(1)?;
        let found = match element(file, at).await {
            Ok((id, content, Some(size)))
                if id == wanted && content + size.min(u64::MAX >> 1) <= file.size() =>
            {
                (id, at, content, size)
            }
            Ok(_) | Err(ContainerError::Malformed(_) | ContainerError::Truncated) => continue,
            Err(error) => return Err(error),
        };
        take(file, head, &mut targets, found).await?;
    }
    Ok(())
}

/// Returns the index of the next target that is worth a read: the first in the file.
fn next_target(head: &MatroskaHead, targets: &[(u32, u64)], seen: &[u64]) -> Option<usize> {
    let wanted = |id| match id {
        ids::INFO => head.info.is_none(),
        ids::TRACKS => head.tracks.is_none(),
        ids::CUES => head.cues.is_none(),
        ids::CHAPTERS => head.chapters.is_none(),
        ids::TAGS => head.tags.is_none(),
        ids::ATTACHMENTS => head.attachments.is_none(),
        ids::SEEK_HEAD => true,
        _ => false,
    };
    targets
        .iter()
        .enumerate()
        .filter(|(_, (id, at))| wanted(*id) && *at < head.segment_end && !seen.contains(at))
        .min_by_key(|(_, (_, at))| *at)
        .map(|(n, _)| n)
}

/// Appends the entries of a SeekHead: ID and position in the file.
fn seek_targets(
    bytes: &[u8],
    segment_start: u64,
    targets: &mut Vec<(u32, u64)>,
) -> Result<(), ContainerError> {
    for seek in ebml::children(bytes) {
        let (id, seek, _) = seek?;
        if id != ids::SEEK {
            continue;
        }
        let (mut wanted, mut position) = (0, None);
        for child in ebml::children(seek) {
            let (id, value, _) = child?;
            match id {
                ids::SEEK_ID => wanted = ebml::unsigned(value)?,
                ids::SEEK_POSITION => position = Some(ebml::unsigned(value)?),
                _ => {}
            }
        }
        let at = position.and_then(|position| segment_start.checked_add(position));
        if let (Ok(wanted), Some(at)) = (u32::try_from(wanted), at)
            && targets.len() < MAX_SEEK_TARGETS
        {
            targets.push((wanted, at));
        }
    }
    Ok(())
}
