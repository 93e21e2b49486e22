//! Floor 1 of feedforward: tables, the only reader of user files, and their preparation.

mod at_rest;
pub mod batches;
pub mod describe;
pub mod drift;
pub mod generated;
pub mod memory;
pub mod prepare;
pub mod source;
pub mod split;
pub mod table;
pub mod window;
