//! `ff plan`.

use crate::args::Plan as Args;
use crate::failure::Outcome;
use crate::verbs::bench::machine::{Floors, Limits, check_memory};
use crate::words::counted;
use crate::{ask, machine, output};
use feedforward::Result;
use feedforward::kernels::lanes::{self, Lanes};
use feedforward::kernels::{Arch, Tiles};
use feedforward::network::Plan;
use feedforward::training::Machine;
use feedforward::training::ask::Precision;
use serde_json::{Value, json};
use std::process::ExitCode;

/// Print what a step of the network takes.
pub(crate) fn run(args: &Args) -> Outcome {
    let (spec, batch, precision) = ask::plan(&args.layers, &args.network)?;
    let machine = machine::machine(&args.threads)?;
    let plan = Plan::new(&spec, batch, machine.threads)?;
    let ways = Ways::of(&plan, precision, machine.arch);
    let floors = if args.floors { Some(floors(&plan, precision, machine)?) } else { None };
    if args.shared.json {
        let mut value = to_json(&plan, precision);
        value["tiles"] = ways.tiles_json();
        value["lanes"] = ways.lanes_json();
        if let Some(floors) = floors {
            value["floors_us"] = floors.to_json();
        }
        output::print_json(&value)?;
    } else {
        let moved = plan.bytes(width(precision)).moved_by_update();
        let mut text = text(&plan, precision);
        text.push_str(&format!("\n{}", ways.to_text()));
        text.push_str(&format!("\nmoves         {} in each update: read and written", size(moved)));
        if let Some(floors) = floors {
            text.push_str(&format!("\n{}", floors.to_text()));
        }
        output::print(&text)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// How the products of a plan are computed with an instruction set.
struct Ways {
    arch: Arch,
    tiles: Tiles,
    /// What a vector's lanes are, layer by layer: forward, backward (none for the first), gradient.
    lanes: Vec<[Option<Lanes>; 3]>,
}

impl Ways {
    fn of(plan: &Plan, precision: Precision, arch: Arch) -> Self {
        let tiles = match precision {
            Precision::F32 => Tiles::of::<f32>(arch),
            Precision::F64 => Tiles::of::<f64>(arch),
        };
        let layer = |l: usize| {
            let (units, inputs) = (plan.layout().units(l), plan.layout().units(l - 1));
            let way =
                |f: fn(usize, usize, usize, usize) -> Lanes| f(plan.batch(), units, inputs, tiles.lanes);
            [
                Some(way(lanes::affine)),
                (l > 1).then(|| way(lanes::pull_back)),
                Some(way(lanes::weight_gradient)),
            ]
        };
        Ways { arch, tiles, lanes: (1..=plan.layout().last()).map(layer).collect() }
    }
    /// The tiles as (rows, vectors).
    fn tiles(&self) -> impl Iterator<Item = (usize, usize)> {
        self.tiles.rows.into_iter().zip(1..).filter(|(rows, _)| *rows > 0)
    }
    /// Two lines: the register tiles, and what the lanes are; what is the same in all layers stands once.
    fn to_text(&self) -> String {
        let tiles: Vec<String> = self.tiles().map(|(rows, vectors)| format!("{rows} x {vectors}")).collect();
        let numbers = counted(self.tiles.lanes, "number");
        let product = |(name, i): (&str, usize)| {
            let mut names: Vec<&str> = self.lanes.iter().filter_map(|l| Some(l[i]?.name())).collect();
            if names.iter().all(|n| *n == names[0]) {
                names.truncate(1);
            }
            (!names.is_empty()).then(|| format!("{name} {}", names.join(", ")))
        };
        let products = [("forward", 0), ("backward", 1), ("gradient", 2)].into_iter().filter_map(product);
        format!(
            "tiles         {}: rows x vectors of {numbers} ({})\nlanes         {}",
            tiles.join(", "),
            self.arch.name(),
            products.collect::<Vec<_>>().join("; ")
        )
    }
    fn tiles_json(&self) -> Value {
        let each = self.tiles().map(|(rows, vectors)| json!({ "rows": rows, "vectors": vectors }));
        json!({ "arch": self.arch.name(), "lanes": self.tiles.lanes, "tiles": each.collect::<Vec<_>>() })
    }
    fn lanes_json(&self) -> Value {
        let layer = |[forward, back, gradient]: &[Option<Lanes>; 3]| {
            let name = |way: &Option<Lanes>| way.map(Lanes::name);
            json!({ "forward": name(forward), "pull_back": name(back), "weight_gradient": name(gradient) })
        };
        self.lanes.iter().map(layer).collect()
    }
}

/// Measure the machine.
fn floors(plan: &Plan, precision: Precision, machine: Machine) -> Result<Floors> {
    check_memory(plan.bytes(width(precision)).total() as u128)?;
    let limits = match precision {
        Precision::F32 => Limits::measure::<f32>(plan, machine.arch, machine.threads),
        Precision::F64 => Limits::measure::<f64>(plan, machine.arch, machine.threads),
    }?;
    Ok(limits.floors(plan, width(precision)))
}

fn width(precision: Precision) -> usize {
    match precision {
        Precision::F32 => 4,
        Precision::F64 => 8,
    }
}

/// The plan as text, with the memory that training takes beside the data.
pub(crate) fn text(plan: &Plan, precision: Precision) -> String {
    let bytes = plan.bytes(width(precision));
    let parts = [
        ("parameters", bytes.theta),
        ("optimizer", bytes.slots),
        ("gradient", bytes.gradient),
        ("activations", bytes.activations),
    ];
    let parts = parts.iter().filter(|(_, n)| *n > 0).map(|(name, n)| format!("{name} {}", size(*n)));
    let parts = parts.collect::<Vec<_>>().join(", ");
    format!("{plan}\nmemory        {}: {parts}", size(bytes.total()))
}

/// The plan as JSON: flops of a step, bytes beside the data.
pub(crate) fn to_json(plan: &Plan, precision: Precision) -> Value {
    let (flops, bytes) = (plan.flops(), plan.bytes(width(precision)));
    json!({
        "shape": plan.spec().shape(),
        "parameters": plan.layout().parameters(),
        "batch_size": plan.batch(),
        "threads": plan.threads(),
        "fused": plan.fused(),
        "precision": precision,
        "flops": {
            "forward": flops.forward,
            "pull_back": flops.pull_back,
            "weight_gradient": flops.weight_gradient,
            "total": flops.total(),
        },
        "bytes": {
            "parameters": bytes.theta,
            "optimizer": bytes.slots,
            "gradient": bytes.gradient,
            "activations": bytes.activations,
            "total": bytes.total(),
            "update": bytes.moved_by_update(),
        },
        "spec": plan.spec(),
    })
}

/// `512 B`, `1.5 KiB`, `3.1 MiB`.
pub(crate) fn size(bytes: usize) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < units.len() {
        value /= 1024.0;
        unit += 1;
    }
    if unit == 0 { format!("{bytes} B") } else { format!("{value:.1} {}", units[unit]) }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_readable() {
        assert_eq!([size(0), size(1023), size(1536), size(3 << 20)], ["0 B", "1023 B", "1.5 KiB", "3.0 MiB"]);
    }
}
