//! Checkpoints: the state of a run as the bytes of a file, and back.
//!
//! A safetensors file as a model is one ([`crate::model_file`]), with the format `feedforward checkpoint 1`. Its tensors,
//! flat and in the layout of [`feedforward_network::Layout`], are for each network k `networks.k.theta` and
//! `networks.k.slots`, then `best.k` and, in a last training on all rows, `first.k`: what the training before it has left.
//! Its metadata hold the rest as JSON. Only the program that wrote it reads it.

use crate::container::{Content, Texts, damaged, json, pack, parse, unpack};
use crate::diagnosis::Warning;
use crate::event::{Ending, EpochRecord};
use crate::state::{Here, NetworkState, Rest, State};
use crate::stop::Best;
use crate::trainer::Trained;
use feedforward_base::Result;
use feedforward_kernels::Element;
use feedforward_network::optimizer::search::HISTORY;
use feedforward_network::{Parameters, Plan};
use safetensors::Dtype;
use safetensors::tensor::TensorInfo;
use serde::{Deserialize, Serialize};

/// The `format` of the files.
pub const FORMAT: &str = "feedforward checkpoint 1";

/// How far a run is.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot<T> {
    /// The training in hand.
    pub state: State<T>,
    /// What the training before the last one, on all rows, has left; `None` before that.
    pub first: Option<Trained<T>>,
}

/// What is not tensors.
#[derive(Serialize, Deserialize, PartialEq)]
struct Facts {
    here: Here,
    epochs: Vec<EpochRecord>,
    best: BestFacts,
    networks: Vec<NetworkFacts>,
    first: Option<FirstFacts>,
    #[serde(default)]
    warnings: Vec<Warning>,
}

#[derive(Serialize, Deserialize, PartialEq)]
struct BestFacts {
    epoch: u64,
    loss: Option<f64>,
    kept: bool,
}

#[derive(Serialize, Deserialize, PartialEq)]
struct NetworkFacts {
    t: u64,
    rest: Rest,
}

#[derive(Serialize, Deserialize, PartialEq)]
struct FirstFacts {
    epochs: Vec<EpochRecord>,
    kept_epoch: u64,
    ending: Ending,
    #[serde(default)]
    warnings: Vec<Warning>,
}

/// The bytes of a checkpoint.
///
/// # Errors
/// A number of the history that is not finite.
pub fn to_bytes<T: Element>(state: &State<T>, first: Option<&Trained<T>>) -> Result<Vec<u8>> {
    let best = &state.best;
    let network = |n: &NetworkState<T>| NetworkFacts { t: n.parameters.t, rest: n.rest };
    let facts = Facts {
        here: state.here,
        epochs: state.epochs.clone(),
        best: BestFacts { epoch: best.epoch, loss: best.loss, kept: best.thetas.is_some() },
        networks: state.networks.iter().map(network).collect(),
        first: first.map(|first| FirstFacts {
            epochs: first.epochs.clone(),
            kept_epoch: first.kept_epoch,
            ending: first.ending,
            warnings: first.warnings.clone(),
        }),
        warnings: state.warnings.clone(),
    };
    let mut texts = Texts::new();
    texts.insert("format".into(), FORMAT.into());
    texts.insert("program".into(), crate::PROGRAM.into());
    texts.insert("state".into(), json("state of the run", &facts)?);
    let mut tensors = Tensors::<T>::default();
    for (k, NetworkState { parameters, .. }) in state.networks.iter().enumerate() {
        tensors.add(format!("networks.{k}.theta"), &parameters.theta);
        tensors.add(format!("networks.{k}.slots"), &parameters.slots);
    }
    let first = first.map(|first| &first.thetas);
    for (name, thetas) in [("best", best.thetas.as_ref()), ("first", first)] {
        for (k, theta) in thetas.into_iter().flatten().enumerate() {
            tensors.add(format!("{name}.{k}"), theta);
        }
    }
    pack(texts, tensors.infos, &tensors.data)
}

/// A checkpoint from a source of `len` bytes, of a run whose networks have these plans: those that are trained first,
/// and the one that learns from all rows in the end.
///
/// # Errors
/// [`feedforward_base::ErrorKind::Damaged`]: it is cut, changed, of another program or of another run.
pub fn read<T: Element>(
    source: impl std::io::Read,
    len: u64,
    first_plans: &[&Plan],
    last_plan: &Plan,
) -> Result<Snapshot<T>> {
    let Content { header, texts, data } = unpack(source, len, FORMAT, "it is no checkpoint")?;
    if texts.get("program").map(String::as_str) != Some(crate::PROGRAM) {
        return Err(damaged("it is of another version of feedforward"));
    }
    let facts: Facts = parse(&texts, "state")?;
    let plans = if facts.first.is_some() { &[last_plan] } else { first_plans };
    check(&facts, plans)?;
    let take = |name: String, len: usize| -> Result<Vec<T>> {
        let found = header.info(&name).filter(|t| t.dtype == dtype::<T>() && t.shape == [len]);
        let found = found.ok_or_else(|| damaged(format!("its `{name}` is of another run")))?;
        let (start, end) = found.data_offsets;
        Ok(data[start..end].chunks_exact(T::BYTES).map(T::read_le).collect())
    };
    let thetas = |name: &str, plans: &[&Plan]| {
        let theta = |(k, plan): (usize, &&Plan)| take(format!("{name}.{k}"), parameters(plan));
        plans.iter().enumerate().map(theta).collect::<Result<Vec<_>>>()
    };
    let network = |(k, (plan, n)): (usize, (&&Plan, &NetworkFacts))| {
        let (len, slots) = (parameters(plan), plan.spec().optimizer.slots());
        let theta = take(format!("networks.{k}.theta"), len)?;
        let slots = take(format!("networks.{k}.slots"), slots * len)?;
        Ok(NetworkState { parameters: Parameters { theta, slots, t: n.t }, rest: n.rest })
    };
    let networks = plans.iter().zip(&facts.networks).enumerate().map(network).collect::<Result<_>>()?;
    let BestFacts { epoch, loss, kept } = facts.best;
    let best = Best { epoch, loss, thetas: kept.then(|| thetas("best", plans)).transpose()? };
    let first = facts.first.map(|FirstFacts { epochs, kept_epoch, ending, warnings }| {
        let thetas = thetas("first", first_plans)?;
        Ok(Trained { thetas, epochs, kept_epoch, ending, warnings })
    });
    let state = State { networks, best, epochs: facts.epochs, here: facts.here, warnings: facts.warnings };
    Ok(Snapshot { state, first: first.transpose()? })
}

/// The most steps of a run: with so many, no count of it can run over. At a million steps a second it takes 285 years.
const MOST_STEPS: u64 = 1 << 53;

/// The facts agree with each other and with the networks.
fn check(facts: &Facts, plans: &[&Plan]) -> Result<()> {
    let Facts { here, epochs, best, networks, first, .. } = facts;
    let done = epochs.len() as u64;
    let counted = |epochs: &[EpochRecord]| epochs.iter().zip(1..).all(|(e, number)| e.epoch == number);
    let network = |n: &NetworkFacts| {
        let Rest { slowed, search, .. } = &n.rest;
        let counts = n.t < MOST_STEPS && search.iterations < MOST_STEPS && slowed.waited < MOST_STEPS;
        counts && search.pairs <= HISTORY && search.next < HISTORY
    };
    // The last training takes as many epochs as the one before has kept: at its end there is nothing to go on with.
    let within = |f: &FirstFacts| {
        let more = done < f.kept_epoch || done == f.kept_epoch && done > 0 && here.is_beginning();
        counted(&f.epochs) && f.kept_epoch <= f.epochs.len() as u64 && more
    };
    let holds = networks.len() == plans.len()
        && here.network < networks.len()
        && here.step < MOST_STEPS
        && here.epoch == done + 1
        && counted(epochs)
        && best.epoch <= done
        && networks.iter().all(network)
        && first.as_ref().is_none_or(within);
    if holds { Ok(()) } else { Err(damaged("it is of another run")) }
}

fn parameters(plan: &Plan) -> usize {
    plan.layout().parameters()
}

fn dtype<T: Element>() -> Dtype {
    if T::BYTES == 8 { Dtype::F64 } else { Dtype::F32 }
}

/// Tensors one after the other.
struct Tensors<T> {
    infos: Vec<(String, TensorInfo)>,
    data: Vec<u8>,
    numbers: std::marker::PhantomData<T>,
}

impl<T> Default for Tensors<T> {
    fn default() -> Self {
        Tensors { infos: Vec::new(), data: Vec::new(), numbers: std::marker::PhantomData }
    }
}

impl<T: Element> Tensors<T> {
    fn add(&mut self, name: String, all: &[T]) {
        let start = self.data.len();
        self.data.reserve(all.len() * T::BYTES);
        all.iter().for_each(|x| x.write_le(&mut self.data));
        let data_offsets = (start, self.data.len());
        self.infos.push((name, TensorInfo { dtype: dtype::<T>(), shape: vec![all.len()], data_offsets }));
    }
}
