//! Attachments (RFC 9559 §5.1.6): names, types and positions of the attached files, without their content.

use super::head::element;
use super::{ebml, ids};
use crate::metered::Metered;
use crate::{ContainerError, ReadRange};

/// Maximum number of attachments, more than any film has; those after are left out.
const MAX_ATTACHMENTS: usize = 500;
/// Maximum bytes of a file's name or type.
const MAX_TEXT_BYTES: u64 = 1024;

/// An attached file: a font, a cover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    pub name: String,
    pub media_type: String,
    /// Position of its bytes in the file.
    pub offset: u64,
    pub size: u64,
}

/// Lists the files in the content of an Attachments element.
pub(crate) async fn list<R: ReadRange>(
    file: &mut Metered<'_, R>,
    content: u64,
    size: u64,
) -> Result<Vec<Attachment>, ContainerError> {
    let end = content.saturating_add(size).min(file.size());
    let mut found = Vec::new();
    let mut at = content;
    while at < end && found.len() < MAX_ATTACHMENTS {
        let (id, content, next) = child(file, at, end).await?;
        if id == ids::ATTACHED_FILE {
            found.extend(attached_file(file, content, next).await?);
        }
        at = next;
    }
    Ok(found)
}

async fn attached_file<R: ReadRange>(
    file: &mut Metered<'_, R>,
    start: u64,
    end: u64,
) -> Result<Option<Attachment>, ContainerError> {
    let (mut name, mut media_type, mut data) = (String::new(), String::new(), None);
    let mut at = start;
    while at < end {
        let (id, content, next) = child(file, at, end).await?;
        let size = next - content;
        match id {
            ids::FILE_NAME if size <= MAX_TEXT_BYTES => {
                name = ebml::text(&file.read(content, size).await?)
            }
            ids::FILE_MEDIA_TYPE if size <= MAX_TEXT_BYTES => {
                media_type = ebml::text(&file.read(content, size).await?);
            }
            ids::FILE_DATA => data = Some((content, size)),
            _ => {}
        }
        at = next;
    }
    Ok(data.map(|(offset, size)| Attachment {
        name,
        media_type,
        offset,
        size,
    }))
}

/// Reads the header of an element that must end by `end`: ID, start and end of its content.
async fn child<R: ReadRange>(
    file: &mut Metered<'_, R>,
    at: u64,
    end: u64,
) -> Result<(u32, u64, u64), ContainerError> {
    file.step(1)?;
    let (id, content, size) = element(file, at).await?;
    let next = size
        .and_then(|size| content.checked_add(size))
        .filter(|&next| next <= end)
        .ok_or(ContainerError::Malformed(
            "an element reaches past the one that holds it",
        ))?;
    Ok((id, content, next))
}
