//! Training and validation error in one field.

use super::{At, Kind, Study};
use feedforward_plot::{Axis, Item, Panel};
use feedforward_selection::Spread;

/// Upright lines from mean − deviation to mean + deviation.
pub fn band<'a>(all: impl Iterator<Item = (f64, &'a Spread)>, series: usize) -> Item {
    // A number that is not finite interrupts the line.
    let one = |(x, s): (f64, &Spread)| {
        let d = s.deviation.unwrap_or(0.0);
        [(x, s.mean - d), (x, s.mean + d), (x, f64::NAN)]
    };
    Item::line(all.flat_map(one).collect(), series, "")
}

/// Both errors against what was varied, with the error to beat and the lowest that can be. `place` says where a point
/// stands on `x`.
pub fn curves(study: &Study<'_>, kind: Kind, x: Axis, all: &[At], place: &dyn Fn(usize) -> f64) -> Panel {
    let line =
        |of: &dyn Fn(&At) -> f64| all.iter().enumerate().map(|(i, a)| (place(i), of(a))).collect::<Vec<_>>();
    let mut items = vec![
        band(all.iter().enumerate().map(|(i, a)| (place(i), &a.train)), 0),
        band(all.iter().enumerate().map(|(i, a)| (place(i), &a.valid)), 1),
        Item::marked(line(&|a| a.train.mean), 0, "training rows"),
        Item::marked(line(&|a| a.valid.mean), 1, "validation rows"),
        Item::line(line(&|a| a.baseline), 5, "to beat"),
    ];
    if let Some(floor) = study.floor() {
        let name = if study.goal.is_some() { "goal" } else { "noise" };
        items.push(Item::level(floor, 4, name));
    }
    Panel::new("", x, Axis::new(kind.error()), items)
}
