//! Activation functions: one file each, one list.
//!
//! To add one: write its file on the pattern of `tanh.rs`, add its line to `activations!` below.

use crate::about::{About, named_enum};
use feedforward_base::{Batch, BatchMut};
use feedforward_kernels::{Element, Kernels, Simd};

/// A function applied to every pre-activation by itself: a = f(z).
pub trait Elementwise: Copy + Sync + 'static {
    /// Name, formula, derivative and source.
    const ABOUT: About;
    /// (z, f(z), f'(z)) from 50-digit arithmetic.
    const VECTORS: &'static [(f64, f64, f64)];
    /// Where f' jumps.
    const KINKS: &'static [f64] = &[];
    /// f(z).
    fn value<S: Simd>(&self, z: S) -> S;
    /// f'(z), given z and a = f(z).
    fn slope<S: Simd>(&self, z: S, a: S) -> S;
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
    (elementwise { $($file:ident::$F:ident),* $(,)? } rowwise { $($rfile:ident::$R:ident),* $(,)? }) => {
        $(mod $file; pub use $file::$F;)*
        $(mod $rfile; pub use $rfile::$R;)*

        named_enum! {
            /// An activation function of the closed set.
            "activation", Activation {
                $(#[doc = concat!("See [`struct@", stringify!($F), "`].")] $F = <$F as Elementwise>::ABOUT,)*
                $(#[doc = concat!("See [`struct@", stringify!($R), "`].")] $R = <$R as Rowwise>::ABOUT,)*
            }
        }

        impl Activation {
            /// The one place where the kind of an activation is looked at: once per layer, never per number.
            pub fn visit<V: Visit>(self, v: V) -> V::Out {
                match self {
                    $(Activation::$F => v.elementwise($F),)*
                    $(Activation::$R => v.rowwise($R),)*
                }
            }
        }

        #[cfg(test)]
        mod vectors {
            $(#[test] fn $file() { super::tests::check_vectors(super::$F); })*
        }
    };
}

activations! {
    elementwise { linear::Linear, sigmoid::Sigmoid, tanh::Tanh, relu::Relu, softplus::Softplus }
    rowwise { softmax::Softmax }
}

impl Activation {
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
        (computed - exact).abs() <= 4.0 * epsilon * exact.abs() + tiny
    }

    pub(super) fn check_vectors<F: Elementwise>(f: F) {
        for &(z, a, slope) in F::VECTORS {
            let ours = f.value(z);
            assert!(near(ours, a, f64::EPSILON, f64::MIN_POSITIVE), "f64 f({z}) = {ours}, exact {a}");
            // The slope is computed from the rounded a: 1 − a² and a(1 − a) lose what a has lost.
            let ours = f.slope(z, ours);
            assert!((ours - slope).abs() <= 8.0 * f64::EPSILON, "f64 f'({z}) = {ours}, exact {slope}");
            let z32 = z as f32;
            let ours = f.value(z32);
            let bound = 1.5e-7 * (z - f64::from(z32)).abs().max(1.0);
            assert!(
                near(f64::from(ours), a, bound, f64::from(f32::MIN_POSITIVE)),
                "f32 f({z}) = {ours}, exact {a}"
            );
            let ours = f64::from(f.slope(z32, ours));
            assert!((ours - slope).abs() <= 1e-6, "f32 f'({z}) = {ours}, exact {slope}");
        }
        assert!(F::VECTORS.len() >= 9, "vectors at 0, both sides of 0 and each kink, and at ±1000");
        for z in
            F::KINKS.iter().flat_map(|k| [k - 1e-9, *k, k + 1e-9]).chain([0.0, 1e-9, -1e-9, 1000.0, -1000.0])
        {
            assert!(F::VECTORS.iter().any(|v| v.0 == z), "no vector at z = {z}");
        }
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
