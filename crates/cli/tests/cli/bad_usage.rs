//! Everything that can be wrong with flags and outputs, and what is said about it: standard error and exit code as
//! snapshots.

use crate::common::Folder;
use snapbox::str;

#[test]
fn no_target() {
    let folder = Folder::with(&["classes.csv"]);
    let said = folder.ff("train classes.csv").assert();
    said.code(2).stdout_eq("").stderr_eq(str![[r#"
error: --target is not given: the column to predict
  at: classes.csv
hint: name one of `a`, `y`; often it is the last: `--target y`

"#]]);
}

#[test]
fn a_set_misspelt() {
    let folder = Folder::with(&[]);
    let said = folder.ff("train mons").assert();
    said.code(2).stdout_eq("").stderr_eq(str![[r#"
error: there is no file or generated set `mons`
hint: did you mean `moons`?

"#]]);
}

#[test]
fn layers_with_a_gap() {
    let folder = Folder::with(&["classes.csv"]);
    let said = folder.ff("train classes.csv --target y --layers 512,,256").assert();
    said.code(2).stdout_eq("").stderr_eq(str![[r#"
error: --layers is `512,,256`; it must be whole numbers of 1 or more such as `512,256`, or '' for no hidden layer

"#]]);
}

#[test]
fn a_layer_of_no_units() {
    let folder = Folder::with(&["classes.csv"]);
    let said = folder.ff("train classes.csv --target y --layers 8,0").assert();
    said.code(2).stdout_eq("").stderr_eq(str![[r#"
error: --layers is `8,0`; it must be whole numbers of 1 or more such as `512,256`, or '' for no hidden layer

"#]]);
}

#[test]
fn a_negative_learning_rate() {
    let folder = Folder::with(&["classes.csv"]);
    let said = folder.ff("train classes.csv --target y --learning-rate -1").assert();
    said.code(2).stdout_eq("").stderr_eq(str![[r#"
error: the learning rate is `-1`; it must be a number of at least 1e-30

"#]]);
}

#[test]
fn a_learning_rate_that_is_no_number() {
    let folder = Folder::with(&["classes.csv"]);
    let said = folder.ff("train classes.csv --target y --learning-rate fast").assert();
    said.code(2).stdout_eq("").stderr_eq(str![[r#"
error: --learning-rate is `fast`; it must be a number

"#]]);
}

#[test]
fn an_activation_misspelt() {
    let folder = Folder::with(&["classes.csv"]);
    let said = folder.ff("train classes.csv --target y --activation rellu").assert();
    said.code(2).stdout_eq("").stderr_eq(str![[r#"
error: there is no activation `rellu`
hint: did you mean `relu`?

"#]]);
}

#[test]
fn an_optimizer_that_does_not_exist() {
    let folder = Folder::with(&["classes.csv"]);
    let said = folder.ff("train classes.csv --target y --optimizer lion").assert();
    said.code(2).stdout_eq("").stderr_eq(str![[r#"
error: there is no optimizer `lion`
hint: choose from `sgd`, `momentum`, `nesterov`, `adagrad`, `rmsprop`, `adam`, `adamw`, `conjugate_gradient`, `lbfgs`

"#]]);
}

#[test]
fn a_search_wants_all_rows_and_finds_its_step() {
    let folder = Folder::with(&["classes.csv"]);
    let said = folder.ff("train classes.csv --target y --optimizer lbfgs --batch-size 8").assert();
    said.code(2).stdout_eq("").stderr_eq(str![[r#"
error: --batch-size does not go with --optimizer lbfgs: a search looks at all training rows in every iteration
hint: leave --batch-size out, or take a rule such as `adam`

"#]]);
    let said =
        folder.ff("train classes.csv --target y --optimizer conjugate_gradient --dropout 0.2").assert();
    said.code(2).stdout_eq("").stderr_eq(str![[r#"
error: dropout does not go with optimizer `conjugate_gradient`: its draws would change the objective from one look to the next
hint: leave --dropout out, or take a rule such as `adam`

"#]]);
}

#[test]
fn a_number_of_another_optimizer() {
    let folder = Folder::with(&["classes.csv"]);
    let said = folder.ff("train classes.csv --target y --optimizer sgd --beta1 0.8").assert();
    said.code(2).stdout_eq("").stderr_eq(str![[r#"
error: --beta1 does not go with --optimizer sgd: sgd has no such number
hint: use `--optimizer adam` or `--optimizer adamw`, or leave --beta1 out

"#]]);
}

#[test]
fn dropout_of_everything() {
    let folder = Folder::with(&["classes.csv"]);
    let said = folder.ff("train classes.csv --target y --dropout 1").assert();
    said.code(2).stdout_eq("").stderr_eq(str![[r#"
error: 2 problems
  - dropout is `1`; it must be at least 0 and below 1
      at: layer 1
  - dropout is `1`; it must be at least 0 and below 1
      at: layer 2
hint: 0.2 drops one activation in five

"#]]);
}

#[test]
fn a_loss_for_another_target() {
    let folder = Folder::with(&["classes.csv"]);
    let said = folder.ff("train classes.csv --target a --loss cross_entropy").assert();
    said.code(2).stdout_eq("").stderr_eq(str![[r#"
error: loss `cross_entropy` does not go with a target of numbers: it judges classes
hint: use --loss squared_error, or --task classification if the numbers are classes

"#]]);
}

#[test]
fn too_many_activations() {
    let folder = Folder::with(&["classes.csv"]);
    let said = folder.ff("train classes.csv --target y --layers 8 --activation relu,tanh").assert();
    said.code(2).stdout_eq("").stderr_eq(str![[r#"
error: --activation lists 2 functions; it must be one

"#]]);
}

#[test]
fn a_share_above_one() {
    let folder = Folder::with(&["classes.csv"]);
    let said = folder.ff("train classes.csv --target y --validation 1.5").assert();
    said.code(2).stdout_eq("").stderr_eq(str![[r#"
error: --validation is `1.5`; it must be at least 0 and below 1

"#]]);
}

#[test]
fn no_thread() {
    let folder = Folder::with(&["classes.csv"]);
    let said = folder.ff("train classes.csv --target y --threads 0").assert();
    said.code(2).stdout_eq("").stderr_eq(str![[r#"
error: --threads is `0`; it must be at least 1

"#]]);
}

#[test]
fn a_target_that_is_ignored() {
    let folder = Folder::with(&["classes.csv"]);
    let said = folder.ff("train classes.csv --target y --ignore y").assert();
    said.code(2).stdout_eq("").stderr_eq(str![[r#"
error: --target `y` does not go with --ignore `y`: a column has one role
  at: classes.csv

"#]]);
}

#[test]
fn an_output_below_a_file() {
    let folder = Folder::with(&["classes.csv"]);
    let said = folder.ff("train classes.csv --target y -o classes.csv/model.ff").assert();
    said.code(3).stdout_eq("").stderr_eq(str![[r#"
error: cannot write the file: a part of the path is not a directory
  at: classes.csv/model.ff
hint: name a place in a folder that you may write to

"#]]);
}

#[test]
fn an_output_in_no_folder() {
    let folder = Folder::with(&["classes.csv"]);
    let said = folder.ff("train classes.csv --target y -o none/model.ff").assert();
    said.code(3).stdout_eq("").stderr_eq(str![[r#"
error: cannot write the file: there is no such file or directory
  at: none/model.ff
hint: make the folder first, or name another place

"#]]);
}

#[test]
fn an_output_that_is_a_folder() {
    let folder = Folder::with(&["classes.csv"]);
    let said = folder.ff("train classes.csv --target y -o .").assert();
    said.code(3).stdout_eq("").stderr_eq(str![[r#"
error: cannot write the file: this is a directory
  at: .
hint: name a file in the folder

"#]]);
}

#[test]
fn an_output_that_is_the_data() {
    let folder = Folder::with(&["classes.csv"]);
    let said = folder.ff("train classes.csv --target y -o classes.csv").assert();
    said.code(2).stdout_eq("").stderr_eq(str![[r#"
error: the new model classes.csv does not go with the data classes.csv: the one would overwrite the other
hint: name another place with `-o`

"#]]);
}

#[test]
fn an_output_that_is_its_own_record() {
    let folder = Folder::with(&["classes.csv"]);
    let said = folder.ff("train classes.csv --target y -o model.json").assert();
    said.code(2).stdout_eq("").stderr_eq(str![[r#"
error: --out model.json does not go with its record, which goes beside it as .json: the one would overwrite the other
hint: choose another name for --out

"#]]);
}

#[test]
fn a_setting_misspelt() {
    let folder = Folder::with(&["classes.csv"]);
    folder.write("run.toml", "learning-rat = 0.1\nepoch = 3\n");
    let said = folder.ff("train classes.csv --target y --config run.toml").assert();
    said.code(2).stdout_eq("").stderr_eq(str![[r#"
error: 2 problems
  - there is no flag of `ff train` called `epoch`
      at: run.toml
    hint: did you mean `epochs`?
  - there is no flag of `ff train` called `learning-rat`
      at: run.toml
    hint: did you mean `learning-rate`?

"#]]);
}

#[test]
fn a_config_that_is_no_toml() {
    let folder = Folder::with(&["classes.csv"]);
    folder.write("run.toml", "epochs = 3\nlayers = [8\n");
    let said = folder.ff("train classes.csv --target y --config run.toml").assert();
    said.code(3).stdout_eq("").stderr_eq(str![[r#"
error: this is not a sound TOML file: unclosed array, expected `]`
  at: run.toml, row 2

"#]]);
}

#[test]
fn a_config_that_is_not_there() {
    let folder = Folder::with(&["classes.csv"]);
    let said = folder.ff("train classes.csv --target y --config none.toml").assert();
    said.code(3).stdout_eq("").stderr_eq(str![[r#"
error: cannot read: there is no such file or directory
  at: none.toml

"#]]);
}

#[test]
fn shares_that_do_not_add_up() {
    let folder = Folder::with(&["classes.csv"]);
    let said = folder.ff("split classes.csv --ratio 60/30 -o parts").assert();
    said.code(2).stdout_eq("").stderr_eq(str![[r#"
error: --ratio is `60/30`; it must be shares above 0 that sum to 100 or to 1, such as `60/20/20`
hint: these sum to 90

"#]]);
}

#[test]
fn one_fold() {
    let folder = Folder::with(&["classes.csv"]);
    let said = folder.ff("split classes.csv --kfold 1 -o parts").assert();
    said.code(2).stdout_eq("").stderr_eq(str![[r#"
error: --kfold is `1`; it must be at least 2

"#]]);
}

#[test]
fn splitting_standard_input() {
    let folder = Folder::with(&[]);
    let said = folder.ff("split - --ratio 80/20 -o parts").assert();
    said.code(2).stdout_eq("").stderr_eq(str![[r#"
error: DATA is `-`; it must be the name of a file
hint: save the data in a file first; it is read twice

"#]]);
}

#[test]
fn a_plan_without_an_output() {
    let folder = Folder::with(&[]);
    let said = folder.ff("plan --layers 4").assert();
    said.code(2).stdout_eq("").stderr_eq(str![[r#"
error: --layers is `4`; it must be two or more whole numbers of 1 or more such as `784-512-10`

"#]]);
}

#[test]
fn a_delimiter_of_two_characters() {
    let folder = Folder::with(&["classes.csv"]);
    let said = folder.ff("describe classes.csv --delimiter ab").assert();
    said.code(2).stdout_eq("").stderr_eq(str![[r#"
error: --delimiter is `ab`; it must be one ASCII character

"#]]);
}

#[test]
fn a_kind_that_does_not_exist() {
    let folder = Folder::with(&["classes.csv"]);
    let said = folder.ff("describe classes.csv --type a=text").assert();
    said.code(2).stdout_eq("").stderr_eq(str![[r#"
error: there is no kind of column `text`
hint: choose from `category`, `number`

"#]]);
}

/// A table of two classes, and a model of it.
fn with_a_model() -> Folder {
    let folder = Folder::with(&[]);
    let rows: String = (0..60).map(|i| format!("{},{}\n", i % 7, ["a", "b"][i % 7 / 4])).collect();
    folder.write("t.csv", format!("x,y\n{rows}"));
    folder.ok("train t.csv --target y --layers 2 --epochs 1 -q");
    folder
}

#[test]
fn what_a_run_reads_is_never_replaced() {
    let folder = with_a_model();
    folder.write("valid.csv", folder.read("t.csv"));
    let before: Vec<_> = folder.files().iter().map(|f| folder.read(f)).collect();
    folder.ff("predict t.ff t.csv -o t.csv").assert().code(2).stdout_eq("").stderr_eq(str![[r#"
error: the result t.csv does not go with the data t.csv: the one would overwrite the other
hint: name another place with `-o`

"#]]);
    folder.ff("predict t.ff t.csv -o ./t.ff").assert().code(2).stdout_eq("").stderr_eq(str![[r#"
error: the result ./t.ff does not go with the model t.ff: the one would overwrite the other
hint: name another place with `-o`

"#]]);
    folder.ff("train t.csv --target y --valid valid.csv -o valid.csv").assert().code(2).stderr_eq(str![[r#"
error: the new model valid.csv does not go with the validation rows valid.csv: the one would overwrite the other
hint: name another place with `-o`

"#]]);
    folder.write("train.csv", folder.read("t.csv"));
    folder.ff("split train.csv --ratio 80/20 -o .").assert().code(2).stdout_eq("").stderr_eq(str![[r#"
error: the part ./train.csv does not go with the data train.csv: the one would overwrite the other
hint: name another folder with `-o`

"#]]);
    assert_eq!(folder.read("train.csv"), folder.read("t.csv"));
    std::fs::remove_file(folder.path("train.csv")).unwrap();
    let after: Vec<_> = folder.files().iter().map(|f| folder.read(f)).collect();
    assert_eq!(before, after);
}

#[test]
fn what_others_made_is_never_replaced() {
    let folder = with_a_model();
    let notes = r#"{"my": "precious notes"}"#;
    folder.write("t.json", notes);
    let train = "train t.csv --target y --layers 2 --epochs 1 -q";
    folder.ff(train).assert().code(3).stdout_eq("").stderr_eq(str![[r#"
error: cannot replace this file: it is not the record of a model
  at: t.json
hint: name another place with `-o`, or move the file away

"#]]);
    assert_eq!(folder.read("t.json"), notes.as_bytes());
    folder.write("other.ff", "poetry");
    folder.ff(&format!("{train} -o other.ff")).assert().code(3).stdout_eq("").stderr_eq(str![[r#"
error: cannot replace this file: it is not a model file
  at: other.ff
hint: name another place with `-o`, or move the file away

"#]]);
    folder.ok(&format!("{train} -o mine.ff"));
    folder.ff("predict t.ff t.csv -o mine.ff").assert().code(3).stdout_eq("").stderr_eq(str![[r#"
error: cannot replace this file: it is a model file
  at: mine.ff
hint: name another place with `-o`, or move the file away

"#]]);
    // Ours are replaced, also damaged ones.
    folder.write("mine.ff", &folder.read("mine.ff")[..900]);
    folder.ok(&format!("{train} -o mine.ff"));
    folder.ok("inspect mine.ff");
}

#[test]
fn bad_settings_are_blamed_on_their_file() {
    let folder = Folder::with(&["classes.csv"]);
    folder.write("run.toml", "learning-rate = 'fast'\nseed = 'x'\nheader = 'perhaps'\nepochs = 3\n");
    let said = folder.ff("train classes.csv --target y --config run.toml").assert();
    said.code(2).stdout_eq("").stderr_eq(str![[r#"
error: 3 problems
  - --header is `perhaps`; it must be one of `yes`, `no`, `auto`
      at: run.toml
  - --learning-rate is `fast`; it must be a number
      at: run.toml
  - --seed is `x`; it must be a whole number of 0 or more
      at: run.toml

"#]]);
    folder.write("run.toml", "learning-rate = 0.1\nlayers = [8]\nheader = 'no'\n");
    let said = folder.ff("predict m.ff classes.csv --config run.toml").assert();
    said.code(2).stdout_eq("").stderr_eq(str![[r#"
error: a file with `layers`, `learning-rate` does not go with `ff predict`: `ff train` has such flags
  at: run.toml
hint: keep the settings of `ff predict` in a file of their own

"#]]);
    folder.write("run.toml", "folds = 3\n");
    let said = folder.ff("train classes.csv --target y --config run.toml").assert();
    said.code(2).stdout_eq("").stderr_eq(str![[r#"
error: a file with `folds` does not go with `ff train`: `ff tune`, `ff cross-validate` have such flags
  at: run.toml
hint: keep the settings of `ff train` in a file of their own

"#]]);
    let said = folder.ff("train classes.csv --target y --scaling huge").assert();
    said.code(2).stdout_eq("").stderr_eq(str![[r#"
error: --scaling is `huge`; it must be one of `auto`, `none`, `standardise`, `min-max`, `robust`

"#]]);
    let said = folder.ff("train classes.csv --target y --max-levels 1").assert();
    said.code(2).stdout_eq("").stderr_eq(str![[r#"
error: --max-levels is `1`; it must be at least 2
hint: leave columns out with --ignore

"#]]);
}

#[test]
fn a_config_without_end() {
    let folder = Folder::with(&["classes.csv"]);
    std::fs::write(folder.path("long.toml"), "# no settings\n".repeat(100_000)).unwrap();
    let said = folder.ff("train classes.csv --target y --config long.toml").assert();
    said.code(2).stdout_eq("").stderr_eq(str![[r#"
error: the file is `larger than 1 MiB`; it must be a short TOML file
  at: long.toml
hint: give a file that a person wrote

"#]]);
}

#[test]
fn epochs_without_end_are_counted_without_a_panic() {
    let folder = Folder::with(&[]);
    folder.ok("train moons:rows=60 --validation 0.5 --patience 1 --learning-rate 1e-30 --epochs 18446744073709551615");
}
