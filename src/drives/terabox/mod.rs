//! TeraBox by its Open Platform.
