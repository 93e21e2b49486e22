//! Floor 6 of feedforward: what was asked, done and found, as one HTML page.
//!
//! A [`Page`] is plain data: sections of words, facts, tables and pictures, and the documents that every number on it
//! comes from. It becomes one file that needs nothing else: no script, no font, nothing to fetch. The same run gives the
//! same bytes.
#![forbid(unsafe_code)]

mod words;

pub mod page;

mod error_tables;
mod html;

pub mod origin;

mod sections;

pub mod cross_validation;
pub mod experiment;
pub mod model;
pub mod tuning;

pub use origin::{Origin, Source};
pub use page::{Block, Cell, Page, Picture, Section, Table};
pub use sections::Part;
