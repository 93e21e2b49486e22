//! Axes: what is shown of a quantity, and where its round ticks are.

use super::style::TEXT;
use super::text::{fit, trim};

/// How a quantity becomes a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Equal differences are equally far apart.
    Linear,
    /// Equal ratios are equally far apart; ticks at powers of this base (2 or 10). Values must be above 0.
    Log(u32),
}

/// One axis of a panel.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// What is measured.
    pub label: String,
    /// How.
    pub scale: Scale,
    /// From where to where, perhaps downwards; `None`: all that is drawn.
    pub range: Option<(f64, f64)>,
    /// Names that stand at 0, 1, 2, … instead of numbers; none if empty.
    pub names: Vec<String>,
}

impl Axis {
    /// A linear axis over all that is drawn.
    pub fn new(label: &str) -> Self {
        Axis { label: label.into(), scale: Scale::Linear, range: None, names: Vec::new() }
    }
    /// An axis of names, at 0, 1, 2, …
    pub fn named(label: &str, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        let end = names.len() as f64 - 0.5;
        Axis { names, ..Axis::new(label).range(-0.5, end.max(0.5)) }
    }
    /// The same with its first name, or its low end, where its last was: lists read downwards.
    pub fn turned(mut self) -> Self {
        self.range = self.range.map(|(low, high)| (high, low));
        self
    }
    /// The same from `low` to `high`.
    pub fn range(mut self, low: f64, high: f64) -> Self {
        self.range = Some((low, high));
        self
    }
    /// The same with equal ratios equally far apart.
    pub fn log(mut self, base: u32) -> Self {
        self.scale = Scale::Log(base);
        self
    }
}

/// An axis whose range is known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    scale: Scale,
    low: f64,
    high: f64,
}

impl Span {
    /// The range of `axis`, or that of `values` with a margin.
    pub(super) fn of(axis: &Axis, values: impl Iterator<Item = f64>) -> Self {
        let scale = axis.scale;
        let shown = |x: &f64| x.is_finite() && (scale == Scale::Linear || *x > 0.0);
        let (low, high) = axis.range.unwrap_or_else(|| {
            let (low, high) = values
                .filter(shown)
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| (l.min(x), h.max(x)));
            margin(scale, low, high)
        });
        Span { scale, low, high }
    }
    /// 0 at the low end, 1 at the high end.
    pub(super) fn place(&self, x: f64) -> f64 {
        match self.scale {
            Scale::Linear => (x - self.low) / (self.high - self.low),
            Scale::Log(_) => (x / self.low).ln() / (self.high / self.low).ln(),
        }
    }
    /// Names with their places, each in at most `room`.
    pub(super) fn named_ticks(names: &[String], room: f64) -> Vec<(f64, String)> {
        names.iter().enumerate().map(|(i, name)| (i as f64, fit(name, TEXT, room))).collect()
    }
    /// At most `most` round ticks with their labels, at least one.
    pub(super) fn ticks(&self, most: usize) -> Vec<(f64, String)> {
        match self.scale {
            Scale::Linear => linear(self.low, self.high, most.max(2)),
            Scale::Log(base) => powers(f64::from(base), self.low, self.high, most.max(2)),
        }
    }
}

fn margin(scale: Scale, low: f64, high: f64) -> (f64, f64) {
    if low > high {
        return if scale == Scale::Linear { (0.0, 1.0) } else { (1.0, 10.0) };
    }
    match scale {
        Scale::Linear if low == high => (low - 0.5 * low.abs().max(1.0), high + 0.5 * high.abs().max(1.0)),
        Scale::Linear => (low - 0.04 * (high - low), high + 0.04 * (high - low)),
        Scale::Log(_) => {
            let factor = (high / low).powf(0.04).max(1.1);
            (low / factor, high * factor)
        }
    }
}

/// Multiples of 1, 2 or 5 times a power of ten.
fn linear(low: f64, high: f64, most: usize) -> Vec<(f64, String)> {
    let least = (high - low) / most as f64;
    let power = 10f64.powf(least.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|f| f * power).find(|s| *s >= least * 0.999_999);
    let step = step.unwrap_or(10.0 * power);
    let decimals = (-(step.log10() + 1e-9).floor()).max(0.0) as usize;
    let (first, last) = ((low / step - 1e-9).ceil() as i64, (high / step + 1e-9).floor() as i64);
    let label = |x: f64| {
        if low.abs().max(high.abs()) < 1e6 && decimals <= 5 {
            return trim(&format!("{x:.decimals$}"));
        }
        super::number(x, 3)
    };
    (first..=last).map(|i| i as f64 * step).map(|x| (x, label(x))).collect()
}

fn powers(base: f64, low: f64, high: f64, most: usize) -> Vec<(f64, String)> {
    let exponent = |x: f64| x.ln() / base.ln();
    let (first, last) = ((exponent(low) - 1e-9).ceil() as i32, (exponent(high) + 1e-9).floor() as i32);
    let every = ((last - first + 1).max(1) as usize).div_ceil(most).max(1);
    let all = (first..=last).step_by(every).map(|e| base.powi(e));
    let mut ticks: Vec<(f64, String)> = all.map(|x| (x, super::number(x, 6))).collect();
    if ticks.len() < 2 && base == 10.0 {
        // Within two decades 2 and 5 stand between the powers.
        let decades = (first - 1)..=(last + 1);
        let between = decades.flat_map(|e| [1.0, 2.0, 5.0].map(|f| f * 10f64.powi(e)));
        ticks = between
            .filter(|x| (low..=high).contains(x))
            .map(|x| (x, super::number(x, 6)))
            .take(most)
            .collect();
    }
    if ticks.len() < 2 {
        ticks = linear(low, high, most);
    }
    ticks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: Axis, most: usize) -> Vec<String> {
        Span::of(&axis, [].into_iter()).ticks(most).into_iter().map(|t| t.1).collect()
    }

    #[test]
    fn ticks_are_round() {
        assert_eq!(labels(Axis::new("").range(0.0, 1.0), 5), ["0", "0.2", "0.4", "0.6", "0.8", "1"]);
        assert_eq!(labels(Axis::new("").range(-3.2, 3.2), 4), ["-2", "0", "2"]);
        assert_eq!(labels(Axis::new("").range(0.0, 0.03), 3), ["0", "0.01", "0.02", "0.03"]);
        assert_eq!(labels(Axis::new("").range(1.0, 256.0).log(2), 5), ["1", "4", "16", "64", "256"]);
        assert_eq!(labels(Axis::new("").range(1e-6, 1.0).log(10), 9).len(), 7);
        assert_eq!(labels(Axis::new("").range(2.0, 3.0).log(10), 4), ["2", "2.5", "3"]);
        assert_eq!(
            labels(Axis::new("").range(0.0016, 0.07).log(10), 9),
            ["0.002", "0.005", "0.01", "0.02", "0.05"]
        );
    }

    #[test]
    fn names_stand_at_their_numbers() {
        let axis = Axis::named("", ["a", "b", "c"]);
        assert_eq!(axis.range, Some((-0.5, 2.5)));
        assert_eq!(Span::of(&axis.clone().turned(), [].into_iter()).place(0.0), 5.0 / 6.0);
        assert_eq!(Span::named_ticks(&axis.names, 50.0)[2], (2.0, "c".to_string()));
        assert_eq!(Axis::named("", Vec::<String>::new()).range, Some((-0.5, 0.5)));
    }

    #[test]
    fn a_range_covers_what_is_drawn() {
        let span = Span::of(&Axis::new(""), [3.0, f64::NAN, 7.0].into_iter());
        assert!(span.place(3.0) > 0.0 && span.place(7.0) < 1.0 && span.place(5.0) == 0.5);
        let one = Span::of(&Axis::new(""), [2.0].into_iter());
        assert_eq!(one.place(2.0), 0.5);
        let log = Span::of(&Axis::new("").log(10), [0.0, 1.0, 100.0].into_iter());
        assert!((log.place(10.0) - 0.5).abs() < 1e-12);
    }
}
