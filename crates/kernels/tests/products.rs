//! Every product against its literal definition, bit for bit: on every instruction set, with 1, 2
//! and 3 threads, in both precisions, on odd shapes and with numbers that are not finite.

use feedforward_base::{Batch, BatchMut, Dice, Purpose, Real, Stream, dice::mix};
use feedforward_kernels::{
    Arch, Element, Epilogue, Identity, Kernels, MAX_SLOTS, Rule, Scratch, Simd, Store, Update, Weights,
    arch::random, layout,
};
use proptest::prelude::*;

/// Ordinary numbers, and now and then a hard one.
fn numbers<T: Real>(stream: Stream, n: usize, hard: bool) -> Vec<T> {
    let special = [0.0, -0.0, 1e-310, -1e-40, 1e38, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    (0..n as u64)
        .map(|i| match stream.below(2 * i, 200) {
            j @ 0..8 if hard => T::from_f64(special[j as usize]),
            _ => T::from_f64(stream.normal(2 * i + 1)),
        })
        .collect()
}

/// The bits; any NaN equals any NaN.
fn bits<T: Real>(x: &[T]) -> Vec<u64> {
    x.iter().map(|x| if x.to_f64().is_nan() { u64::MAX } else { x.to_f64().to_bits() }).collect()
}

/// max(0, acc) and the row and unit, so that a wrong place shows.
#[derive(Clone, Copy)]
struct Marked;

impl<T: Element> Epilogue<T> for Marked {
    #[inline(always)]
    fn apply<S: Simd<Elem = T>>(&self, acc: S, row: usize, unit: usize, lanes: usize) -> S {
        let marks: Vec<T> = (0..lanes).map(|i| mark(row, unit + i)).collect();
        S::splat(T::ZERO).max(acc).add(S::load_partial(&marks, lanes))
    }
}

fn mark<T: Real>(row: usize, unit: usize) -> T {
    T::from_f64((row * 1000 + unit) as f64)
}

fn marked<T: Real>(z: T, row: usize, unit: usize) -> T {
    (if T::ZERO > z { T::ZERO } else { z }) + mark(row, unit)
}

/// V ← 0.9 V + g, U ← U − g, w ← w − 0.1 V.
#[derive(Clone, Copy)]
struct Two;

impl<T: Element> Rule<T> for Two {
    const SLOTS: usize = 2;
    #[inline(always)]
    fn update<S: Simd<Elem = T>>(&self, g: S, w: S, slots: &mut [S; MAX_SLOTS]) -> S {
        slots[0] = slots[0].mul_add(S::splat(T::from_f64(0.9)), g);
        slots[1] = slots[1].sub(g);
        slots[0].neg_mul_add(S::splat(T::from_f64(0.1)), w)
    }
}

/// One layer's numbers, and what the definitions make of them.
struct Layer<T> {
    m: usize,
    outputs: usize,
    inputs: usize,
    a: Vec<T>,
    delta: Vec<T>,
    w: Vec<T>,
    b: Vec<T>,
}

impl<T: Element> Layer<T> {
    fn new(seed: u64, [m, outputs, inputs]: [usize; 3], hard: bool) -> Self {
        let numbers = |what, n| numbers(Dice::new(seed).stream(Purpose::Experiment, &[what]), n, hard);
        Layer {
            m,
            outputs,
            inputs,
            a: numbers(0, m * inputs),
            delta: numbers(1, m * outputs),
            w: numbers(2, outputs * inputs),
            b: numbers(3, outputs),
        }
    }
    fn a(&self) -> Batch<'_, T> {
        Batch::new(&self.a, self.m, self.inputs)
    }
    fn delta(&self) -> Batch<'_, T> {
        Batch::new(&self.delta, self.m, self.outputs)
    }
    fn weights(&self) -> Weights<'_, T> {
        Weights::new(&self.w, self.outputs, self.inputs)
    }
    fn by_definition(&self, cols: usize, f: impl Fn(usize, usize) -> T) -> Vec<T> {
        (0..self.m * cols).map(|i| f(i / cols, i % cols)).collect()
    }
    fn affine(&self) -> Vec<T> {
        let (w, a) = (self.weights(), self.a());
        self.by_definition(self.outputs, |r, j| {
            (0..self.inputs).fold(self.b[j], |sum, k| a.row(r)[k].mul_add(w.get(j, k), sum))
        })
    }
    fn pull_back(&self) -> Vec<T> {
        let (w, d) = (self.weights(), self.delta());
        self.by_definition(self.inputs, |r, k| {
            (0..self.outputs).fold(T::ZERO, |sum, j| d.row(r)[j].mul_add(w.get(j, k), sum))
        })
    }
    fn weight_gradient(&self) -> Vec<T> {
        let (d, a) = (self.delta(), self.a());
        let rows: Vec<T> = (0..self.outputs * self.inputs)
            .map(|i| {
                let (j, k) = (i / self.inputs, i % self.inputs);
                (0..self.m).fold(T::ZERO, |sum, r| d.row(r)[j].mul_add(a.row(r)[k], sum))
            })
            .collect();
        layout::from_rows(&rows, self.outputs, self.inputs)
    }
    fn bias_gradient(&self) -> Vec<T> {
        let d = self.delta();
        (0..self.outputs).map(|j| (0..self.m).fold(T::ZERO, |sum, r| sum + d.row(r)[j])).collect()
    }
}

fn mapped<T: Real>(x: &[T], cols: usize) -> Vec<T> {
    x.iter().enumerate().map(|(i, &x)| marked(x, i / cols, i % cols)).collect()
}

fn check_forward<T: Element>(layer: &Layer<T>, kernels: &Kernels<T>) {
    let (m, n) = (layer.m, layer.outputs);
    let want = layer.affine();
    let (mut z, mut out) = (vec![T::ONE; m * n], vec![T::ONE; m * n]);
    kernels.affine(layer.a(), layer.weights(), &layer.b, BatchMut::new(&mut z, m, n), &Identity);
    assert_eq!(bits(&z), bits(&want));
    kernels.affine(layer.a(), layer.weights(), &layer.b, BatchMut::new(&mut z, m, n), &Marked);
    assert_eq!(bits(&z), bits(&mapped(&want, n)));
    let (first, second) = (BatchMut::new(&mut z, m, n), BatchMut::new(&mut out, m, n));
    kernels.affine_pair(layer.a(), layer.weights(), &layer.b, first, second, &Marked);
    assert_eq!(bits(&z), bits(&want));
    assert_eq!(bits(&out), bits(&mapped(&want, n)));
}

fn check_backward<T: Element>(layer: &Layer<T>, kernels: &Kernels<T>) {
    let (m, n) = (layer.m, layer.inputs);
    let want = layer.pull_back();
    let mut out = vec![T::ONE; m * n];
    let mut scratch = Scratch::new();
    let mut pull = |out: &mut Vec<T>, mark: bool| {
        let out = BatchMut::new(out, m, n);
        match mark {
            true => kernels.pull_back(layer.delta(), layer.weights(), out, &Marked, &mut scratch),
            false => kernels.pull_back(layer.delta(), layer.weights(), out, &Identity, &mut scratch),
        }
    };
    pull(&mut out, false);
    assert_eq!(bits(&out), bits(&want));
    pull(&mut out, true);
    assert_eq!(bits(&out), bits(&mapped(&want, n)));
}

fn check_gradients<T: Element>(layer: &Layer<T>, kernels: &Kernels<T>) {
    let p = layer.w.len() + layer.b.len();
    let w = 0..layer.w.len();
    let b = w.end..p;
    let mut g = vec![T::ONE; p];
    kernels.weight_gradient(layer.delta(), layer.a(), Store(&mut g[w.clone()]));
    kernels.bias_gradient(layer.delta(), Store(&mut g[b.clone()]));
    assert_eq!(bits(&g), bits(&[layer.weight_gradient(), layer.bias_gradient()].concat()));

    let theta = [&layer.w[..], &layer.b[..]].concat();
    let slots: Vec<T> = (0..2 * p).map(|i| T::from_f64(i as f64 * 0.01)).collect();
    let (mut theta1, mut slots1) = (theta.clone(), slots.clone());
    kernels.update(&g, Update::new(&Two, &mut theta1, &mut slots1, 0..p));
    for i in 0..p {
        let v = slots[i].mul_add(T::from_f64(0.9), g[i]);
        assert_eq!(bits(&[slots1[i], slots1[p + i]]), bits(&[v, slots[p + i] - g[i]]));
        assert_eq!(bits(&[theta1[i]]), bits(&[(-v).mul_add(T::from_f64(0.1), theta[i])]));
    }
    let (mut theta2, mut slots2) = (theta, slots);
    kernels.weight_gradient(layer.delta(), layer.a(), Update::new(&Two, &mut theta2, &mut slots2, w));
    kernels.bias_gradient(layer.delta(), Update::new(&Two, &mut theta2, &mut slots2, b));
    assert_eq!((bits(&theta2), bits(&slots2)), (bits(&theta1), bits(&slots1)));
}

fn check<T: Element>(seed: u64, shape: [usize; 3], hard: bool, threads: &[usize]) {
    let layer = Layer::<T>::new(seed, shape, hard);
    for arch in Arch::available() {
        for &threads in threads {
            let kernels = Kernels::new(arch, threads).unwrap();
            check_forward(&layer, &kernels);
            check_backward(&layer, &kernels);
            check_gradients(&layer, &kernels);
        }
    }
}

#[test]
fn shapes_at_every_edge() {
    let sizes = [1, 7, 15, 17, 63, 65, 100];
    for (i, &m) in sizes.iter().enumerate() {
        for (j, &outputs) in sizes.iter().enumerate() {
            let inputs = sizes[(i + 3 * j) % sizes.len()];
            check::<f32>(1, [m, outputs, inputs], true, &[1, 3]);
            check::<f64>(2, [m, outputs, inputs], true, &[1, 3]);
        }
    }
}

#[test]
fn large_sides() {
    check::<f32>(3, [5, 1000, 100], false, &[1, 2, 3, 7]);
    check::<f32>(4, [1000, 65, 33], false, &[1, 2, 3, 7]);
    check::<f64>(5, [17, 65, 1000], false, &[1, 2, 3, 7]);
}

#[test]
fn nothing_to_do() {
    check::<f32>(6, [0, 5, 4], false, &[1, 2]);
    check::<f32>(6, [5, 4, 0], false, &[1, 2]);
    check::<f32>(6, [5, 0, 4], false, &[1, 2]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_shape(
        seed: u64, m in 1_usize..70, outputs in 1_usize..140, inputs in 1_usize..90, hard: bool,
    ) {
        check::<f32>(seed, [m, outputs, inputs], hard, &[1, 2]);
        check::<f64>(seed, [m, outputs, inputs], hard, &[1, 2]);
    }

    #[test]
    fn a_row_alone_gets_the_bits_that_it_gets_in_a_batch(seed: u64, m in 2_usize..40, outputs in 1_usize..80) {
        let layer = Layer::<f32>::new(seed, [m, outputs, 33], false);
        let kernels = Kernels::new(Arch::best(), 1).unwrap();
        let all = layer.affine();
        for r in 0..m {
            let mut z = vec![0.0; outputs];
            let a = Batch::new(layer.a().row(r), 1, 33);
            kernels.affine(a, layer.weights(), &layer.b, BatchMut::new(&mut z, 1, outputs), &Identity);
            prop_assert_eq!(bits(&z), bits(&all[r * outputs..(r + 1) * outputs]));
        }
    }
}

/// The same numbers on every machine: a change here changes every trained model.
#[test]
fn the_bits_never_change() {
    fn hash<T: Element>() -> u64 {
        let layer = Layer::<T>::new(1, [20, 70, 40], false);
        let z = layer.affine();
        let kernels = Kernels::new(Arch::best(), 2).unwrap();
        let (mut p, mut top, mut log_sum) = (z.clone(), vec![T::ZERO; 20], vec![T::ZERO; 20]);
        kernels.softmax(Batch::new(&z, 20, 70), BatchMut::new(&mut p, 20, 70), &mut top, &mut log_sum);
        let draws = (0..20).map(|i| random(i, 7)).collect();
        let all = [z, layer.pull_back(), layer.weight_gradient(), layer.bias_gradient(), p, log_sum, draws];
        bits(&all.concat()).into_iter().fold(0, |h, b| mix(h ^ b))
    }
    assert_eq!(hash::<f32>(), 5_372_129_512_303_876_210);
    assert_eq!(hash::<f64>(), 13_848_873_395_784_375_413);
}
