//! The lines of a pipe, as Cloud Run cuts them into entries.

use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};

/// Longest line that is one entry: an entry of Cloud Logging has at most 256 KiB, and some of it is not the text.
const MAX_LINE: usize = 250 * 1024;

/// Hands every line of `pipe` to `take`, without its end, until the pipe is closed. A longer line comes in pieces.
pub(super) async fn each(pipe: impl AsyncRead + Unpin, mut take: impl FnMut(&str)) {
    let mut pipe = BufReader::new(pipe);
    let mut line = Vec::new();
    loop {
        let (used, complete) = match pipe.fill_buf().await {
            Ok(found) if !found.is_empty() => cut(found, &mut line),
            _ => break,
        };
        pipe.consume(used);
        if complete {
            take(&text(&line));
            line.clear();
        }
    }
    if !line.is_empty() {
        take(&text(&line));
    }
}

/// Moves bytes to `line` up to its end: how many of `found` that uses up, and whether the line is complete.
fn cut(found: &[u8], line: &mut Vec<u8>) -> (usize, bool) {
    let room = &found[..found.len().min(MAX_LINE - line.len())];
    if let Some(end) = room.iter().position(|byte| *byte == b'\n') {
        line.extend_from_slice(&room[..end]);
        return (end + 1, true);
    }
    line.extend_from_slice(room);
    (room.len(), line.len() >= MAX_LINE)
}

fn text(line: &[u8]) -> String {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    String::from_utf8_lossy(line).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn lines_come_whole_long_ones_in_pieces_and_the_last_without_an_end() {
        let long = "x".repeat(MAX_LINE + 3);
        let printed = format!("one\r\n\n{long}\nlast \u{e9}");
        let mut lines = Vec::new();
        each(printed.as_bytes(), |line| lines.push(line.to_owned())).await;
        let lengths: Vec<usize> = lines.iter().map(String::len).collect();
        assert_eq!(lengths, [3, 0, MAX_LINE, 3, 7]);
        assert_eq!((lines[0].as_str(), lines[4].as_str()), ("one", "last \u{e9}"));
    }
}
