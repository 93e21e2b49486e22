//! The line search: a step length that meets the strong Wolfe conditions.
//!
//! φ(α) = J(θ + α d). Wanted: φ(α) ≤ φ(0) + c₁ α φ'(0) (enough is won) and |φ'(α)| ≤ c₂ |φ'(0)| (it is nearly flat).
//! Nocedal and Wright, Numerical Optimization, 2nd edition, algorithms 3.5 and 3.6 with cubic interpolation (3.59).
//! Where the rounding of φ hides the decrease, its slope decides, as in Hager and Zhang 2005 (approximate Wolfe).

use super::Objective;
use super::sums::dot;
use feedforward_base::Real;

/// c₁.
const ENOUGH: f64 = 1e-4;
/// Points that are tried while the step grows, and again while it is narrowed down.
const MOST: usize = 30;
/// A step grows by these factors at least and at most.
const GROWTH: (f64, f64) = (2.0, 10.0);
/// An interpolated length stays so far from the ends of its interval, as a share of it.
const MARGIN: f64 = 0.1;

/// A place on the line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point {
    /// α.
    pub(super) length: f64,
    /// φ(α), infinite where it is not finite.
    pub(super) value: f64,
    /// φ'(α).
    pub(super) slope: f64,
}

/// The line θ + α d.
pub(super) struct Line<'a, T, O> {
    pub(super) theta: &'a [T],
    pub(super) d: &'a [T],
    /// The point that was tried last, ...
    pub(super) trial: &'a mut [T],
    /// ... and its gradient.
    pub(super) trial_g: &'a mut [T],
    pub(super) objective: &'a mut O,
}

/// What a length must meet.
#[derive(Clone, Copy)]
struct Wanted {
    start: Point,
    /// c₂ |φ'(0)|.
    flat: f64,
    /// Differences of φ up to here may be rounding.
    noise: f64,
}

impl Wanted {
    fn enough(&self, p: Point) -> bool {
        let Point { value, slope, .. } = self.start;
        p.value <= value + ENOUGH * p.length * slope
            || ((p.value - value).abs() <= self.noise && p.slope <= (2.0 * ENOUGH - 1.0) * slope)
    }
    fn flat(&self, p: Point) -> bool {
        p.slope.abs() <= self.flat
    }
}

impl<T: Real, O: Objective<T>> Line<'_, T, O> {
    /// A point that meets the conditions, or at least wins enough, tried last; `None` if none was found.
    pub(super) fn search(&mut self, start: Point, first: f64, curvature: f64) -> Option<Point> {
        // Four units in the last place of J in the precision of the network.
        let noise = start.value.abs() * if T::BYTES == 4 { 4.8e-7 } else { 8.9e-16 };
        let wanted = Wanted { start, flat: curvature * start.slope.abs(), noise };
        let (mut before, mut length) = (start, first);
        for _ in 0..MOST {
            let now = self.at(length);
            if !wanted.enough(now) || now.value > before.value + noise {
                return self.zoom(wanted, before, now);
            }
            if wanted.flat(now) {
                return Some(now);
            }
            if now.slope >= 0.0 {
                return self.zoom(wanted, now, before);
            }
            let (least, most) = (GROWTH.0 * length, GROWTH.1 * length);
            length =
                lowest(before, now, noise).filter(|l| *l > now.length).unwrap_or(most).clamp(least, most);
            before = now;
        }
        // φ falls and falls: what was tried last is the best so far.
        (before.length > 0.0).then_some(before)
    }

    /// Algorithm 3.6: `low` wins enough and is the lowest so far, and φ falls from it towards `high`.
    fn zoom(&mut self, wanted: Wanted, mut low: Point, mut high: Point) -> Option<Point> {
        let mut last = high;
        for _ in 0..MOST {
            let length = between(low, high, wanted.noise);
            if length == low.length || length == high.length {
                break;
            }
            let now = self.at(length);
            last = now;
            if !wanted.enough(now) || now.value > low.value + wanted.noise {
                high = now;
                continue;
            }
            if wanted.flat(now) {
                return Some(now);
            }
            if now.slope * (high.length - low.length) >= 0.0 {
                high = low;
            }
            low = now;
        }
        // Not flat, but lower than the start.
        let won = low.length > 0.0 && low.value < wanted.start.value;
        won.then(|| if last == low { low } else { self.at(low.length) })
    }

    /// Try a length.
    fn at(&mut self, length: f64) -> Point {
        let step = T::from_f64(length);
        for ((trial, theta), d) in self.trial.iter_mut().zip(self.theta).zip(self.d) {
            *trial = *theta + step * *d;
        }
        let value = self.objective.at(self.trial, self.trial_g);
        let slope = dot(self.trial_g, self.d);
        let finite = value.is_finite() && slope.is_finite();
        Point { length, value: if finite { value } else { f64::INFINITY }, slope }
    }
}

/// A length between two points where φ is likely to be lowest, not too near to either.
fn between(low: Point, high: Point, noise: f64) -> f64 {
    let (a, wide) = (low.length, high.length - low.length);
    let share = lowest(low, high, noise).map_or(0.5, |length| (length - a) / wide);
    a + wide * share.clamp(MARGIN, 1.0 - MARGIN)
}

/// Where φ is likely to be lowest, by two points; by their slopes alone where their values differ by noise.
fn lowest(a: Point, b: Point, noise: f64) -> Option<f64> {
    if (a.value - b.value).abs() > noise {
        return cubic(a, b);
    }
    let length = a.length - a.slope * (b.length - a.length) / (b.slope - a.slope);
    Some(length).filter(|length| length.is_finite())
}

/// The minimum of the cubic that has the values and slopes of two points (3.59), if there is one.
fn cubic(a: Point, b: Point) -> Option<f64> {
    let wide = b.length - a.length;
    let d1 = a.slope + b.slope - 3.0 * (a.value - b.value) / (a.length - b.length);
    let square = d1 * d1 - a.slope * b.slope;
    let d2 = square.sqrt().copysign(wide);
    let length = b.length - wide * (b.slope + d2 - d1) / (b.slope - a.slope + 2.0 * d2);
    (square >= 0.0 && length.is_finite()).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::super::testing::Function;
    use super::*;

    fn search(f: fn(f64) -> (f64, f64), first: f64, curvature: f64) -> Option<Point> {
        let mut function = Function(|x: &[f64]| {
            let (value, slope) = f(x[0]);
            (value, vec![slope])
        });
        let (value, slope) = f(0.0);
        let (mut trial, mut trial_g) = ([0.0], [0.0]);
        let mut line = Line {
            theta: &[0.0],
            d: &[1.0],
            trial: &mut trial,
            trial_g: &mut trial_g,
            objective: &mut function,
        };
        let found = line.search(Point { length: 0.0, value, slope }, first, curvature);
        assert!(found.is_none_or(|p| trial[0] == p.length), "the point that was tried last");
        found
    }

    #[test]
    fn a_cubic_is_its_own_interpolation() {
        // x³ − 3x has its minimum at 1.
        let at = |x: f64| Point { length: x, value: x * x * x - 3.0 * x, slope: 3.0 * x * x - 3.0 };
        for (a, b) in [(0.0, 2.0), (2.0, 0.0), (0.5, 3.0), (0.0, 0.5)] {
            assert!((cubic(at(a), at(b)).unwrap() - 1.0).abs() < 1e-12);
        }
    }

    /// Moré and Thuente's hard function 1 (1994) and others, from first lengths far too short and far too long.
    #[test]
    fn the_conditions_hold_wherever_it_begins() {
        let functions: [fn(f64) -> (f64, f64); 4] = [
            |x| (-x / (x * x + 2.0), (x * x - 2.0) / (x * x + 2.0).powi(2)),
            |x| ((x - 3.0).powi(2), 2.0 * (x - 3.0)),
            |x| ((x - 0.1).exp() - 2.0 * x, (x - 0.1).exp() - 2.0),
            // Not a number beyond 2.
            |x| (-(2.0 - x).ln() - 3.0 * x, 1.0 / (2.0 - x) - 3.0),
        ];
        for f in functions {
            for first in [1e-3, 0.1, 1.0, 10.0, 1e3] {
                for curvature in [0.1, 0.9] {
                    let p = search(f, first, curvature).unwrap();
                    let ((v0, s0), (v, s)) = (f(0.0), f(p.length));
                    assert!(
                        v <= v0 + ENOUGH * p.length * s0 && s.abs() <= curvature * s0.abs(),
                        "{first}: {p:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn where_rounding_hides_the_decrease_the_slope_decides() {
        // 1 + (x − 1e-9)²: every value rounds to 1.
        let p = search(|x| (1.0 + (x - 1e-9).powi(2), 2.0 * (x - 1e-9)), 3e-10, 0.1).unwrap();
        assert!((p.length - 1e-9).abs() <= 1e-10, "{p:?}");
    }

    #[test]
    fn nothing_is_found_where_nothing_is() {
        // The slope lies: it rises from the start.
        assert_eq!(search(|x| (x.abs(), -1.0), 1.0, 0.1), None);
    }
}
