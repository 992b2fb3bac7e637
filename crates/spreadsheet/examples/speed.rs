//! Times the sidecar against calamine alone on one .xlsx, in turns: `speed FILE`. Prints seconds, best of three.

use std::hint::black_box;
use std::ops::ControlFlow;
use std::process::ExitCode;
use std::time::Instant;

use calamine::{Reader as _, Xlsx};
use kiulu_spreadsheet::Reader;

fn main() -> ExitCode {
    let (Some(path), Ok(reader)) = (std::env::args_os().nth(1), Reader::locate()) else {
        return ExitCode::from(2);
    };
    let (mut alone, mut sidecar, mut preview) = (f64::MAX, f64::MAX, f64::MAX);
    for _ in 0..3 {
        let started = Instant::now();
        let Ok(mut workbook) = calamine::open_workbook::<Xlsx<_>, _>(&path) else {
            return ExitCode::FAILURE;
        };
        let Some(Ok(range)) = workbook.worksheet_range_at(0) else {
            return ExitCode::FAILURE;
        };
        let cells: usize = black_box(range.rows().map(<[_]>::len).sum());
        alone = alone.min(started.elapsed().as_secs_f64());
        drop(range);
        let started = Instant::now();
        let mut seen = 0;
        let summary = reader.rows(path.as_ref(), 0, |row| {
            seen += black_box(row).cells.len();
            ControlFlow::Continue(())
        });
        sidecar = sidecar.min(started.elapsed().as_secs_f64());
        let started = Instant::now();
        let inspected = reader.inspect(path.as_ref());
        preview = preview.min(started.elapsed().as_secs_f64());
        println!(
            "{cells} cells alone, {seen} through the sidecar, {summary:?}, preview {}",
            inspected.is_ok()
        );
    }
    println!(
        "calamine {alone:.3} s, sidecar {sidecar:.3} s ({:.2} of it), preview {preview:.3} s ({:.2})",
        sidecar / alone,
        preview / alone
    );
    ExitCode::SUCCESS
}
