//! S46-S52, S63, S64: the figures of the lectures, measured.

use super::{Case, Context, Found};
use crate::planes::{Planes, boundaries, boundary, compare, hidden_plane};
use crate::points::mean;
use crate::universality::Function;
use crate::{collapse, curse, manifold, regions, universality};
use feedforward_base::Result;
use feedforward_plot::Figure;

fn planes(case: &Case) -> Result<Planes> {
    Ok(Planes {
        rows: case.count("rows")?,
        deviation: case.number("deviation")?,
        epochs: case.count("epochs")? as u64,
        starts: case.count("starts")? as u64,
        seed: case.count("seed")? as u64,
    })
}

/// Logistic regression beside the 2-2-1 network.
pub(super) fn s46(case: &Case, _: &Context<'_>) -> Result<Found> {
    let seen = compare(&planes(case)?)?;
    let panels = vec![
        boundary("Logistic regression", &seen.logistic.0, &seen.data, 1.0),
        boundary("2-2-1 network", &seen.best.0, &seen.data, 1.0),
    ];
    Ok(Found::new()
        .number("accuracy of logistic regression", seen.logistic.1)
        .number("accuracy of the 2-2-1 network", seen.best.1)
        .figure(Figure::new("Logistic regression fails where the 2-2-1 network separates", 2, panels)))
}

/// The input plane and the hidden plane.
pub(super) fn s47(case: &Case, _: &Context<'_>) -> Result<Found> {
    let seen = compare(&planes(case)?)?;
    let net = &seen.best.0;
    let last = &net.dense()[1];
    // How many points lie on the right side of the output unit's line, in the hidden plane alone.
    let on = |y: f64| {
        let a = net.layers(&crate::net::flat(&seen.data.of(y))).swap_remove(1);
        let above = |a: &&[f64]| last.w[0][0] * a[0] + last.w[0][1] * a[1] + last.b[0] >= 0.0;
        (a.chunks(2).filter(above).count(), a.len() / 2)
    };
    let ((wrong, zeros), (right, ones)) = (on(0.0), on(1.0));
    let panels =
        vec![boundary("Input plane", net, &seen.data, 1.0), hidden_plane("Hidden plane", net, &seen.data)];
    Ok(Found::new()
        .number(
            "points that a line separates in the hidden plane",
            (zeros - wrong + right) as f64 / (zeros + ones) as f64,
        )
        .number("accuracy of the best line in the input plane", seen.logistic.1)
        .figure(Figure::new("The same points in the input plane and in the hidden plane", 2, panels)))
}

/// The boundary: straight in the hidden plane, curved in the input plane, and far out.
pub(super) fn s48(case: &Case, _: &Context<'_>) -> Result<Found> {
    let seen = compare(&planes(case)?)?;
    let net = &seen.best.0;
    // Along the boundary in the input plane, found on rays, the hidden activations lie on the output unit's line, and
    // the inputs lie on none.
    let points = on_rays(net, case.count("rays")?);
    let hidden = net.layers(&crate::net::flat(&points)).swap_remove(1);
    let last = &net.dense()[1];
    let scale = last.w[0][0].hypot(last.w[0][1]);
    let off = |a: &[f64]| (last.w[0][0] * a[0] + last.w[0][1] * a[1] + last.b[0]).abs() / scale;
    let far = hidden.chunks(2).map(off).fold(0.0, f64::max);
    let panels = vec![
        hidden_plane("Hidden plane", net, &seen.data),
        boundary("Input plane", net, &seen.data, 1.0),
        boundary("Zoomed out", net, &seen.data, 6.0),
    ];
    Ok(Found::new()
        .number("boundary points off the line in the hidden plane, at most", far)
        .number("boundary points off their best line in the input plane, on average", off_best_line(&points))
        .figure(Figure::new("One boundary in three views", 3, panels)))
}

/// Where the output passes ½ on rays from the origin.
fn on_rays(net: &crate::net::Net, rays: usize) -> Vec<(f64, f64)> {
    let mut found = Vec::new();
    for i in 0..rays {
        let (c, s) = feedforward_base::elementary::cos_sin(i as f64 / rays as f64);
        let above = |t: f64| net.outputs(&[t * c, t * s])[0] >= 0.5;
        let steps = crate::points::even(61, 0.0, 3.0);
        for pair in steps.windows(2).filter(|p| above(p[0]) != above(p[1])) {
            let (mut low, mut high) = (pair[0], pair[1]);
            for _ in 0..60 {
                let middle = 0.5 * (low + high);
                if above(middle) == above(low) { low = middle } else { high = middle }
            }
            found.push((low * c, low * s));
        }
    }
    found
}

/// The mean distance of points from the straight line that fits them best.
fn off_best_line(points: &[(f64, f64)]) -> f64 {
    let (mx, my) = (
        mean(&points.iter().map(|p| p.0).collect::<Vec<_>>()),
        mean(&points.iter().map(|p| p.1).collect::<Vec<_>>()),
    );
    let sum = |f: &dyn Fn(f64, f64) -> f64| points.iter().map(|p| f(p.0 - mx, p.1 - my)).sum::<f64>();
    let (xx, xy, yy) = (sum(&|x, _| x * x), sum(&|x, y| x * y), sum(&|_, y| y * y));
    let half = 0.5 * (xx - yy);
    let smaller = 0.5 * (xx + yy) - (half * half + xy * xy).sqrt();
    (smaller / points.len() as f64).max(0.0).sqrt()
}

/// Learned boundaries of one and of two hidden layers.
pub(super) fn s49(case: &Case, _: &Context<'_>) -> Result<Found> {
    let (data, nets) = boundaries(&planes(case)?)?;
    let panels =
        nets.iter().map(|(shape, net, _)| boundary(&format!("Network {shape}"), net, &data, 1.0)).collect();
    Ok(Found::new()
        .text("shapes", nets.iter().map(|n| n.0.as_str()).collect::<Vec<_>>().join(", "))
        .number("accuracy of one hidden layer", nets[0].2)
        .number("accuracy of two hidden layers", nets[1].2)
        .figure(Figure::new("Learned boundaries", 2, panels)))
}

/// Without ReLU a deep network is one matrix.
pub(super) fn s50(case: &Case, _: &Context<'_>) -> Result<Found> {
    let units = case.counts("units")?;
    let found = collapse::collapse(&units, case.count("points")?, 0)?;
    let figure = collapse::run(&units, 0)?.figure;
    Ok(Found::new()
        .number("network without activation functions and product of its W, apart", found.linear)
        .number("network with ReLU and the same product, apart", found.relu)
        .numbers("shape of the product", vec![found.product.w.len() as f64, found.product.w[0].len() as f64])
        .figure(figure))
}

/// One hidden layer fits any continuous function.
pub(super) fn s51(case: &Case, _: &Context<'_>) -> Result<Found> {
    let f = Function::find(case.text("function")?)?;
    let fits = case
        .counts("widths")?
        .into_iter()
        .map(|w| universality::fit(f, w, case.count("epochs")? as u64, 0))
        .collect::<Result<Vec<_>>>()?;
    let falls = fits.windows(2).map(|w| w[1].by_hand_worst / w[0].by_hand_worst).collect();
    let (first, last) = (&fits[0], &fits[fits.len() - 1]);
    Ok(Found::new()
        .numbers("largest error by hand when the width is four times as large, of before", falls)
        .number("largest error by hand, widest", last.by_hand_worst)
        .number("error after training, widest", last.trained)
        .number("error after training, widest, of that of one unit", last.trained / first.trained)
        .note("the curves are drawn by `ff lab universality`"))
}

/// Linear regions.
pub(super) fn s52(case: &Case, _: &Context<'_>) -> Result<Found> {
    let mut bounds = Vec::new();
    let mut counted = Vec::new();
    for dln in case.rows("d_l_n")? {
        let [d, l, n] = [dln[0] as usize, dln[1] as usize, dln[2] as usize];
        bounds.push(regions::bound(d as u64, l as u64, n as u64) as f64);
        counted.push(regions::count(&regions::folding(d, l, n), (0.0, 1.0), (0.0, 1.0))?.linear as f64);
    }
    let lines = case.count("lines")?;
    let one = regions::count(&regions::folding(2, 1, lines), (-50.0, 50.0), (-50.0, 50.0))?;
    let outcome = regions::run(&regions::Ask::Folding { d: 2, l: 2, n: 8 }, 0)?;
    Ok(Found::new()
        .numbers("lower bounds", bounds)
        .numbers("regions of the folding networks", counted)
        .number("regions of one layer of 8 units in the plane", one.linear as f64)
        .number("Σ C(8, j)", regions::arrangement(2, lines as u64) as f64)
        .figure(outcome.figure))
}

/// The curse of dimensionality.
pub(super) fn s63(case: &Case, _: &Context<'_>) -> Result<Found> {
    let (d, n) = (case.number("dimensions")?, case.number("rows")?);
    let outcome = curse::run(case.count("points")?, 0)?;
    let nearest = |d: usize| curse::distances(100, d, 0).nearest;
    Ok(Found::new()
        .number("corners of a cube, power of ten", curse::log10_corners(d).floor())
        .numbers(
            "corners for d = 1, 2, 3",
            [1.0, 2.0, 3.0].map(|d| 10f64.powf(curse::log10_corners(d)).round()).to_vec(),
        )
        .number("spacing", curse::spacing(n, d))
        .number("0.99^d", curse::shrunk(case.number("share")?, d))
        .number("grey images, power of ten", curse::log10_images(d).floor())
        .number("nearest of the mean distance, two dimensions", nearest(2))
        .number("nearest of the mean distance, all dimensions", nearest(d as usize))
        .figure(outcome.figure))
}

/// A curve in the plane.
pub(super) fn s64(case: &Case, _: &Context<'_>) -> Result<Found> {
    let (rows, epochs) = (case.count("rows")?, case.count("epochs")? as u64);
    let found = manifold::find(rows, case.number("noise")?, epochs, 0)?;
    let figure = manifold::run(rows, epochs, 0)?.figure;
    Ok(Found::new()
        .number("variance lost when one unit says it all", found.lost_by_curve)
        .number("variance lost on the best straight line", found.lost_by_line)
        .figure(figure))
}
