//! The fits of many training sets over each other, and the parts of the error against capacity.

use super::{Ask, Decomposition, best, units};
use crate::interval::Interval;
use feedforward_plot::{Axis, Figure, Item, Panel};

/// The fits of the narrowest, the best and the widest network, and bias², variance, their sum with the noise, and the
/// error that was measured.
pub fn figure(ask: &Ask, all: &[Decomposition]) -> Figure {
    let mut shown = vec![&all[0], best(all), &all[all.len() - 1]];
    shown.dedup_by_key(|d| d.units);
    let mut panels: Vec<Panel> = shown.into_iter().map(|d| overlay(ask, d)).collect();
    panels.push(parts(all));
    let title = format!("Bias and variance of {} training sets", ask.sets);
    Figure::new(&title, 2, panels).caption(
        "Few units: all fits agree, and are wrong (bias). Many: each follows the noise of its own points (variance). \
         Upright lines are 95 % intervals. The error on fresh noisy points is the sum of bias², variance and noise.",
    )
}

/// All fits of one width, their mean, and the truth.
fn overlay(ask: &Ask, d: &Decomposition) -> Panel {
    let curve = |y: &dyn Fn(usize) -> f64| (0..d.x.len()).map(|i| (d.x[i], y(i))).collect::<Vec<_>>();
    let name = |n: usize| if n == 0 { "fit of a training set" } else { "" };
    let fits = d.fits.iter().enumerate().map(|(n, h)| Item::line(curve(&|i| h[i]), 5, name(n)));
    let mut items: Vec<Item> = fits.collect();
    let mean = |i: usize| d.fits.iter().map(|h| h[i]).sum::<f64>() / d.fits.len() as f64;
    items.push(Item::line(curve(&|i| ask.noisy.function.at(d.x[i])), 0, "true function"));
    items.push(Item::line(curve(&mean), 1, "mean of the fits"));
    // Of a fit that swings out no more is shown than there is of the function and its noise.
    let f = (0..d.x.len()).map(|i| ask.noisy.function.at(d.x[i]));
    let (low, high) = f.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), y| (l.min(y), h.max(y)));
    let room = (3.0 * ask.noisy.noise).max(0.4 * (high - low));
    Panel::new(&units(d.units), Axis::new("x"), Axis::new("y").range(low - room, high + room), items)
}

/// The parts against the width.
fn parts(all: &[Decomposition]) -> Panel {
    let line = |of: &dyn Fn(&Decomposition) -> f64| {
        all.iter().enumerate().map(|(i, d)| (i as f64, of(d))).collect::<Vec<_>>()
    };
    let mut items = vec![
        Item::marked(line(&|d| d.bias2.value), 0, "bias²"),
        Item::marked(line(&|d| d.variance.value), 1, "variance"),
        Item::level(all[0].noise2, 4, "noise σ²"),
        Item::marked(line(&|d| d.sum.value), 2, "their sum"),
        Item::marked(line(&|d| d.measured.value), 3, "measured error"),
    ];
    for (of, series) in
        [(bias2 as fn(&Decomposition) -> Interval, 0), (|d| d.variance, 1), (|d| d.measured, 3)]
    {
        items.push(bars(all.iter().enumerate().map(|(i, d)| (i as f64, of(d))), series));
    }
    let widths = all.iter().map(|d| d.units.to_string());
    Panel::new(
        "What the error is made of",
        Axis::named("hidden units", widths),
        Axis::new("mean square"),
        items,
    )
}

fn bias2(d: &Decomposition) -> Interval {
    d.bias2
}

/// Upright lines from the low to the high end of intervals.
pub(crate) fn bars(all: impl Iterator<Item = (f64, Interval)>, series: usize) -> Item {
    // A number that is not finite interrupts the line.
    let one = |(x, i): (f64, Interval)| [(x, i.low), (x, i.high), (x, f64::NAN)];
    Item::line(all.flat_map(one).collect(), series, "")
}
