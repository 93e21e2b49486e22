//! Fischer and Zahn: what becomes of space when it has many dimensions.

use crate::experiment::Outcome;
use crate::points::{mean, stream};
use feedforward_base::Result;
use feedforward_plot::{Axis, Figure, Item, Panel};
use serde_json::json;

/// Corners of a cube of `d` dimensions, as the power of ten: log₁₀ 2ᵈ.
pub fn log10_corners(d: f64) -> f64 {
    d * 2f64.log10()
}

/// How far apart `n` points on a lattice over [−1, 1]ᵈ are: 2/n^(1/d).
pub fn spacing(n: f64, d: f64) -> f64 {
    2.0 / n.powf(1.0 / d)
}

/// The share of a cube that is left when each side keeps `share`.
pub fn shrunk(share: f64, d: f64) -> f64 {
    share.powf(d)
}

/// Grey images of `pixels` pixels of 256 values, as the power of ten.
pub fn log10_images(pixels: f64) -> f64 {
    pixels * 256f64.log10()
}

/// Distances between random points of a cube.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Distances {
    /// Dimensions.
    pub d: usize,
    /// The mean distance of a point to its nearest, divided by the mean distance of two points.
    pub nearest: f64,
    /// The same for its farthest.
    pub farthest: f64,
}

/// Measure `n` points of [−1, 1]ᵈ.
pub fn distances(n: usize, d: usize, seed: u64) -> Distances {
    let draws = stream(seed, d as u64);
    let x: Vec<f64> = (0..(n * d) as u64).map(|i| 2.0 * draws.uniform(i) - 1.0).collect();
    let distance = |i: usize, j: usize| {
        let (a, b) = (&x[i * d..(i + 1) * d], &x[j * d..(j + 1) * d]);
        a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt()
    };
    let of = |i: usize| (0..n).filter(|j| *j != i).map(|j| distance(i, j)).collect::<Vec<f64>>();
    let all: Vec<Vec<f64>> = (0..n).map(of).collect();
    let usual = mean(&all.iter().map(|r| mean(r)).collect::<Vec<_>>());
    let each = |pick: fn(f64, f64) -> f64, start: f64| {
        mean(&all.iter().map(|r| r.iter().copied().fold(start, pick)).collect::<Vec<_>>()) / usual
    };
    Distances { d, nearest: each(f64::min, f64::INFINITY), farthest: each(f64::max, 0.0) }
}

/// `ff lab curse`.
///
/// # Errors
/// None today.
pub fn run(points: usize, seed: u64) -> Result<Outcome> {
    let dimensions: Vec<usize> = vec![1, 2, 3, 5, 8, 16, 32, 64, 128, 256, 512, 784];
    let measured: Vec<Distances> = dimensions.iter().map(|d| distances(points, *d, seed)).collect();
    let over =
        |f: &dyn Fn(f64) -> f64| dimensions.iter().map(|d| (*d as f64, f(*d as f64))).collect::<Vec<_>>();
    let d_axis = || Axis::new("dimensions").log(2).range(1.0, 1024.0);
    let panels = vec![
        Panel::new(
            "70,000 points, evenly spread over [-1, 1]ᵈ",
            d_axis(),
            Axis::new("distance of neighbours").range(0.0, 2.05),
            vec![Item::marked(over(&|d| spacing(70_000.0, d)), 0, "2/n^(1/d)")],
        ),
        Panel::new(
            "A cube whose sides keep 99 %",
            d_axis(),
            Axis::new("share of the volume").range(0.0, 1.05),
            vec![Item::marked(over(&|d| shrunk(0.99, d)), 1, "0.99ᵈ")],
        ),
        Panel::new(
            &format!("{points} random points: every other is equally far"),
            d_axis(),
            Axis::new("distance, of the mean one").range(0.0, 2.6),
            vec![
                Item::marked(measured.iter().map(|m| (m.d as f64, m.farthest)).collect(), 2, "farthest"),
                Item::marked(measured.iter().map(|m| (m.d as f64, m.nearest)).collect(), 3, "nearest"),
            ],
        ),
    ];
    let figure = Figure::new("The curse of dimensionality", 3, panels).caption(
        "In 784 dimensions, those of an image of 28 by 28 pixels, all points are far apart and no neighbour is near: \
         what holds near a point says little about the others.",
    );
    let lines = vec![
        format!("corners of a cube, d = 784           10^{:.0}", log10_corners(784.0)),
        format!("spacing of 70,000 points, d = 784    {:.4}", spacing(70_000.0, 784.0)),
        format!("0.99^784                             {:.6}", shrunk(0.99, 784.0)),
        format!("grey images of 784 pixels            10^{:.0}", log10_images(784.0)),
        format!("nearest of {points} random points, d = 2   {:.2} of the mean distance", measured[1].nearest),
        format!(
            "nearest of {points} random points, d = 784 {:.2} of the mean distance",
            measured[11].nearest
        ),
    ];
    let each = |m: &Distances| json!({ "dimensions": m.d, "nearest": m.nearest, "farthest": m.farthest });
    let numbers = json!({
        "log10_corners": log10_corners(784.0), "spacing": spacing(70_000.0, 784.0), "shrunk": shrunk(0.99, 784.0),
        "log10_images": log10_images(784.0), "distances": measured.iter().map(each).collect::<Vec<_>>(),
    });
    Ok(Outcome { lines, numbers, figure })
}
