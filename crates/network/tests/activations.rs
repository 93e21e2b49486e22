//! Every elementwise activation: against 50-digit arithmetic, its slopes against its differences, its bits on every
//! instruction set, and what becomes of extreme numbers. The list is `Activation::ALL`: a new one needs no line here
//! but its lines in `testdata/vectors`.

use feedforward_base::Real;
use feedforward_kernels::{Arch, Element, Simd, Task};
use feedforward_network::activation::{Activation, Elementwise, Own, Rowwise, Visit};

/// f, ∂f/∂z and ∂f/∂own.
type Three<T> = [T; 3];

/// All three at every z, on one path.
struct Applied<'a, T, F> {
    f: F,
    z: &'a [T],
    own: T,
}

impl<T: Element, F: Elementwise> Task<T> for Applied<'_, T, F> {
    type Out = Vec<Three<T>>;
    #[inline(always)]
    fn run<S: Simd<Elem = T>>(self) -> Vec<Three<T>> {
        let mut out = vec![[T::ZERO; 3]; self.z.len()];
        let own = S::splat(self.own);
        for (z, out) in self.z.chunks(S::LANES).zip(out.chunks_mut(S::LANES)) {
            let z = S::load_partial(z, z.len());
            let a = self.f.value(z, own);
            for (i, y) in [a, self.f.slope(z, a, own), self.f.own_slope(z, a, own)].into_iter().enumerate() {
                let mut lanes = vec![T::ZERO; out.len()];
                y.store_partial(&mut lanes, out.len());
                out.iter_mut().zip(lanes).for_each(|(out, y)| out[i] = y);
            }
        }
        out
    }
}

/// [`Applied`] for an activation whose kind is not known yet; `None` for one that works on rows.
struct At<'a, T> {
    arch: Arch,
    z: &'a [T],
    own: f64,
}

impl<T: Element> Visit for At<'_, T> {
    type Out = Option<Vec<Three<T>>>;
    fn elementwise<F: Elementwise>(self, f: F) -> Self::Out {
        Some(self.arch.run(Applied { f, z: self.z, own: T::from_f64(self.own) }))
    }
    fn rowwise<F: Rowwise>(self, _: F) -> Self::Out {
        None
    }
}

fn at<T: Element>(f: Activation, z: &[T], own: f64) -> Vec<Three<T>> {
    f.visit(At { arch: Arch::best(), z, own }).expect("asked of elementwise functions only")
}

/// All elementwise functions with their usual numbers, and some with others.
fn functions() -> Vec<Activation> {
    let other = ["leaky_relu:0.3", "elu:0.3", "swish:2.5", "swish:0", "swish:1000", "rrelu:0.1:0.2"];
    let usual = Activation::ALL.iter().copied().filter(|f| f.is_elementwise());
    usual.chain(other.iter().map(|text| text.parse().unwrap())).collect()
}

/// The second numbers to try: the usual one, and others where the function has one.
fn owns(f: Activation) -> Vec<f64> {
    match f.own() {
        Own::Nothing => vec![f.usual_own()],
        Own::Learned(_) => vec![f.usual_own(), 0.0, -0.75, 0.4, 3.0],
        Own::Drawn => vec![f.usual_own(), 0.15, 0.3],
    }
}

/// A line of the table: function, z, own, [f, ∂f/∂z, ∂f/∂own].
fn table() -> Vec<(Activation, f64, f64, Three<f64>)> {
    let number = |word: &str| word.parse::<f64>().unwrap();
    let line = |line: &str| {
        let w: Vec<&str> = line.split(' ').collect();
        let want = [number(w[3]), number(w[4]), number(w[5])];
        (w[0].parse().unwrap(), number(w[1]), number(w[2]), want)
    };
    include_str!("../../../testdata/vectors/activations.txt").lines().map(line).collect()
}

/// |ours − want|, of which `ulps` units of want or of 1, whichever is larger, are allowed.
fn close(ours: f64, want: f64, ulps: f64, epsilon: f64) -> bool {
    ours == want || (ours - want).abs() <= ulps * epsilon * want.abs().max(1.0)
}

#[test]
fn values_and_slopes_are_those_of_50_digit_arithmetic() {
    let table = table();
    for (f, z, own, want) in &table {
        let ours = at(*f, &[*z], *own)[0];
        // A value keeps its relative accuracy, a slope that is computed from a its absolute one.
        let error = (ours[0] - want[0]).abs();
        assert!(
            ours[0] == want[0] || error <= 6.0 * f64::EPSILON * want[0].abs() + f64::MIN_POSITIVE,
            "{f}({z}, {own}) = {}, exact {}",
            ours[0],
            want[0]
        );
        for (ours, want) in ours.into_iter().zip(want).skip(1) {
            assert!(close(ours, *want, 8.0, f64::EPSILON), "slope of {f}({z}, {own}) = {ours}, exact {want}");
        }
    }
    for f in Activation::ALL.iter().filter(|f| f.is_elementwise()) {
        assert!(table.iter().filter(|line| line.0 == *f).count() >= 27, "no lines for {f}");
    }
}

#[test]
fn f32_is_what_f64_says() {
    for (f, z, own, _) in table() {
        // What the f32 number is in f64, so that its own rounding is not counted. Numbers that users set are rounded.
        let z32 = z as f32;
        let want = at(f, &[f64::from(z32)], f64::from(own as f32))[0];
        let ours = at(f, &[z32], own)[0];
        for (i, (ours, want)) in ours.into_iter().zip(want).enumerate() {
            let ours = f64::from(ours);
            let overflow = want.abs() > f64::from(f32::MAX) && ours.is_infinite();
            assert!(
                overflow || close(ours, want, 16.0, f64::from(f32::EPSILON)),
                "part {i} of {f}({z}, {own}) = {ours}, in f64 {want}"
            );
        }
    }
}

/// The derivative of `y` at 0 from y(±h) and y(±2h), right up to h⁴.
fn difference(y: [f64; 4], h: f64) -> f64 {
    ((y[0] - y[3]) - 8.0 * (y[1] - y[2])) / (12.0 * h)
}

#[test]
fn slopes_are_the_derivatives_of_the_values() {
    const H: f64 = 1e-3;
    for f in functions() {
        for own in owns(f) {
            for i in -300..=300 {
                let z = f64::from(i) * 0.031 + 0.007;
                // β = 1000 bends within 1/1000 of 0.
                let h = if f.to_string() == "swish:1000" { 1e-6 } else { H };
                if f.kinks().iter().any(|kink| (z - kink).abs() < 3.0 * h) {
                    continue;
                }
                let [a, slope, own_slope] = at(f, &[z], own)[0];
                let steps = [-2.0, -1.0, 1.0, 2.0];
                let near = difference(steps.map(|s| at(f, &[z + s * h], own)[0][0]), h);
                let bound = 1e-14 / h * a.abs().max(1.0);
                assert!((slope - near).abs() <= bound, "{f}({z}, {own}): slope {slope}, difference {near}");
                if let Own::Learned(_) = f.own() {
                    // Powers of z stand before the derivatives in own: a smaller step.
                    let near = difference(steps.map(|s| at(f, &[z], own + s * 0.1 * H)[0][0]), 0.1 * H);
                    let bound = 1e-9 * a.abs().max(1.0);
                    assert!(
                        (own_slope - near).abs() <= bound,
                        "{f}({z}, {own}): own slope {own_slope}, difference {near}"
                    );
                } else {
                    assert_eq!(own_slope, 0.0, "{f} has nothing of its own to learn");
                }
            }
        }
    }
}

/// ±0, denormal, tiny, usual, huge, infinite, NaN, and numbers between.
fn grid<T: Real>() -> Vec<T> {
    let tiny = if size_of::<T>() == 4 { [1e-45, 3e-39, 1e-30] } else { [5e-324, 3e-310, 1e-300] };
    let mut z = vec![0.0, 1e-9, 88.5, 89.5, 103.5, 709.5, 746.0, 1e3, 1e4, 1e30, f64::INFINITY, f64::NAN];
    z.extend(tiny);
    z.extend((0..400).map(|i| f64::from(i) * 0.113 + 0.001));
    z.iter().flat_map(|&z| [T::from_f64(z), T::from_f64(-z)]).collect()
}

fn bits<T: Real>(three: Three<T>) -> Three<u64> {
    three.map(|y| if y.to_f64().is_nan() { u64::MAX } else { y.to_f64().to_bits() })
}

fn same_on_every_path<T: Element>() {
    let z = grid::<T>();
    for f in functions() {
        for own in owns(f) {
            let on = |arch| f.visit(At { arch, z: &z, own }).unwrap();
            let want = on(Arch::Scalar);
            for arch in Arch::available() {
                for (i, ours) in on(arch).into_iter().enumerate() {
                    assert_eq!(bits(ours), bits(want[i]), "{f}({}, {own}) on {arch:?}", z[i].to_f64());
                }
            }
        }
    }
}

#[test]
fn all_paths_give_the_same_bits() {
    same_on_every_path::<f32>();
    same_on_every_path::<f64>();
}

fn extremes<T: Element>() {
    let z = grid::<T>();
    for f in functions() {
        for own in owns(f) {
            for (&z, three) in z.iter().zip(at(f, &z, own)) {
                let (z, [a, slope, own_slope]) = (z.to_f64(), three.map(T::to_f64));
                if z.is_nan() {
                    assert!(a.is_nan(), "{f} hides a NaN");
                } else if z.abs() <= 1e4 {
                    assert!(
                        !a.is_nan() && !slope.is_nan() && !own_slope.is_nan(),
                        "{f}({z}, {own}) is no number"
                    );
                    // e^z alone leaves the range of numbers.
                    let infinite = f == Activation::Exponential && z > 88.0;
                    assert!(
                        infinite || [a, slope, own_slope].iter().all(|y| y.is_finite()),
                        "{f}({z}, {own})"
                    );
                }
            }
        }
    }
}

#[test]
fn extreme_numbers_give_numbers_and_a_nan_stays_one() {
    extremes::<f32>();
    extremes::<f64>();
}
