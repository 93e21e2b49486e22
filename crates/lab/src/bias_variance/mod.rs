//! Fischer and Zahn: bias and variance of networks, by training them on many independent sets (S57).
//!
//! With h̄ the mean of the fits of all possible training sets,
//! E (h − y)² = (h̄ − f)² + E (h − h̄)² + σ²: squared bias, variance and noise, each a mean over x. The slide has
//! E (h − f)² on the left: without the noise of y there is no σ² on the right (erratum E25).

mod decompose;
mod picture;

pub use decompose::{Decomposition, decompose};
pub use picture::figure;

use crate::crew::Tell;
use crate::experiment::Outcome;
use crate::noisy::Noisy;
use feedforward_base::{Error, Result};
use serde_json::json;

/// What is drawn and trained.
#[derive(Clone, Debug)]
pub struct Ask {
    /// What is learned.
    pub noisy: Noisy,
    /// m, independent training sets, 3 or more.
    pub sets: usize,
    /// Points of each.
    pub points: usize,
    /// Hidden units, one network for each number; 0 for a straight line.
    pub widths: Vec<usize>,
    /// Iterations of L-BFGS at most.
    pub epochs: u64,
    /// Of points and networks.
    pub seed: u64,
    /// Trainings at a time; no result depends on it.
    pub threads: usize,
}

/// What is tried where the user does not say: sets and points as in the deck's picture.
pub const SETS: usize = 30;
/// Points of a set.
pub const POINTS: usize = 30;
/// Hidden units.
pub const WIDTHS: [usize; 6] = [1, 2, 3, 5, 10, 30];
/// Iterations of L-BFGS at most.
pub const ITERATIONS: u64 = 300;

/// One of bias² and variance outweighs the other where it is above this many times as large; between, they are of
/// comparable magnitude.
const OUTWEIGHS: f64 = 3.0;
/// Bias² and variance together are small below this share of the noise.
const SMALL: f64 = 0.1;

/// `ff lab bias-variance`.
///
/// # Errors
/// Less than 3 sets, no width; what the engine refuses.
pub fn run(ask: &Ask, tell: Tell<'_>) -> Result<Outcome> {
    if ask.sets < 3 {
        return Err(Error::bad_value("--sets", ask.sets, "3 or more, to tell variance from chance"));
    }
    if ask.widths.is_empty() {
        return Err(Error::bad_value("--widths", "", "numbers of hidden units, such as `1,3,10`"));
    }
    let all = decompose(ask, tell)?;
    let mut lines = vec![
        format!(
            "{}; noise {}; {} training sets of {} points; mean squares with 95 % intervals",
            ask.noisy.function.about, ask.noisy.noise, ask.sets, ask.points
        ),
        String::new(),
        table_line(
            ["units", "bias²", "variance", "noise", "sum", "measured error", "closes"].map(String::from),
        ),
    ];
    lines.extend(all.iter().map(|d| {
        let closes = if d.closes { "yes" } else { "no" };
        table_line([
            d.units.to_string(),
            d.bias2.to_string(),
            d.variance.to_string(),
            format!("{:.4}", d.noise2),
            format!("{:.4}", d.sum.value),
            d.measured.to_string(),
            closes.into(),
        ])
    }));
    lines.push(String::new());
    lines.extend(diagnosis(ask, &all));
    let numbers = json!({
        "function": ask.noisy.function.name, "noise": ask.noisy.noise, "sets": ask.sets, "points": ask.points,
        "epochs": ask.epochs, "decompositions": all, "diagnosis": diagnosis(ask, &all),
    });
    Ok(Outcome { lines, numbers, figure: figure(ask, &all) })
}

fn table_line(cells: [String; 7]) -> String {
    let [units, bias2, variance, noise, sum, measured, closes] = cells;
    format!("{units:>5}  {bias2:<27} {variance:<27} {noise:>6}  {sum:>6}  {measured:<27} {closes}")
}

/// The width with the least bias² + variance; of equal ones the first.
fn best(all: &[Decomposition]) -> &Decomposition {
    let better = |b: usize, i: usize| if all[i].sum.value < all[b].sum.value { i } else { b };
    &all[(1..all.len()).fold(0, better)]
}

/// Sentences: whether it closes, what the errors are made of, how both change, what to do.
fn diagnosis(ask: &Ask, all: &[Decomposition]) -> Vec<String> {
    let (first, best, last) = (&all[0], best(all), &all[all.len() - 1]);
    let mut lines = vec![closing(ask, all)];
    let mut shown = vec![first, best, last];
    shown.dedup_by_key(|d| d.units);
    lines.extend(shown.iter().map(|d| made_of(d)));
    if shown.len() > 1 {
        let went = |from: f64, to: f64| {
            format!("{} from {from:.4} to {to:.4}", if to < from { "falls" } else { "rises" })
        };
        lines.push(format!(
            "From {} to {} bias² {}, variance {}; the least error has {}.",
            units(first.units),
            units(last.units),
            went(first.bias2.value, last.bias2.value),
            went(first.variance.value, last.variance.value),
            units(best.units)
        ));
    }
    lines.push(format!("Next: ff lab bias-variance --rows {}, to see what more data does", 4 * ask.points));
    lines
}

/// Whether the parts are the whole.
fn closing(ask: &Ask, all: &[Decomposition]) -> String {
    let open: Vec<String> = all.iter().filter(|d| !d.closes).map(|d| units(d.units)).collect();
    let fresh = ask.sets * decompose::FRESH;
    if open.is_empty() {
        return format!(
            "It closes: the error on {fresh} fresh points is bias² + variance + noise, within the 95 % interval of the \
             difference, for every width."
        );
    }
    format!(
        "It does not close for {}: bias² + variance + noise is not the error on {fresh} fresh points, within the 95 % \
         interval of the difference (chance does that once in 20; try another --seed).",
        open.join(" and ")
    )
}

/// What the error of one width is made of.
fn made_of(d: &Decomposition) -> String {
    let (bias2, variance) = (d.bias2.value.max(0.0), d.variance.value);
    let what = if bias2 + variance < SMALL * d.noise2 {
        format!("bias² and variance together are below {:.0} % of the noise: nothing to gain.", 100.0 * SMALL)
    } else if bias2 > OUTWEIGHS * variance {
        "high bias: the fits agree, and are wrong; take more units.".into()
    } else if variance > OUTWEIGHS * bias2 {
        "high variance: right on average, but each training set gives another fit; more data or a penalty helps."
            .into()
    } else {
        "bias² and variance are of comparable magnitude, Fischer and Zahn's third condition.".into()
    };
    format!("{}: {what}", units(d.units))
}

/// `3 units`, `a straight line`.
pub(crate) fn units(n: usize) -> String {
    match n {
        0 => "a straight line".into(),
        1 => "1 unit".into(),
        n => format!("{n} units"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(seed: u64) -> Ask {
        let noisy = Noisy::sine(0.3);
        Ask { noisy, sets: 30, points: 30, widths: vec![1, 3, 10], epochs: 300, seed, threads: 2 }
    }

    /// The parts are the whole, and bias² falls and variance rises with capacity. Of 24 intervals of 95 % one or two miss
    /// by chance; with the right parts more than four do so once in 150 times.
    #[test]
    fn the_decomposition_closes_and_has_the_classic_shapes() {
        let mut closed = 0;
        // Sums over the seeds: of 30 sets alone a fit that swings out can outweigh all others.
        let (mut bias2, mut variance, mut sum) = ([0.0; 3], [0.0; 3], [0.0; 3]);
        for seed in 0..8 {
            let all = decompose(&ask(seed), &|_, _| {}).unwrap();
            for d in &all {
                closed += usize::from(d.closes);
                // Narrow enough to tell whether σ² belongs to it.
                assert!(d.difference.high - d.difference.low < 0.5 * d.noise2, "{:?}", d.difference);
                assert!((d.sum.value - d.noise2 - d.against_truth).abs() < 1e-12);
            }
            for (i, d) in all.iter().enumerate() {
                bias2[i] += d.bias2.value;
                variance[i] += d.variance.value;
                sum[i] += d.sum.value;
            }
        }
        assert!(bias2[0] > 10.0 * bias2[1] && bias2[0] > 10.0 * bias2[2], "{bias2:?}");
        assert!(variance[0] < variance[1] && variance[1] < variance[2], "{variance:?}");
        assert!(sum[1] < sum[0] && sum[1] < sum[2], "{sum:?}");
        assert!(closed >= 20, "{closed} of 24");
    }

    /// What `ff lab bias-variance` shows by itself.
    #[test]
    fn three_capacities_close_and_are_told_apart() {
        let all = decompose(&ask(0), &|_, _| {}).unwrap();
        assert!(all.iter().all(|d| d.closes), "{all:?}");
        assert!(all[0].variance.high < all[2].variance.low);
        let said = diagnosis(&ask(0), &all).join("\n");
        for part in
            ["It closes", "1 unit: high bias", "10 units: high variance", "the least error has 3 units"]
        {
            assert!(said.contains(part), "{part} in {said}");
        }
    }

    #[test]
    fn a_wrong_noise_does_not_close() {
        let mut all = decompose(&Ask { widths: vec![3], ..ask(0) }, &|_, _| {}).unwrap();
        // As the slide has it for E (h − f)²: without the noise of y.
        let gap = all[0].difference;
        assert!(gap.holds(0.0) && !gap.holds(0.09) && !gap.holds(-0.09));
        all[0].closes = false;
        assert!(closing(&ask(0), &all).starts_with("It does not close for 3 units: "));
    }

    #[test]
    fn what_cannot_be_asked() {
        let said = |ask: Ask| run(&ask, &|_, _| {}).unwrap_err().to_string();
        assert!(said(Ask { sets: 2, ..ask(0) }).starts_with("--sets is `2`"));
        assert!(said(Ask { widths: vec![], ..ask(0) }).starts_with("--widths is ``"));
    }
}
