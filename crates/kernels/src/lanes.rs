//! Which way a product is vectorised: along the sums that stand side by side in memory, or along
//! the others, for which an operand or the result is transposed on the way.
//!
//! Both ways give the same bits: a sum belongs to one lane, in the same order. The cheaper one is
//! chosen from the shape, by counting vector operations.

/// What the lanes of a vector are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lanes {
    /// Samples.
    Rows,
    /// Units of the layer.
    Units,
    /// Numbers that the layer reads.
    Inputs,
}

impl Lanes {
    /// The name for people.
    pub fn name(self) -> &'static str {
        match self {
            Lanes::Rows => "samples",
            Lanes::Units => "units",
            Lanes::Inputs => "inputs",
        }
    }
}

/// Vector operations of transposing so many numbers with vectors of `lanes` of them: for each vector a load,
/// a store and some shuffles, which a core does beside its arithmetic, and the call.
fn turn(numbers: usize, lanes: usize) -> usize {
    if lanes == 1 { numbers } else { ceil(4 * numbers, lanes) + TURN }
}

/// What a transposition costs however small it is.
const TURN: usize = 64;

/// n / lanes, rounded up; the number of lanes is a power of 2.
fn ceil(n: usize, lanes: usize) -> usize {
    (n + lanes - 1) >> lanes.ilog2()
}

/// The way of `affine`: m samples, `outputs` units, `inputs` numbers each. Along the samples A is
/// transposed, and the result.
pub fn affine(m: usize, outputs: usize, inputs: usize, lanes: usize) -> Lanes {
    if outputs >= lanes {
        return Lanes::Units;
    }
    let along_units = m * inputs;
    let along_rows = ceil(m, lanes) * inputs * outputs + turn(m * inputs, lanes) + turn(m * outputs, lanes);
    if along_rows < along_units { Lanes::Rows } else { Lanes::Units }
}

/// The way of `pull_back`. Along the samples δ is transposed, and the result; along the inputs W.
pub fn pull_back(m: usize, outputs: usize, inputs: usize, lanes: usize) -> Lanes {
    // The inputs of one unit stand side by side.
    let turned = if outputs == 1 { 0 } else { turn(outputs * inputs, lanes) };
    let along_inputs = m * outputs * ceil(inputs, lanes) + turned;
    let along_rows = ceil(m, lanes) * outputs * inputs + turn(m * outputs, lanes) + turn(m * inputs, lanes);
    if along_inputs < along_rows { Lanes::Inputs } else { Lanes::Rows }
}

/// The way of `weight_gradient`. Along the inputs the result is transposed.
pub fn weight_gradient(m: usize, outputs: usize, inputs: usize, lanes: usize) -> Lanes {
    if outputs >= lanes {
        return Lanes::Units;
    }
    let turned = if outputs == 1 { 0 } else { turn(lanes * inputs, lanes) };
    let along_inputs = m * outputs * ceil(inputs, lanes) + turned;
    if along_inputs < m * inputs { Lanes::Inputs } else { Lanes::Units }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_unit_is_not_left_alone_in_its_vector() {
        assert_eq!(affine(32, 1, 64, 16), Lanes::Rows);
        assert_eq!(pull_back(32, 1, 64, 16), Lanes::Inputs);
        assert_eq!(weight_gradient(32, 1, 64, 16), Lanes::Inputs);
    }

    #[test]
    fn wide_layers_go_along_their_units() {
        for m in [1, 10, 32, 1000] {
            assert_eq!(affine(m, 512, 784, 16), Lanes::Units);
            assert_eq!(weight_gradient(m, 512, 784, 16), Lanes::Units);
        }
        assert_eq!(pull_back(32, 512, 512, 16), Lanes::Rows);
        assert_eq!(pull_back(10, 16, 16, 16), Lanes::Inputs);
    }

    #[test]
    fn one_sample_goes_along_the_units() {
        assert_eq!(affine(1, 1, 64, 16), Lanes::Units);
        assert_eq!(affine(1, 10, 512, 16), Lanes::Units);
    }

    #[test]
    fn without_vectors_nothing_is_transposed_forward() {
        for outputs in [1, 3, 100] {
            assert_eq!(affine(32, outputs, 20, 1), Lanes::Units);
            assert_eq!(weight_gradient(32, outputs, 20, 1), Lanes::Units);
        }
    }
}
