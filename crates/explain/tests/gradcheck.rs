//! The gradient check: what is right passes, the lectures' mistakes are caught, kinks are told apart.

use feedforward_base::Dice;
use feedforward_explain::gradcheck::{Kind, Options, Problem, Report, Verdict, check, engine_gradient};
use feedforward_explain::{Example, Samples};
use feedforward_network::reference::{self, Dense, Truth};
use feedforward_network::{Activation, Layout, Loss, Optimizer, Penalty, Spec};

const ALL: Options = Options { each: None, seed: 0 };

fn problem(spec: Spec, rows: usize, seed: u64) -> Problem {
    let layout = Layout::new(&spec);
    let mut theta = layout.to_reference(&layout.initial::<f64>(&spec, Dice::new(seed)));
    for layer in &mut theta {
        // Biases start at 0; other values find more mistakes.
        layer.b.iter_mut().zip(1..).for_each(|(b, i)| *b += 0.05 * f64::from(i % 5 - 2));
    }
    let samples = Samples::random(&spec, rows, Dice::new(seed + 1));
    Problem { title: spec.shape(), spec, theta, samples }
}

fn regression(hidden: Activation) -> Problem {
    problem(Spec::new(&[3, 5, 4, 2], hidden, Loss::SquaredError), 6, 3)
}

fn engine(problem: &Problem) -> Report {
    check(problem, &engine_gradient::<f64>, Some(&engine_gradient::<f32>), ALL).unwrap()
}

/// Backward by hand from the twin's z and a, with a slope that a test may spoil. With `eta` the weights are updated
/// before they are used, as the pseudo-code does it.
fn by_hand(problem: &Problem, slope: &dyn Fn(f64, f64) -> f64, eta: Option<f64>) -> Vec<Dense> {
    let Problem { spec, theta, samples, .. } = problem;
    let shares = samples.shares();
    let twin = reference::step(spec, theta, &samples.x, &samples.y, &shares, &|_, _, _| 1.0);
    let mut gradient: Vec<Dense> = theta
        .iter()
        .map(|d| Dense {
            w: vec![vec![0.0; d.w[0].len()]; d.w.len()],
            b: vec![0.0; d.b.len()],
            own: Vec::new(),
        })
        .collect();
    for ((passage, y), share) in twin.passages.iter().zip(&samples.y).zip(&shares) {
        let Truth::Values(y) = y else { panic!("values") };
        let last = theta.len();
        let mut delta: Vec<f64> = passage.a[last].iter().zip(y).map(|(a, y)| a - y).collect();
        for l in (1..=last).rev() {
            let (mut w, a) = (theta[l - 1].w.clone(), &passage.a[l - 1]);
            for (j, d) in delta.iter().enumerate() {
                gradient[l - 1].b[j] += share * d;
                for k in 0..a.len() {
                    gradient[l - 1].w[j][k] += share * d * a[k];
                    w[j][k] -= eta.unwrap_or(0.0) * d * a[k];
                }
            }
            if l > 1 {
                let pulled = |k: usize| delta.iter().zip(&w).map(|(d, row)| d * row[k]).sum::<f64>();
                let z = &passage.z[l - 1];
                delta = (0..a.len()).map(|k| pulled(k) * slope(z[k], a[k])).collect();
            }
        }
    }
    gradient
}

fn planted(problem: &Problem, slope: &dyn Fn(f64, f64) -> f64, eta: Option<f64>) -> Report {
    check(problem, &|p| Ok(by_hand(p, slope, eta)), None, ALL).unwrap()
}

/// The right slope passes, the lecture's is caught, and only below the output layer, where slopes are used.
fn caught(problem: &Problem, right: &dyn Fn(f64, f64) -> f64, wrong: &dyn Fn(f64, f64) -> f64) {
    let good = planted(problem, right, None);
    assert!(good.holds, "{good}");
    let bad = planted(problem, wrong, None);
    assert!(!bad.holds && bad.worst[0].verdict == Verdict::Wrong, "{bad}");
    for group in &bad.groups {
        assert_eq!(group.wrong > 0, group.layer < problem.theta.len(), "{bad}");
    }
}

#[test]
fn e6_the_squared_slope_of_tanh_is_caught() {
    caught(&regression(Activation::Tanh), &|_, a| 1.0 - a * a, &|_, a| (1.0 - a * a).powi(2));
}

fn sigma(z: f64) -> f64 {
    1.0 / (1.0 + (-z).exp())
}

#[test]
fn e14_the_slope_of_swish_at_beta_z_is_caught() {
    let beta = 2.0;
    let g = move |z: f64| z * sigma(beta * z);
    let slope = move |z: f64, inner: f64| beta * g(inner) + sigma(beta * z) * (1.0 - beta * g(inner));
    let swish = "swish:2".parse().unwrap();
    caught(&regression(swish), &|z, _| slope(z, z), &|z, _| slope(z, beta * z));
}

#[test]
fn e13_an_absolute_value_with_a_of_plus_1_is_caught() {
    let slope = |a: f64| move |z: f64, _: f64| if z > 0.0 { 1.0 } else { a };
    caught(&regression("abs".parse().unwrap()), &slope(-1.0), &slope(1.0));
}

#[test]
fn e20_an_update_before_its_use_is_caught() {
    let slope = |z: f64, _: f64| if z > 0.0 { 1.0 } else { 0.0 };
    let setting = Example::Wang.setting(None);
    let wang =
        Problem { title: setting.title, spec: setting.spec, theta: setting.theta, samples: setting.samples };
    for problem in [wang, regression(Activation::Relu)] {
        let good = planted(&problem, &slope, None);
        assert!(good.holds, "{good}");
        let bad = planted(&problem, &slope, Some(0.1));
        assert!(!bad.holds && bad.groups[0].wrong > 0, "{bad}");
        assert_eq!(
            bad.groups.iter().filter(|g| g.layer == problem.theta.len()).map(|g| g.wrong).sum::<usize>(),
            0
        );
    }
}

#[test]
fn the_engine_passes_with_every_activation_and_loss() {
    let learns = |f: &&Activation| f.is_elementwise() && **f != Activation::Step;
    for (seed, &hidden) in (0..).zip(Activation::ALL.iter().filter(learns)) {
        let mut problem = regression(hidden);
        problem.samples = Samples::random(&problem.spec, 7, Dice::new(seed));
        let report = engine(&problem);
        assert!(report.holds && report.counts().1 * 5 < report.counts().0, "{hidden}\n{report}");
    }
    for (seed, &loss) in (50..).zip(Loss::ALL) {
        let units: &[usize] = if loss == Loss::Perceptron { &[4, 3] } else { &[4, 6, 3] };
        let mut spec = Spec::new(units, Activation::Tanh, loss);
        spec.optimizer = Optimizer::SGD;
        let report = engine(&problem(spec, 9, seed));
        assert!(report.holds, "{loss}\n{report}");
    }
}

#[test]
fn penalties_dropout_and_weights_belong_to_the_objective() {
    let mut spec = Spec::new(&[4, 8, 6, 3], Activation::Tanh, Loss::CrossEntropy);
    (spec.penalty, spec.label_smoothing) = (Penalty { l1: 0.01, l2: 0.1 }, 0.1);
    (spec.layers[0].dropout, spec.layers[1].dropout) = (0.3, 0.5);
    let mut problem = problem(spec, 8, 4);
    problem.samples.weights = Some((1..=8).map(f64::from).collect());
    let report = engine(&problem);
    assert!(report.holds, "{report}");
    // Without the penalty's part the same gradient is wrong.
    let mut bare = problem.clone();
    bare.spec.penalty = Penalty::default();
    let report = check(&problem, &|_| engine_gradient::<f64>(&bare), None, ALL).unwrap();
    assert!(!report.holds, "{report}");
}

#[test]
fn a_unit_at_its_kink_is_told_apart() {
    let mut problem = problem(Spec::new(&[1, 2, 1], Activation::Relu, Loss::SquaredError), 1, 5);
    problem.samples.x = vec![vec![0.0]];
    problem.theta[0].b = vec![0.0, 0.5];
    problem.theta[1].w = vec![vec![1.0, -2.0]];
    let report = engine(&problem);
    assert!(report.holds, "{report}");
    let kinks: Vec<_> = report.worst.iter().filter(|x| x.verdict == Verdict::Kink).collect();
    assert_eq!(kinks.len(), 1, "{report}");
    assert_eq!((kinks[0].layer, kinks[0].kind, kinks[0].unit), (1, Kind::Bias, 1));
    // To the left the unit is dead, to the right it pulls.
    let (left, right) = kinks[0].sides.unwrap();
    assert!(left.abs() < 1e-6 && right.abs() > 1e-3, "{left} {right}");
}

#[test]
fn a_layer_of_kinks_alone_does_not_pass() {
    let mut problem = problem(Spec::new(&[1, 1, 1], Activation::Relu, Loss::SquaredError), 1, 5);
    problem.samples.x = vec![vec![0.0]];
    problem.theta[0].b = vec![0.0];
    let report = engine(&problem);
    assert!(!report.holds && report.counts().2 == 0, "{report}");
}

#[test]
fn a_weight_of_0_stands_at_the_kink_of_the_l1_penalty() {
    let mut problem = regression(Activation::Tanh);
    problem.spec.penalty.l1 = 0.1;
    problem.theta[1].w[2][3] = 0.0;
    let report = engine(&problem);
    assert!(report.holds, "{report}");
    assert_eq!(report.counts().1, 1, "{report}");
}

#[test]
fn a_share_of_the_parameters_is_drawn_and_the_same_each_time() {
    let problem = problem(Spec::new(&[30, 40, 3], Activation::Relu, Loss::CrossEntropy), 4, 8);
    let options = |seed| Options { each: Some(20), seed };
    let report = |seed| check(&problem, &engine_gradient::<f64>, None, options(seed)).unwrap();
    let first = report(1);
    assert!(first.holds, "{first}");
    assert_eq!(first.groups.iter().map(|g| g.checked).collect::<Vec<_>>(), [20, 20, 20, 3]);
    assert_eq!((first.groups[0].parameters, &first), (1200, &report(1)));
    assert_ne!(first.worst, report(2).worst);
}

#[test]
fn large_inputs_are_no_errors() {
    let mut problem = regression(Activation::Tanh);
    problem.samples.x.iter_mut().flatten().for_each(|x| *x *= 200.0);
    problem.theta[0].w.iter_mut().flatten().for_each(|w| *w *= 0.005);
    let report = engine(&problem);
    assert!(report.holds, "{report}");
}
