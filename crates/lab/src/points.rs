//! Points to learn from: from the generated sets, and drawn here.

use feedforward_base::{Dice, Purpose, Result, Stream};
use feedforward_data::generated::{Recipe, generate};
use feedforward_data::table::{Cells, Column};

/// Points of the plane, each with a 0 or a 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Classed {
    /// (x₁, x₂).
    pub points: Vec<(f64, f64)>,
    /// 0 or 1 each.
    pub y: Vec<f64>,
}

impl Classed {
    /// The points whose label is `y`.
    pub fn of(&self, y: f64) -> Vec<(f64, f64)> {
        self.points.iter().zip(&self.y).filter(|(_, own)| **own == y).map(|(p, _)| *p).collect()
    }
}

fn column(column: &Column) -> Vec<f64> {
    match column.here() {
        Cells::Number(n) => (0..n.len()).map(|r| n.get(r)).collect(),
        // The number of a class is the place of its name in the alphabet.
        Cells::Category { codes, levels } => {
            let place = |name: &String| levels.iter().filter(|other| *other < name).count() as f64;
            codes.iter().map(|&c| levels.get(c as usize).map_or(f64::NAN, place)).collect()
        }
        Cells::Text { .. } => Vec::new(),
    }
}

/// A generated set of the plane with two classes: moons, circles, xor or spirals.
///
/// # Errors
/// No such set.
pub fn plane(set: &str, rows: usize, noise: f64, seed: u64) -> Result<Classed> {
    let table = generate(set, &Recipe { rows, noise: Some(noise), seed })?;
    let columns: Vec<Vec<f64>> = table.columns.iter().map(column).collect();
    let points = columns[0].iter().copied().zip(columns[1].iter().copied()).collect();
    Ok(Classed { points, y: columns[2].clone() })
}

/// Random numbers of an experiment.
pub fn stream(seed: u64, counter: u64) -> Stream {
    Dice::new(seed).stream(Purpose::Experiment, &[counter])
}

/// Four clouds around (±1, ±1); class 1 where the signs differ. No line separates them, two do.
pub fn clouds(rows: usize, deviation: f64, seed: u64) -> Classed {
    let draws = stream(seed, 1);
    let one = |r: usize| {
        let (a, b) = ([-1.0, 1.0][r % 2], [-1.0, 1.0][(r / 2) % 2]);
        let noise = |i: usize| deviation * draws.normal((2 * r + i) as u64);
        ((a + noise(0), b + noise(1)), f64::from(u8::from(a != b)))
    };
    let (points, y) = (0..rows).map(one).unzip();
    Classed { points, y }
}

/// `n` even places from `low` to `high`.
pub fn even(n: usize, low: f64, high: f64) -> Vec<f64> {
    (0..n).map(|i| low + (high - low) * i as f64 / (n.max(2) - 1) as f64).collect()
}

/// The mean of some numbers.
pub fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}

/// The standard deviation of some numbers, divided by n − 1.
pub fn deviation(x: &[f64]) -> f64 {
    let m = mean(x);
    (x.iter().map(|x| (x - m) * (x - m)).sum::<f64>() / (x.len() as f64 - 1.0)).sqrt()
}

/// The largest difference of two lists; infinite if they are not equally long.
pub fn apart(a: &[f64], b: &[f64]) -> f64 {
    if a.len() != b.len() {
        return f64::INFINITY;
    }
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, |m, d| if d >= m || d.is_nan() { d } else { m })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_0_and_1() {
        for set in ["moons", "circles", "xor", "spirals"] {
            let drawn = plane(set, 60, 0.1, 1).unwrap();
            assert!(drawn.y.iter().all(|y| *y == 0.0 || *y == 1.0), "{set}");
            assert!(drawn.of(1.0).len() > 10 && drawn.of(0.0).len() > 10, "{set}");
        }
        let clouds = clouds(100, 0.1, 0);
        assert!(clouds.points.iter().zip(&clouds.y).all(|(p, y)| (p.0 * p.1 < 0.0) == (*y == 1.0)));
    }

    #[test]
    fn a_difference_with_nan_is_seen() {
        assert!(apart(&[1.0, f64::NAN], &[1.0, 2.0]).is_nan());
        assert_eq!(apart(&[1.0, 2.5], &[1.0, 2.0]), 0.5);
        assert_eq!(apart(&[1.0], &[1.0, 2.0]), f64::INFINITY);
    }
}
