//! Fischer and Zahn, Acharya: the computational graph of a network. Nodes are inputs (data or parameters) and
//! operations; the values run forward along the edges, the derivatives backward.

use feedforward_network::reference::Dense;

/// A node; operations name the nodes that they read.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// The sample.
    Data,
    /// W or b of layer l = 1 ..: rows of numbers; b has one column.
    Parameter(Vec<Vec<f64>>),
    /// W · a.
    Product(usize, usize),
    /// The sum of two.
    Sum(usize, usize),
    /// σ of each number.
    Sigmoid(usize),
    /// A whole layer σ(W · a + b) in one node: (a, W, b).
    Layer(usize, usize, usize),
}

impl Node {
    /// Whether it is an input that comes from the data.
    pub fn is_data(&self) -> bool {
        matches!(self, Node::Data)
    }
    /// Whether it is an input that is learned.
    pub fn is_parameter(&self) -> bool {
        matches!(self, Node::Parameter(_))
    }
    /// Whether it computes.
    pub fn is_operation(&self) -> bool {
        !self.is_data() && !self.is_parameter()
    }
}

/// Nodes in an order in which each comes after those that it reads.
#[derive(Clone, Debug, PartialEq)]
pub struct Graph {
    nodes: Vec<Node>,
}

impl Graph {
    /// The graph of sigmoid layers; with one node per layer if it is `collapsed`.
    pub fn of(layers: &[Dense], collapsed: bool) -> Self {
        let mut nodes = vec![Node::Data];
        let mut last = 0;
        for layer in layers {
            let w = nodes.len();
            nodes.push(Node::Parameter(layer.w.clone()));
            nodes.push(Node::Parameter(layer.b.iter().map(|b| vec![*b]).collect()));
            if collapsed {
                nodes.push(Node::Layer(last, w, w + 1));
            } else {
                nodes.push(Node::Product(w, last));
                nodes.push(Node::Sum(w + 2, w + 1));
                nodes.push(Node::Sigmoid(w + 3));
            }
            last = nodes.len() - 1;
        }
        Graph { nodes }
    }
    /// The nodes.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }
    /// Forward, then backward from ½‖a − y‖²: the output, and the derivatives of all parameters in order.
    pub fn run(&self, x: &[f64], y: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let mut values: Vec<Vec<f64>> = Vec::new();
        for node in &self.nodes {
            values.push(self.value(node, x, &values));
        }
        let output = values[values.len() - 1].clone();
        let mut slopes: Vec<Vec<f64>> = values.iter().map(|v| vec![0.0; v.len()]).collect();
        let last = slopes.len() - 1;
        slopes[last] = output.iter().zip(y).map(|(a, y)| a - y).collect();
        for i in (0..self.nodes.len()).rev() {
            self.push_back(i, &values, &mut slopes);
        }
        let of_parameters =
            self.nodes.iter().zip(slopes).filter(|(n, _)| n.is_parameter()).flat_map(|(_, s)| s);
        (output, of_parameters.collect())
    }

    fn value(&self, node: &Node, x: &[f64], before: &[Vec<f64>]) -> Vec<f64> {
        let sigmoid = |z: &[f64]| z.iter().map(|z| 1.0 / (1.0 + (-z).exp())).collect::<Vec<f64>>();
        match node {
            Node::Data => x.to_vec(),
            Node::Parameter(rows) => rows.concat(),
            Node::Product(w, a) => product(&before[*w], &before[*a]),
            Node::Sum(a, b) => sum(&before[*a], &before[*b]),
            Node::Sigmoid(z) => sigmoid(&before[*z]),
            Node::Layer(a, w, b) => sigmoid(&sum(&product(&before[*w], &before[*a]), &before[*b])),
        }
    }

    /// Add what node `i` says to the slopes of the nodes that it reads.
    fn push_back(&self, i: usize, values: &[Vec<f64>], slopes: &mut [Vec<f64>]) {
        let own = slopes[i].clone();
        match &self.nodes[i] {
            Node::Data | Node::Parameter(_) => {}
            Node::Product(w, a) => back_through_product(&own, *w, *a, values, slopes),
            Node::Sum(a, b) => {
                add(&mut slopes[*a], &own);
                add(&mut slopes[*b], &own);
            }
            Node::Sigmoid(z) => {
                let local: Vec<f64> = own.iter().zip(&values[i]).map(|(d, a)| d * a * (1.0 - a)).collect();
                add(&mut slopes[*z], &local);
            }
            Node::Layer(a, w, b) => {
                let dz: Vec<f64> = own.iter().zip(&values[i]).map(|(d, a)| d * a * (1.0 - a)).collect();
                add(&mut slopes[*b], &dz);
                back_through_product(&dz, *w, *a, values, slopes);
            }
        }
    }
}

fn product(w: &[f64], a: &[f64]) -> Vec<f64> {
    w.chunks(a.len()).map(|row| row.iter().zip(a).map(|(w, a)| w * a).sum()).collect()
}

fn sum(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a + b).collect()
}

fn add(to: &mut [f64], what: &[f64]) {
    to.iter_mut().zip(what).for_each(|(t, w)| *t += w);
}

fn back_through_product(dz: &[f64], w: usize, a: usize, values: &[Vec<f64>], slopes: &mut [Vec<f64>]) {
    let (weights, x) = (&values[w], &values[a]);
    let n = x.len();
    let dw: Vec<f64> = dz.iter().flat_map(|d| x.iter().map(move |x| d * x)).collect();
    let da: Vec<f64> =
        (0..n).map(|k| dz.iter().enumerate().map(|(j, d)| d * weights[j * n + k]).sum()).collect();
    add(&mut slopes[w], &dw);
    add(&mut slopes[a], &da);
}
