//! The one list of kinds: the settings of each, the opening of a drive from them, and the abilities that each
//! can have.
//!
//! A new kind adds a line to [`KINDS`], a variant to [`DriveSettings`] and an arm to [`DriveSettings::open`].
//! Besides its module in `lib.rs`, nothing else in this crate changes; links of its own are parsed in [`crate::links`]. The table in
//! ARCHITECTURE.md is made of this list, and the contract suite tests each kind against it.

use crate::cloudreve::{self, CloudreveConfig};
use crate::local::{self, LocalConfig};
use crate::s3::{self, S3Config};
use crate::terabox::{self, TeraboxConfig, WebDriveConfig};
use crate::teraboxdl::{self, TeraboxDlConfig};
use crate::webdav::{self, WebDavConfig};
use crate::{Drive, DriveContext, DriveKind};
use media::Place;

/// Every kind, in the order of the table.
pub static KINDS: &[&DriveKind] = &[
    &terabox::KIND,
    &terabox::WEB_KIND,
    &cloudreve::KIND,
    &teraboxdl::KIND,
    &webdav::KIND,
    &s3::KIND,
    &local::KIND,
];

/// The settings of each kind of drive.
#[derive(Debug)]
pub enum DriveSettings {
    /// `kind = "terabox"`, through an application of the Open Platform.
    Terabox(TeraboxConfig),
    /// `kind = "terabox"` with `[drive.web]` alone.
    TeraboxWeb(WebDriveConfig),
    /// `kind = "cloudreve"`.
    Cloudreve(CloudreveConfig),
    /// `kind = "teraboxdl"`.
    TeraboxDl(TeraboxDlConfig),
    /// `kind = "webdav"`.
    WebDav(WebDavConfig),
    /// `kind = "s3"`.
    S3(S3Config),
    /// `kind = "local"`.
    Local(LocalConfig),
}

impl DriveSettings {
    /// Opens a drive named `place`. Makes no request.
    pub fn open(&self, place: Place, context: DriveContext) -> Drive {
        match self {
            DriveSettings::Terabox(settings) => terabox::open(place, settings.clone(), context),
            DriveSettings::TeraboxWeb(settings) => {
                terabox::open_by_web_session(place, settings.clone(), context)
            }
            DriveSettings::Cloudreve(settings) => cloudreve::open(place, settings.clone(), context),
            DriveSettings::TeraboxDl(settings) => teraboxdl::open(place, settings, context),
            DriveSettings::WebDav(settings) => webdav::open(place, settings.clone(), context),
            DriveSettings::S3(settings) => s3::open(place, settings.clone(), context),
            DriveSettings::Local(settings) => local::open(place, settings.clone(), context),
        }
    }
}

impl DriveKind {
    /// Returns the kind of that name in the config, the first if several have it; `None` if there is none.
    pub fn named(kind: &str) -> Option<&'static DriveKind> {
        KINDS.iter().copied().find(|known| known.kind == kind)
    }
}
