//! What both Rust peers share: the workload, its data, and the conversation with `bench/run` (see `bench/README.md`,
//! "How a peer talks").

use std::fs;
use std::io::{BufRead, Write};
use std::time::Instant;

/// One workload, as `load` gives it.
#[derive(Clone, Debug)]
pub struct Load {
    pub dims: Vec<usize>,
    pub act: String,
    pub loss: String,
    pub opt: String,
    pub lr: f64,
    pub momentum: f64,
    pub dropout: f64,
    pub batch: usize,
    pub rows: usize,
}

impl Load {
    /// From `dims=2,16,16,1 act=tanh ...`.
    fn parse(text: &str) -> Option<Self> {
        let get = |key: &str| {
            text.split_whitespace().find_map(|w| w.strip_prefix(key)?.strip_prefix('=')).map(str::to_string)
        };
        Some(Self {
            dims: get("dims")?.split(',').map(|d| d.parse().ok()).collect::<Option<_>>()?,
            act: get("act")?,
            loss: get("loss")?,
            opt: get("opt")?,
            lr: get("lr")?.parse().ok()?,
            momentum: get("momentum")?.parse().ok()?,
            dropout: get("dropout")?.parse().ok()?,
            batch: get("batch")?.parse().ok()?,
            rows: get("rows")?.parse().ok()?,
        })
    }

    pub fn inputs(&self) -> usize {
        self.dims[0]
    }

    pub fn outputs(&self) -> usize {
        self.dims[self.dims.len() - 1]
    }
}

/// splitmix64: enough for data and orders.
pub struct Rng(pub u64);

impl Rng {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ (x >> 31)
    }

    /// In [-1, 1).
    pub fn uniform(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    }

    /// Nearly normal: the sum of twelve uniforms.
    pub fn normal(&mut self) -> f32 {
        (0..12).map(|_| self.uniform()).sum::<f32>() * 0.5
    }
}

/// Zero-mean rows and targets of a random teacher; `y` holds numbers (mse), 0 or 1 (bce) or a class (ce).
pub struct Data {
    pub x: Vec<f32>,
    pub y: Vec<f32>,
    order: Vec<usize>,
    rng: Rng,
}

impl Data {
    pub fn new(w: &Load) -> Self {
        let mut rng = Rng(7);
        let (d, k) = (w.inputs(), w.outputs());
        let scale = if d == 784 { 0.5 } else { 1.0 };
        let x: Vec<f32> = (0..w.rows * d).map(|_| rng.normal() * scale).collect();
        let teacher: Vec<f32> = (0..d * k).map(|_| rng.normal() / (d as f32).sqrt()).collect();
        let mut y = Vec::new();
        for row in x.chunks(d) {
            let z: Vec<f32> =
                (0..k).map(|j| row.iter().enumerate().map(|(i, v)| v * teacher[i * k + j]).sum()).collect();
            match w.loss.as_str() {
                "ce" => y.push((0..k).max_by(|&a, &b| z[a].total_cmp(&z[b])).unwrap_or(0) as f32),
                "bce" => y.push(if z[0] + row[0] * row[1] > 0.0 { 1.0 } else { 0.0 }),
                _ => y.extend(z.iter().map(|v| v.tanh())),
            }
        }
        Self { x, y, order: (0..w.rows).collect(), rng }
    }

    pub fn shuffle(&mut self) {
        for i in (1..self.order.len()).rev() {
            let j = (self.rng.next() % (i as u64 + 1)) as usize;
            self.order.swap(i, j);
        }
    }

    /// The rows and targets of batch `s` of the current order.
    pub fn batch(&self, w: &Load, s: usize) -> (Vec<f32>, Vec<f32>) {
        let (d, k) = (w.inputs(), self.y.len() / w.rows);
        let rows = &self.order[s * w.batch..(s + 1) * w.batch];
        let mut x = Vec::with_capacity(w.batch * d);
        let mut y = Vec::with_capacity(w.batch * k);
        for &r in rows {
            x.extend_from_slice(&self.x[r * d..(r + 1) * d]);
            y.extend_from_slice(&self.y[r * k..(r + 1) * k]);
        }
        (x, y)
    }
}

/// A framework under test, holding one workload.
pub trait Peer {
    fn load(load: Load) -> Self;
    /// One epoch; the loss of its last batch.
    fn epoch(&mut self) -> f64;
}

fn status(key: &str) -> f64 {
    let text = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find(|l| l.starts_with(key)).unwrap_or("");
    line.split_whitespace().nth(1).and_then(|n| n.parse::<f64>().ok()).unwrap_or(f64::NAN) / 1024.0
}

fn time<P: Peer>(peer: &mut P, loss: &mut f64, numbers: &[f64]) -> Vec<f64> {
    let (warm, least, count) = (numbers[0], numbers[1], numbers[2] as usize);
    let start = Instant::now();
    while start.elapsed().as_secs_f64() < warm {
        *loss = peer.epoch();
    }
    let mut times: Vec<f64> = Vec::new();
    while times.len() < count || times.iter().sum::<f64>() < least {
        let start = Instant::now();
        *loss = peer.epoch();
        times.push(start.elapsed().as_secs_f64());
    }
    times
}

/// Answers the commands on standard input until it ends.
pub fn serve<P: Peer>(name: &str, version: &str) {
    let reply = |text: String| {
        println!("{text}");
        std::io::stdout().flush().expect("bench/run reads our output");
    };
    let base = status("VmRSS");
    reply(format!("{{\"framework\":\"{name}\",\"version\":\"{version}\"}}"));
    let (mut peer, mut load, mut loss) = (None::<P>, None::<Load>, f64::NAN);
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let (command, rest) = line.split_once(' ').unwrap_or((&line, ""));
        let numbers: Vec<f64> = rest.split_whitespace().filter_map(|n| n.parse().ok()).collect();
        match command {
            "load" => {
                peer = None;
                load = Load::parse(rest);
                reply(format!("{{\"ok\":{}}}", load.is_some()));
            }
            "make" => {
                let start = Instant::now();
                let mut p = P::load(load.clone().expect("load comes before make"));
                loss = p.epoch();
                peer = Some(p);
                reply(format!("{{\"seconds\":{}}}", start.elapsed().as_secs_f64()));
            }
            "time" => {
                let p = peer.as_mut().expect("make comes before time");
                reply(format!("{{\"seconds\":{:?}}}", time(p, &mut loss, &numbers)));
            }
            "loss" if loss.is_finite() => reply(format!("{{\"loss\":{loss}}}")),
            "loss" => reply("{\"loss\":null}".into()),
            "memory" => reply(format!("{{\"base_mb\":{base},\"peak_mb\":{}}}", status("VmHWM"))),
            other => reply(format!("{{\"error\":\"unknown command {other}\"}}")),
        }
    }
}
