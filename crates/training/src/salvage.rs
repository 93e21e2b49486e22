//! What is left of a training that diverged.

use crate::event::Ending;
use crate::regime::Regime;
use crate::state::{Here, State};
use crate::trainer::{Lesson, Run, Trained};
use feedforward_base::Result;
use feedforward_kernels::{Element, Kernels};

/// Places of the first epoch that are looked at for good parameters, the start and the end among them.
const PLACES: u64 = 32;

/// The last good parameters, if there are any: those of the best epoch, or else those in the first epoch with the least
/// loss on some training rows. These are found by going there once more: nothing has to be kept for it.
///
/// Returns the number of steps of the first epoch as well, where it is parameters inside it that are kept; then they are
/// those of the first network only.
///
/// # Errors
/// Rows lie in a file that cannot be read.
pub(crate) fn salvage<T: Element>(
    kernels: &Kernels<T>,
    regime: &Regime,
    lessons: &[Lesson<'_, T>],
    state: State<T>,
) -> Result<Option<(Trained<T>, Option<u64>)>> {
    let State { best, epochs, warnings, .. } = state;
    let ending = Ending::Diverged;
    if let Some((kept_epoch, thetas)) = best.take() {
        return Ok(Some((Trained { thetas, epochs, kept_epoch, ending, warnings }, None)));
    }
    let Some((step, theta)) = in_first_epoch(kernels, regime, &lessons[0])? else { return Ok(None) };
    Ok(Some((Trained { thetas: vec![theta], epochs, kept_epoch: 0, ending, warnings }, Some(step))))
}

fn in_first_epoch<T: Element>(
    kernels: &Kernels<T>,
    regime: &Regime,
    lesson: &Lesson<'_, T>,
) -> Result<Option<(u64, Vec<T>)>> {
    let Some(watcher) = lesson.watcher(regime)? else { return Ok(None) };
    let mut run = Run::new(lesson, kernels, regime, 1);
    let mut network = State::new([lesson.plan].into_iter(), regime.dice).networks.swap_remove(0);
    let mut here = Here::before(1);
    run.begin(1);
    let steps = run.steps();
    let every = steps.div_ceil(PLACES - 1);
    let mut best: Option<(f64, u64, Vec<T>)> = None;
    loop {
        if here.step.is_multiple_of(every) || here.step == steps {
            let theta = &network.parameters.theta;
            let loss = watcher.loss(&mut run.eyes(), theta);
            let better = best.as_ref().is_none_or(|(least, _, _)| loss < *least);
            if better && loss.is_finite() && kernels.all_finite(theta) {
                best = Some((loss, here.step, theta.clone()));
            }
        }
        // Where it diverges again, what comes later is spoiled.
        if here.step == steps || run.advance(&mut network, &mut here).is_err() {
            return Ok(best.map(|(_, step, theta)| (step, theta)));
        }
    }
}
