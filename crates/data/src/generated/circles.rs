//! A ring around another, as scikit-learn's `make_circles`.

use super::{Drawing, plane};
use crate::table::Column;
use feedforward_base::elementary::cos_sin;

pub(super) const ABOUT: &str = "a ring of radius 1 around one of radius 0.5; noise = deviation of a point from its ring";
pub(super) const ROWS: usize = 1000;
pub(super) const NOISE: f64 = 0.08;

pub(super) fn make(d: Drawing) -> Vec<Column> {
    let rows = d.draws().map(|mut draws| {
        let class = draws.below(2);
        let radius = [1.0, 0.5][class];
        let (c, s) = cos_sin(draws.uniform(0.0, 1.0));
        (radius * c + draws.normal(d.noise), radius * s + draws.normal(d.noise), class)
    });
    plane::columns(rows, &["a", "b"])
}

#[cfg(test)]
mod tests {
    use crate::generated::{Recipe, generate};
    use crate::table::Cells;

    #[test]
    fn without_noise_the_radius_is_the_class() {
        let t = generate("circles", &Recipe { rows: 200, noise: Some(0.0), seed: 1 }).unwrap();
        let (Cells::Number(x), Cells::Number(y)) = (t.columns[0].here(), t.columns[1].here()) else { panic!() };
        let Cells::Category { codes, levels } = t.columns[2].here() else { panic!() };
        for r in 0..t.rows {
            let radius = if levels[codes[r] as usize] == "a" { 1.0 } else { 0.5 };
            assert!((x.get(r) * x.get(r) + y.get(r) * y.get(r) - radius * radius).abs() < 1e-6);
        }
    }
}
