//! Prints the speed of the three products, in 10⁹ floating-point operations per second.
//!
//! cargo run --release -p feedforward-kernels --example gflops [threads]

use feedforward_base::{Batch, BatchMut, Dice, Purpose};
use feedforward_kernels::{Arch, Element, Identity, Kernels, Scratch, Store, Weights};
use std::time::{Duration, Instant};

fn main() {
    let threads = std::env::args().nth(1).map_or(1, |t| t.parse().expect("a number of threads"));
    println!(
        "{:7} {:4} {:>15} {:>9} {:>9} {:>9}",
        "arch", "", "m, n_in, n_out", "affine", "pull", "gradient"
    );
    for arch in
        Arch::available().into_iter().filter(|a| std::env::args().nth(2).is_none_or(|n| n == a.name()))
    {
        for shape in [
            [32, 784, 512],
            [128, 784, 512],
            [128, 512, 10],
            [10, 16, 16],
            [1024, 784, 512],
            [1024, 4096, 4096],
        ] {
            row::<f32>(arch, threads, shape);
        }
        row::<f64>(arch, threads, [128, 784, 512]);
    }
}

fn row<T: Element>(arch: Arch, threads: usize, [m, inputs, outputs]: [usize; 3]) {
    let stream = Dice::new(1).stream(Purpose::Experiment, &[]);
    let numbers = |n: usize| (0..n as u64).map(|i| T::from_f64(stream.uniform(i))).collect::<Vec<T>>();
    let (a, delta, b) = (numbers(m * inputs), numbers(m * outputs), numbers(outputs));
    let (w, mut z, mut out) = (numbers(inputs * outputs), numbers(m * outputs), numbers(m * inputs));
    let mut g = w.clone();
    let (a, delta) = (Batch::new(&a, m, inputs), Batch::new(&delta, m, outputs));
    let w = Weights::new(&w, outputs, inputs);
    let mut scratch = Scratch::new();
    let kernels = Kernels::new(arch, threads).expect("an instruction set that is there");
    let flops = (2 * m * inputs * outputs) as f64;
    let speed =
        |f: &mut dyn FnMut()| flops / fastest(if flops > 1e10 { 1 } else { 50 }, f).as_secs_f64() * 1e-9;
    let affine = speed(&mut || kernels.affine(a, w, &b, BatchMut::new(&mut z, m, outputs), &Identity));
    let out = &mut out;
    let pull = speed(&mut || {
        kernels.pull_back(delta, w, BatchMut::new(out, m, inputs), &Identity, &mut scratch);
    });
    let gradient = speed(&mut || kernels.weight_gradient(delta, a, Store(&mut g)));
    let shape = format!("{m}, {inputs}, {outputs}");
    println!("{:7} {:4} {shape:>15} {affine:9.1} {pull:9.1} {gradient:9.1}", arch.name(), T::NAME);
}

/// The time of one call: the least of 15 groups, so that other work of the machine does not count.
fn fastest(n: u32, f: &mut dyn FnMut()) -> Duration {
    let group = |f: &mut dyn FnMut()| {
        let start = Instant::now();
        (0..n).for_each(|_| f());
        start.elapsed() / n
    };
    (0..15).map(|_| group(f)).min().unwrap_or_default()
}
