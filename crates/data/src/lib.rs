//! Floor 1 of feedforward: tables, the only reader of user files, and their preparation.

pub mod batches;
pub mod describe;
pub mod drift;
pub mod generated;
pub mod prepare;
pub mod source;
pub mod split;
pub mod table;
