//! burn with its own processor backend, Flex, and autodiff.

use burn::module::Initializer;
use burn::nn::loss::{BinaryCrossEntropyLossConfig, CrossEntropyLossConfig, MseLoss, Reduction};
use burn::nn::{Dropout, DropoutConfig, Linear, LinearConfig};
use burn::optim::{AdamConfig, GradientsParams, ModuleOptimizer, SgdConfig};
use burn::prelude::*;
use burn::tensor::{TensorData, activation};
use feedforward_bench_peers::{Data, Load, Peer, serve};

#[derive(Module, Debug)]
struct Mlp {
    layers: Vec<Linear>,
    dropout: Dropout,
}

struct Burn {
    load: Load,
    data: Data,
    device: Device,
    /// Taken out for a step: the optimizer takes a model and gives the next.
    model: Option<Mlp>,
    rule: ModuleOptimizer,
}

impl Burn {
    fn forward(&self, model: &Mlp, mut x: Tensor<2>) -> Tensor<2> {
        for (l, layer) in model.layers.iter().enumerate() {
            x = layer.forward(x);
            if l + 1 < model.layers.len() {
                x = if self.load.act == "tanh" { activation::tanh(x) } else { activation::relu(x) };
                if self.load.dropout > 0.0 {
                    x = model.dropout.forward(x);
                }
            }
        }
        x
    }

    fn loss(&self, z: Tensor<2>, y: Vec<f32>) -> Tensor<1> {
        let w = &self.load;
        let integers = || y.iter().map(|&c| c as i64).collect::<Vec<_>>();
        match w.loss.as_str() {
            "ce" => {
                let y = Tensor::<1, Int>::from_data(TensorData::new(integers(), [w.batch]), &self.device);
                CrossEntropyLossConfig::new().init(&self.device).forward(z, y)
            }
            "bce" => {
                let y = Tensor::<2, Int>::from_data(TensorData::new(integers(), [w.batch, 1]), &self.device);
                BinaryCrossEntropyLossConfig::new().with_logits(true).init(&self.device).forward(z, y)
            }
            _ => {
                let y = Tensor::<2>::from_data(TensorData::new(y, [w.batch, w.outputs()]), &self.device);
                MseLoss::new().forward(z, y, Reduction::Mean)
            }
        }
    }

    fn step(&mut self, s: usize) -> Tensor<1> {
        let w = &self.load;
        let (x, y) = self.data.batch(w, s);
        let x = Tensor::<2>::from_data(TensorData::new(x, [w.batch, w.inputs()]), &self.device);
        let model = self.model.take().expect("the model is back after every step");
        let j = self.loss(self.forward(&model, x), y);
        let gradients = GradientsParams::from_grads(j.backward(), &model);
        self.model = Some(self.rule.step(w.lr, model, gradients));
        j
    }
}

impl Peer for Burn {
    fn load(load: Load) -> Self {
        let device = Device::flex().autodiff();
        device.seed(3);
        let layers = load.dims.windows(2).map(|d| {
            LinearConfig::new(d[0], d[1])
                .with_initializer(Initializer::XavierUniform { gain: 1.0 })
                .init(&device)
        });
        let model = Mlp { layers: layers.collect(), dropout: DropoutConfig::new(load.dropout).init() };
        assert!(load.momentum == 0.0, "no workload of burn has momentum");
        let rule = if load.opt == "adam" {
            AdamConfig::new().with_epsilon(1e-8).init()
        } else {
            SgdConfig::new().init()
        };
        Self { data: Data::new(&load), load, device, model: Some(model), rule }
    }

    fn epoch(&mut self) -> f64 {
        self.data.shuffle();
        let mut last = None;
        for s in 0..self.load.rows / self.load.batch {
            last = Some(self.step(s));
        }
        last.map_or(f64::NAN, |l| f64::from(l.into_scalar::<f32>()))
    }
}

fn main() {
    serve::<Burn>("burn", "0.22.1 flex");
}
