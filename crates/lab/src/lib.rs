//! Floor 5 of feedforward: the laboratory. Experiments that show what networks do, their pictures, and every number
//! that the five lectures print, computed by the real engine.
#![forbid(unsafe_code)]

pub use feedforward_training::net;
pub mod points;

pub mod graph;

pub mod experiment;

pub mod crew;
pub mod interval;

pub mod collapse;
pub mod curse;
pub mod manifold;
pub mod planes;
pub mod regions;
pub mod threshold;
pub mod universality;

pub mod noisy;

pub mod bias_variance;
pub mod trials;

pub mod capacity;
pub mod epochs;
pub mod learning_curve;

pub mod lecture;

pub use experiment::Outcome;
