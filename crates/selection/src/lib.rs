//! Floor 4 of feedforward: choosing among models, by cross-validation and by tuning.
#![forbid(unsafe_code)]
