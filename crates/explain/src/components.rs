//! The two leading principal components of some rows.
//!
//! A block of directions is multiplied by the covariance, made orthonormal, and turned by the eigenvectors of the small
//! matrix that the covariance is within the block (orthogonal iteration with Rayleigh and Ritz; Golub and Van Loan:
//! Matrix Computations, 8.2). The covariance itself is never made: 4,096 units would give 16 million numbers. What is
//! computed is sums, products and roots in a fixed order, so that every machine has the same bits.

use feedforward_base::{Dice, Purpose};

/// Directions that are followed together; those beyond the second make the first two settle sooner.
const BLOCK: usize = 8;
/// Multiplications by the covariance at most. Only components of almost equal variance need as many, and any
/// direction in their plane is then as good.
const MOST: usize = 300;
/// The share of the largest variance by which the product may miss the component's line.
const EXACT: f64 = 1e-10;

/// Two components and where the rows stand along them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Components {
    /// The rows without their mean, along the first and the second component. The largest coefficient of a component
    /// is positive, so that no plot is mirrored by chance.
    pub(crate) points: Vec<[f64; 2]>,
    /// The share of the whole variance along each; 0 if all rows are alike.
    pub(crate) shares: [f64; 2],
}

/// A block of column vectors: row i holds entry i of each.
type Block = Vec<[f64; BLOCK]>;

/// The components of `data`, rows of `width` numbers.
///
/// # Panics
/// If there is no row, or no number in it.
pub(crate) fn leading(data: &[f64], width: usize) -> Components {
    let x = Centred::of(data, width);
    let total = x.data.iter().map(|x| x * x).sum::<f64>();
    let mut v = start(width);
    let mut values = [0.0; BLOCK];
    for _ in 0..MOST {
        let image = x.times(&v);
        let product = x.transposed_times(&image);
        let turned;
        (values, turned) = ritz(&v, &product);
        let settled = (0..2).all(|j| missed(&v, &product, &turned, values, j) <= EXACT * values[0]);
        v = if settled { combined(&v, &turned) } else { combined(&product, &turned) };
        if settled {
            break;
        }
        orthonormalise(&mut v);
    }
    let signs = [0, 1].map(|j| sign(&v, j));
    let points = x.times(&v).iter().map(|p| [signs[0] * p[0], signs[1] * p[1]]).collect();
    let share = |value: f64| if total > 0.0 { (value / total).clamp(0.0, 1.0) } else { 0.0 };
    Components { points, shares: [share(values[0]), share(values[1])] }
}

/// Rows without their mean.
struct Centred {
    data: Vec<f64>,
    width: usize,
}

impl Centred {
    fn of(data: &[f64], width: usize) -> Self {
        let mut mean = vec![0.0; width];
        for row in data.chunks_exact(width) {
            mean.iter_mut().zip(row).for_each(|(m, x)| *m += x);
        }
        let rows = (data.len() / width) as f64;
        mean.iter_mut().for_each(|m| *m /= rows);
        let data = data.chunks_exact(width).flat_map(|row| row.iter().zip(&mean).map(|(x, m)| x - m));
        Centred { data: data.collect(), width }
    }
    fn times(&self, v: &Block) -> Block {
        let row = |row: &[f64]| row.iter().zip(v).fold([0.0; BLOCK], |sum, (x, v)| add(sum, *x, v));
        self.data.chunks_exact(self.width).map(row).collect()
    }
    fn transposed_times(&self, y: &Block) -> Block {
        let mut product = vec![[0.0; BLOCK]; self.width];
        for (row, y) in self.data.chunks_exact(self.width).zip(y) {
            product.iter_mut().zip(row).for_each(|(sum, x)| *sum = add(*sum, *x, y));
        }
        product
    }
}

fn add(mut sum: [f64; BLOCK], factor: f64, v: &[f64; BLOCK]) -> [f64; BLOCK] {
    sum.iter_mut().zip(v).for_each(|(s, v)| *s += factor * v);
    sum
}

/// Directions that no data lies across: drawn, always the same. Where there are fewer dimensions the last are 0.
fn start(width: usize) -> Block {
    let draws = Dice::new(0).stream(Purpose::Experiment, &[]);
    let mut v: Block = vec![[0.0; BLOCK]; width];
    for (i, v) in v.iter_mut().enumerate() {
        (0..BLOCK.min(width)).for_each(|j| v[j] = draws.normal((i * BLOCK + j) as u64));
    }
    orthonormalise(&mut v);
    v
}

/// Gram and Schmidt, twice, so that what is left of a direction is orthogonal to the others; 0 if nothing is left.
fn orthonormalise(v: &mut Block) {
    for j in 0..BLOCK {
        let before = dot(v, j, v, j).sqrt();
        for _ in 0..2 {
            for k in 0..j {
                let along = dot(v, k, v, j);
                v.iter_mut().for_each(|v| v[j] -= along * v[k]);
            }
        }
        let length = dot(v, j, v, j).sqrt();
        let scale = if length > 1e-12 * before { 1.0 / length } else { 0.0 };
        v.iter_mut().for_each(|v| v[j] *= scale);
    }
}

fn dot(a: &Block, j: usize, b: &Block, k: usize) -> f64 {
    a.iter().zip(b).map(|(a, b)| a[j] * b[k]).sum()
}

type Small = [[f64; BLOCK]; BLOCK];

/// The eigenvalues of vᵀ(Cv), the largest first, and their vectors as columns.
fn ritz(v: &Block, product: &Block) -> ([f64; BLOCK], Small) {
    let mut h = [[0.0; BLOCK]; BLOCK];
    for i in 0..BLOCK {
        for j in 0..=i {
            h[i][j] = (dot(v, i, product, j) + dot(v, j, product, i)) / 2.0;
            h[j][i] = h[i][j];
        }
    }
    let (values, vectors) = jacobi(h);
    let mut places: [usize; BLOCK] = std::array::from_fn(|i| i);
    places.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
    (places.map(|p| values[p]), vectors.map(|row| places.map(|p| row[p])))
}

/// The eigenvalues of a symmetric matrix and their vectors as columns, by Jacobi's rotations (1846) in the order of
/// the entries.
fn jacobi(mut h: Small) -> ([f64; BLOCK], Small) {
    let mut vectors: Small = std::array::from_fn(|i| std::array::from_fn(|j| f64::from(u8::from(i == j))));
    // It converges quadratically: after ten sweeps of an 8 x 8 matrix nothing is left to turn.
    for _ in 0..12 {
        for p in 0..BLOCK {
            for q in p + 1..BLOCK {
                if h[p][q] == 0.0 {
                    continue;
                }
                let theta = (h[q][q] - h[p][p]) / (2.0 * h[p][q]);
                let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
                let c = 1.0 / (t * t + 1.0).sqrt();
                turn_columns(&mut h, (p, q), (c, t * c));
                turn_rows(&mut h, (p, q), (c, t * c));
                turn_columns(&mut vectors, (p, q), (c, t * c));
            }
        }
    }
    (std::array::from_fn(|i| h[i][i]), vectors)
}

fn turn_columns(h: &mut Small, (p, q): (usize, usize), (c, s): (f64, f64)) {
    for row in h {
        (row[p], row[q]) = (c * row[p] - s * row[q], s * row[p] + c * row[q]);
    }
}

fn turn_rows(h: &mut Small, (p, q): (usize, usize), (c, s): (f64, f64)) {
    for k in 0..BLOCK {
        (h[p][k], h[q][k]) = (c * h[p][k] - s * h[q][k], s * h[p][k] + c * h[q][k]);
    }
}

/// v · turned.
fn combined(v: &Block, turned: &Small) -> Block {
    v.iter().map(|v| v.iter().zip(turned).fold([0.0; BLOCK], |sum, (x, row)| add(sum, *x, row))).collect()
}

/// How far C u is from λ u for direction j, ‖Cu − λu‖.
fn missed(v: &Block, product: &Block, turned: &Small, values: [f64; BLOCK], j: usize) -> f64 {
    let along = |row: &[f64; BLOCK]| row.iter().zip(turned).map(|(x, t)| x * t[j]).sum::<f64>();
    let misses = v.iter().zip(product).map(|(v, p)| along(p) - values[j] * along(v));
    misses.map(|miss| miss * miss).sum::<f64>().sqrt()
}

/// 1, or −1 if the largest coefficient of direction `j` in size, the first of equals, is negative.
fn sign(v: &Block, j: usize) -> f64 {
    let largest =
        v.iter().map(|v| v[j]).fold(0.0, |best: f64, x| if x.abs() > best.abs() { x } else { best });
    if largest < 0.0 { -1.0 } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows whose unit i varies with deviation `deviations[i]`, turned by `mixed` planes.
    fn rows(m: usize, deviations: &[f64], mixed: bool) -> Vec<f64> {
        let draws = Dice::new(5).stream(Purpose::Experiment, &[9]);
        let mut data = Vec::new();
        for r in 0..m {
            let mut row: Vec<f64> =
                deviations.iter().zip(0..).map(|(d, i)| 3.0 + d * draws.fork(r as u64).normal(i)).collect();
            for i in 1..row.len() * usize::from(mixed) {
                (row[i - 1], row[i]) = (0.8 * row[i - 1] - 0.6 * row[i], 0.6 * row[i - 1] + 0.8 * row[i]);
            }
            data.extend(row);
        }
        data
    }

    /// The eigenvalues of Σ (x − mean)(x − mean)ᵀ by Jacobi on the whole matrix: of at most 8 units.
    fn all_values(data: &[f64], width: usize) -> Vec<f64> {
        let x = Centred::of(data, width);
        let mut h = [[0.0; BLOCK]; BLOCK];
        for row in x.data.chunks_exact(width) {
            for i in 0..width {
                (0..width).for_each(|j| h[i][j] += row[i] * row[j]);
            }
        }
        let mut values = jacobi(h).0.to_vec();
        values.sort_by(|a, b| b.total_cmp(a));
        values
    }

    #[test]
    fn jacobi_finds_the_eigenvalues_of_a_known_matrix() {
        // 2 on the diagonal, −1 beside it: 2 − 2 cos(kπ/9).
        let h: Small = std::array::from_fn(|i| {
            std::array::from_fn(|j| match i.abs_diff(j) {
                0 => 2.0,
                1 => -1.0,
                _ => 0.0,
            })
        });
        let (values, vectors) = jacobi(h);
        let mut sorted = values;
        sorted.sort_by(f64::total_cmp);
        for (k, value) in (1..).zip(sorted) {
            assert!((value - (2.0 - 2.0 * (f64::from(k) * std::f64::consts::PI / 9.0).cos())).abs() < 1e-13);
        }
        for (j, value) in values.iter().enumerate() {
            for i in 0..BLOCK {
                let hv: f64 = (0..BLOCK).map(|k| h[i][k] * vectors[k][j]).sum();
                assert!((hv - value * vectors[i][j]).abs() < 1e-13);
            }
        }
    }

    #[test]
    fn variances_along_the_components_are_the_eigenvalues() {
        for (width, mixed) in [(3, true), (6, true), (8, true), (8, false)] {
            let deviations = [5.0, 3.0, 2.0, 1.5, 1.0, 0.5, 0.2, 0.1];
            let data = rows(200, &deviations[..width], mixed);
            let found = leading(&data, width);
            let values = all_values(&data, width);
            let total: f64 = values.iter().sum();
            for j in 0..2 {
                assert!((found.shares[j] - values[j] / total).abs() < 1e-9, "{width} {mixed}");
                let along: f64 = found.points.iter().map(|p| p[j] * p[j]).sum();
                assert!((along / values[j] - 1.0).abs() < 1e-9);
            }
            let across: f64 = found.points.iter().map(|p| p[0] * p[1]).sum();
            assert!(across.abs() < 1e-6 * values[0], "uncorrelated");
        }
    }

    #[test]
    fn a_wide_layer_needs_no_covariance() {
        // Two directions in 300 units, and little else.
        let mut deviations = vec![0.05; 300];
        (deviations[17], deviations[200]) = (4.0, 2.0);
        let found = leading(&rows(60, &deviations, false), 300);
        let rest = 1.0 - found.shares[0] - found.shares[1];
        assert!(found.shares[0] > found.shares[1] && rest > 0.0 && rest < 0.06, "{:?}", found.shares);
        let data = rows(60, &deviations, false);
        // Component 1 is unit 17, its coefficient positive.
        let mean = data.iter().skip(17).step_by(300).sum::<f64>() / 60.0;
        for (row, point) in data.chunks_exact(300).zip(&found.points) {
            assert!((row[17] - mean - point[0]).abs() < 0.2, "{} {}", row[17] - mean, point[0]);
        }
    }

    #[test]
    fn rows_that_are_alike_have_no_component() {
        let found = leading(&[1.0, 2.0, 3.0].repeat(5), 3);
        assert_eq!(found, Components { points: vec![[0.0, 0.0]; 5], shares: [0.0, 0.0] });
    }

    #[test]
    fn rows_on_a_line_have_one() {
        let data: Vec<f64> = (0..9).flat_map(|i| [f64::from(i), -2.0 * f64::from(i), 0.0]).collect();
        let found = leading(&data, 3);
        assert!((found.shares[0] - 1.0).abs() < 1e-12 && found.shares[1] < 1e-12);
        // The coefficient of the second unit is the largest and made positive: the rows go down.
        for (i, p) in (0..).zip(&found.points) {
            assert!((p[0] - 5.0_f64.sqrt() * (4.0 - f64::from(i))).abs() < 1e-9 && p[1].abs() < 1e-9);
        }
    }
}
