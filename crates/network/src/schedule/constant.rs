//! η(t) = η.

use crate::about::About;

pub(super) const ABOUT: About =
    About { name: "constant", tex: r"\eta(t) = \eta", derivative: "", source: "", stability: "" };
