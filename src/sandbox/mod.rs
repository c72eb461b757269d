//! The TeraBox Open Platform over a folder of films, written from its documents alone.
