//! Small runs and a small search: what is asked, and of which rows. Their files are read by the targets `checkpoint` and
//! `folder`.

use std::path::Path;

use feedforward::Result;
use feedforward::data::generated;
use feedforward::data::prepare::Roles;
use feedforward::data::table::Table;
use feedforward::network::schedule::Plateau;
use feedforward::network::{Optimizer, Schedule};
use feedforward::selection::tune::{By, Flag, Found, Judge, Parts, Request, Search, Space, Test, tune};
use feedforward::training::{Ask, Machine, Precision};

fn ask(layers: &[usize]) -> Ask {
    let roles = Roles { target: vec!["class".into()], ..Roles::default() };
    Ask { roles, layers: Some(layers.to_vec()), epochs: Some(3), ..Ask::default() }
}

/// Five kinds of run: each keeps something that the others do not.
pub fn kinds() -> Vec<Ask> {
    let apart = |ask: Ask| Ask { validation: Some(0.25), refit: Some(false), ..ask };
    let plateau = Schedule::Plateau(Plateau { factor: 0.5, patience: 1.0 });
    vec![
        apart(Ask { dropout: vec![0.3], batch_size: Some(4), ..ask(&[3]) }),
        Ask { optimizer: Optimizer::LBFGS, ..ask(&[2]) },
        apart(Ask {
            schedule: Some(plateau),
            patience: Some(1),
            optimizer: Optimizer::MOMENTUM,
            learning_rate: Some(0.2),
            ..ask(&[3])
        }),
        Ask { precision: Precision::F64, refit: Some(true), validation: Some(0.3), ..ask(&[2]) },
        ask(&[2]),
    ]
}

/// The rows of all of them.
pub fn rows() -> Table {
    drawn("moons:rows=24,noise=0.1")
}

fn drawn(words: &str) -> Table {
    let (set, recipe) = generated::parse(words).and_then(Result::ok).expect("a set that there is");
    set.generate(&recipe).expect("it can be drawn")
}

/// The settings of the search.
fn asked(flags: &[Flag]) -> Result<Ask> {
    let mut ask = ask(&[2]);
    for (name, value) in flags {
        let number = || value.parse::<f64>().expect("what the request says");
        match name.as_str() {
            "learning-rate" => ask.learning_rate = Some(number()),
            "batch-size" => ask.batch_size = Some(number() as usize),
            "epochs" => ask.epochs = Some(number() as u64),
            "validation" => ask.validation = Some(number()),
            "seed" => ask.seed = number() as u64,
            other => unreachable!("{other}"),
        }
    }
    Ok(ask)
}

/// A search, or what is left of it, in `folder`; `halving`: successive halving.
///
/// # Errors
/// What [`tune`] refuses.
pub fn search(folder: &Path, halving: bool) -> Result<Found> {
    let parts = Parts::new(drawn("moons:rows=24,noise=0.1"), Test::Share(0.25), &ask(&[2]).roles, 1)?;
    let space = "learning-rate = { low = 1e-3, high = 0.1, log = true }\nbatch-size = [4, 8]";
    let request = Request {
        space: Space::parse(space, &["learning-rate", "batch-size"])?,
        search: if halving { Search::Halving } else { Search::Random },
        trials: Some(if halving { 4 } else { 2 }),
        judge: Judge::Validation(0.25),
        by: By::Loss,
        seed: 1,
        fixed: vec![("epochs".into(), "2".into())],
        ask: &asked,
    };
    tune(&parts, &request, Machine::new(1), folder, &mut |_| {}, &|| false)
}
