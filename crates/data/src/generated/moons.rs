//! Two half circles that reach into each other, as scikit-learn's `make_moons`.

use super::{Drawing, plane};
use crate::table::Column;
use feedforward_base::elementary::cos_sin;

pub(super) const ABOUT: &str = "two half moons that reach into each other; noise = deviation of a point from its arc";
pub(super) const ROWS: usize = 1000;
pub(super) const NOISE: f64 = 0.15;

pub(super) fn make(d: Drawing) -> Vec<Column> {
    let rows = d.draws().map(|mut draws| {
        let class = draws.below(2);
        let (c, s) = cos_sin(draws.uniform(0.0, 0.5));
        let (x, y) = if class == 0 { (c, s) } else { (1.0 - c, 0.5 - s) };
        (x + draws.normal(d.noise), y + draws.normal(d.noise), class)
    });
    plane::columns(rows, &["a", "b"])
}

#[cfg(test)]
mod tests {
    use crate::generated::{Recipe, generate};
    use crate::table::Cells;

    #[test]
    fn without_noise_every_point_is_on_its_arc() {
        let t = generate("moons", &Recipe { rows: 200, noise: Some(0.0), seed: 1 }).unwrap();
        let (Cells::Number(x), Cells::Number(y)) = (t.columns[0].here(), t.columns[1].here()) else { panic!() };
        let Cells::Category { codes, levels } = t.columns[2].here() else { panic!() };
        for r in 0..t.rows {
            let (x, y) = (x.get(r), y.get(r));
            let upper = levels[codes[r] as usize] == "a";
            let (cx, cy, side) = if upper { (0.0, 0.0, y >= 0.0) } else { (1.0, 0.5, y <= 0.5) };
            assert!(((x - cx) * (x - cx) + (y - cy) * (y - cy) - 1.0).abs() < 1e-6 && side);
        }
    }
}
