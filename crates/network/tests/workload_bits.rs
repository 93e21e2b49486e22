//! The workloads that the project is measured by give the same θ on every instruction set and any number of
//! threads, with dropout on every hidden layer; and a row gets the same answer alone as inside any batch.

mod common;

use common::{Engine, when};
use feedforward_base::{Batch, Dice, Purpose, dice::mix};
use feedforward_kernels::{Arch, Kernels};
use feedforward_network::step::{self, Labels};
use feedforward_network::{Activation, Loss, Optimizer, Spec, Target};

const ROWS: usize = 300;
const THREADS: [usize; 4] = [1, 2, 3, 7];

/// A network in training, and for how long.
struct Workload {
    spec: Spec,
    batch: usize,
    steps: usize,
}

impl Workload {
    fn new(units: &[usize], hidden: Activation, loss: Loss, optimizer: Optimizer, batch: usize) -> Self {
        let mut spec = Spec::new(units, hidden, loss);
        spec.optimizer = optimizer;
        let layers = spec.layers.len();
        for layer in &mut spec.layers[..layers - 1] {
            layer.dropout = 0.2;
        }
        Workload { spec, batch, steps: 200 }
    }
    fn steps(self, steps: usize) -> Self {
        Workload { steps, ..self }
    }
    fn name(&self) -> String {
        format!("{}, batch {}, {} steps", self.spec.shape(), self.batch, self.steps)
    }
    /// A hash of all bits of θ and of the losses on the way.
    fn hash(&self, arch: Arch, threads: usize) -> u64 {
        let mut engine = Engine::<f32>::new(&self.spec, self.batch, arch, threads);
        let (table, classes) = (Table::new(&self.spec), classes(&self.spec));
        let mut hash = 0;
        for step in 0..self.steps {
            let rows = self.rows(step);
            engine.kernels.gather(table.x(), &rows, engine.tape.input(rows.len()));
            let own: Vec<u32> = rows.iter().map(|&r| classes[r as usize]).collect();
            let values: Vec<f32> = rows.iter().flat_map(|&r| table.y(r as usize)).copied().collect();
            let target = match self.spec.loss {
                Loss::CrossEntropy => Target::Classes(&own),
                _ => Target::Values(Batch::new(&values, rows.len(), self.spec.outputs())),
            };
            let Engine { plan, kernels, parameters, tape, .. } = &mut engine;
            let when = step::When { eta: 0.01, ..when(step as u64 + 1) };
            let labels = Labels { target, weights: None };
            let loss = step::train(plan, kernels, parameters, tape, labels, &when);
            assert!(loss.is_finite(), "{}: step {step} has loss {loss}", self.name());
            hash = mix(hash ^ loss.to_bits());
        }
        engine.parameters.theta.iter().fold(hash, |hash, w| mix(hash ^ u64::from(w.to_bits())))
    }
    /// The rows of a step: a shuffled table, over and over; each fifth batch is smaller, as the last of an epoch.
    fn rows(&self, step: usize) -> Vec<u32> {
        let m = if step % 5 == 4 { self.batch.div_ceil(3) } else { self.batch };
        let mut order: Vec<u32> = (0..m.max(ROWS) as u32).map(|i| i % ROWS as u32).collect();
        Dice::new(9).stream(Purpose::Shuffle, &[step as u64]).shuffle(&mut order);
        order.truncate(m);
        order
    }
    fn check(&self, archs: &[Arch]) {
        let start = std::time::Instant::now();
        let want = self.hash(archs[0], 1);
        for &arch in archs {
            for threads in THREADS {
                let name = format!("{} on {}, {threads} threads", self.name(), arch.name());
                assert_eq!(self.hash(arch, threads), want, "{name}");
            }
        }
        println!("{}: {want:#x} everywhere, {:.1} s", self.name(), start.elapsed().as_secs_f64());
    }
}

/// Made samples: uniform numbers, a third of them 0 as in images, and targets that are functions of them.
struct Table {
    x: Vec<f32>,
    y: Vec<f32>,
    inputs: usize,
    outputs: usize,
}

impl Table {
    fn new(spec: &Spec) -> Self {
        let (inputs, outputs) = (spec.inputs, spec.outputs());
        let draws = Dice::new(8).stream(Purpose::Experiment, &[]);
        let number = |i| (draws.uniform(i) as f32 * 1.5 - 0.5).max(0.0);
        let x: Vec<f32> = (0..(ROWS * inputs) as u64).map(number).collect();
        let target = |i: usize| {
            let row = &x[i / outputs * inputs..][..inputs];
            let z = row[i % outputs % inputs] - row[(i % outputs + 1) % inputs];
            if spec.loss == Loss::BinaryCrossEntropy { f32::from(z > 0.0) } else { z }
        };
        let y = (0..ROWS * outputs).map(target).collect();
        Table { x, y, inputs, outputs }
    }
    fn x(&self) -> Batch<'_, f32> {
        Batch::new(&self.x, ROWS, self.inputs)
    }
    fn y(&self, row: usize) -> &[f32] {
        &self.y[row * self.outputs..][..self.outputs]
    }
}

/// A class for every row.
fn classes(spec: &Spec) -> Vec<u32> {
    (0..ROWS as u32).map(|r| r % spec.outputs() as u32).collect()
}

fn w1(batch: usize) -> Workload {
    Workload::new(&[784, 512, 10], Activation::Relu, Loss::CrossEntropy, Optimizer::ADAM, batch)
}

fn w2() -> Workload {
    Workload::new(&[784, 10], Activation::Relu, Loss::CrossEntropy, Optimizer::MOMENTUM, 32)
}

fn w3(batch: usize) -> Workload {
    Workload::new(&[16, 64, 64, 1], Activation::Relu, Loss::SquaredError, Optimizer::ADAM, batch)
}

fn w4() -> Workload {
    Workload::new(&[2, 16, 16, 1], Activation::Tanh, Loss::BinaryCrossEntropy, Optimizer::SGD, 10)
}

fn w5() -> Workload {
    let units = [28, 300, 300, 300, 300, 300, 1];
    Workload::new(&units, Activation::Tanh, Loss::BinaryCrossEntropy, Optimizer::ADAM, 100)
}

fn w6() -> Workload {
    let units = [1024, 4096, 4096, 1024];
    Workload::new(&units, Activation::Relu, Loss::SquaredError, Optimizer::MOMENTUM, 1024)
}

#[test]
fn the_same_bits_in_digits() {
    w1(32).check(&Arch::available());
    w2().check(&Arch::available());
}

#[test]
fn the_same_bits_in_small_networks() {
    w3(32).check(&Arch::available());
    w3(256).check(&Arch::available());
    w4().check(&Arch::available());
}

#[test]
fn the_same_bits_in_deep_networks() {
    w5().steps(60).check(&Arch::available());
}

#[test]
#[ignore = "minutes; run before a release"]
fn the_same_bits_after_200_steps() {
    for workload in [w1(32), w1(128), w2(), w3(32), w3(256), w4(), w5()] {
        workload.check(&Arch::available());
    }
    // 200 steps would take the scalar path ten minutes.
    w1(1024).steps(10).check(&Arch::available());
    w1(1024).check(&vectors());
}

/// Without the scalar path, which would take an hour.
#[test]
#[ignore = "minutes; run before a release"]
fn the_same_bits_in_wide_networks() {
    w6().steps(3).check(&vectors());
}

/// The instruction sets with vectors, or the scalar one where there is none.
fn vectors() -> Vec<Arch> {
    let all = Arch::available();
    all[1.min(all.len() - 1)..].to_vec()
}

/// What training makes, on every machine: a change here changes every trained model.
#[test]
fn the_trained_bits_never_change() {
    assert_eq!(w4().hash(Arch::best(), 1), 6_381_696_655_354_359_017);
    assert_eq!(w3(32).steps(20).hash(Arch::best(), 2), 443_925_639_508_239_188);
}

/// The answers to the rows `first`, `first + 1`, … of the table.
fn answers(engine: &mut Engine<f32>, table: &Table, first: usize, m: usize) -> Vec<u32> {
    let rows: Vec<u32> = (0..m).map(|r| ((first + r) % ROWS) as u32).collect();
    engine.kernels.gather(table.x(), &rows, engine.tape.input(m));
    step::forward(&engine.plan, &engine.kernels, &engine.parameters.theta, &mut engine.tape, m);
    engine.tape.output(m).data().iter().map(|a| a.to_bits()).collect()
}

#[test]
fn a_row_alone_gets_the_bits_that_it_gets_inside_any_batch() {
    for workload in [w1(32), w3(32), w5()] {
        let (spec, table, n) = (&workload.spec, Table::new(&workload.spec), workload.spec.outputs());
        let mut one = Engine::<f32>::new(spec, 1, Arch::Scalar, 1);
        let alone: Vec<Vec<u32>> = (0..ROWS).map(|r| answers(&mut one, &table, r, 1)).collect();
        for arch in Arch::available() {
            let mut large = Engine::<f32>::new(spec, ROWS, arch, 1);
            for threads in [1, 2] {
                large.kernels = Kernels::new(arch, threads).expect("the machine has it");
                for m in [1, 2, 7, 16, 33, 64, 100, 200, 257] {
                    let mut exact = Engine::<f32>::new(spec, m, arch, threads);
                    // The first rows stand elsewhere in each batch; for some m they come after the others.
                    for (engine, first) in [(&mut large, 3 * m), (&mut exact, ROWS - m / 2)] {
                        for (r, a) in answers(engine, &table, first, m).chunks(n).enumerate() {
                            let name = format!("{} on {}, {threads} threads", workload.name(), arch.name());
                            assert_eq!(a, alone[(first + r) % ROWS], "{name}: row {r} of {m}");
                        }
                    }
                }
            }
        }
    }
}
