//! How often the detector errs, by level, noise, codec, loss, clock and whatever else is on the
//! line, and the same of the check of hold music. `cargo bench --bench error_rates`, with
//! `-- --write docs/detector.md` for the page, `--quick` for a hundredth of the windows, `--only
//! TEXT` for the rows that hold the text, `--jobs N` for several rows at once, `--seed N` for other
//! chances than those of the page (0).

#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]
#![expect(clippy::print_stderr, reason = "and what it could not measure")]

mod rates;

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use rates::distractor::Material;
use rates::hold::HoldRow;
use rates::page::{Measured, line, page};
use rates::plan::{holds, talks};
use rates::row::Row;

/// Sentences of each voice: some ten minutes.
const SENTENCES: usize = 150;

/// Share of the windows with `--quick`.
const QUICK: f64 = 0.01;

/// What was asked for.
struct Asked {
    write: Option<String>,
    only: String,
    jobs: usize,
    scale: f64,
    seed: u64,
}

fn asked() -> Result<Asked, String> {
    let mut asked = Asked { write: None, only: String::new(), jobs: 1, scale: 1.0, seed: 0 };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            "--write" => asked.write = Some(value()?),
            "--only" => asked.only = value()?,
            "--jobs" => {
                let jobs = value()?.parse().map_err(|_| "--jobs needs a number")?;
                asked.jobs = std::cmp::max(jobs, 1);
            }
            "--seed" => asked.seed = value()?.parse().map_err(|_| "--seed needs a number")?,
            "--quick" => asked.scale = QUICK,
            // Cargo's own.
            "--bench" => {}
            other => return Err(format!("unknown argument {other}")),
        }
    }
    let whole = asked.scale >= 1.0 && asked.only.is_empty() && asked.seed == 0;
    match &asked.write {
        Some(_) if !whole => Err("--write wants every row, every window and no seed".to_owned()),
        _ => Ok(asked),
    }
}

enum Wanted {
    Talk(Row),
    Hold(HoldRow),
}

impl Wanted {
    fn title(&self) -> String {
        match self {
            Self::Talk(row) => row.title(),
            Self::Hold(row) => row.title(),
        }
    }

    fn measure(&self, material: &Material, scale: f64, seed: u64) -> Measured {
        match self {
            Self::Talk(row) => {
                Measured::Talk(row.clone(), row.measure(material, row.windows(scale), seed))
            }
            Self::Hold(row) => {
                Measured::Hold(row.clone(), row.measure(material, row.windows(scale), seed))
            }
        }
    }
}

/// Measures rows on several threads; they come back in their order.
fn measure(wanted: &[Wanted], asked: &Asked) -> Vec<Measured> {
    let material = Material::new(SENTENCES);
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..asked.jobs {
            scope.spawn(|| {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    let Some(row) = wanted.get(n) else { break };
                    let began = Instant::now();
                    let measured = row.measure(&material, asked.scale, asked.seed);
                    println!("{} [{:.1} s]", line(&measured), began.elapsed().as_secs_f64());
                    done.lock()
                        .unwrap_or_else(std::sync::PoisonError::into_inner)
                        .push((n, measured));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    done.sort_by_key(|(n, _)| *n);
    done.into_iter().map(|(_, measured)| measured).collect()
}

fn main() -> ExitCode {
    let asked = match asked() {
        Ok(asked) => asked,
        Err(why) => {
            eprintln!("error_rates: {why}");
            return ExitCode::from(2);
        }
    };
    let talks = talks().into_iter().map(Wanted::Talk);
    let wanted: Vec<Wanted> = talks
        .chain(holds().into_iter().map(Wanted::Hold))
        .filter(|row| row.title().contains(&asked.only))
        .collect();
    let began = Instant::now();
    let rows = measure(&wanted, &asked);
    let held: Vec<bool> = rows.iter().filter_map(Measured::goal).collect();
    println!(
        "{} rows in {:.0} s; {} of {} that are held against the goal meet it",
        rows.len(),
        began.elapsed().as_secs_f64(),
        held.iter().filter(|met| **met).count(),
        held.len()
    );
    let missing: Vec<String> = rows
        .iter()
        .filter_map(|row| row.left_out().map(|why| format!("{}: {why}", row.title())))
        .collect();
    for left_out in &missing {
        eprintln!("LEFT OUT: {left_out}");
    }
    if let Some(file) = asked.write {
        if !missing.is_empty() {
            eprintln!("error_rates: {file} is not written: not every row was measured");
            return ExitCode::FAILURE;
        }
        if let Err(error) = std::fs::write(&file, page(&rows)) {
            eprintln!("error_rates: failed to write {file}: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
