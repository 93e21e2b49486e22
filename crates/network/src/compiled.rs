//! The engine in both precisions, compiled here once.
//!
//! Programs with optimisation level 1 (the tests) take generic functions that a library has compiled already; without
//! this list each of them would compile every activation, rule and instruction set for itself. Release programs
//! compile what they use, with everything inlined.

use crate::parameters::Parameters;
use crate::plan::Plan;
use crate::step::{self, Labels, When};
use crate::tape::Tape;
use feedforward_kernels::{Element, Kernels};

/// The functions of [`step`] that a program calls.
#[allow(
    dead_code,
    clippy::type_complexity,
    reason = "it is there to be compiled, in the functions' own words"
)]
struct Engine<T: Element> {
    train: fn(&Plan, &Kernels<T>, &mut Parameters<T>, &mut Tape<T>, Labels<'_, T>, &When) -> f64,
    gradient: fn(&Plan, &Kernels<T>, &[T], &mut Tape<T>, Labels<'_, T>, &When) -> f64,
    forward: fn(&Plan, &Kernels<T>, &[T], &mut Tape<T>, usize),
    judge: fn(&Plan, &Kernels<T>, &mut Tape<T>, Labels<'_, T>) -> f64,
}

impl<T: Element> Engine<T> {
    const ALL: Self =
        Engine { train: step::train, gradient: step::gradient, forward: step::forward, judge: step::judge };
}

#[used]
static F32: Engine<f32> = Engine::ALL;
#[used]
static F64: Engine<f64> = Engine::ALL;
