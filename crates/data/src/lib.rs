//! Floor 1 of feedforward: tables, the only reader of user files, and their preparation.

pub mod batches;
pub mod prepare;
pub mod split;
pub mod table;
