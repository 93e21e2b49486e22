//! One period of a sine: the smallest regression that is no line.

use super::{Drawing, plane};
use crate::table::Column;
use feedforward_base::elementary::cos_sin;
use std::f64::consts::TAU;

pub(super) const ABOUT: &str = "y = sin x for x in -π..π; noise = deviation of y";
pub(super) const ROWS: usize = 500;
pub(super) const NOISE: f64 = 0.1;

pub(super) fn make(d: Drawing) -> Vec<Column> {
    let (mut x, mut y) = (Vec::new(), Vec::new());
    for mut draws in d.draws() {
        let turns = draws.uniform(-0.5, 0.5);
        x.push((turns * TAU) as f32);
        y.push((cos_sin(turns).1 + draws.normal(d.noise)) as f32);
    }
    vec![plane::number("x", x), plane::number("y", y)]
}

#[cfg(test)]
mod tests {
    use crate::generated::{Recipe, generate};
    use crate::table::Cells;

    #[test]
    fn without_noise_it_is_the_sine() {
        let t = generate("sine", &Recipe { rows: 200, noise: Some(0.0), seed: 1 }).unwrap();
        let (Cells::Number(x), Cells::Number(y)) = (t.columns[0].here(), t.columns[1].here()) else { panic!() };
        assert!((0..200).all(|r| (y.get(r) - x.get(r).sin()).abs() < 1e-6));
    }
}
