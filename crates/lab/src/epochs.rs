//! Training and validation loss against the number of epochs (Fischer and Zahn, How to examine overfitting; S58).

use crate::crew::side_by_side;
use crate::experiment::Outcome;
use crate::interval::Interval;
use crate::points::mean;
use crate::trials::{Source, Study, band};
use feedforward_base::Result;
use feedforward_plot::{Axis, Figure, Item, Panel, number};
use feedforward_selection::Spread;
use feedforward_training::{self as training, Control, EpochRecord, Machine};
use serde::Serialize;
use serde_json::json;

/// Epochs of a table where the user does not say.
const EPOCHS: u64 = 100;
/// Epochs that are told of, at equal ratios.
const TOLD: usize = 40;
/// A rise of the validation loss counts from this share of it on, a fall from that, if it is more than chance.
const RISE: f64 = 0.05;
const FALL: f64 = 0.01;
/// Losses jump from epoch to epoch: they are compared as means over this share of the run, and the least is that of
/// those means.
const WINDOW: f64 = 0.05;
/// The last part of the run, by which is judged whether it still falls.
const LAST: f64 = 0.2;

/// The losses of one epoch over the repeats.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct At {
    /// From 1.
    pub epoch: u64,
    /// The mean over the batches as they came, as training sees it.
    pub train: Spread,
    /// On the validation rows, at the end of the epoch.
    pub valid: Spread,
}

/// What the curves say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The validation loss rises again after its least.
    StopEarlier,
    /// It still falls at the end.
    TrainLonger,
    /// Neither.
    LongEnough,
}

/// All epochs of all repeats, and what they say.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    /// Every epoch.
    pub all: Vec<At>,
    /// The place of the least validation loss: mean over the repeats and a twentieth of the run.
    pub best: usize,
    /// How much the validation loss is above its least at the end.
    pub rise: Interval,
    /// How much it fell in the last fifth of the run.
    pub fall: Interval,
    /// What follows.
    pub verdict: Verdict,
}

/// Train to the end in every repeat, whatever the validation loss does.
///
/// # Errors
/// What the main job refuses.
pub fn measure(study: &Study<'_>) -> Result<Course> {
    study.kind()?;
    let parts = study.parts()?;
    let one = Machine { threads: 1, ..study.machine };
    let job = |r: usize| -> Result<Vec<EpochRecord>> {
        let ask = training::Ask {
            epochs: study.ask.epochs.or(Some(EPOCHS)),
            patience: Some(0),
            restore_best: false,
            seed: study.seed(r),
            ..study.ask.clone()
        };
        let train = parts[r].first(parts[r].rows())?;
        let valid = Some(parts[r].valid.clone());
        Ok(training::fit(train, valid, &ask, one, &mut |_| Control::Continue)?.model.record.epochs)
    };
    let runs = side_by_side(study.repeats, study.machine.threads, study.tell, &job)?;
    Ok(course(study, &runs))
}

/// The curves of all runs, as long as the shortest (a search may end by itself).
fn course(study: &Study<'_>, runs: &[Vec<EpochRecord>]) -> Course {
    let epochs = runs.iter().map(Vec::len).min().unwrap_or(0);
    // A loss that is not finite is no number to take a mean of.
    let valid = |r: usize, e: usize| runs[r][e].valid_loss.unwrap_or(f64::NAN);
    let each = |of: &dyn Fn(usize) -> f64| (0..runs.len()).map(of).collect::<Vec<f64>>();
    let at = |e: usize| {
        let train = Spread::of(each(&|r| runs[r][e].train_loss))?;
        Some(At { epoch: e as u64 + 1, train, valid: Spread::of(each(&|r| valid(r, e)))? })
    };
    let all: Vec<At> = (0..epochs).filter_map(at).collect();
    let last = epochs.saturating_sub(1);
    let half = (WINDOW * 0.5 * epochs as f64) as usize;
    let smooth = |r: usize, e: usize| {
        let (from, to) = (e.saturating_sub(half), (e + half).min(last));
        (from..=to).map(|e| valid(r, e)).sum::<f64>() / (to - from + 1) as f64
    };
    let smoothed: Vec<f64> = (0..epochs).map(|e| mean(&each(&|r| smooth(r, e)))).collect();
    let best = (1..epochs).fold(0, |b, e| if smoothed[e] < smoothed[b] { e } else { b });
    let before = ((1.0 - LAST) * last as f64) as usize;
    let change = |from: usize, to: usize| {
        let spread = Spread::of(each(&|r| smooth(r, to) - smooth(r, from)));
        spread.map_or(Interval { value: 0.0, low: 0.0, high: 0.0 }, |s| study.interval(&s))
    };
    let (rise, fall) = (change(best, last), change(last, before));
    let counts = |i: &Interval, share: f64| i.low > 0.0 && i.value > share * smoothed[best].abs();
    let verdict = if counts(&rise, RISE) {
        Verdict::StopEarlier
    } else if counts(&fall, FALL) {
        Verdict::TrainLonger
    } else {
        Verdict::LongEnough
    };
    Course { all, best, rise, fall, verdict }
}

impl Course {
    fn lines(&self, study: &Study<'_>) -> Vec<String> {
        let short = |x: f64| number(x, 4);
        let (best, last) = (&self.all[self.best], &self.all[self.all.len() - 1]);
        let subject = &study.subject;
        let change =
            |i: &Interval| format!("{} (95 %: {} to {})", short(i.value), short(i.low), short(i.high));
        let mut said = vec![format!(
            "Least validation loss: {} after {} of {} epochs, where the training loss is {}.",
            short(best.valid.mean),
            best.epoch,
            last.epoch,
            short(best.train.mean)
        )];
        said.push(match self.verdict {
            Verdict::StopEarlier => format!(
                "Stop earlier: from there to the end the validation loss rises by {}, while the training loss goes to {}: \
                 the network learns its rows by heart.",
                change(&self.rise),
                short(last.train.mean)
            ),
            Verdict::TrainLonger => format!(
                "Train longer: in the last fifth of the epochs the validation loss still fell by {}.",
                change(&self.fall)
            ),
            Verdict::LongEnough => format!(
                "Long enough: in the last fifth of the epochs the validation loss {}, and it ends {} above its least.",
                if self.fall.value < 0.0 {
                    format!("rose by {}", change(&self.fall.turned()))
                } else {
                    format!("fell by {}", change(&self.fall))
                },
                short(self.rise.value)
            ),
        });
        let longer = format!("Next: ff lab epochs{subject} --epochs {}", 4 * last.epoch);
        said.push(match (self.verdict, &study.source) {
            (Verdict::TrainLonger, _) => longer,
            (Verdict::StopEarlier, Source::Table { .. }) => {
                format!("Next: ff train{subject}, which stops there by itself, or with --penalty l2=1e-3")
            }
            (Verdict::LongEnough, Source::Table { .. }) => format!("Next: ff train{subject}"),
            (_, Source::Drawn { .. }) => format!("Next: ff lab epochs{subject} --penalty l2=1e-3"),
        });
        said
    }
    /// About [`TOLD`] epochs at equal ratios, the best and the last among them.
    fn told(&self) -> Vec<&At> {
        let n = self.all.len();
        let at = |i: usize| (n as f64).powf(i as f64 / (TOLD - 1) as f64).round() as usize - 1;
        let mut places: Vec<usize> = (0..TOLD).map(at).chain([self.best, n - 1]).filter(|e| *e < n).collect();
        places.sort_unstable();
        places.dedup();
        places.into_iter().map(|e| &self.all[e]).collect()
    }
}

/// `ff lab epochs`.
///
/// # Errors
/// As [`measure`].
pub fn run(study: &Study<'_>) -> Result<Outcome> {
    let course = measure(study)?;
    let (told, said) = (course.told(), course.lines(study));
    let mut lines = vec![format!("{:>8}  {:<22} validation loss", "epoch", "training loss")];
    // A terminal shows every fifth.
    let shown = told.iter().enumerate().filter(|(i, a)| i % 5 == 0 || a.epoch == course.all.len() as u64);
    lines.extend(shown.map(|(_, a)| format!("{:>8}  {:<22} {}", a.epoch, a.train.to_string(), a.valid)));
    lines.push(String::new());
    lines.extend(said.iter().cloned());
    let numbers = json!({
        "epochs": told, "best": course.all[course.best].epoch, "rise_after_best": course.rise,
        "fall_at_the_end": course.fall, "verdict": course.verdict, "diagnosis": said, "repeats": study.repeats,
    });
    let figure = Figure::new("Epochs", 1, vec![panel(&course)]).caption(
        "The training loss falls on. The validation loss falls while what is learned holds for other rows, and rises when \
         it does not. Upright bars are one standard deviation over the repeats.",
    );
    Ok(Outcome { lines, numbers, figure })
}

/// Both losses against the epochs.
pub(crate) fn panel(course: &Course) -> Panel {
    let told = course.told();
    let line = |of: &dyn Fn(&At) -> f64| told.iter().map(|a| (a.epoch as f64, of(a))).collect::<Vec<_>>();
    let items = vec![
        // Some of each, not beside one another.
        band(told.iter().step_by(4).map(|a| (a.epoch as f64, &a.train)), 0),
        band(told.iter().skip(2).step_by(4).map(|a| (a.epoch as f64, &a.valid)), 1),
        Item::line(line(&|a| a.train.mean), 0, "training rows"),
        Item::line(line(&|a| a.valid.mean), 1, "validation rows"),
        Item::upright(course.all[course.best].epoch as f64, 4, "least validation loss"),
    ];
    let losses = told.iter().flat_map(|a| [a.train.mean, a.valid.mean]).filter(|l| l.is_finite());
    let above_0 = told.iter().all(|a| a.train.mean > 0.0 && a.valid.mean > 0.0);
    // The first epochs lie high above the rest.
    let wide = losses.clone().fold(0.0, f64::max) > 5.0 * mean(&losses.collect::<Vec<_>>());
    let y = if above_0 && wide { Axis::new("loss").log(10) } else { Axis::new("loss") };
    Panel::new("", Axis::new("epochs").log(2), y, items)
}
