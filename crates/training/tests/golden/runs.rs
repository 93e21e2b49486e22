//! The golden runs: every member of every list of functions, every option, each by the lists of the code itself.

use crate::table;
use feedforward_data::generated;
use feedforward_data::prepare::{PrepareOptions, Roles, Scaling, Task};
use feedforward_data::table::Table;
use feedforward_network::{Activation, Init, Loss, Optimizer, Penalty, Schedule};
use feedforward_training::{Ask, ClassWeight, Precision};

/// One training run.
pub(crate) struct Run {
    /// What the file calls it.
    pub(crate) name: String,
    /// The rows.
    pub(crate) table: Table,
    /// Other rows that judge.
    pub(crate) valid: Option<Table>,
    /// What is asked.
    pub(crate) ask: Ask,
}

/// All of them, group after group.
pub(crate) fn all() -> Vec<Run> {
    [optimizers(), schedules(), inits(), losses(), activations(), options(), data()]
        .into_iter()
        .flatten()
        .collect()
}

/// Large enough for a team of threads (120 rows a step would do 26 Mflop), odd enough that every vector has a rest; an
/// epoch has a batch of 97 rows and one of 23.
fn large(target: &str) -> Ask {
    Ask {
        layers: Some(vec![211, 157]),
        batch_size: Some(97),
        epochs: Some(2),
        learning_rate: Some(0.01),
        activation: vec![Activation::Tanh],
        validation: Some(0.25),
        patience: Some(0),
        restore_best: false,
        ..asking(&[target])
    }
}

/// One that runs on a single thread.
fn small(target: &str) -> Ask {
    Ask { layers: Some(vec![23, 9]), batch_size: Some(31), ..large(target) }
}

/// Nothing but targets, and that other targets are no features.
fn asking(targets: &[&str]) -> Ask {
    let beside = |name: &&&str| !targets.contains(name);
    let ignore =
        table::TARGETS.iter().chain(&table::ROLES).filter(beside).map(|name| name.to_string()).collect();
    let target = targets.iter().map(|name| name.to_string()).collect();
    // Six counts would be taken for classes.
    let task = targets.contains(&"count").then_some(Task::Regression);
    Ask { roles: Roles { target, ignore, task, ..Roles::default() }, ..Ask::default() }
}

fn run(name: impl Into<String>, ask: Ask) -> Run {
    Run { name: name.into(), table: table::made(), valid: None, ask }
}

fn double(ask: &Ask) -> Ask {
    Ask { precision: Precision::F64, ..ask.clone() }
}

/// The run in both precisions.
fn both(name: String, ask: Ask) -> [Run; 2] {
    [run(format!("{name}, f64"), double(&ask)), run(name, ask)]
}

/// Every rule and every search.
pub(crate) fn optimizers() -> Vec<Run> {
    let one = |optimizer: Optimizer| {
        let ask = Ask { optimizer, learning_rate: None, epochs: Some(3), ..large("y") };
        let ask = if optimizer.is_search() { Ask { batch_size: None, ..ask } } else { ask };
        both(format!("optimizer {}", optimizer.name()), ask)
    };
    Optimizer::ALL.into_iter().flat_map(one).collect()
}

/// Every schedule, fast enough to change something.
pub(crate) fn schedules() -> Vec<Run> {
    let one = |schedule: Schedule| {
        let fast = match schedule.name() {
            "inverse" => "inverse:0.5",
            "step" => "step:0.5:1",
            "exponential" => "exponential:0.7",
            "cosine" => "cosine:0.2",
            "plateau" => "plateau:0.5:1",
            usual => usual,
        };
        let schedule = Some(Schedule::parse(fast).expect("a schedule"));
        // An η too large makes the plateau fall.
        run(
            format!("schedule {fast}"),
            Ask { schedule, epochs: Some(6), learning_rate: Some(0.1), ..small("two") },
        )
    };
    Schedule::ALL.into_iter().map(one).collect()
}

/// Every initialisation.
pub(crate) fn inits() -> Vec<Run> {
    let one = |&init: &Init| {
        // Hidden units that start equal stay equal.
        let layers = if init == Init::Zeros { vec![] } else { vec![211, 157] };
        run(format!("init {init}"), Ask { init, layers: Some(layers), ..large("three") })
    };
    Init::ALL.iter().map(one).collect()
}

/// Every loss with every output that it accepts; with its usual one in a large network.
pub(crate) fn losses() -> Vec<Run> {
    let target = |loss: Loss| match loss {
        Loss::CrossEntropy => "three",
        Loss::BinaryCrossEntropy | Loss::Hinge | Loss::Perceptron => "two",
        Loss::Poisson => "count",
        _ => "y",
    };
    let one = |&loss: &Loss| {
        let usual = loss.usual_output();
        let others = Activation::ALL.iter().filter(move |&&f| f != usual && loss.accepts(f));
        let ask = |ask: Ask, output: Activation| Ask { loss: Some(loss), output: Some(output), ..ask };
        let own = match loss {
            Loss::Perceptron => Ask { layers: Some(vec![]), optimizer: Optimizer::SGD, ..large("two") },
            _ => large(target(loss)),
        };
        let pair = move |&f: &Activation| run(format!("loss {loss} on {f}"), ask(small(target(loss)), f));
        both(format!("loss {loss}"), ask(own, usual)).into_iter().chain(others.map(pair)).collect::<Vec<_>>()
    };
    Loss::ALL.iter().flat_map(one).collect()
}

/// Every hidden activation. Softmax, log-softmax and the step are outputs only, and are among those of the losses.
pub(crate) fn activations() -> Vec<Run> {
    let hidden = Activation::ALL.iter().filter(|f| f.is_elementwise() && **f != Activation::Step);
    let one = |&f: &Activation| {
        let ask = Ask { activation: vec![f], ..large("y") };
        both(format!("activation {f}"), ask)
    };
    hidden.flat_map(one).collect()
}

/// Every other option of a run.
pub(crate) fn options() -> Vec<Run> {
    let f = |name: &str| name.parse::<Activation>().expect("an activation");
    let l2 = Penalty { l1: 1e-3, l2: 1e-2 };
    let early = Ask {
        patience: Some(1),
        restore_best: true,
        epochs: Some(12),
        learning_rate: Some(0.1),
        ..small("two")
    };
    let folds = Ask { validation: None, refit: None, ..small("three") };
    let by = |column: &str, set: fn(&mut Roles, String)| {
        let mut ask = with_role(column, Ask { refit: Some(true), ..small("two") });
        set(&mut ask.roles, column.into());
        ask
    };
    vec![
        run("dropout", Ask { dropout: vec![0.3, 0.1], ..large("two") }),
        run("dropout, f64", Ask { dropout: vec![0.3, 0.1], ..double(&large("two")) }),
        run("dropout and rrelu", Ask { dropout: vec![0.2], activation: vec![f("rrelu")], ..large("three") }),
        run(
            "prelu and learned swish",
            Ask { activation: vec![f("prelu"), f("learned_swish")], clip_norm: Some(0.5), ..large("y") },
        ),
        run("class weights", Ask { class_weight: ClassWeight::Balanced, ..large("three") }),
        run("sample weights", weighted(large("y"))),
        run(
            "class and sample weights",
            Ask { class_weight: ClassWeight::Balanced, ..weighted(large("two")) },
        ),
        run("label smoothing", Ask { label_smoothing: 0.1, ..large("three") }),
        run("clip norm", Ask { clip_norm: Some(0.05), ..large("y") }),
        run("max norm", Ask { max_norm: Some(0.9), ..large("two") }),
        run("penalty", Ask { penalty: l2, ..large("y") }),
        run("weight decay", Ask { weight_decay: Some(0.5), ..large("y") }),
        run("bias", Ask { bias: 0.1, activation: vec![Activation::Relu], ..large("two") }),
        run("all of them", everything()),
        run("all of them, f64", double(&everything())),
        run("early stopping", early),
        run("folds and a training on all rows", folds.clone()),
        run("folds and a training on all rows, f64", double(&folds)),
        run("a share, then all rows", Ask { refit: Some(true), ..small("y") }),
        run("no rows that judge", Ask { validation: Some(0.0), ..small("y") }),
        run("another seed", Ask { seed: 1, ..small("two") }),
        run("groups", by("group", |roles, column| roles.group = Some(column))),
        run("time", by("time", |roles, column| roles.time = Some(column))),
    ]
}

/// Every option that goes with the others, in the path that is not fused.
fn everything() -> Ask {
    Ask {
        dropout: vec![0.2],
        class_weight: ClassWeight::Balanced,
        label_smoothing: 0.05,
        clip_norm: Some(0.5),
        max_norm: Some(1.1),
        penalty: Penalty { l1: 1e-4, l2: 1e-3 },
        weight_decay: Some(0.1),
        bias: 0.05,
        activation: vec!["rrelu".parse().expect("an activation"), "prelu".parse().expect("an activation")],
        ..weighted(large("three"))
    }
}

fn weighted(ask: Ask) -> Ask {
    let mut ask = with_role("weight", ask);
    ask.roles.weight = Some("weight".into());
    ask
}

/// A column has one role.
fn with_role(column: &str, mut ask: Ask) -> Ask {
    ask.roles.ignore.retain(|name| name != column);
    ask
}

/// What tables hold, and how it becomes numbers.
pub(crate) fn data() -> Vec<Run> {
    let prepared = |prepare: PrepareOptions| Ask { prepare, ..small("y") };
    let scaled = |scaling: Scaling| prepared(PrepareOptions { scaling, ..PrepareOptions::default() });
    let set = |text: &str, ask: Ask| {
        let (set, recipe) = generated::parse(text).expect("a generated set").expect("a sound recipe");
        // The last column.
        let roles = Roles { target: vec!["-1".into()], ..Roles::default() };
        let table = set.generate(&recipe).expect("a sound recipe");
        Run { name: format!("data {text}"), table, valid: None, ask: Ask { roles, ..ask } }
    };
    let only = vec!["a".to_string(), "colour".to_string()];
    let usual = Ask { epochs: Some(4), ..Ask::default() };
    let mut runs = vec![
        run("what is chosen for a table", Ask { epochs: Some(3), ..asking(&["two"]) }),
        run("several numbers", Ask { validation: Some(0.25), ..of(large("y"), &["y", "y2"]) }),
        run(
            "several truths",
            Ask { loss: Some(Loss::BinaryCrossEntropy), ..of(large("y"), &["left", "right"]) },
        ),
        run("few levels", prepared(PrepareOptions { max_levels: 2, ..PrepareOptions::default() })),
        run(
            "a target as it is",
            prepared(PrepareOptions { scale_target: false, ..PrepareOptions::default() }),
        ),
        Run { table: table::numbers_only(), ..run("no category and no empty cell", small("two")) },
        Run {
            valid: Some(table::others()),
            ..run("another table judges", Ask { validation: None, ..small("two") })
        },
        set("digits:rows=100", Ask { epochs: Some(1), validation: Some(0.2), ..Ask::default() }),
    ];
    for scaling in [Scaling::None, Scaling::Standardise, Scaling::MinMax, Scaling::Robust] {
        runs.push(run(format!("scaling {scaling:?}"), scaled(scaling)));
    }
    for (name, roles) in [
        ("some columns", Roles { only, ..small("two").roles }),
        ("numbers taken for classes", Roles { task: Some(Task::Classification), ..asking(&["count"]).roles }),
    ] {
        runs.push(run(name, Ask { roles, ..small("two") }));
    }
    let sets = generated::SETS.iter().filter(|s| s.name != "digits");
    runs.extend(sets.map(|s| set(&format!("{}:rows=90", s.name), usual.clone())));
    runs
}

fn of(ask: Ask, targets: &[&str]) -> Ask {
    Ask { roles: asking(targets).roles, ..ask }
}
