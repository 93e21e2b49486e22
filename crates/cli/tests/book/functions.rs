//! `functions.md`, the table of all functions, is made from the lists in the code.

use crate::chapters::{root, writing};
use feedforward::explain::{markup, tex};
use feedforward::network::about::About;
use feedforward::network::{Activation, Init, Loss, Optimizer, Schedule};

const HEAD: &str = "\
# All functions

This page is written by the program from its own lists: what it says of a function stands beside the function's code. [c]
is 1 where the condition c holds and 0 elsewhere; σ is the sigmoid, Φ and φ are the normal distribution and its density;
η is the learning rate, G the gradient. Cases stand one after the other, each with its condition. The name is what the
command line takes (`--activation`, `--loss`, `--optimizer`, `--schedule`, `--init`); numbers behind colons can be
changed.
";

/// TeX on one line that a table can hold.
fn formula(of: &str) -> String {
    match of {
        "" => String::new(),
        of => format!("`{}`", markup::text(&tex::line(of)).replace('|', "\\|")),
    }
}

fn table(title: &str, derivatives: bool, rows: impl Iterator<Item = (String, About)>) -> String {
    let cell = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|");
    let mut out = format!("\n## {title}\n\n| name | formula |");
    out += if derivatives { " derivative |" } else { "" };
    out += " what keeps it exact | source |\n|---|---|";
    out += if derivatives { "---|---|---|\n" } else { "---|---|\n" };
    for (name, about) in rows {
        out += &format!("| `{name}` | {} |", formula(about.tex));
        if derivatives {
            out += &format!(" {} |", formula(about.derivative));
        }
        out += &format!(" {} | {} |\n", cell(about.stability), cell(about.source));
    }
    out
}

fn page() -> String {
    let activations = Activation::ALL.iter().map(|f| (f.to_string(), f.about()));
    let losses = Loss::ALL.iter().map(|l| (l.to_string(), l.about()));
    let rules = Optimizer::ALL.iter().map(|o| (o.name().to_string(), o.about()));
    let schedules = Schedule::ALL.iter().map(|s| (s.to_string(), s.about()));
    let inits = Init::ALL.iter().map(|i| (i.to_string(), i.about()));
    [
        HEAD.to_string(),
        table("Activations", true, activations),
        table("Losses", true, losses),
        table("Optimizers", false, rules),
        table("Schedules of the learning rate", false, schedules),
        table("Initial weights", false, inits),
    ]
    .concat()
}

#[test]
fn the_table_of_functions_is_that_of_the_code() {
    let path = root().join("book/src/functions.md");
    if writing() {
        std::fs::write(&path, page()).expect("the table is written");
    }
    let there = std::fs::read_to_string(&path).expect("the table");
    assert_eq!(there, page(), "FEEDFORWARD_WRITE_BOOK=1 cargo test -p feedforward-cli --test book writes it");
}
