//! Floor 6 of feedforward: what was asked, done and found, as one HTML page.
#![forbid(unsafe_code)]
