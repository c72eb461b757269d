//! Tests against files made by ffmpeg and mkvmerge.
