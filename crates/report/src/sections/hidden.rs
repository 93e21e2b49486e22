//! How the hidden layers see the rows.

use super::Part;
use crate::page::{Block, Page, Picture};
use crate::words::{counted, percent};
use feedforward_explain::hidden::{Axes, Hidden, HiddenLayer, Truth};
use feedforward_plot::{Axis, Figure, Item, Panel};
use feedforward_training::judgement::labels;
use serde_json::json;

/// Classes that are told apart; of more, the most frequent ones, and the others together.
const CLASSES: usize = 5;
/// Layers that are drawn.
const LAYERS: usize = 6;
/// Columns that a class's name may take.
const NAME: usize = 16;

/// The section of hidden layers.
pub(crate) fn add(page: &mut Page, hidden: &Hidden, part: Part) {
    if hidden.layers.is_empty() {
        return;
    }
    let groups = groups(&hidden.truth);
    let first = hidden.layers.len().saturating_sub(LAYERS);
    let pictures = hidden.layers[first..].iter().map(|l| picture(l, &groups)).collect();
    let words = format!(
        "Each point is one of {}, where a hidden layer puts it. A good network moves rows of one kind together, the more \
         the nearer a layer is to the output.",
        part.some(hidden.rows)
    );
    let kept = hidden.layers.iter().map(|l| json!({ "layer": l.layer, "units": l.units, "axes": l.axes }));
    page.keep("hidden", json!({ "rows": hidden.rows, "layers": kept.collect::<Vec<_>>() }));
    page.section(
        "hidden-layers",
        "How its hidden layers see the rows",
        vec![Block::Text(words), Block::Pictures(pictures)],
    );
}

/// Rows of one kind, with its name.
struct Group {
    name: String,
    rows: Vec<usize>,
}

fn groups(truth: &Truth) -> Vec<Group> {
    match truth {
        Truth::Classes { classes, of_row } => {
            let names = labels(classes.iter().map(String::as_str), NAME);
            let rows = |k: usize| (0..of_row.len()).filter(|r| of_row[*r] as usize == k).collect();
            let mut groups: Vec<Group> =
                names.into_iter().enumerate().map(|(k, name)| Group { name, rows: rows(k) }).collect();
            groups.retain(|g| !g.rows.is_empty());
            if groups.len() > CLASSES + 1 {
                groups.sort_by_key(|g| std::cmp::Reverse(g.rows.len()));
                let rest: Vec<usize> = groups.drain(CLASSES..).flat_map(|g| g.rows).collect();
                groups.push(Group { name: "other classes".into(), rows: rest });
            }
            groups
        }
        Truth::Numbers { column, of_row } => {
            let mut order: Vec<usize> = (0..of_row.len()).collect();
            order.sort_by(|a, b| of_row[*a].total_cmp(&of_row[*b]));
            let third = order.len().div_ceil(3).max(1);
            let names = ["low", "middle", "high"].map(|n| format!("{n} {column}"));
            order.chunks(third).zip(names).map(|(rows, name)| Group { name, rows: rows.to_vec() }).collect()
        }
    }
}

fn picture(layer: &HiddenLayer, groups: &[Group]) -> Picture {
    let points = |g: &Group| g.rows.iter().map(|&r| (layer.points[r][0], layer.points[r][1])).collect();
    let items = groups.iter().enumerate().map(|(i, g)| Item::points(points(g), i, &g.name)).collect();
    let (x, y, seen) = match layer.axes {
        Axes::Units if layer.units == 1 => ("its unit", "", "What its only unit says.".to_string()),
        Axes::Units => ("unit 1", "unit 2", "Its two units are the axes.".into()),
        Axes::Components { shares } => (
            "first component",
            "second component",
            format!(
                "The two directions in which its {} vary most hold {} of their variance.",
                counted(layer.units, "unit"),
                percent(shares[0] + shares[1])
            ),
        ),
    };
    let panel = Panel::plane("", Axis::new(x), Axis::new(y), items);
    let title = format!("Layer {}: {}, {}", layer.layer, counted(layer.units, "unit"), layer.activation);
    Picture::new(format!("hidden-{}", layer.layer), Figure::new(&title, 1, vec![panel]).caption(seen))
}
