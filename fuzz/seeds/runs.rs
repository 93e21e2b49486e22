//! Writes the seeds of the targets `checkpoint` and `folder`: `cargo run --release --example seeds`.

use std::path::Path;

use feedforward::training::ledger::{Entry, Ledger};
use feedforward::training::{
    Certificate, Checkpoints, Control, Event, Fitted, Machine, PROGRAM, Theta, fingerprint, fit_kept,
};
use feedforward_fuzz::runs;
use serde_json::json;

type Done = std::result::Result<(), Box<dyn std::error::Error>>;

fn main() -> Done {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    for name in ["checkpoint", "folder"] {
        std::fs::create_dir_all(seeds.join(name))?;
    }
    for kind in 0..runs::kinds().len() {
        // Inside the first epoch, and late: where there is one, in the training on all rows.
        for (name, news) in [("early", 1), ("late", usize::MAX)] {
            let bytes = checkpoint(kind, news)?;
            put(&seeds.join("checkpoint"), &format!("{kind}-{name}"), kind as u8, &bytes)?;
        }
    }
    texts(&seeds.join("folder"))
}

fn put(folder: &Path, name: &str, choice: u8, file: &[u8]) -> Done {
    Ok(std::fs::write(folder.join(name), [&[choice][..], file].concat())?)
}

/// A run of this kind, until there was so much news of steps, or else to the news before the last.
fn run(
    kind: usize,
    folder: &Path,
    stop: usize,
) -> std::result::Result<(Fitted, usize), Box<dyn std::error::Error>> {
    let mut checkpoints = Checkpoints::of(folder)?;
    let mut news = 0;
    let observe = &mut |event: Event<'_>| {
        news += usize::from(matches!(event, Event::Step { .. }));
        if news == stop && matches!(event, Event::Step { .. }) { Control::Stop } else { Control::Continue }
    };
    let ask = &runs::kinds()[kind];
    let fitted = fit_kept(runs::rows(), None, ask, Machine::new(1), &mut checkpoints, observe)?;
    Ok((fitted, news))
}

fn checkpoint(kind: usize, stop: usize) -> std::result::Result<Vec<u8>, Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let stop = if stop == usize::MAX { run(kind, folder.path(), stop)?.1 - 1 } else { stop };
    let folder = tempfile::tempdir()?;
    run(kind, folder.path(), stop)?;
    let last =
        std::fs::read_dir(folder.path())?.map(|e| e.map(|e| e.path())).collect::<Result<Vec<_>, _>>()?;
    let newest =
        last.iter().max_by_key(|path| (path.as_os_str().len(), path.as_os_str())).ok_or("no checkpoint")?;
    Ok(std::fs::read(newest)?)
}

/// What was asked, a certificate, a record, journals.
fn texts(folder: &Path) -> Done {
    let rows = runs::rows();
    let facts = json!({
        "rows": rows.rows,
        "columns": fingerprint::of_columns(&rows),
        "fingerprint": fingerprint::of_table(&rows),
    });
    let command = ["moons:rows=24", "--layers", "2", "--epochs=3", "--run", "r"];
    let asked = json!({
        "format": "feedforward run 1", "program": PROGRAM, "folder": "/", "command": command, "data": facts, "valid": null,
    });
    put(folder, "asked", 0, asked.to_string().as_bytes())?;
    let kept = tempfile::tempdir()?;
    let model = run(0, kept.path(), usize::MAX)?.0.model;
    put(folder, "certificate", 1, serde_json::to_string(&Certificate::of(&model))?.as_bytes())?;
    let judgement = model.record.judgement.as_ref().ok_or("no judgement")?;
    let entry = Entry::new("0123".into(), "t.csv", &Theta::F32(vec![1.0]), judgement);
    let ledger = Ledger { entries: vec![entry] };
    let record =
        json!({ "model": "m.ff", "record": {}, "shape": "2-1", "parameters": 3, "judged_on": ledger });
    put(folder, "record", 2, record.to_string().as_bytes())?;
    for (name, choice, halving) in [("random", 3, false), ("halving", 4, true)] {
        let kept = tempfile::tempdir()?;
        runs::search(kept.path(), halving)?;
        let text = std::fs::read(kept.path().join("tune.jsonl"))?;
        put(folder, name, choice, &text)?;
        let lines: Vec<&[u8]> = text.split_inclusive(|b| *b == b'\n').collect();
        put(folder, &format!("{name}-begun"), choice, &lines[..lines.len() - 1].concat())?;
    }
    Ok(())
}
