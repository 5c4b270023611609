//! What answers' bodies are read into.
//!
//! [`Spares`] owns the buffers; whoever calls again and again keeps one ([`Gcp`](super::Gcp) does). A page of a list has a few
//! hundred kilobytes and is read every second for as long as a batch lives, while what it tells is kept in small pieces. If
//! each page had a buffer of its own, those pieces would be put into the hole that the last one left, the next page would find
//! none that is large enough, and the heap would grow by one page every few seconds (measured: 1,000 launches of 15 minutes
//! took 37 MB, of which 8 were in use).

use std::cell::RefCell;
use std::fmt;

use bytes::{Bytes, BytesMut};
use reqwest::Response;

use super::error::{AnswerError, Fault};

/// A page of 1000 log entries of 256 KiB would be larger, but is never met; what comes beyond this is not an answer.
const BODY_LIMIT: usize = 64 << 20;

/// How many buffers are kept: one for each list that a scope reads, and one for the answers in between.
const SPARES: usize = 4;

/// The largest buffer that is kept: a full page of the log, with room. What a rare larger body takes is given back.
const SPARE_LIMIT: usize = 1 << 20;

/// Buffers that no body is read into, to be used again, the smallest first.
#[derive(Default)]
pub(super) struct Spares {
    kept: RefCell<Vec<Spare>>,
}

/// One of them. It may still hold the body that was read into it last: [`BytesMut`] uses its room again as soon as nobody
/// else does.
#[derive(Default)]
struct Spare {
    room: usize,
    buffer: BytesMut,
}

/// Says nothing of what was read.
impl fmt::Debug for Spares {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spares").finish_non_exhaustive()
    }
}

impl Spares {
    /// Reads the body, decompressed, up to [`BODY_LIMIT`].
    pub(super) async fn read(&self, mut response: Response) -> Result<Bytes, Fault> {
        let announced = response
            .content_length()
            .map(|length| usize::try_from(length).map_or(BODY_LIMIT, |length| length.min(BODY_LIMIT)));
        let mut body = self.take(announced);
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() > BODY_LIMIT => {
                    let limit_mib = (BODY_LIMIT >> 20) as u64;
                    return Err(AnswerError::TooLarge { limit_mib }.into());
                }
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => return Ok(self.part(body)),
                // The headers came, so the request was answered: what breaks now is the answer, whatever the cause.
                Err(_) => return Err(AnswerError::Truncated.into()),
            }
        }
    }

    /// An empty buffer: the smallest with room for what is `announced`. Of a body of unknown length anything may come.
    fn take(&self, announced: Option<usize>) -> BytesMut {
        let mut kept = self.kept.borrow_mut();
        let fits = announced.and_then(|wanted| kept.iter().position(|spare| spare.room >= wanted));
        let largest = kept.len().checked_sub(1);
        let Spare { room, mut buffer } = fits.or(largest).map(|nth| kept.remove(nth)).unwrap_or_default();
        // All of its room, not only what is announced, or the rest would be lost.
        buffer.reserve(room.max(announced.unwrap_or_default()));
        buffer
    }

    /// The body; its buffer is kept, for when nobody holds the body any more.
    fn part(&self, mut buffer: BytesMut) -> Bytes {
        let room = buffer.capacity();
        let body = buffer.split().freeze();
        if room <= SPARE_LIMIT {
            let mut kept = self.kept.borrow_mut();
            let larger = kept.partition_point(|spare| spare.room < room);
            kept.insert(larger, Spare { room, buffer });
            if kept.len() > SPARES {
                kept.remove(0);
            }
        }
        body
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(spares: &Spares, bytes: usize, announced: bool) -> Bytes {
        let mut body = spares.take(announced.then_some(bytes));
        assert!(body.is_empty());
        body.resize(bytes, b'x');
        spares.part(body)
    }

    #[test]
    fn pages_of_any_size_up_to_the_largest_are_read_into_one_buffer() {
        let spares = Spares::default();
        let place = read(&spares, 300_000, true).as_ptr();
        for bytes in [300_000, 1, 0, 299_999, 150_000] {
            for announced in [true, false] {
                assert_eq!(read(&spares, bytes, announced).as_ptr(), place, "{bytes}");
            }
        }
    }

    #[test]
    fn a_body_that_is_still_held_keeps_its_bytes() {
        let spares = Spares::default();
        let held = read(&spares, 50_000, true);
        let other = read(&spares, 50_000, true);
        assert_ne!(held.as_ptr(), other.as_ptr());
        assert!(held.iter().all(|byte| *byte == b'x'));
    }

    #[test]
    fn a_small_body_leaves_the_large_buffer_to_a_page() {
        let spares = Spares::default();
        let bodies = [100, 300_000, 5_000].map(|bytes| {
            let body = spares.take(Some(bytes));
            (body.as_ptr(), body)
        });
        let [small, large, _] = bodies.each_ref().map(|(place, _)| *place);
        for (_, body) in bodies {
            spares.part(body);
        }
        assert_eq!(spares.take(Some(80)).as_ptr(), small);
        assert_eq!(spares.take(None).as_ptr(), large);
    }

    #[test]
    fn few_buffers_are_kept_the_largest_and_none_that_is_huge() {
        let spares = Spares::default();
        let bodies = [SPARE_LIMIT + 1, 1, 2, 300_000, 3, 4, 5].map(|bytes| spares.take(Some(bytes)));
        for body in bodies {
            spares.part(body);
        }
        let rooms: Vec<usize> = spares.kept.borrow().iter().map(|spare| spare.room).collect();
        assert!(rooms.len() == SPARES && rooms.is_sorted(), "{rooms:?}");
        assert_eq!(rooms.last(), Some(&300_000));
    }
}
