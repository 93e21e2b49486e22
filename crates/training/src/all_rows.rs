//! The objective of a search: J over all rows of a training part.

use crate::feed::Feed;
use crate::labels::Labels;
use feedforward_base::Error;
use feedforward_data::prepare::Prepared;
use feedforward_kernels::{Element, Kernels};
use feedforward_network::optimizer::search::Objective;
use feedforward_network::step::{When, full_batch};
use feedforward_network::{Plan, Tape};

/// J and its gradient over `rows`, in portions of the plan's batch.
pub(crate) struct AllRows<'a, T: Element> {
    plan: &'a Plan,
    kernels: &'a Kernels<T>,
    table: &'a Prepared<T>,
    rows: &'a [u32],
    tape: &'a mut Tape<T>,
    labels: &'a mut Labels<T>,
    feed: &'a mut Feed<T>,
    when: When,
    /// How much all rows count together.
    whole: f64,
    /// Rows could not be read; the objective has no value then.
    pub(crate) failed: Option<Error>,
}

impl<'a, T: Element> AllRows<'a, T> {
    /// The objective on `rows` of `table`.
    pub(crate) fn new(
        plan: &'a Plan,
        kernels: &'a Kernels<T>,
        table: &'a Prepared<T>,
        rows: &'a [u32],
        (tape, labels, feed): (&'a mut Tape<T>, &'a mut Labels<T>, &'a mut Feed<T>),
        when: When,
    ) -> Self {
        let whole = match &table.weights {
            Some(weights) => rows.iter().map(|&r| weights[r as usize].to_f64()).sum(),
            None => rows.len() as f64,
        };
        AllRows { plan, kernels, table, rows, tape, labels, feed, when, whole, failed: None }
    }
}

impl<T: Element> Objective<T> for AllRows<'_, T> {
    fn at(&mut self, theta: &[T], gradient: &mut [T]) -> f64 {
        let AllRows { plan, kernels, table, rows, tape, labels, feed, when, whole, failed } = self;
        gradient.fill(T::ZERO);
        let mut objective = 0.0;
        for (first, portion) in (0..).step_by(plan.batch()).zip(rows.chunks(plan.batch())) {
            let places = first..first + portion.len();
            if let Err(e) = feed.gather(kernels, table, rows, places, tape.input(portion.len())) {
                *failed = Some(e);
                return f64::NAN;
            }
            labels.gather(table, portion);
            // Rows that all count 0 teach nothing.
            let share = if *whole > 0.0 { labels.share() / *whole } else { 0.0 };
            objective += full_batch::add(plan, kernels, theta, tape, labels.view(), when, share, gradient);
        }
        objective + full_batch::add_penalty(plan, kernels, theta, gradient)
    }
}
