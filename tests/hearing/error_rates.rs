//! The bench of the detector's errors: its goal is met on a sample, and what is broken is
//! counted.

use super::rates::call::Call;
use super::rates::count::Counts;
use super::rates::dice::Dice;
use super::rates::distractor::{Distractor, Material};
use super::rates::hold::{Held, HeldCounts, HoldRow};
use super::rates::page::{Measured, line, page};
use super::rates::path::{Loss, Path};
use super::rates::plan::{holds, talks};
use super::rates::program::ProgramError;
use super::rates::row::Row;

/// Windows of a row in a trial: a call or two.
const WINDOWS: u64 = 1200;

/// Sentences of each voice in a trial.
const SENTENCES: usize = 12;

/// Whether a program of others makes the sound.
fn is_spoken(sound: Distractor) -> bool {
    matches!(sound, Distractor::Babble | Distractor::Speech | Distractor::AnnouncementOverMusic)
}

/// Whether programs of others are needed, for a codec or for speech.
fn is_foreign(row: &Row) -> bool {
    !row.path.codecs.is_empty() || row.beside.is_some_and(|(sound, _)| is_spoken(sound))
}

fn is_foreign_hold(row: &HoldRow) -> bool {
    let spoken = matches!(row.held, Held::Sound(sound, ..) if is_spoken(sound));
    spoken || !row.path.codecs.is_empty()
}

fn is_missing<T>(result: &Result<T, ProgramError>) -> bool {
    matches!(result, Err(ProgramError::Missing(_)))
}

/// Rows of talks held against the goal, those that need programs of others or not.
fn sample(foreign: bool) -> Vec<Measured> {
    let material = Material::new(if foreign { SENTENCES } else { 0 });
    let held = talks().into_iter().filter(|row| row.is_held() && is_foreign(row) == foreign);
    held.map(|row| {
        let counts = row.measure(&material, WINDOWS, 0);
        Measured::Talk(row, counts)
    })
    .collect()
}

fn meet_the_goal(rows: &[Measured]) {
    let told: Vec<String> = rows.iter().filter(|row| row.goal() != Some(true)).map(line).collect();
    assert!(told.is_empty(), "{} of {} rows:\n{}", told.len(), rows.len(), told.join("\n"));
}

#[test]
fn a_sample_of_every_row_without_foreign_codecs_meets_the_goal() {
    let rows = sample(false);
    assert!(rows.len() > 25, "only {} rows", rows.len());
    meet_the_goal(&rows);
}

#[test]
fn a_sample_of_holds_is_judged_aright() {
    let material = Material::new(0);
    let held = holds().into_iter().filter(|row| row.is_held() && !is_foreign_hold(row));
    let rows: Vec<Measured> = held
        .map(|row| {
            let counts = row.measure(&material, WINDOWS, 0);
            Measured::Hold(row, counts)
        })
        .collect();
    assert!(rows.len() > 15, "only {} rows", rows.len());
    meet_the_goal(&rows);
}

#[cfg(feature = "lab")]
#[test]
fn a_sample_of_every_row_with_foreign_codecs_and_speech_meets_the_goal() {
    let rows = sample(true);
    assert!(rows.len() > 15, "only {} rows", rows.len());
    meet_the_goal(&rows);
}

/// Counts calls of a row that are carried otherwise than they are told.
fn counted(row: &Row, otherwise: impl Fn(&mut Call)) -> Counts {
    let mut call = row.call(&mut Dice::new(7));
    let told = call.clone();
    otherwise(&mut call);
    let heard = row.path.carry(&[call], &Material::new(0)).unwrap();
    Counts::of(&told, &heard[0])
}

#[test]
fn a_path_that_is_broken_is_counted() {
    let row = Row::new("Trial", "broken");
    let sound = counted(&row, |_| {});
    assert_eq!((sound.wrong, sound.missed), (0, 0));
    assert!(sound.windows > 1200 && sound.to_hear > 1000, "{sound:?}");
    let silent = counted(&row, |call| call.voices.clear());
    assert_eq!((silent.wrong, silent.missed), (0, sound.to_hear), "nobody is heard");
    let crossed = counted(&row, |call| call.voices[0].number = (call.voices[0].number + 1) % 1000);
    assert_eq!(crossed.missed, sound.to_hear);
    assert!(crossed.wrong > 1000 && crossed.longest_wrong > 700, "{crossed:?}");
    let late = counted(&row, |call| call.voices[0].delay += 16_000);
    assert!(late.wrong > 50 && late.missed > 50, "2 s late: {late:?}");
    let cut = counted(&row, |call| call.voices[0].spans[1].0 += 50);
    assert_eq!((cut.wrong, cut.missed), (0, cut.longest_missed), "a second short: {cut:?}");
    assert!((20..=24).contains(&cut.missed), "0.7 s: {cut:?}");
}

#[test]
fn what_did_not_arrive_need_not_be_heard() {
    let row = Row::new("Trial", "lossy").losing(Loss::Random(0.6));
    let lossy = counted(&row, |_| {});
    let all = counted(&Row::new("Trial", "whole"), |_| {});
    assert!(lossy.to_hear < all.to_hear / 2, "{} of {}", lossy.to_hear, all.to_hear);
}

#[test]
fn a_hold_that_is_judged_otherwise_is_counted_and_told() {
    let mut row = holds().into_iter().find(|row| row.name == "silence").unwrap();
    row.right = &[None];
    let counts: HeldCounts = row.measure(&Material::new(0), WINDOWS, 0).unwrap();
    assert_eq!((counts.misjudged(), counts.holds), (counts.holds, 3));
    let rows = [Measured::Hold(row, Ok(counts))];
    assert!(
        line(&rows[0]).contains("misjudged 3 of 3 holds 3 × hold-silent"),
        "{}",
        line(&rows[0])
    );
    let page = page(&rows);
    assert!(page.contains("**1 rows are held against the goal, 0 meet it.**"), "{page}");
    assert!(page.contains("| 3 | 3 | 3 × hold-silent |") && page.contains("**missed**"), "{page}");
}

#[test]
fn a_missing_program_is_named() {
    let missing = super::rates::program::filter("no-such-program", &[], &[]);
    assert!(is_missing(&missing));
    let row = Row::new("Trial", "left out");
    let rows = [Measured::Talk(row, missing.map(|_| Counts::default()))];
    assert!(page(&rows).contains("**left out**: no-such-program is not installed"));
    assert!(page(&rows).contains("**1 rows were left out"));
}

#[test]
fn the_written_page_has_every_row_and_rows_have_names_of_their_own() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/detector.md");
    let page = std::fs::read_to_string(file).unwrap();
    let mut titles = std::collections::BTreeSet::new();
    for row in talks() {
        let cells = format!("| {} | {} | ", row.name, row.path.name());
        assert!(page.contains(&cells), "make it anew: docs/make\n{cells}");
        assert!(titles.insert(row.title()), "twice: {}", row.title());
    }
    for row in holds() {
        assert!(page.contains(&format!("| {} | {}", row.name, row.path.name())), "{}", row.title());
        assert!(titles.insert(row.title()), "twice: {}", row.title());
    }
    assert!(!page.contains("left out**"));
    assert_eq!(Path::default().name(), "A-law");
}
