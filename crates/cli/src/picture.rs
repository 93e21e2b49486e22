//! Pictures on their way to a file.

use crate::failure::Failure;
use crate::output::Sink;
use crate::overwrite;
use feedforward::plot::{self, Figure};
use feedforward::{Error, Result};
use std::path::Path;

/// Refuse a name that no picture can have, before anything is computed.
///
/// # Errors
/// Another ending than `.svg` and `.png`; a build without PNG; a model in that place; a folder that cannot be written to.
pub(crate) fn check(path: &str) -> Result<()> {
    let ending = Path::new(path).extension().and_then(|e| e.to_str()).unwrap_or("");
    match ending.to_ascii_lowercase().as_str() {
        "svg" => {}
        "png" => plot::check_png()?,
        _ => return Err(Error::bad_value("-o", path, "a name that ends with `.svg` or `.png`")),
    }
    overwrite::no_model(Path::new(path))?;
    crate::output::check_writable(Path::new(path))
}

/// Write a picture to `path`, which [`check`] has accepted.
pub(crate) fn write(figure: &Figure, path: &str) -> std::result::Result<(), Failure> {
    let png = path.to_ascii_lowercase().ends_with(".png");
    let bytes = if png { figure.to_png()? } else { figure.to_svg().into_bytes() };
    Sink::open(path)?.fill(|out| out.write_all(&bytes))
}
