//! Two spirals around each other (Lang and Witbrock, 1988).

use super::{Drawing, plane};
use crate::table::Column;
use feedforward_base::elementary::cos_sin;

pub(super) const ABOUT: &str = "two spirals of 1.75 turns around each other; noise = deviation of a point from its arm";
pub(super) const ROWS: usize = 1000;
pub(super) const NOISE: f64 = 0.02;
const TURNS: f64 = 1.75;

pub(super) fn make(d: Drawing) -> Vec<Column> {
    let rows = d.draws().map(|mut draws| {
        let class = draws.below(2);
        // The square root spreads the points evenly along the arm.
        let radius = draws.uniform(0.0, 1.0).sqrt();
        let (c, s) = cos_sin(TURNS * radius + 0.5 * class as f64);
        (radius * c + draws.normal(d.noise), radius * s + draws.normal(d.noise), class)
    });
    plane::columns(rows, &["a", "b"])
}

#[cfg(test)]
mod tests {
    use super::TURNS;
    use crate::generated::{Recipe, generate};
    use crate::table::Cells;

    #[test]
    fn without_noise_the_angle_follows_from_radius_and_class() {
        let t = generate("spirals", &Recipe { rows: 200, noise: Some(0.0), seed: 1 }).unwrap();
        let (Cells::Number(x), Cells::Number(y)) = (t.columns[0].here(), t.columns[1].here()) else { panic!() };
        let Cells::Category { codes, levels } = t.columns[2].here() else { panic!() };
        for r in 0..t.rows {
            let radius = (x.get(r) * x.get(r) + y.get(r) * y.get(r)).sqrt();
            let half = if levels[codes[r] as usize] == "a" { 0.0 } else { 0.5 };
            let turns = y.get(r).atan2(x.get(r)) / std::f64::consts::TAU;
            let off = TURNS * radius + half - turns;
            assert!((off - off.round()).abs() < 1e-4, "{off}");
        }
    }
}
