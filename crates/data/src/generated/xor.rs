//! The exclusive or: what no single layer can learn.

use super::{Drawing, plane};
use crate::table::Column;

pub(super) const ABOUT: &str = "class 1 where exactly one of x1, x2 is positive; noise = deviation added afterwards";
pub(super) const ROWS: usize = 1000;
pub(super) const NOISE: f64 = 0.1;

pub(super) fn make(d: Drawing) -> Vec<Column> {
    let rows = d.draws().map(|mut draws| {
        let (x, y) = (draws.uniform(-1.0, 1.0), draws.uniform(-1.0, 1.0));
        let class = usize::from((x > 0.0) != (y > 0.0));
        (x + draws.normal(d.noise), y + draws.normal(d.noise), class)
    });
    plane::columns(rows, &["0", "1"])
}

#[cfg(test)]
mod tests {
    use crate::generated::{Recipe, generate};
    use crate::table::Cells;

    #[test]
    fn without_noise_the_signs_are_the_class() {
        let t = generate("xor", &Recipe { rows: 200, noise: Some(0.0), seed: 1 }).unwrap();
        let (Cells::Number(x), Cells::Number(y)) = (t.columns[0].here(), t.columns[1].here()) else { panic!() };
        let Cells::Category { codes, levels } = t.columns[2].here() else { panic!() };
        for r in 0..t.rows {
            assert_eq!(levels[codes[r] as usize] == "1", x.get(r) * y.get(r) < 0.0);
        }
    }
}
