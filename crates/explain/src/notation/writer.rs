//! From a trace to its sheet.

use super::Notation;
use super::sheet::{Block, Matrix, Note, Part, Sheet, Symbols};
use super::style::{At, Inside, Side, Style};
use crate::number::short;
use crate::tex;
use crate::trace::{Back, Lesson, Trace};
use feedforward_network::{Activation, Loss, Optimizer};

impl Sheet {
    /// Lay `trace` out.
    pub fn of(trace: &Trace, notation: Notation) -> Sheet {
        let style = notation.style();
        let mut writer = Writer { trace, style, notes: Vec::new() };
        let mut parts = Vec::new();
        if style.samples == Side::Single {
            for r in 0..trace.samples() {
                parts.extend(writer.way(Some(r)));
            }
            parts.extend(writer.gradients());
        } else {
            parts = writer.way(None);
        }
        parts.extend(writer.update());
        Sheet {
            notation: style.title,
            conventions: style.conventions.to_vec(),
            parts,
            symbols: writer.symbols(),
            notes: writer.notes,
        }
    }
}

struct Writer<'a> {
    trace: &'a Trace,
    style: &'static Style,
    notes: Vec<Note>,
}

impl<'a> Writer<'a> {
    /// A template in the words of layer `l`.
    fn words(&self, template: &str, l: usize) -> String {
        let (first, weights) = (self.style.first, self.style.first_weights);
        let activation = l.checked_sub(1).map_or(String::new(), |i| self.trace.layers[i].activation.clone());
        let way = self.trace.lesson.as_ref().map_or(0, |lesson| usize::from(!alike(lesson)));
        let several = |all: &[&'static str; 2]| if self.trace.samples() > 1 { all[way] } else { "" };
        let before = |number: usize| (number + l).checked_sub(1).map_or(String::new(), |n| n.to_string());
        template
            .replace("$share", several(&self.style.share))
            .replace("$mean", several(&self.style.mean))
            .replace("$l", &(first + l).to_string())
            .replace("$p", &before(first))
            .replace("$n", &(first + l + 1).to_string())
            .replace("$w", &before(weights))
            .replace("$v", &(weights + l).to_string())
            .replace("$f", &activation)
    }

    fn block(&mut self, at: At, l: usize, equation: String, matrix: impl Into<Option<Matrix>>) -> Block {
        let mut marks = Vec::new();
        for erratum in self.style.errata.iter().filter(|e| e.at == at && e.when.holds(self.trace, l)) {
            let note = Note { mark: erratum.number.into(), text: erratum.text.into() };
            // Once is enough.
            if !self.notes.contains(&note) {
                marks.push(note.mark.clone());
                self.notes.push(note);
            }
        }
        Block { equation, matrix: matrix.into(), marks }
    }

    /// `symbol = right`, of layer `l`.
    fn equation(&self, symbol: &str, right: &str, l: usize) -> String {
        self.words(&format!("{symbol} = {right}"), l)
    }

    /// Forward, loss and backward, for one sample or for the whole batch.
    fn way(&mut self, sample: Option<usize>) -> Vec<Part> {
        let heading = |what: &str| match sample {
            Some(r) if self.trace.samples() > 1 => format!("{what}, row {}", self.trace.rows[r]),
            _ => what.to_string(),
        };
        let (forward, loss, backward) = (heading("forward"), heading("loss"), heading("backward"));
        let mut parts = vec![Part { heading: forward, blocks: self.forward(sample) }];
        if let Some(lesson) = &self.trace.lesson {
            parts.push(Part { heading: loss, blocks: self.loss(lesson, sample) });
            parts.push(Part { heading: backward, blocks: self.backward(sample) });
        }
        parts
    }

    fn forward(&mut self, sample: Option<usize>) -> Vec<Block> {
        let words = &self.style.words;
        let input = self.with_ones(self.vectors(&self.trace.x, sample));
        let mut blocks = vec![self.block(At::Input, 0, self.words(words.x, 0), input)];
        for l in 1..=self.trace.last() {
            if sample.is_none_or(|r| r == 0) {
                blocks.extend(self.parameters(l));
            }
            let z_is = if self.apart(l) { words.z_is } else { words.z_is_without_b };
            let z = self.vectors(&self.trace.layers[l - 1].z, sample);
            blocks.push(self.block(At::Z, l, self.equation(words.z, z_is, l), z));
            let a = self.vectors(&self.trace.layers[l - 1].a, sample);
            blocks.push(self.block(At::A, l, self.equation(words.a, words.a_is, l), a));
        }
        blocks
    }

    /// W, b and what the activation has learned, as they are before the step.
    fn parameters(&mut self, l: usize) -> Vec<Block> {
        let words = &self.style.words;
        let layer = &self.trace.layers[l - 1];
        let mut blocks =
            vec![self.block(At::Weights, l, self.words(words.w, l), self.weights(l, &layer.w, &layer.b))];
        if self.apart(l) {
            blocks.push(bare(self.words(words.b, l), self.units(layer.b.clone())));
        }
        if !layer.own.is_empty() {
            blocks.push(bare(self.words(words.own, l), self.units(layer.own.clone())));
        }
        blocks
    }

    fn loss(&mut self, lesson: &Lesson, sample: Option<usize>) -> Vec<Block> {
        let words = &self.style.words;
        let formula = tex::line(self.trace.spec.loss.about().tex);
        let right = formula.split_once(" = ").map_or(formula.clone(), |(_, right)| right.to_string());
        let equation = format!("{} = {right}", words.loss);
        let losses = lesson.losses.clone();
        let losses = match (sample, self.style.samples) {
            (Some(r), _) => Matrix::column(vec![losses[r]]),
            (None, Side::Columns) => Matrix::row(losses),
            (None, _) => Matrix::column(losses),
        };
        let target = self.vectors(&lesson.y, sample);
        let mut blocks = vec![bare(words.y.to_string(), target), self.block(At::Loss, 0, equation, losses)];
        let one = self.trace.samples() == 1 && lesson.penalty == 0.0;
        if sample.is_none() && !one {
            let objective = format!("{} = {}", words.objective, objective_is(lesson, words.loss));
            blocks.push(bare(objective, Matrix::column(vec![lesson.objective])));
        }
        blocks
    }

    fn backward(&mut self, sample: Option<usize>) -> Vec<Block> {
        let mut blocks = Vec::new();
        for l in (1..=self.trace.last()).rev() {
            blocks.extend(self.delta(l, sample));
            if sample.is_none() {
                blocks.extend(self.gradient(l));
            }
            if let Some((symbol, right)) = self.style.words.da
                && l > 1
            {
                let upstream = self.upstream(l);
                blocks.push(bare(self.equation(symbol, right, l), upstream));
            }
        }
        blocks
    }

    fn delta(&mut self, l: usize, sample: Option<usize>) -> Option<Block> {
        let words = &self.style.words;
        let back = self.back(l)?;
        // Ours has the sample's share in δ; the lectures take the mean afterwards.
        let delta = if self.style.share[0].is_empty() { &back.sample_delta } else { &back.delta };
        let mut matrix = self.vectors(delta, sample);
        if self.style.row_derivatives {
            matrix = matrix.transposed();
        }
        let last = l == self.trace.last();
        let (at, right) = match (last, plain(self.trace)) {
            (true, true) => (At::DzOut, words.dz_plain),
            (true, false) => (At::DzOut, words.dz_out),
            (false, _) => (At::Dz, words.dz_is),
        };
        Some(self.block(at, l, self.equation(words.dz, right, l), matrix))
    }

    /// The gradients of one layer, for the whole batch.
    fn gradient(&mut self, l: usize) -> Vec<Block> {
        let words = &self.style.words;
        let Some(back) = self.back(l) else { return Vec::new() };
        let right = format!("{}{}", words.dw_is, self.penalties(l));
        let weights = self.weights(l, &back.gradient_w, &back.gradient_b);
        let mut blocks = vec![self.block(At::Dw, l, self.equation(words.dw, &right, l), weights)];
        if self.apart(l) {
            let b = self.derivative(back.gradient_b.clone());
            blocks.push(self.block(At::Db, l, self.equation(words.db, words.db_is, l), b));
        }
        if !back.gradient_own.is_empty() {
            let own = self.derivative(back.gradient_own.clone());
            blocks.push(bare(self.words(words.down, l), own));
        }
        blocks
    }

    /// What the penalties add to a gradient's equation.
    fn penalties(&self, l: usize) -> String {
        let (w, penalty) = (self.style.words.w, self.trace.spec.penalty);
        let folded = self.trace.biases && !self.apart(l);
        let aside = if folded { " (its biases aside)" } else { "" };
        let term = |lambda: f64, words: String| if lambda != 0.0 { words } else { String::new() };
        let l2 = term(penalty.l2, format!(" + λ_{{2}} {w}{aside}"));
        l2 + &term(penalty.l1, format!(" + λ_{{1}} sign {w}{aside}"))
    }

    /// The means over the batch, in a notation that goes from sample to sample.
    fn gradients(&mut self) -> Option<Part> {
        let lesson = self.trace.lesson.as_ref()?;
        let words = &self.style.words;
        let mut blocks = Vec::new();
        if self.trace.samples() > 1 || lesson.penalty != 0.0 {
            let objective = format!("{} = {}", words.objective, objective_is(lesson, words.loss));
            blocks.push(bare(objective, Matrix::column(vec![lesson.objective])));
        }
        for l in (1..=self.trace.last()).rev() {
            blocks.extend(self.gradient(l));
        }
        let heading = if self.trace.samples() > 1 { "gradient, the mean over the rows" } else { "gradient" };
        Some(Part { heading: heading.into(), blocks })
    }

    fn update(&mut self) -> Option<Part> {
        let lesson = self.trace.lesson.as_ref().filter(|l| !l.optimizer.is_search())?;
        let words = &self.style.words;
        let plain = matches!(lesson.optimizer, Optimizer::Sgd(_));
        let mut blocks = Vec::new();
        blocks.push(self.block(At::Update, 0, rule(lesson, words.eta), None));
        blocks.extend(self.around_the_rule().into_iter().map(|line| bare(line, None)));
        let step = |symbol: &str, derivative: &str| match plain {
            true => format!("{symbol} ← {symbol} − {} {derivative}", words.eta),
            false => format!("{symbol} after the step"),
        };
        for l in 1..=self.trace.last() {
            let Some(back) = self.back(l) else { continue };
            let after = self.weights(l, &back.w_after, &back.b_after);
            blocks.push(bare(self.words(&step(words.w, words.dw), l), after));
            if self.apart(l) {
                let line = self.words(&step(words.b, words.db), l);
                blocks.push(bare(line, self.units(back.b_after.clone())));
            }
            if !back.own_after.is_empty() {
                let line = self.words(&step(words.own, words.down), l);
                blocks.push(bare(line, self.units(back.own_after.clone())));
            }
        }
        Some(Part { heading: "update".into(), blocks })
    }

    /// What is done before and after the rule.
    fn around_the_rule(&self) -> Vec<String> {
        let (spec, words) = (&self.trace.spec, &self.style.words);
        let mut lines = Vec::new();
        if let Some(norm) = spec.clip_norm {
            lines.push(format!(
                "first the whole gradient, penalties aside, is shortened to a norm of {norm} at most"
            ));
        }
        if spec.weight_decay != 0.0 {
            lines.push(format!("first every weight loses {} · {} of itself", words.eta, spec.weight_decay));
        }
        if let Some(norm) = spec.max_norm {
            lines.push(format!("afterwards a unit's weights are scaled to a norm of {norm} at most"));
        }
        lines
    }

    fn back(&self, l: usize) -> Option<&'a Back> {
        self.trace.layers[l - 1].back.as_ref()
    }

    /// Whether the biases of layer `l` stand by themselves.
    fn apart(&self, l: usize) -> bool {
        self.trace.biases
            && match self.style.inside {
                Inside::None => true,
                Inside::First => l > 1,
                Inside::All => false,
            }
    }

    /// Numbers of the samples, as the notation stands them side by side.
    fn vectors(&self, samples: &[Vec<f64>], sample: Option<usize>) -> Matrix {
        match (sample, self.style.samples) {
            (Some(r), _) => Matrix::column(samples[r].clone()),
            (None, Side::Columns) => Matrix::of_rows(samples).transposed(),
            (None, _) => Matrix::of_rows(samples),
        }
    }

    /// The input with the ones that the biases are multiplied with, where the notation has them; samples are columns.
    fn with_ones(&self, mut input: Matrix) -> Matrix {
        if self.trace.biases && self.style.inside != Inside::None {
            input.numbers.extend(vec![1.0; input.columns]);
            input.rows += 1;
        }
        input
    }

    /// W or a gradient by it, in the notation's shape.
    fn weights(&self, l: usize, w: &[Vec<f64>], b: &[f64]) -> Matrix {
        if self.trace.biases && !self.apart(l) {
            let with_b = |(row, b): (&Vec<f64>, &f64)| row.iter().chain([b]).copied().collect();
            return Matrix::of_rows(&w.iter().zip(b).map(with_b).collect::<Vec<_>>());
        }
        let matrix = Matrix::of_rows(w);
        if self.style.turned { matrix.transposed() } else { matrix }
    }

    /// A number for each unit.
    fn units(&self, numbers: Vec<f64>) -> Matrix {
        if self.style.samples == Side::Rows { Matrix::row(numbers) } else { Matrix::column(numbers) }
    }

    /// A derivative by a number for each unit.
    fn derivative(&self, numbers: Vec<f64>) -> Matrix {
        if self.style.row_derivatives { Matrix::row(numbers) } else { self.units(numbers) }
    }

    /// ∂ℓ/∂a of the layer before `l`, with the row of the ones where the notation has it; samples are columns.
    fn upstream(&self, l: usize) -> Option<Matrix> {
        let layer = &self.trace.layers[l - 1];
        let ones = self.trace.biases && self.style.inside == Inside::All;
        let by = |delta: &Vec<f64>| {
            let sum = |column: &dyn Fn(usize) -> f64| (0..delta.len()).map(|j| column(j) * delta[j]).sum();
            let mut all: Vec<f64> = (0..layer.w[0].len()).map(|k| sum(&|j| layer.w[j][k])).collect();
            if ones {
                all.push(sum(&|j| layer.b[j]));
            }
            all
        };
        let rows: Vec<Vec<f64>> = self.back(l)?.sample_delta.iter().map(by).collect();
        Some(Matrix::of_rows(&rows).transposed())
    }

    fn symbols(&self) -> Symbols {
        let words = &self.style.words;
        let last = self.trace.last();
        let from_0 = |template: &str| (0..=last).map(|l| self.words(template, l)).collect::<Vec<_>>();
        let mut a = from_0(words.a);
        a[0] = self.words(words.x, 0).split(" = ").next().unwrap_or_default().to_string();
        Symbols {
            numbers: (0..=last).map(|l| l + self.style.first).collect(),
            a,
            w: from_0(words.w),
            b: (0..=last)
                .map(|l| if l > 0 && self.apart(l) { self.words(words.b, l) } else { String::new() })
                .collect(),
            z: from_0(words.z),
            dz: from_0(words.dz),
            da: from_0(words.upstream),
            dw: from_0(words.dw),
            db: from_0(words.db),
            y: words.y.to_string(),
            loss: words.loss.to_string(),
        }
    }
}

/// A block without notes.
fn bare(equation: String, matrix: impl Into<Option<Matrix>>) -> Block {
    Block { equation, matrix: matrix.into(), marks: Vec::new() }
}

/// The rule of the update, with its numbers.
fn rule(lesson: &Lesson, eta: &str) -> String {
    let mut line = format!("{}, {eta} = {}", lesson.optimizer.name(), lesson.learning_rate);
    for (name, value) in lesson.optimizer.numbers() {
        line.push_str(&format!(", {} = {value}", name.replace('_', " ")));
    }
    if matches!(lesson.optimizer, Optimizer::Sgd(_)) {
        return line;
    }
    let mut formula = tex::line(lesson.optimizer.about().tex);
    if matches!(lesson.optimizer, Optimizer::Adamw(_)) {
        formula = format!("{formula}: {}", tex::line(Optimizer::ADAM.about().tex));
    }
    format!("{line}, in step 1 with nothing remembered: {formula}; G is the gradient")
}

/// Whether all samples count alike.
fn alike(lesson: &Lesson) -> bool {
    lesson.shares.iter().all(|s| *s == lesson.shares[0])
}

/// Whether the derivative at the output is a − y.
fn plain(trace: &Trace) -> bool {
    let output = trace.spec.layers.last().map(|l| l.activation);
    matches!(
        (trace.spec.loss, output),
        (Loss::CrossEntropy, Some(Activation::Softmax))
            | (Loss::BinaryCrossEntropy, Some(Activation::Sigmoid))
            | (Loss::SquaredError, Some(Activation::Linear))
            | (Loss::Poisson, Some(Activation::Exponential))
            | (Loss::Perceptron, Some(Activation::Step))
    )
}

/// The right side of the objective's equation.
fn objective_is(lesson: &Lesson, loss: &str) -> String {
    let mean = if alike(lesson) { format!("mean of {loss}") } else { format!("mean of {loss} by shares") };
    if lesson.penalty == 0.0 { mean } else { format!("{mean} + penalty {}", short(lesson.penalty)) }
}
