//! Checkpoints, as they are and with the checksum that belongs to them: the first byte chooses the run, the rest is the file.
//! What can be read is gone on with to the end.
#![no_main]

use std::sync::OnceLock;

use feedforward::data::table::Table;
use feedforward::network::Plan;
use feedforward::training::{
    Ask, Checkpoints, Control, Machine, PROGRAM, Precision, checkpoint, fit_kept, preview,
};
use feedforward_fuzz::{FLOOR, bounded, folder, forged, runs, said};
use libfuzzer_sys::fuzz_target;

/// A kind of run, with the plan of its networks and how many there are.
struct Kind {
    ask: Ask,
    plan: Plan,
    networks: usize,
}

fn kinds() -> &'static (Table, Vec<Kind>) {
    static KINDS: OnceLock<(Table, Vec<Kind>)> = OnceLock::new();
    KINDS.get_or_init(|| {
        let rows = runs::rows();
        let kind = |ask: Ask| {
            let chosen = preview(&rows, None, &ask, Machine::new(1)).expect("a sound run");
            Kind { ask, plan: chosen.plan, networks: chosen.folds.max(1) }
        };
        let kinds = runs::kinds().into_iter().map(kind).collect();
        (rows, kinds)
    })
}

fuzz_target!(|bytes: &[u8]| {
    let Some((&choice, file)) = bytes.split_first() else { return };
    let (rows, kinds) = kinds();
    let kind = &kinds[usize::from(choice) % kinds.len()];
    is_read(kind, file);
    let Some(forged) = forged(file, &[("program", PROGRAM), ("format", checkpoint::FORMAT)]) else { return };
    if !is_read(kind, &forged) {
        return;
    }
    let run = folder("run");
    std::fs::write(run.join("checkpoint-1.ff"), &forged).expect("the folder is ours");
    bounded(forged.len(), FLOOR, || {
        let mut checkpoints = said(Checkpoints::of(&run)).expect("the folder can be read");
        let go_on = &mut |_: feedforward::training::Event<'_>| Control::Continue;
        said(fit_kept(rows.clone(), None, &kind.ask, Machine::new(1), &mut checkpoints, go_on));
    });
});

/// Whether the file is a checkpoint of such a run.
fn is_read(kind: &Kind, file: &[u8]) -> bool {
    let (first, len) = (vec![&kind.plan; kind.networks], file.len() as u64);
    bounded(file.len(), FLOOR, || match kind.ask.precision {
        Precision::F32 => said(checkpoint::read::<f32>(file, len, &first, &kind.plan)).is_some(),
        Precision::F64 => said(checkpoint::read::<f64>(file, len, &first, &kind.plan)).is_some(),
    })
}
