//! Three normal clouds.

use super::{Drawing, plane};
use crate::table::Column;

pub(super) const ABOUT: &str = "three round clouds 2 to 4 apart; noise = deviation of a point from its centre";
pub(super) const ROWS: usize = 1000;
pub(super) const NOISE: f64 = 0.7;
const CENTRES: [(f64, f64); 3] = [(-2.0, -1.0), (2.0, -1.0), (0.0, 1.5)];

pub(super) fn make(d: Drawing) -> Vec<Column> {
    let rows = d.draws().map(|mut draws| {
        let class = draws.below(CENTRES.len());
        let (x, y) = CENTRES[class];
        (x + draws.normal(d.noise), y + draws.normal(d.noise), class)
    });
    plane::columns(rows, &["a", "b", "c"])
}

#[cfg(test)]
mod tests {
    use crate::generated::{Recipe, generate};
    use crate::table::Cells;

    #[test]
    fn the_clouds_have_their_centres_and_width() {
        let t = generate("blobs", &Recipe { rows: 6000, noise: None, seed: 1 }).unwrap();
        let Cells::Number(x) = t.columns[0].here() else { panic!() };
        let Cells::Category { codes, levels } = t.columns[2].here() else { panic!() };
        let b: Vec<f64> = (0..t.rows).filter(|&r| levels[codes[r] as usize] == "b").map(|r| x.get(r)).collect();
        let mean = b.iter().sum::<f64>() / b.len() as f64;
        let square = b.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / b.len() as f64;
        assert!((mean - 2.0).abs() < 0.05 && (square.sqrt() - 0.7).abs() < 0.03, "{mean} {square}");
    }
}
