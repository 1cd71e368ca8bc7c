//! Several threads read, and one takes what they found, in the order of the pieces: the same answer as from one thread.

use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::{available_parallelism, scope};

/// Threads that read for one question. More would take the gateway's turn on a small machine and find the disk busy on a
/// large one.
const MOST_READERS: usize = 4;

/// Parts of an answer that each thread may have ready. A part is a page of rows at most, so four threads hold a few
/// megabytes.
const AHEAD: usize = 4;

/// Reads one piece and gives what it finds part by part, until it is told to stop.
pub(crate) type Read<'a, P, T> = dyn Fn(&P, &mut dyn FnMut(T) -> ControlFlow<()>) + Sync + 'a;

/// Reads every piece and takes what is found in order, until taking says to stop.
pub(crate) fn in_order<P: Sync, T: Send>(
    pieces: &[P],
    read: &Read<'_, P, T>,
    take: &mut dyn FnMut(T) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let lanes = available_parallelism().map_or(1, |cores| cores.get().min(MOST_READERS)).min(pieces.len());
    if lanes < 2 {
        return alone(pieces, read, take);
    }
    scope(|threads| {
        let lanes: Vec<Receiver<Option<T>>> = (0..lanes)
            .map(|lane| {
                let (send, found) = sync_channel(AHEAD);
                threads.spawn(move || {
                    for piece in pieces.iter().skip(lane).step_by(lanes) {
                        read(piece, &mut |part| match send.send(Some(part)) {
                            Ok(()) => ControlFlow::Continue(()),
                            Err(_nobody_takes_any_more) => ControlFlow::Break(()),
                        });
                        if send.send(None).is_err() {
                            return;
                        }
                    }
                });
                found
            })
            .collect();
        // Leaving this closure drops the lanes, which stops whoever still reads.
        for lane in lanes.iter().cycle().take(pieces.len()) {
            while let Ok(Some(part)) = lane.recv() {
                take(part)?;
            }
        }
        ControlFlow::Continue(())
    })
}

fn alone<P, T>(
    pieces: &[P],
    read: &Read<'_, P, T>,
    take: &mut dyn FnMut(T) -> ControlFlow<()>,
) -> ControlFlow<()> {
    for piece in pieces {
        let mut flow = ControlFlow::Continue(());
        read(piece, &mut |part| {
            flow = take(part);
            flow
        });
        flow?;
    }
    ControlFlow::Continue(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each piece gives its number that many times.
    fn taken(pieces: &[usize], stop_at: usize) -> Vec<usize> {
        let mut all = Vec::new();
        let ended = in_order(
            pieces,
            &|piece, give| {
                for _ in 0..*piece {
                    if give(*piece).is_break() {
                        return;
                    }
                }
            },
            &mut |part| {
                all.push(part);
                if all.len() == stop_at { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            },
        );
        assert_eq!(ended.is_break(), all.len() == stop_at);
        all
    }

    #[test]
    fn parts_come_in_the_order_of_their_pieces_however_many_there_are() {
        let pieces = [30, 0, 1, 200, 2, 0, 7];
        let expected: Vec<usize> =
            pieces.iter().flat_map(|piece| std::iter::repeat_n(*piece, *piece)).collect();
        assert_eq!(taken(&pieces, usize::MAX), expected);
        assert_eq!(taken(&pieces, 33), expected.get(..33).unwrap());
        assert_eq!(taken(&[5], 3), [5, 5, 5]);
        assert_eq!(taken(&[], usize::MAX), Vec::<usize>::new());
    }
}
