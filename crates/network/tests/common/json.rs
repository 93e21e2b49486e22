//! Numbers and layers of recorded JSON files.

use feedforward_network::reference::Dense;
use serde_json::Value;

pub fn numbers(v: &Value) -> Vec<f64> {
    v.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

pub fn rows(v: &Value) -> Vec<Vec<f64>> {
    v.as_array().unwrap().iter().map(numbers).collect()
}

pub fn layers(v: &Value) -> Vec<Dense> {
    let own = |d: &Value| d.get("own").map_or(vec![], numbers);
    let layer = |d: &Value| Dense { w: rows(&d["w"]), b: numbers(&d["b"]), own: own(d) };
    v.as_array().unwrap().iter().map(layer).collect()
}
