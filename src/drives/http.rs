//! The HTTP client that all drives share: one guard for every address, redirects followed by hand,
//! limits on what is read. (reqwest lives in this room only.)
