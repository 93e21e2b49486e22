//! Points of a space: one value for every setting, drawn at random or taken in order.

use super::space::{DEFAULT, DEPTH, Domain, LAYERS, Range, Space, WIDTH};
use feedforward_base::{Dice, Error, Purpose, Result};
use std::collections::{BTreeMap, BTreeSet};

/// A value for every setting of a space, in its order.
pub type Point = Vec<String>;

/// A flag's long name and its value.
pub type Flag = (String, String);

/// A grid of more points is a mistake.
pub const LARGEST_GRID: usize = 10_000;

/// So many draws in a row that were there before: a space of few points is exhausted.
const REDRAWS: u64 = 1_000;

impl Space {
    /// The point that leaves every setting to the program, but for those that have one value.
    fn open(&self) -> Point {
        let value = |setting: &super::space::Setting| match &setting.domain {
            Domain::OneOf(all) if all.len() == 1 => all[0].clone(),
            _ => DEFAULT.into(),
        };
        self.settings.iter().map(value).collect()
    }

    /// `trials` points, less if the space has fewer: the first leaves to the program what varies, so that a search ends
    /// with nothing that did worse, the others are drawn at random. Point i is the same for every number of points, and
    /// a setting's value does not depend on which others vary. No two give the same flags.
    pub fn random(&self, trials: usize, seed: u64) -> Vec<Point> {
        let open = self.open();
        let mut seen = BTreeSet::from([self.flags(&open)]);
        let fresh = |trial: u64| {
            let mut draws = (0..REDRAWS).map(|attempt| self.draw(seed, trial, attempt));
            draws.find(|point| seen.insert(self.flags(point)))
        };
        let drawn = (2..=trials as u64).map_while(fresh);
        std::iter::once(open).take(trials).chain(drawn).collect()
    }

    fn draw(&self, seed: u64, trial: u64, attempt: u64) -> Point {
        let value = |setting: &super::space::Setting| {
            let mut counters = vec![trial, attempt];
            counters.extend(setting.name.bytes().map(u64::from));
            let stream = Dice::new(seed).stream(Purpose::Search, &counters);
            match &setting.domain {
                Domain::OneOf(all) => all[stream.below(0, all.len() as u64) as usize].clone(),
                Domain::Range(range) => range.at(stream.uniform(0)),
            }
        };
        self.settings.iter().map(value).collect()
    }

    /// Every combination; the last setting changes first. Points that give the same flags stand once.
    ///
    /// # Errors
    /// A range that says not how many of its values count; more than `most` points.
    pub fn grid(&self, most: usize) -> Result<Vec<Point>> {
        let mut problems = Vec::new();
        let axes: Vec<Vec<String>> = self
            .settings
            .iter()
            .map(|s| match &s.domain {
                Domain::OneOf(all) => all.clone(),
                Domain::Range(range) => range.steps().unwrap_or_else(|| {
                    let e = Error::bad_value(&*s.name, "a range without steps", "a list of values in a grid");
                    problems.push(e.hint("list its values, or add `steps = 5` to the range"));
                    Vec::new()
                }),
            })
            .collect();
        Error::many(problems)?;
        let size = axes.iter().fold(1usize, |n, axis| n.saturating_mul(axis.len()));
        if size > most {
            let e = Error::bad_value("the number of points of the grid", size, format!("at most {most}"));
            return Err(e.hint("take fewer values, more `--trials`, or `--search random`"));
        }
        let mut points = vec![Point::new()];
        for axis in &axes {
            points = points
                .iter()
                .flat_map(|p| axis.iter().map(|v| [p, std::slice::from_ref(v)].concat()))
                .collect();
        }
        let mut seen = BTreeSet::new();
        points.retain(|point| seen.insert(self.flags(point)));
        Ok(points)
    }

    /// A point as flags of `ff train`, in the order of the space.
    pub fn flags(&self, point: &[String]) -> Vec<Flag> {
        let mut flags: Vec<Flag> = Vec::new();
        let value = |name: &str| {
            let at = self.settings.iter().position(|s| s.name == name);
            at.map_or("", |at| point[at].as_str())
        };
        for (setting, text) in self.settings.iter().zip(point) {
            let flag = setting.flag();
            if flag == LAYERS && setting.name != LAYERS {
                if setting.name == WIDTH && value(WIDTH) != DEFAULT && value(DEPTH) != DEFAULT {
                    flags.push((LAYERS.into(), layers(value(WIDTH), value(DEPTH))));
                }
            } else if text == DEFAULT {
            } else if let Some((_, part)) = setting.name.split_once('.') {
                match flags.iter_mut().find(|(name, _)| name == flag) {
                    Some((_, all)) => all.push_str(&format!(",{part}={text}")),
                    None => flags.push((flag.into(), format!("{part}={text}"))),
                }
            } else {
                flags.push((flag.into(), text.clone()));
            }
        }
        flags
    }

    /// A point with the settings' names.
    pub fn named(&self, point: &[String]) -> BTreeMap<String, String> {
        self.settings.iter().zip(point).map(|(s, value)| (s.name.clone(), value.clone())).collect()
    }
}

/// `64` and `2` as `64,64`. What is no number of layers is left for the flag's own parser to refuse.
fn layers(width: &str, depth: &str) -> String {
    match depth.parse::<usize>() {
        Ok(depth) if depth <= MOST_LAYERS => vec![width; depth].join(","),
        _ => format!("{width}x{depth}"),
    }
}

/// Deeper networks of dense layers are a mistake.
const MOST_LAYERS: usize = 1_000;

impl Range {
    /// The value at share `u` of the way, 0 to 1, as a flag takes it: four digits that count, or a whole number.
    fn at(&self, u: f64) -> String {
        if self.integer {
            // Every whole number has the room up to the next one.
            let x = self.between(self.low, self.high + 1.0, u).floor();
            return format!("{}", x.clamp(self.low, self.high));
        }
        let x: f64 = format!("{:.3e}", self.between(self.low, self.high, u)).parse().unwrap_or(self.low);
        number(x.clamp(self.low, self.high))
    }

    fn between(&self, low: f64, high: f64, u: f64) -> f64 {
        if self.log { low * power(high / low, u) } else { low + (high - low) * u }
    }

    /// The values of a grid; `None` if there is no end to them.
    fn steps(&self) -> Option<Vec<String>> {
        let whole = (self.high - self.low) as usize;
        let n = match self.steps {
            None if self.integer && whole < LARGEST_GRID => whole + 1,
            steps => steps?,
        };
        let share = |i: usize| i as f64 / (n - 1) as f64;
        let value = |i: usize| match self.integer {
            true => format!("{}", self.between(self.low, self.high, share(i)).round()),
            false => self.at(share(i)),
        };
        let mut all: Vec<String> = (0..n).map(value).collect();
        all.dedup();
        Some(all)
    }
}

/// ratio^u for 0 ≤ u ≤ 1 by roots and products alone, which are the same on every machine: u's binary digits say
/// which of the roots ratio^½, ratio^¼, … are multiplied.
fn power(ratio: f64, u: f64) -> f64 {
    if u >= 1.0 {
        return ratio;
    }
    let (mut power, mut root, mut rest) = (1.0, ratio, u);
    while rest > 0.0 && root != 1.0 {
        root = root.sqrt();
        rest *= 2.0;
        if rest >= 1.0 {
            power *= root;
            rest -= 1.0;
        }
    }
    power
}

/// A number as one writes it: `0.05`, `3.2e-5`.
fn number(x: f64) -> String {
    if x != 0.0 && x.abs() < 1e-3 { format!("{x:e}") } else { format!("{x}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn space(text: &str) -> Space {
        let names = ["a", "b", "c", "layers", "width", "depth", "penalty.l1", "penalty.l2"];
        Space::parse(text, &names).unwrap()
    }

    #[test]
    fn a_trial_is_the_same_whatever_else_is_drawn() {
        let both = space("a = { low = 1e-4, high = 1, log = true }\nb = ['x', 'y', 'z']");
        let ten = both.random(10, 3);
        assert_eq!(both.random(4, 3), ten[..4]);
        assert_ne!(both.random(10, 4), ten);
        assert_eq!(ten[0], ["default", "default"]);
        assert!(both.flags(&ten[0]).is_empty());
        let alone = space("b = ['x', 'y', 'z']\na = { low = 1e-4, high = 1, log = true }");
        for (one, other) in ten.iter().zip(alone.random(10, 3)) {
            assert_eq!([&one[1], &one[0]], [&other[0], &other[1]]);
        }
    }

    #[test]
    fn ranges_are_drawn_evenly_and_inside() {
        let parse = |p: &Point| p[0].parse::<f64>().unwrap();
        let share = |text: &str, below: f64| {
            let all = space(text).random(4_000, 1)[1..].to_vec();
            all.iter().filter(|p| parse(p) < below).count() as f64 / all.len() as f64
        };
        assert!((share("a = { low = 0, high = 8 }", 2.0) - 0.25).abs() < 0.03);
        assert!((share("a = { low = 1e-4, high = 1, log = true }", 1e-3) - 0.25).abs() < 0.03);
        let whole = space("a = { low = 3, high = 5, integer = true }");
        let mut all: Vec<f64> = whole.random(50, 0)[1..].iter().map(parse).collect();
        all.sort_by(f64::total_cmp);
        assert_eq!(all, [3.0, 4.0, 5.0], "a space of three points has three trials beside the first");
        for p in space("a = { low = 16, high = 256, log = true, integer = true }")
            .random(200, 0)
            .into_iter()
            .skip(1)
        {
            assert!((16.0..=256.0).contains(&parse(&p)) && parse(&p).fract() == 0.0, "{p:?}");
        }
    }

    #[test]
    fn a_grid_is_the_product_in_order() {
        let grid =
            space("a = ['x', 'y']\nb = { low = 0.01, high = 1, log = true, steps = 3 }").grid(6).unwrap();
        let want = [["x", "0.01"], ["x", "0.1"], ["x", "1"], ["y", "0.01"], ["y", "0.1"], ["y", "1"]];
        assert_eq!(grid, want);
        let whole = space("a = { low = 1, high = 4, integer = true }").grid(10).unwrap();
        assert_eq!(whole.concat(), ["1", "2", "3", "4"]);
        let e = space("a = ['x', 'y']\nb = { low = 0, high = 1 }").grid(10).unwrap_err().to_string();
        assert!(e.contains("b is `a range without steps`") && e.contains("add `steps = 5`"), "{e}");
        let e = space("a = [1, 2, 3]\nb = [1, 2]").grid(5).unwrap_err().to_string();
        assert!(e.contains("the number of points of the grid is `6`; it must be at most 5"), "{e}");
    }

    #[test]
    fn points_become_flags() {
        let s = space("width = [8]\na = ['1', 'default']\npenalty = { l1 = 1, l2 = 2 }\ndepth = [0, 2]");
        let flags = |point: &[&str]| {
            let point: Point = point.iter().map(|v| v.to_string()).collect();
            s.flags(&point).into_iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>()
        };
        assert_eq!(flags(&["8", "1", "1", "2", "2"]), ["layers=8,8", "a=1", "penalty=l1=1,l2=2"]);
        assert_eq!(flags(&["8", "default", "1", "2", "0"]), ["layers=", "penalty=l1=1,l2=2"]);
        assert_eq!(s.random(1, 0), [["8", "default", "1", "2", "default"]], "what has one value keeps it");
        assert_eq!(flags(&["8", "default", "1", "2", "default"]), ["penalty=l1=1,l2=2"]);
        assert_eq!(s.grid(100).unwrap().len(), 4);
        assert_eq!(
            space("width = [8, 16]\ndepth = [0]").grid(100).unwrap().len(),
            1,
            "the same network once"
        );
    }

    #[test]
    fn powers() {
        for (ratio, u) in [(1e3, 0.3), (16.0, 0.25), (1e-3, 0.7), (2.0, 0.0), (5.0, 1.0), (1.5, 1.0 / 3.0)] {
            let (got, want) = (power(ratio, u), f64::powf(ratio, u));
            assert!((got / want - 1.0).abs() < 1e-13, "{ratio}^{u}: {got}, {want}");
        }
        assert_eq!([0.05, 3.2e-5, 0.0, 120.0].map(number), ["0.05", "3.2e-5", "0", "120"]);
    }
}
