//! Tests against files made by ffmpeg and mkvmerge, with ffprobe as the other opinion.

mod fixtures;
mod hostile;
mod mutations;
mod packets;
mod streams;
mod texts;
