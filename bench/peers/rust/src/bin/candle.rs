//! candle on the processor: `VarMap`-style parameters, its own losses, SGD or AdamW without decay.

use candle_core::{Device, Tensor, Var};
use candle_nn::{AdamW, Optimizer, ParamsAdamW, SGD, loss, ops};
use feedforward_bench_peers::{Data, Load, Peer, Rng, serve};

enum Rule {
    Sgd(SGD),
    Adam(AdamW),
}

struct Candle {
    load: Load,
    data: Data,
    vars: Vec<Var>,
    rule: Rule,
}

impl Candle {
    fn forward(&self, mut x: Tensor) -> candle_core::Result<Tensor> {
        let layers = self.vars.len() / 2;
        for l in 0..layers {
            x = x.matmul(&self.vars[2 * l].t()?)?.broadcast_add(&self.vars[2 * l + 1])?;
            if l + 1 < layers {
                x = if self.load.act == "tanh" { x.tanh()? } else { x.relu()? };
                if self.load.dropout > 0.0 {
                    x = ops::dropout(&x, self.load.dropout as f32)?;
                }
            }
        }
        Ok(x)
    }

    fn step(&mut self, s: usize) -> candle_core::Result<Tensor> {
        let w = &self.load;
        let (x, y) = self.data.batch(w, s);
        let z = self.forward(Tensor::from_vec(x, (w.batch, w.inputs()), &Device::Cpu)?)?;
        let j = if w.loss == "ce" {
            let classes = y.iter().map(|&c| c as u32).collect();
            loss::cross_entropy(&z, &Tensor::from_vec(classes, w.batch, &Device::Cpu)?)?
        } else {
            let y = Tensor::from_vec(y, (w.batch, w.outputs()), &Device::Cpu)?;
            if w.loss == "bce" { loss::binary_cross_entropy_with_logit(&z, &y)? } else { loss::mse(&z, &y)? }
        };
        match &mut self.rule {
            Rule::Sgd(r) => r.backward_step(&j)?,
            Rule::Adam(r) => r.backward_step(&j)?,
        }
        Ok(j)
    }
}

impl Peer for Candle {
    fn load(load: Load) -> Self {
        let mut rng = Rng(3);
        let mut vars = Vec::new();
        for d in load.dims.windows(2) {
            let limit = (6.0 / (d[0] + d[1]) as f32).sqrt();
            let w = (0..d[0] * d[1]).map(|_| rng.uniform() * limit).collect();
            vars.push(Var::from_vec(w, (d[1], d[0]), &Device::Cpu).expect("a matrix"));
            vars.push(Var::from_vec(vec![0f32; d[1]], d[1], &Device::Cpu).expect("a row"));
        }
        let rule = if load.opt == "adam" {
            let p = ParamsAdamW { lr: load.lr, weight_decay: 0.0, ..Default::default() };
            Rule::Adam(AdamW::new(vars.clone(), p).expect("parameters of f32"))
        } else {
            assert!(load.momentum == 0.0, "candle's SGD has no momentum");
            Rule::Sgd(SGD::new(vars.clone(), load.lr).expect("parameters of f32"))
        };
        Self { data: Data::new(&load), load, vars, rule }
    }

    fn epoch(&mut self) -> f64 {
        self.data.shuffle();
        let mut last = None;
        for s in 0..self.load.rows / self.load.batch {
            last = Some(self.step(s).expect("a step of candle"));
        }
        last.and_then(|l| l.to_scalar::<f32>().ok()).map_or(f64::NAN, f64::from)
    }
}

fn main() {
    serve::<Candle>("candle", "0.11.1");
}
