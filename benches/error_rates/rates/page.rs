//! The measured rows as lines on a terminal and as a page.

use std::fmt::Write;

use super::count::{AGAIN_S, AROUND_S, Counts, END_S, FIRST_S, PRESENT};
use super::hold::{HeldCounts, HoldRow};
use super::program::ProgramError;
use super::row::Row;

/// A row with what came out.
pub(crate) enum Measured {
    /// A talk.
    Talk(Row, Result<Counts, ProgramError>),
    /// A hold.
    Hold(HoldRow, Result<HeldCounts, ProgramError>),
}

impl Measured {
    /// The row in words.
    pub(crate) fn title(&self) -> String {
        match self {
            Self::Talk(row, _) => row.title(),
            Self::Hold(row, _) => row.title(),
        }
    }

    /// Whether it is held against the goal, and meets it.
    pub(crate) fn goal(&self) -> Option<bool> {
        match self {
            Self::Talk(row, Ok(counts)) if row.is_held() => {
                Some(counts.wrong == 0 && counts.missed == 0)
            }
            Self::Hold(row, Ok(counts)) if row.is_held() => {
                Some(counts.misjudged() == 0 && counts.windows.wrong == 0)
            }
            _ => None,
        }
    }

    /// Why it was left out, if it was.
    pub(crate) fn left_out(&self) -> Option<&ProgramError> {
        match self {
            Self::Talk(_, Err(error)) | Self::Hold(_, Err(error)) => Some(error),
            _ => None,
        }
    }

    fn mark(&self) -> &'static str {
        match self.goal() {
            Some(true) => "met",
            Some(false) => "**missed**",
            None => "",
        }
    }
}

/// One line for a terminal.
pub(crate) fn line(measured: &Measured) -> String {
    let goal = match measured.goal() {
        Some(true) => "goal met",
        Some(false) => "GOAL MISSED",
        None => "",
    };
    let told = match measured {
        Measured::Talk(_, Ok(counts)) => format!(
            "false rejects {} of {} (longest run {}), false accepts {} of {} (longest run {})",
            counts.missed,
            counts.to_hear,
            counts.longest_missed,
            counts.wrong,
            counts.windows,
            counts.longest_wrong
        ),
        Measured::Hold(_, Ok(counts)) => format!(
            "misjudged {} of {} holds {}, false accepts {} of {} (longest run {})",
            counts.misjudged(),
            counts.holds,
            otherwise(counts),
            counts.windows.wrong,
            counts.windows.windows,
            counts.windows.longest_wrong
        ),
        Measured::Talk(_, Err(error)) | Measured::Hold(_, Err(error)) => {
            format!("LEFT OUT: {error}")
        }
    };
    format!("{:<62} {told} {goal}", measured.title())
}

/// The page of all rows, in Markdown.
pub(crate) fn page(rows: &[Measured]) -> String {
    let mut page = introduction(rows);
    let mut section = "";
    for row in rows {
        if let Measured::Talk(talk, counts) = row {
            if talk.section != section {
                section = talk.section;
                let _ = write!(
                    page,
                    "\n## {section}\n\n| what | over | to be heard | false rejects | per 10⁵ | \
                     longest | windows | false accepts | per 10⁵ | longest | goal |\n\
                     |---|---|--:|--:|--:|--:|--:|--:|--:|--:|---|\n"
                );
            }
            let _ = write!(page, "| {} | {} | ", talk.name, talk.path.name());
            let _ = match counts {
                Ok(counts) => writeln!(
                    page,
                    "{} | {} | {} | {} | {} |",
                    counts.to_hear,
                    rate(counts.missed, counts.to_hear, counts.longest_missed),
                    counts.windows,
                    rate(counts.wrong, counts.windows, counts.longest_wrong),
                    row.mark()
                ),
                Err(error) => writeln!(page, "**left out**: {error} | | | | | | | | |"),
            };
        }
    }
    page.push_str(
        "\n## On hold\n\nAfter 3 s of talk the holder falls silent, and the held party hears this \
         for 15 s; *misjudged* is every hold of which `check/hold_music.rs` says anything else than \
         it should.\n\n| what | over | holds | misjudged | as | windows | false accepts | per 10⁵ | \
         longest | goal |\n|---|---|--:|--:|---|--:|--:|--:|--:|---|\n",
    );
    for row in rows {
        let Measured::Hold(hold, counts) = row else { continue };
        let loss = hold.path.loss.name().map(|loss| format!(", {loss}")).unwrap_or_default();
        let _ = write!(page, "| {} | {}{loss} | ", hold.name, hold.path.name());
        let _ = match counts {
            Ok(counts) => writeln!(
                page,
                "{} | {} | {} | {} | {} | {} |",
                counts.holds,
                counts.misjudged(),
                otherwise(counts),
                counts.windows.windows,
                rate(counts.windows.wrong, counts.windows.windows, counts.windows.longest_wrong),
                row.mark()
            ),
            Err(error) => writeln!(page, "**left out**: {error} | | | | | | | |"),
        };
    }
    page
}

fn introduction(rows: &[Measured]) -> String {
    let held: Vec<bool> = rows.iter().filter_map(Measured::goal).collect();
    let met = held.iter().filter(|met| **met).count();
    let left_out = rows.iter().filter(|row| row.left_out().is_some()).count();
    let mut page = format!(
        "# How reliably voices are heard\n\n\
         Made by `cargo bench --bench error_rates -- --write docs/detector.md`; not written by hand. The \
         same seeds make the same page; with `--seed N` chance is another.\n\n\
         The engine's own mouths speak identities of the whole codebook, its own ear listens; codecs \
         between them are FFmpeg (G.711, G.722, libopus at 24 kbit/s) and sox (GSM full rate), each \
         path begins with A-law and ends with the listener's G.711. Speech is espeak-ng's, six voices \
         in four languages; music is composed by chance.\n\n\
         - A **false accept** is a window (64 ms, one every 32 ms) in which an identity is reported that \
         does not sound in it, nor {:.0} ms before or after.\n\
         - A **false reject** is a window in which a voice has to be heard and is not: from {FIRST_S} s \
         after its first word in the call, {AGAIN_S} s after its return from a pause, until {:.0} ms \
         before its end. Windows of which less than half arrived hold nothing to hear and are not \
         counted.\n\
         - *Longest* is the longest run of such windows; the checks take an identity that should not \
         be there for present after {PRESENT} in a row, and a gap of 200 ms (6) for one.\n\
         - Loss is that of the first codec named; what a codec's packets lose is replaced by silence \
         in every other call, by repetition in the rest. What is lost before the listener stays \
         lost.\n\
         - Goal: 0 in 10⁵ over G.711 and G.722 where all else is at least 15 dB below the voice, at \
         most 2 % is lost and nothing clips. None in 10⁵ windows means below 3 in 10⁵ with 95 % \
         confidence, and another seed may show one or two. Rows without a mark are beyond it: their rates are told.\n\n\
         **{} rows are held against the goal, {met} meet it.**\n",
        1e3 * AROUND_S,
        1e3 * END_S,
        held.len(),
    );
    if left_out > 0 {
        let _ = write!(page, "\n**{left_out} rows were left out: a program is missing.**\n");
    }
    page
}

/// Count, rate and longest run, as cells.
fn rate(count: u64, of: u64, longest: u64) -> String {
    match count {
        0 => "0 | 0 | 0".to_owned(),
        _ => format!("{count} | {:.1} | {longest}", count as f64 * 1e5 / of.max(1) as f64),
    }
}

/// What the check said wrongly.
fn otherwise(counts: &HeldCounts) -> String {
    let told: Vec<String> =
        counts.wrong.iter().map(|(said, times)| format!("{times} × {said}")).collect();
    told.join(", ")
}
