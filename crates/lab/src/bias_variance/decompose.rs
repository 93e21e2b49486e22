//! The parts of the error, estimated without bias from m training sets.

use super::Ask;
use crate::crew::{Tell, side_by_side};
use crate::interval::Interval;
use crate::net::{How, Net};
use crate::noisy::{fit, rows, spec};
use crate::points::{mean, stream};
use feedforward_base::Result;
use feedforward_network::{Optimizer, Spec};
use serde::Serialize;

/// Places at which fits are compared, the middles of even pieces of [−1, 1]: their mean is the integral over x, up to
/// 1/CELLS².
pub const CELLS: usize = 200;
/// Fresh noisy points that each fit is measured on.
pub const FRESH: usize = 1000;
/// λ₂: what lies between the points stays finite.
const PENALTY: f64 = 1e-4;

/// What the error of networks of one width is made of, as means over x.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Decomposition {
    /// Hidden units.
    pub units: usize,
    /// (mean of the fits − f)², less the variance/m that is in the mean of m fits; may come out below 0 where there is
    /// no bias.
    pub bias2: Interval,
    /// Variance of the fits, with m − 1.
    pub variance: Interval,
    /// σ².
    pub noise2: f64,
    /// bias² + variance + σ².
    pub sum: Interval,
    /// E (h − y)² on fresh points with fresh noise: nothing of the above is in it but the fits.
    pub measured: Interval,
    /// measured − sum, from the differences of each training set.
    pub difference: Interval,
    /// Whether 0 is inside the interval of the difference.
    pub closes: bool,
    /// E (h − f)² at the places where the fits are compared: bias² + variance, without noise.
    pub against_truth: f64,
    /// Those places.
    #[serde(skip)]
    pub x: Vec<f64>,
    /// The fits there, one list per training set.
    #[serde(skip)]
    pub fits: Vec<Vec<f64>>,
}

/// A network that is trained to the end, by L-BFGS: widths differ in capacity, not in how far training came.
fn thorough(units: usize) -> Spec {
    let mut spec = spec(units);
    spec.optimizer = Optimizer::LBFGS;
    spec.penalty.l2 = PENALTY;
    spec
}

/// One network: its fit at the places, and its mean square error on fresh points.
struct Trained {
    fit: Vec<f64>,
    measured: f64,
}

/// Train one network per width and set and take their errors apart. All widths are given the same sets.
///
/// # Errors
/// What the engine refuses.
pub fn decompose(ask: &Ask, tell: Tell<'_>) -> Result<Vec<Decomposition>> {
    let x: Vec<f64> = (0..CELLS).map(|i| (2.0 * i as f64 + 1.0) / CELLS as f64 - 1.0).collect();
    let (points, fresh, seeds) = (stream(ask.seed, 4), stream(ask.seed, 5), stream(ask.seed, 6));
    let job = |i: usize| -> Result<Trained> {
        let (width, set) = (ask.widths[i / ask.sets], (i % ask.sets) as u64);
        let own = rows(&ask.noisy.points(ask.points, points.fork(set)));
        let how = How { epochs: ask.epochs, batch: own.len(), seed: seeds.bits(set) };
        let (net, _) = Net::train(&thorough(width), &own, how)?;
        let (places, y): (Vec<f64>, Vec<f64>) = ask.noisy.points(FRESH, fresh.fork(set)).into_iter().unzip();
        let squares: Vec<f64> = fit(&net, &places).iter().zip(&y).map(|(h, y)| (h - y) * (h - y)).collect();
        Ok(Trained { fit: fit(&net, &x), measured: mean(&squares) })
    };
    let mut trained = side_by_side(ask.widths.len() * ask.sets, ask.threads, tell, &job)?.into_iter();
    let each = |units: &usize| take_apart(ask, *units, &x, trained.by_ref().take(ask.sets).collect());
    Ok(ask.widths.iter().map(each).collect())
}

/// The parts for one width, from its `m` networks.
fn take_apart(ask: &Ask, units: usize, x: &[f64], trained: Vec<Trained>) -> Decomposition {
    let f: Vec<f64> = x.iter().map(|x| ask.noisy.function.at(*x)).collect();
    let (fits, measured): (Vec<Vec<f64>>, Vec<f64>) =
        trained.into_iter().map(|t| (t.fit, t.measured)).unzip();
    let noise2 = ask.noisy.noise * ask.noisy.noise;
    let m = fits.len() as f64;
    let over = |of: &dyn Fn(usize) -> f64| mean(&(0..x.len()).map(of).collect::<Vec<_>>());
    let mean_fit = |i: usize| fits.iter().map(|h| h[i]).sum::<f64>() / m;
    let variance =
        over(&|i| fits.iter().map(|h| (h[i] - mean_fit(i)) * (h[i] - mean_fit(i))).sum::<f64>() / (m - 1.0));
    let bias2 = over(&|i| (mean_fit(i) - f[i]) * (mean_fit(i) - f[i])) - variance / m;
    let own: Vec<f64> = fits.iter().map(|h| over(&|i| (h[i] - f[i]) * (h[i] - f[i]))).collect();
    let left = leave_one_out(&fits, &f);
    let (bias2_left, variance_left): (Vec<f64>, Vec<f64>) = left.into_iter().unzip();
    let apart: Vec<f64> = measured.iter().zip(&own).map(|(e, own)| e - own - noise2).collect();
    let difference = Interval::of_mean(&apart);
    let sum: Vec<f64> = own.iter().map(|own| own + noise2).collect();
    Decomposition {
        units,
        bias2: Interval::jackknife(bias2, &bias2_left),
        variance: Interval::jackknife(variance, &variance_left),
        noise2,
        sum: Interval { value: bias2 + variance + noise2, ..Interval::of_mean(&sum) },
        measured: Interval::of_mean(&measured),
        closes: difference.holds(0.0),
        difference,
        against_truth: mean(&own),
        x: x.to_vec(),
        fits,
    }
}

/// (bias², variance) without each training set in turn.
///
/// Both are U-statistics of the products K(s, t), the mean over x of (h_s − f)(h_t − f): bias² is their mean over all
/// pairs s ≠ t, bias² + variance the mean of K(s, s).
fn leave_one_out(fits: &[Vec<f64>], f: &[f64]) -> Vec<(f64, f64)> {
    let m = fits.len();
    let product = |s: &[f64], t: &[f64]| {
        let each = s.iter().zip(t).zip(f).map(|((s, t), f)| (s - f) * (t - f));
        each.sum::<f64>() / f.len() as f64
    };
    let own: Vec<f64> = fits.iter().map(|h| product(h, h)).collect();
    let others: Vec<f64> =
        (0..m).map(|s| (0..m).filter(|t| *t != s).map(|t| product(&fits[s], &fits[t])).sum()).collect();
    let (all_own, all_pairs): (f64, f64) = (own.iter().sum(), others.iter().sum());
    let left = (m - 1) as f64;
    let without = |s: usize| {
        let bias2 = (all_pairs - 2.0 * others[s]) / (left * (left - 1.0));
        (bias2, (all_own - own[s]) / left - bias2)
    };
    (0..m).map(without).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::noisy::Noisy;

    fn ask(widths: &[usize], seed: u64) -> Ask {
        let noisy = Noisy::sine(0.3);
        Ask { noisy, sets: 30, points: 30, widths: widths.to_vec(), epochs: 100, seed, threads: 2 }
    }

    /// Fits that are `shift` + `spread` · a normal number, the same at all places.
    fn planted(sets: usize, shift: f64, spread: f64, seed: u64) -> Decomposition {
        let ask = ask(&[1], 0);
        let x = [-0.5, 0.0, 0.5];
        let draws = stream(seed, 1);
        let one = |s: usize| {
            let own = shift + spread * draws.normal(s as u64);
            let fit: Vec<f64> = x.iter().map(|x| ask.noisy.function.at(*x) + own).collect();
            Trained { fit, measured: own * own + 0.09 }
        };
        take_apart(&ask, 1, &x, (0..sets).map(one).collect())
    }

    #[test]
    fn planted_bias_and_variance_are_found_and_their_intervals_hold_them() {
        let runs = 400;
        let (mut bias2, mut variance, mut bias2_held, mut variance_held) = (0.0, 0.0, 0, 0);
        for seed in 0..runs {
            let d = planted(20, 0.5, 0.4, seed);
            bias2 += d.bias2.value / runs as f64;
            variance += d.variance.value / runs as f64;
            bias2_held += usize::from(d.bias2.holds(0.25));
            variance_held += usize::from(d.variance.holds(0.16));
            assert!((d.sum.value - 0.09 - d.against_truth).abs() < 1e-12);
        }
        // Without the correction bias² would be 0.008 larger, which is two standard errors of this mean.
        assert!((bias2 - 0.25).abs() < 0.0078 && (variance - 0.16).abs() < 0.0078, "{bias2} {variance}");
        for held in [bias2_held, variance_held] {
            assert!(
                (355..=396).contains(&held),
                "95 % of 400 hold the truth, of variances a little less: {held}"
            );
        }
    }

    #[test]
    fn the_jackknife_leaves_out_what_it_says() {
        let d = planted(5, 0.5, 0.4, 3);
        let f: Vec<f64> = d.x.iter().map(|x| ask(&[1], 0).noisy.function.at(*x)).collect();
        let left = leave_one_out(&d.fits, &f);
        let others: Vec<Trained> =
            d.fits[1..].iter().map(|fit| Trained { fit: fit.clone(), measured: 0.0 }).collect();
        let without = take_apart(&ask(&[1], 0), 1, &d.x, others);
        assert!((left[0].0 - without.bias2.value).abs() < 1e-12);
        assert!((left[0].1 - without.variance.value).abs() < 1e-12);
    }

    #[test]
    fn no_bit_depends_on_threads() {
        let small = Ask { sets: 3, epochs: 5, ..ask(&[0, 4], 1) };
        let one = decompose(&Ask { threads: 1, ..small.clone() }, &|_, _| {}).unwrap();
        let three = decompose(&Ask { threads: 3, ..small }, &|_, _| {}).unwrap();
        assert_eq!(one, three);
        assert_eq!((one[0].units, one[1].fits.len(), one[1].fits[0].len()), (0, 3, CELLS));
    }
}
