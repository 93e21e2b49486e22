//! Activation functions: one file each, one list.
//!
//! To add one: write its file on the pattern of `tanh.rs`, add its line to `activations!` below.

use crate::about::{About, Member, member_as_text};
use feedforward_base::{Batch, BatchMut, Error, Real};
use feedforward_kernels::{Element, Kernels, Simd};

/// A function applied to every pre-activation by itself: a = f(z).
pub trait Elementwise: Copy + Sync + 'static {
    /// Name, formula, derivative and source.
    const ABOUT: About;
    /// (z, f(z), f'(z)) from 50-digit arithmetic.
    const VECTORS: &'static [(f64, f64, f64)];
    /// Where f' jumps.
    const KINKS: &'static [f64] = &[];
    /// Whether f looks at a second number beside z.
    const OWN: Own = Own::Nothing;
    /// f(z); `own` is the second number, of no meaning where there is none.
    fn value<S: Simd>(&self, z: S, own: S) -> S;
    /// ∂f/∂z, given z and a = f(z).
    fn slope<S: Simd>(&self, z: S, a: S, own: S) -> S;
    /// ∂f/∂own of a learned number, given z and a = f(z).
    fn own_slope<S: Simd>(&self, _z: S, _a: S, _own: S) -> S {
        S::splat(S::Elem::ZERO)
    }
    /// Where a learned number starts; the mean of a drawn one, which stands for it where nothing is learned.
    fn usual_own(&self) -> f64 {
        0.0
    }
    /// The range of a drawn number.
    fn own_range(&self) -> (f64, f64) {
        (0.0, 0.0)
    }
}

/// The second number of an elementwise function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Own {
    /// There is none.
    Nothing,
    /// One per unit, learned with the weights; its name in a model file.
    Learned(&'static str),
    /// One per unit and sample, drawn anew in each step of training.
    Drawn,
}

/// An elementwise function with numbers that the user sets.
pub trait Numbered: Elementwise + PartialEq {
    /// With its usual numbers.
    const USUAL: Self;
    /// Its numbers.
    fn numbers(&self) -> Vec<f64>;
    /// With these numbers, as many as it has.
    fn of(numbers: &[f64]) -> Self;
    /// What its numbers must be, if they are not.
    fn want(&self) -> Option<&'static str>;
}

/// A function of all pre-activations of a sample together.
pub trait Rowwise: Copy + Sync + 'static {
    /// Name, formula, derivative and source.
    const ABOUT: About;
    /// a = f(z) for every sample of a batch.
    fn value<T: Element>(&self, kernels: &Kernels<T>, rows: Rows<'_, T>);
}

/// A batch on its way through a [`Rowwise`] function; m samples of n units.
pub struct Rows<'a, T> {
    /// Pre-activations, m x n.
    pub z: Batch<'a, T>,
    /// Activations, m x n.
    pub a: BatchMut<'a, T>,
    /// The largest z of each sample, m.
    pub top: &'a mut [T],
    /// ln Σ e^(z − top) of each sample, m: with `top` all that a loss needs for ln a.
    pub log_sum: &'a mut [T],
}

/// What is done with an activation once its kind is known; see [`Activation::visit`].
pub trait Visit {
    /// The answer.
    type Out;
    /// For a function of one number.
    fn elementwise<F: Elementwise>(self, f: F) -> Self::Out;
    /// For a function of a sample.
    fn rowwise<F: Rowwise>(self, f: F) -> Self::Out;
}

macro_rules! activations {
    (
        elementwise { $($file:ident::$F:ident),* $(,)? }
        numbered { $($nfile:ident::$N:ident),* $(,)? }
        rowwise { $($rfile:ident::$R:ident),* $(,)? }
    ) => {
        $(mod $file; pub use $file::$F;)*
        $(mod $nfile; pub use $nfile::$N;)*
        $(mod $rfile; pub use $rfile::$R;)*

        /// An activation function of the closed set.
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub enum Activation {
            $(#[doc = concat!("See [`struct@", stringify!($F), "`].")] $F,)*
            $(#[doc = concat!("See [`struct@", stringify!($N), "`].")] $N($N),)*
            $(#[doc = concat!("See [`struct@", stringify!($R), "`].")] $R,)*
        }

        impl Activation {
            /// All of them with their usual numbers, in the order of the list.
            pub const ALL: &'static [Activation] = &[
                $(Activation::$F,)*
                $(Activation::$N(<$N as Numbered>::USUAL),)*
                $(Activation::$R,)*
            ];
            /// The one place where the kind of an activation is looked at: once per layer, never per number.
            pub fn visit<V: Visit>(self, v: V) -> V::Out {
                match self {
                    $(Activation::$F => v.elementwise($F),)*
                    $(Activation::$N(f) => v.elementwise(f),)*
                    $(Activation::$R => v.rowwise($R),)*
                }
            }
        }

        impl Member for Activation {
            const WHAT: &'static str = "activation";
            fn all() -> &'static [Self] {
                Self::ALL
            }
            fn word(self) -> &'static str {
                self.about().name
            }
            fn numbers(self) -> Vec<f64> {
                match self {
                    $(Activation::$N(f) => f.numbers(),)*
                    _ => Vec::new(),
                }
            }
            fn with_numbers(self, numbers: &[f64]) -> Self {
                match self {
                    $(Activation::$N(_) => Activation::$N($N::of(numbers)),)*
                    other => other,
                }
            }
            fn problem(self) -> Option<Error> {
                let want = match self {
                    $(Activation::$N(f) => f.want(),)*
                    _ => None,
                };
                want.map(|want| Error::bad_value("activation", self, want))
            }
        }

        #[cfg(test)]
        mod vectors {
            $(#[test] fn $file() { super::tests::check_vectors(super::$F); })*
            $(#[test] fn $nfile() {
                super::tests::check_vectors(<super::$N as super::Numbered>::USUAL);
                super::tests::check_numbers(<super::$N as super::Numbered>::USUAL);
            })*
        }
    };
}

activations! {
    elementwise {
        linear::Linear, sigmoid::Sigmoid, tanh::Tanh, relu::Relu, softplus::Softplus, abs::Abs, gelu::Gelu,
        selu::Selu, step::Step, exponential::Exponential,
    }
    numbered {
        leaky_relu::LeakyRelu, elu::Elu, swish::Swish, prelu::Prelu, learned_swish::LearnedSwish, rrelu::Rrelu,
    }
    rowwise { softmax::Softmax, log_softmax::LogSoftmax }
}

member_as_text!(Activation);

impl Activation {
    /// Name, formula, derivative and source.
    pub fn about(self) -> About {
        struct Of;
        impl Visit for Of {
            type Out = About;
            fn elementwise<F: Elementwise>(self, _: F) -> About {
                F::ABOUT
            }
            fn rowwise<F: Rowwise>(self, _: F) -> About {
                F::ABOUT
            }
        }
        self.visit(Of)
    }
    /// The name that users type, without numbers.
    pub fn name(self) -> &'static str {
        self.about().name
    }
    /// The second number that the function looks at.
    pub fn own(self) -> Own {
        struct Of;
        impl Visit for Of {
            type Out = Own;
            fn elementwise<F: Elementwise>(self, _: F) -> Own {
                F::OWN
            }
            fn rowwise<F: Rowwise>(self, _: F) -> Own {
                Own::Nothing
            }
        }
        self.visit(Of)
    }
    /// Where a learned number starts; the mean of a drawn one; 0 where there is none.
    pub fn usual_own(self) -> f64 {
        struct Of;
        impl Visit for Of {
            type Out = f64;
            fn elementwise<F: Elementwise>(self, f: F) -> f64 {
                f.usual_own()
            }
            fn rowwise<F: Rowwise>(self, _: F) -> f64 {
                0.0
            }
        }
        self.visit(Of)
    }
    /// What is wrong with the numbers that the user set.
    pub(crate) fn check(self) -> Option<Error> {
        self.problem()
    }
    /// Whether the function learns one number per unit.
    pub fn is_learned(self) -> bool {
        matches!(self.own(), Own::Learned(_))
    }
    /// Whether the function looks at one number at a time.
    pub fn is_elementwise(self) -> bool {
        struct Is;
        impl Visit for Is {
            type Out = bool;
            fn elementwise<F: Elementwise>(self, _: F) -> bool {
                true
            }
            fn rowwise<F: Rowwise>(self, _: F) -> bool {
                false
            }
        }
        self.visit(Is)
    }
    /// Where f' jumps; empty for smooth functions.
    pub fn kinks(self) -> &'static [f64] {
        struct Kinks;
        impl Visit for Kinks {
            type Out = &'static [f64];
            fn elementwise<F: Elementwise>(self, _: F) -> Self::Out {
                F::KINKS
            }
            fn rowwise<F: Rowwise>(self, _: F) -> Self::Out {
                &[]
            }
        }
        self.visit(Kinks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// |computed − exact| within a few units in the last place, and within the smallest normal number.
    fn near(computed: f64, exact: f64, epsilon: f64, tiny: f64) -> bool {
        computed == exact || (computed - exact).abs() <= 4.0 * epsilon * exact.abs() + tiny
    }

    /// |computed − exact| within `bound`, of the exact number where that is above 1.
    fn near_slope(computed: f64, exact: f64, bound: f64) -> bool {
        computed == exact || (computed - exact).abs() <= bound * exact.abs().max(1.0)
    }

    pub(super) fn check_vectors<F: Elementwise>(f: F) {
        let own = f.usual_own();
        for &(z, a, slope) in F::VECTORS {
            let ours = f.value(z, own);
            assert!(near(ours, a, f64::EPSILON, f64::MIN_POSITIVE), "f64 f({z}) = {ours}, exact {a}");
            // The slope is computed from the rounded a: 1 − a² and a(1 − a) lose what a has lost.
            let ours = f.slope(z, ours, own);
            assert!(near_slope(ours, slope, 8.0 * f64::EPSILON), "f64 f'({z}) = {ours}, exact {slope}");
            let z32 = z as f32;
            let ours = f.value(z32, own as f32);
            let bound = 1.5e-7 * (z - f64::from(z32)).abs().max(1.0);
            assert!(
                near(f64::from(ours), a, bound, f64::from(f32::MIN_POSITIVE)),
                "f32 f({z}) = {ours}, exact {a}"
            );
            let ours = f64::from(f.slope(z32, ours, own as f32));
            assert!(near_slope(ours, slope, 1e-6), "f32 f'({z}) = {ours}, exact {slope}");
        }
        assert!(F::VECTORS.len() >= 9, "vectors at 0, both sides of 0 and each kink, and at ±1000");
        for z in
            F::KINKS.iter().flat_map(|k| [k - 1e-9, *k, k + 1e-9]).chain([0.0, 1e-9, -1e-9, 1000.0, -1000.0])
        {
            assert!(F::VECTORS.iter().any(|v| v.0 == z), "no vector at z = {z}");
        }
    }

    pub(super) fn check_numbers<F: Numbered + std::fmt::Debug>(usual: F) {
        assert!(usual.want().is_none() && !usual.numbers().is_empty());
        assert_eq!(F::of(&usual.numbers()), usual);
        let refused = F::of(&usual.numbers().iter().map(|_| -1e30).collect::<Vec<_>>());
        assert!(refused.want().is_some(), "{refused:?} is accepted");
    }

    #[test]
    fn numbers_are_read_and_checked() {
        let leaky: Activation = "leaky_relu:0.2".parse().unwrap();
        assert_eq!(leaky, Activation::LeakyRelu(LeakyRelu { slope: 0.2 }));
        assert_eq!(leaky.to_string(), "leaky_relu:0.2");
        let text = |t: &str| t.parse::<Activation>().unwrap_err().to_string();
        assert_eq!(text("relu:1"), "activation is `relu:1`; it must be `relu` without a number");
        assert!(text("leaky_relu:x").contains("`leaky_relu:0.01`"), "{}", text("leaky_relu:x"));
        assert!(text("rrelu:0.5:0.1").contains("must be"), "{}", text("rrelu:0.5:0.1"));
    }

    #[test]
    fn names_are_unique_and_parse_back() {
        for &f in Activation::ALL {
            assert_eq!(f.name().parse::<Activation>().unwrap(), f);
        }
        let e = "rellu".parse::<Activation>().unwrap_err();
        assert_eq!(e.to_string(), "there is no activation `rellu`\nhint: did you mean `relu`?");
    }
}
