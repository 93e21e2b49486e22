//! Every kernel against its scalar definition, bit for bit, where a way of working changes with the shape, and with
//! denormal, infinite and missing numbers. What is told apart by epilogues stands in `products.rs`.

use feedforward_base::{Batch, BatchMut, Dice, Purpose, Real, Stream};
use feedforward_kernels::lanes::{self, Lanes};
use feedforward_kernels::math::{exp, ln};
use feedforward_kernels::{
    Arch, Element, Identity, Kernels, MAX_SLOTS, Rule, Scratch, Simd, Store, Update, Weights, layout,
};
use proptest::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What numbers a test works with.
#[derive(Clone, Copy, Debug)]
enum Kind {
    /// Every second factor is denormal or nearly so: the sums are denormal.
    Tiny,
    /// Ordinary numbers and zeros of both signs, with so few infinite, huge and missing ones that about half of all
    /// sums of so many terms stay finite.
    Few(usize),
}

const INFECTIOUS: [f64; 5] = [f64::INFINITY, f64::NEG_INFINITY, f64::NAN, f64::MAX, f64::MIN];

fn numbers<T: Real>(seed: u64, what: u64, n: usize, kind: Kind) -> Vec<T> {
    let stream: Stream = Dice::new(seed).stream(Purpose::Experiment, &[what]);
    let number = |i: u64| match kind {
        // 1e-40 is denormal in f32, 1e-310 in f64; the others stay ordinary, so that products do not all vanish.
        Kind::Tiny if what == 0 => stream.normal(i) * if T::BYTES == 4 { 1e-40 } else { 1e-310 },
        Kind::Tiny => stream.normal(i),
        Kind::Few(terms) => match stream.fork(1).below(i, 4 * terms as u64) {
            0 => INFECTIOUS[stream.fork(2).below(i, 5) as usize],
            _ if stream.fork(3).below(i, 10) == 0 => -0.0,
            _ if stream.fork(4).below(i, 10) == 0 => stream.normal(i) * 1e-42,
            _ => stream.normal(i),
        },
    };
    (0..n as u64).map(|i| T::from_f64(number(i))).collect()
}

/// The bits; any NaN equals any NaN.
fn bits<T: Real>(x: &[T]) -> Vec<u64> {
    x.iter().map(|x| if x.to_f64().is_nan() { u64::MAX } else { x.to_f64().to_bits() }).collect()
}

/// Works on every instruction set, alone and in a team.
fn every_kernels<T: Element>() -> Vec<Kernels<T>> {
    let of = |arch| [1, 3].map(|threads| Kernels::new(arch, threads).unwrap());
    Arch::available().into_iter().flat_map(of).collect()
}

/// A rule with N slots that divides and takes roots: slots are running means of powers of g.
#[derive(Clone, Copy)]
struct Means<const N: usize>;

impl<T: Element, const N: usize> Rule<T> for Means<N> {
    const SLOTS: usize = N;
    #[inline(always)]
    fn update<S: Simd<Elem = T>>(&self, g: S, w: S, slots: &mut [S; MAX_SLOTS]) -> S {
        let number = |x: f64| S::splat(T::from_f64(x));
        let mut power = g;
        let mut step = g.mul(number(0.1));
        for slot in &mut slots[..N] {
            *slot = slot.mul_add(number(0.9), power);
            step = step.add(power.div(slot.abs().sqrt().add(number(0.5))));
            power = power.mul(g);
        }
        step.neg_mul_add(number(0.01), w)
    }
}

/// The rule by definition: one number after the other. Returns θ and the slots.
fn updated<T: Element, R: Rule<T>>(rule: &R, g: &[T], theta: &[T], slots: &[T]) -> (Vec<T>, Vec<T>) {
    let (mut theta, mut slots) = (theta.to_vec(), slots.to_vec());
    for i in 0..theta.len() {
        let mut own = [T::Scalar::splat(T::ZERO); MAX_SLOTS];
        for s in 0..R::SLOTS {
            own[s] = T::Scalar::splat(slots[s * g.len() + i]);
        }
        theta[i] = rule.update(T::Scalar::splat(g[i]), T::Scalar::splat(theta[i]), &mut own).first();
        for s in 0..R::SLOTS {
            slots[s * g.len() + i] = own[s].first();
        }
    }
    (theta, slots)
}

/// The numbers of one layer with its batch.
struct Layer<T> {
    shape: [usize; 3],
    a: Vec<T>,
    delta: Vec<T>,
    w: Vec<T>,
    b: Vec<T>,
}

impl<T: Element> Layer<T> {
    fn new(seed: u64, shape: [usize; 3], kind: Kind) -> Self {
        let [m, outputs, inputs] = shape;
        let kind = |terms: usize| if let Kind::Few(_) = kind { Kind::Few(terms.max(1)) } else { kind };
        Layer {
            shape,
            a: numbers(seed, 0, m * inputs, kind(inputs.max(m))),
            delta: numbers(seed, 1, m * outputs, kind(outputs.max(m))),
            w: numbers(seed, 2, outputs * inputs, kind(inputs.max(outputs))),
            b: numbers(seed, 0, outputs, kind(outputs)),
        }
    }
    fn a(&self) -> Batch<'_, T> {
        Batch::new(&self.a, self.shape[0], self.shape[2])
    }
    fn delta(&self) -> Batch<'_, T> {
        Batch::new(&self.delta, self.shape[0], self.shape[1])
    }
    fn weights(&self) -> Weights<'_, T> {
        Weights::new(&self.w, self.shape[1], self.shape[2])
    }
    /// Z, δW, δᵀA and the sum of δ's rows, by definition.
    fn by_definition(&self) -> [Vec<T>; 4] {
        let ([m, outputs, inputs], w, a, d) = (self.shape, self.weights(), self.a(), self.delta());
        let table = |rows: usize, cols: usize, f: &dyn Fn(usize, usize) -> T| -> Vec<T> {
            (0..rows * cols).map(|i| f(i / cols, i % cols)).collect()
        };
        let z = table(m, outputs, &|r, j| {
            (0..inputs).fold(self.b[j], |sum, k| a.row(r)[k].mul_add(w.get(j, k), sum))
        });
        let back = table(m, inputs, &|r, k| {
            (0..outputs).fold(T::ZERO, |sum, j| d.row(r)[j].mul_add(w.get(j, k), sum))
        });
        let g = table(outputs, inputs, &|j, k| {
            (0..m).fold(T::ZERO, |sum, r| d.row(r)[j].mul_add(a.row(r)[k], sum))
        });
        let of_b = table(1, outputs, &|_, j| (0..m).fold(T::ZERO, |sum, r| sum + d.row(r)[j]));
        [z, back, layout::from_rows(&g, outputs, inputs), of_b]
    }
    fn check(&self, kind: Kind) {
        let [z, back, g, of_b] = self.by_definition();
        let [m, outputs, inputs] = self.shape;
        let mut scratch = Scratch::new();
        for kernels in every_kernels::<T>() {
            let name = format!("{:?} {kind:?} {} {:?}", self.shape, T::NAME, kernels);
            let mut out = vec![T::ONE; m * outputs];
            let view = BatchMut::new(&mut out, m, outputs);
            kernels.affine(self.a(), self.weights(), &self.b, view, &Identity);
            assert_eq!(bits(&out), bits(&z), "affine {name}");
            let mut out = vec![T::ONE; m * inputs];
            let view = BatchMut::new(&mut out, m, inputs);
            kernels.pull_back(self.delta(), self.weights(), view, &Identity, &mut scratch);
            assert_eq!(bits(&out), bits(&back), "pull_back {name}");
            let mut out = vec![T::ONE; g.len()];
            kernels.weight_gradient(self.delta(), self.a(), Store(&mut out));
            assert_eq!(bits(&out), bits(&g), "weight_gradient {name}");
            let mut out = vec![T::ONE; outputs];
            kernels.bias_gradient(self.delta(), Store(&mut out));
            assert_eq!(bits(&out), bits(&of_b), "bias_gradient {name}");
            self.check_update(&kernels, &Means::<0>, &g, &of_b, &name);
            self.check_update(&kernels, &Means::<1>, &g, &of_b, &name);
            self.check_update(&kernels, &Means::<2>, &g, &of_b, &name);
            self.check_update(&kernels, &Means::<3>, &g, &of_b, &name);
        }
    }
    /// The fused and the unfused update against the rule's definition.
    fn check_update<R: Rule<T>>(&self, kernels: &Kernels<T>, rule: &R, g: &[T], of_b: &[T], name: &str) {
        let (theta, g) = ([&self.w[..], &self.b[..]].concat(), [g, of_b].concat());
        let p = theta.len();
        let slots: Vec<T> = (0..R::SLOTS * p).map(|i| T::from_f64((i % 97) as f64 * 0.01 - 0.3)).collect();
        let want = updated(rule, &g, &theta, &slots);
        let [fused, unfused] = [true, false].map(|fused| {
            let (mut theta, mut slots) = (theta.clone(), slots.clone());
            let (w, b) = (0..self.w.len(), self.w.len()..p);
            if fused {
                let update = Update::new(rule, &mut theta, &mut slots, w);
                kernels.weight_gradient(self.delta(), self.a(), update);
                kernels.bias_gradient(self.delta(), Update::new(rule, &mut theta, &mut slots, b));
            } else {
                kernels.update(&g, Update::new(rule, &mut theta, &mut slots, 0..p));
            }
            (bits(&theta), bits(&slots))
        });
        assert!(fused == (bits(&want.0), bits(&want.1)), "fused, {} slots {name}", R::SLOTS);
        assert!(unfused == fused, "unfused, {} slots {name}", R::SLOTS);
    }
}

fn check(shape: [usize; 3]) {
    for (seed, kind) in [(1, Kind::Tiny), (2, Kind::Few(1))] {
        Layer::<f32>::new(seed, shape, kind).check(kind);
        Layer::<f64>::new(seed, shape, kind).check(kind);
    }
}

/// Shapes for which a product is vectorised otherwise: (samples, units, inputs).
const NARROW: [[usize; 3]; 12] = [
    [1, 1, 64],
    [16, 1, 33],
    [33, 1, 5],
    [65, 3, 17],
    [64, 7, 130],
    [130, 15, 70],
    [200, 2, 3],
    [17, 65, 16],
    [10, 16, 16],
    [8, 65, 65],
    [64, 40, 17],
    [65, 1, 131],
];

#[test]
fn narrow_layers_go_along_samples_and_inputs() {
    NARROW.into_iter().for_each(check);
}

/// The shapes above leave out no way, on any instruction set that has vectors.
#[test]
fn narrow_layers_go_every_way() {
    for arch in Arch::available().into_iter().filter(|&arch| arch != Arch::Scalar) {
        let wide = Kernels::<f32>::new(arch, 1).unwrap().lanes();
        for lanes in [wide, wide / 2] {
            type Choice = fn(usize, usize, usize, usize) -> Lanes;
            let gone = |choice: Choice, way| NARROW.iter().any(|&[m, n, k]| choice(m, n, k, lanes) == way);
            // With four lanes it never pays to transpose A.
            assert!(gone(lanes::affine, Lanes::Rows) == (lanes > 4) && gone(lanes::affine, Lanes::Units));
            assert!(gone(lanes::pull_back, Lanes::Rows) && gone(lanes::pull_back, Lanes::Inputs));
            assert!(gone(lanes::weight_gradient, Lanes::Units));
            assert!(gone(lanes::weight_gradient, Lanes::Inputs));
        }
    }
}

/// Around 64 samples δ is gathered, around 128 the update leaves the product; 63 to 65 units are a panel and its
/// neighbours; 1 to 5 inputs are the tiles of the woven update.
#[test]
fn batches_around_a_change_of_ways() {
    let mut inputs = (1..=5).cycle();
    for m in [63, 64, 65, 127, 128, 129, 200] {
        for outputs in [63, 64, 65, 128] {
            check([m, outputs, inputs.next().unwrap()]);
        }
    }
}

/// A piece of work takes 128 or 192 inputs.
#[test]
fn inputs_around_a_piece_of_work() {
    for inputs in [127, 128, 129, 131, 191, 192, 193] {
        check([5, 64, inputs]);
        check([129, 66, inputs]);
    }
}

/// From 1024 inputs on a panel is read in parts, each by 96 rows.
#[test]
fn inputs_around_a_deep_panel() {
    for inputs in [1023, 1024, 1025] {
        check([1, 10, inputs]);
        check([25, 65, inputs]);
        check([97, 1, inputs]);
    }
    check([97, 64, 1025]);
}

#[test]
fn no_sample_changes_what_its_gradient_of_zero_changes() {
    check([0, 64, 5]);
    check([0, 3, 200]);
}

/// Rows of `n` numbers that are hard for a softmax.
fn hard_rows<T: Real>(n: usize) -> Vec<T> {
    let (inf, tiny) = (f64::INFINITY, if T::BYTES == 4 { 1e-44 } else { 5e-323 });
    let stream = Dice::new(4).stream(Purpose::Experiment, &[]);
    let row = |f: &dyn Fn(usize) -> f64| (0..n).map(|i| T::from_f64(f(i))).collect::<Vec<T>>();
    let all_but = |place: usize, odd: f64| row(&|i| if i == place { odd } else { stream.normal(i as u64) });
    let mut rows = vec![row(&|_| -inf), row(&|_| inf), row(&|_| 0.0), row(&|_| -0.0), row(&|_| f64::NAN)];
    for odd in [inf, -inf, f64::NAN, 1e38, -1e38, 90.0, -90.0] {
        rows.extend([0, n / 2, n - 1].map(|place| all_but(place, odd)));
    }
    rows.push(row(&|i| i as f64 * tiny - tiny));
    rows.push(row(&|i| if i % 2 == 0 { 0.0 } else { -0.0 }));
    // The sum is denormal's neighbour: all but one are nearly nothing.
    rows.push(row(&|i| if i == 0 { 0.0 } else { -87.0 - i as f64 }));
    rows.push(row(&|i| stream.normal(i as u64) * 30.0));
    rows.concat()
}

/// p, the largest z and the logarithm of the sum for one row.
fn softmax<T: Element>(z: &[T]) -> (Vec<T>, T, T) {
    let top = z.iter().fold(z[0], |top, &z| if z > top { z } else { top });
    let e: Vec<T> = z.iter().map(|&z| exp(T::Scalar::splat(z - top)).first()).collect();
    let sum = e.iter().fold(T::ZERO, |sum, &e| sum + e);
    (e.iter().map(|&e| e / sum).collect(), top, ln(T::Scalar::splat(sum)).first())
}

fn check_softmax<T: Element>(z: &[T], n: usize) {
    let m = z.len() / n;
    let want: Vec<_> = z.chunks(n).map(softmax).collect();
    let want: Vec<T> = want.into_iter().flat_map(|(p, top, log)| [p, vec![top, log]].concat()).collect();
    for kernels in every_kernels::<T>() {
        let (mut p, mut top, mut log_sum) = (vec![T::ONE; m * n], vec![T::ONE; m], vec![T::ONE; m]);
        kernels.softmax(Batch::new(z, m, n), BatchMut::new(&mut p, m, n), &mut top, &mut log_sum);
        let got: Vec<T> = (0..m).flat_map(|r| [&p[r * n..][..n], &[top[r], log_sum[r]]].concat()).collect();
        assert_eq!(bits(&got), bits(&want), "{n} columns, {} {kernels:?}", T::NAME);
    }
}

#[test]
fn softmax_of_hard_rows_is_its_definition() {
    for n in [1, 2, 3, 7, 8, 9, 15, 16, 17, 33, 65] {
        check_softmax(&hard_rows::<f32>(n), n);
        check_softmax(&hard_rows::<f64>(n), n);
    }
    // So many that a team shares them.
    let many = hard_rows::<f32>(37);
    check_softmax(&many.repeat(20), 37);
}

/// Sums of squares: number i belongs to running sum i mod 32, which are added in pairs.
fn squares<T: Element>(x: &[T]) -> T {
    let mut sums = [T::ZERO; 32];
    for (i, &x) in x.iter().enumerate() {
        sums[i % 32] = x.mul_add(x, sums[i % 32]);
    }
    for half in [16, 8, 4, 2, 1] {
        for i in 0..half {
            sums[i] += sums[i + half];
        }
    }
    sums[0]
}

fn check_sums<T: Element>(seed: u64, n: usize, kind: Kind) {
    let x = numbers::<T>(seed, 0, n, kind);
    let finite = x.iter().all(|x| x.to_f64().is_finite());
    for kernels in every_kernels::<T>() {
        assert_eq!(bits(&[kernels.sum_of_squares(&x)]), bits(&[squares(&x)]), "{n} {kind:?} {kernels:?}");
        assert_eq!(kernels.all_finite(&x), finite, "{n} {kind:?} {kernels:?}");
    }
}

/// A gather moves bits, NaN's payload among them, from rows in any order, some of them often.
fn check_gather(seed: u64, table: usize, cols: usize, m: usize) {
    let stream = Dice::new(seed).stream(Purpose::Experiment, &[]);
    let single: Vec<f32> =
        (0..table * cols).map(|i| f32::from_bits(stream.bits(i as u64) as u32 | 0x0040_0000)).collect();
    let double: Vec<f64> =
        (0..table * cols).map(|i| f64::from_bits(stream.bits(i as u64) | 0x0008_0000_0000_0000)).collect();
    let rows: Vec<u32> = (0..m as u64).map(|i| stream.fork(1).below(i, table as u64) as u32).collect();
    let place = |i: usize| rows[i / cols] as usize * cols + i % cols;
    for kernels in every_kernels::<f32>() {
        let mut out = vec![0.0; m * cols];
        kernels.gather(Batch::new(&single, table, cols), &rows, BatchMut::new(&mut out, m, cols));
        let same = out.iter().enumerate().all(|(i, x)| x.to_bits() == single[place(i)].to_bits());
        assert!(same, "{m} of {table} x {cols} {kernels:?}");
    }
    for kernels in every_kernels::<f64>() {
        let mut out = vec![0.0; m * cols];
        kernels.gather(Batch::new(&double, table, cols), &rows, BatchMut::new(&mut out, m, cols));
        let same = out.iter().enumerate().all(|(i, x)| x.to_bits() == double[place(i)].to_bits());
        assert!(same, "{m} of {table} x {cols} {kernels:?}");
    }
}

#[test]
fn large_gathers_are_shared_and_right() {
    check_gather(1, 10, 2049, 200);
    check_gather(2, 70_000, 3, 70_001);
    check_gather(3, 1, 785, 300);
    check_gather(4, 5, 0, 7);
}

#[test]
fn a_row_that_is_not_there_is_refused_before_anything_is_read() {
    let table = vec![1.0_f32; 5 * 17];
    for kernels in every_kernels::<f32>() {
        for bad in [5, 6, u32::MAX] {
            for place in 0..3 {
                let mut rows = [0, 4, 2];
                rows[place] = bad;
                let mut out = vec![0.0; 3 * 17];
                let view = BatchMut::new(&mut out, 3, 17);
                let refused =
                    catch_unwind(AssertUnwindSafe(|| kernels.gather(Batch::new(&table, 5, 17), &rows, view)));
                assert!(refused.is_err(), "row {bad} at {place} {kernels:?}");
            }
        }
    }
}

/// Slices that do not fit are refused on every path, in whatever argument.
#[test]
fn operands_that_do_not_fit_are_refused() {
    fn refused(what: &str, act: impl FnOnce()) {
        assert!(catch_unwind(AssertUnwindSafe(act)).is_err(), "{what}");
    }
    let x = vec![1.0_f32; 100];
    let batch = |rows, cols| Batch::new(&x, rows, cols);
    for kernels in every_kernels::<f32>() {
        let w = Weights::new(&x[..12], 4, 3);
        let affine = |a, b, rows, cols| {
            let mut out = vec![0.0; 100];
            kernels.affine(a, w, b, BatchMut::new(&mut out, rows, cols), &Identity);
        };
        refused("affine: inputs", || affine(batch(5, 2), &x[..4], 5, 4));
        refused("affine: biases", || affine(batch(5, 3), &x[..3], 5, 4));
        refused("affine: rows", || affine(batch(5, 3), &x[..4], 6, 4));
        refused("affine: outputs", || affine(batch(5, 3), &x[..4], 5, 5));
        let pull = |delta, rows, cols| {
            let mut out = vec![0.0; 100];
            let out = BatchMut::new(&mut out, rows, cols);
            kernels.pull_back(delta, w, out, &Identity, &mut Scratch::new());
        };
        refused("pull_back: outputs", || pull(batch(5, 3), 5, 3));
        refused("pull_back: rows", || pull(batch(5, 4), 6, 3));
        refused("pull_back: inputs", || pull(batch(5, 4), 5, 4));
        for (what, rows, len) in [("rows", 4, 12), ("weights", 5, 11), ("weights", 5, 13)] {
            let mut g = vec![0.0; len];
            let gradient = || kernels.weight_gradient(batch(5, 4), batch(rows, 3), Store(&mut g));
            refused(what, gradient);
        }
        let mut g = vec![0.0; 5];
        refused("biases", || kernels.bias_gradient(batch(5, 4), Store(&mut g)));
        let (mut theta, mut slots) = (vec![0.0; 10], vec![0.0; 20]);
        refused("gradients", || {
            kernels.update(&x[..9], Update::new(&Means::<2>, &mut theta, &mut slots, 0..10));
        });
        refused("slots", || {
            Update::new(&Means::<3>, &mut theta, &mut slots, 0..10);
        });
    }
}

/// 2^64 + 16 weights are not 16.
#[test]
#[should_panic]
fn a_layer_whose_size_wraps_is_refused() {
    let outputs = (1 << (usize::BITS - 4)) + 1;
    let (delta, a) = (Batch::<f32>::new(&[], 0, outputs), Batch::new(&[], 0, 16));
    Kernels::new(Arch::Scalar, 1).unwrap().weight_gradient(delta, a, Store(&mut [1.0; 16]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_shape_with_hard_numbers(
        seed: u64, m in 0_usize..140, outputs in 1_usize..70, inputs in 1_usize..40, tiny: bool, double: bool,
    ) {
        let (shape, kind) = ([m, outputs, inputs], if tiny { Kind::Tiny } else { Kind::Few(1) });
        match double {
            true => Layer::<f64>::new(seed, shape, kind).check(kind),
            false => Layer::<f32>::new(seed, shape, kind).check(kind),
        }
    }

    #[test]
    fn every_gather(seed: u64, table in 1_usize..50, cols in 1_usize..140, m in 0_usize..70) {
        check_gather(seed, table, cols, m);
    }

    #[test]
    fn every_sum(seed: u64, n in 0_usize..300, tiny: bool) {
        let kind = if tiny { Kind::Tiny } else { Kind::Few(n + 1) };
        check_sums::<f32>(seed, n, kind);
        check_sums::<f64>(seed, n, kind);
    }

    #[test]
    fn every_softmax(seed: u64, m in 1_usize..40, n in 1_usize..80) {
        check_softmax::<f32>(&numbers(seed, 1, m * n, Kind::Few(n)), n);
        check_softmax::<f64>(&numbers(seed, 1, m * n, Kind::Few(n)), n);
    }

    /// Whole numbers lose nothing when they are shifted, so neither does their softmax.
    #[test]
    fn softmax_does_not_see_a_shift(seed: u64, n in 1_usize..80, shift in -1000_i32..1000) {
        let stream = Dice::new(seed).stream(Purpose::Experiment, &[]);
        let z: Vec<f32> = (0..n as u64).map(|i| stream.below(i, 200) as f32 - 100.0).collect();
        let moved: Vec<f32> = z.iter().map(|z| z + shift as f32).collect();
        for kernels in every_kernels::<f32>() {
            let [first, second] = [&z, &moved].map(|z| {
                let (mut p, mut top, mut log_sum) = (vec![0.0; n], [0.0], [0.0]);
                kernels.softmax(Batch::new(z, 1, n), BatchMut::new(&mut p, 1, n), &mut top, &mut log_sum);
                (bits(&p), bits(&log_sum), p.iter().sum::<f32>())
            });
            prop_assert!((first.2 - 1.0).abs() < 1e-5, "the sum is {}", first.2);
            prop_assert_eq!(&first, &second);
        }
    }
}
