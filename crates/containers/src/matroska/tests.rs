//! Tests against files made by ffmpeg and mkvmerge, with ffprobe as the reference.

mod fixtures;
mod hostile;
mod mutations;
mod packets;
mod streams;
mod texts;
