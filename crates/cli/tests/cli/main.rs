//! The command line as its users see it: every test runs `ff` in a folder of its own.

mod bad_data;
mod bad_usage;
mod bench;
mod certify;
mod common;
mod diagnosis;
mod examples;
mod explain;
mod folds;
mod hostile;
#[cfg(unix)]
mod interrupt;
mod lab;
mod memory;
mod obstacles;
mod report;
mod resume;
mod thresholds;
mod tune;
mod used;
mod verbs;
