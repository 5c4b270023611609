//! Whether a message states an error, by its form: the words of errors also occur in names, metrics, help texts and file
//! paths, so a cause only counts where something is said to have gone wrong.

#[cfg(test)]
mod tests;

/// gRPC's status names, as libraries spell them in front of a message (`google/rpc/code.proto`).
const STATUSES: [&str; 13] = [
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "UNIMPLEMENTED",
    "UNAVAILABLE",
    "UNAUTHENTICATED",
];

/// Exception classes whose names do not end in `Error` or `Exception` (`google/api_core/exceptions.py`, urllib3, docker).
const CLASSES: [&str; 29] = [
    "Aborted",
    "AlreadyExists",
    "BadGateway",
    "BadRequest",
    "Cancelled",
    "Conflict",
    "DataLoss",
    "DeadlineExceeded",
    "FailedPrecondition",
    "Forbidden",
    "GatewayTimeout",
    "InvalidArgument",
    "LengthRequired",
    "MethodNotAllowed",
    "NotFound",
    "OutOfRange",
    "PermissionDenied",
    "PreconditionFailed",
    "QuotaExceeded",
    "ResourceExhausted",
    "ResourceNotFound",
    "ServiceUnavailable",
    "TooManyRequests",
    "Unauthenticated",
    "Unauthorized",
    "Unknown",
    "ConnectTimeout",
    "ReadTimeout",
    "Timeout",
];

/// How programs begin a line that says what went wrong.
const OPENINGS: [&str; 27] = [
    "error:",
    "error ",
    "errors:",
    "fatal:",
    "fatal error:",
    "fatal ",
    "critical:",
    "panic:",
    "denied:",
    "unauthorized:",
    "docker:",
    "failed to ",
    "failed ",
    "failure:",
    "failed:",
    "could not ",
    "couldn't ",
    "cannot ",
    "can't ",
    "unable to ",
    "exception:",
    "aborting",
    "fatal[",
    "http error ",
    "httperror ",
    "googleapi: error",
    "rpc error: ",
];

/// Keys of a status that is printed field by field, as a proto, YAML or JSON.
const KEYS: [&str; 10] = [
    "code",
    "details",
    "error",
    "error_description",
    "errormessage",
    "localizedmessage",
    "message",
    "msg",
    "reason",
    "status",
];

/// What stands between a program's own words and the error that it quotes.
const JOINTS: [&str; 11] = [
    " failed: ",
    "error: ",
    "exception: ",
    "denied: ",
    " failed with ",
    " failed with: ",
    ") failed",
    " because: ",
    "status: ",
    "googleapi: error ",
    ": failed open: ",
];

/// Joints count near the start only: a long line that quotes errors further on is prose or data.
const JOINT_WITHIN: usize = 160;

/// Whether a message, without prefixes, states an error.
pub(super) fn states_error(message: &str) -> bool {
    let stated = message.trim_start_matches(|c: char| !c.is_alphanumeric());
    let before = &message[..message.len() - stated.len()];
    if is_list_item(before, stated) {
        return false;
    }
    is_exception(stated)
        || has_code(stated)
        || opens_as_error(stated)
        || is_field(stated)
        || is_go_url_error(stated)
}

/// `Get "https://…": net/http: TLS handshake timeout`: what Go says of a request that failed (`net/url`, `url.Error`).
fn is_go_url_error(message: &str) -> bool {
    message.match_indices(" \"http").any(|(at, _)| {
        let method = ["Get", "Head", "Post", "Put", "Patch", "Delete"]
            .iter()
            .any(|method| message[..at].ends_with(method));
        let url = &message[at + 2..];
        method && url.find('"').is_some_and(|end| url[end + 1..].starts_with(": "))
    })
}

/// `- "…`, `- a.b.SomeError`: an item of a list that quotes or names, such as the errors that a retry policy knows, or a
/// changelog.
fn is_list_item(before: &str, stated: &str) -> bool {
    let item = before.trim_start().strip_prefix("- ");
    item.is_some_and(|quote| quote.trim_start().starts_with(['"', '\'', '`']) || !stated.contains([' ', ':']))
}

/// `details = "…`, `"message": "…`, `reason: …`.
fn is_field(message: &str) -> bool {
    let end = message
        .find(|c: char| !(c.is_ascii_alphabetic() || c == '_'))
        .unwrap_or(message.len());
    let (key, rest) = message.split_at(end);
    let rest = rest.trim_start_matches(['"', '\'']).trim_start();
    rest.starts_with([':', '=']) && KEYS.iter().any(|known| key.eq_ignore_ascii_case(known))
}

/// Whether a message begins like a Python exception or a status: `a.b.SomeError: …`, `PERMISSION_DENIED: …`.
pub(super) fn is_exception(message: &str) -> bool {
    let (head, rest) = split_class(without_number(message));
    (rest.is_empty() || rest.starts_with(": ") || rest == ":") && is_class(head, rest.is_empty())
}

/// What follows the number of a status, which gRPC's library for Node puts before its name: `3 INVALID_ARGUMENT: …`.
fn without_number(message: &str) -> &str {
    let rest = message.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = message.len() - rest.len();
    let named = rest.strip_prefix(' ').filter(|name| {
        let (status, _) = split_class(name);
        STATUSES.contains(&status)
    });
    named.filter(|_| (1..3).contains(&digits)).unwrap_or(message)
}

/// What may be a class, with its modules, and what follows.
fn split_class(message: &str) -> (&str, &str) {
    let end = message.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.')));
    message.split_at(end.unwrap_or(message.len()))
}

/// Whether a word names an exception or a status; one that stands alone has to be unmistakable.
fn is_class(head: &str, alone: bool) -> bool {
    let class = head.rsplit('.').next().unwrap_or(head);
    if !alone && STATUSES.iter().any(|status| class.eq_ignore_ascii_case(status)) {
        return true;
    }
    let dotted = head.contains('.');
    let capital = class.starts_with(|c: char| c.is_ascii_uppercase() || c == '_');
    let ends = ["Error", "Exception", "Exit", "Interrupt", "Fault", "Failure"];
    let named = capital && (ends.iter().any(|end| class.ends_with(end)) || head.contains(".errors."));
    named || head.contains("exceptions.") || ((dotted || !alone) && CLASSES.contains(&class))
}

/// A message without the classes and the status code before it: `google.api_core.exceptions.Forbidden: 403 Access denied` says
/// to a person `Access denied`, and so does Go's `rpc error: code = PermissionDenied desc = Access denied`.
pub(super) fn without_class(message: &str) -> &str {
    let described = message
        .strip_prefix("rpc error: code = ")
        .and_then(|status| status.split_once(" desc = "));
    let mut rest = described.map_or(message, |(_, description)| description);
    while let Some((class, after)) = rest.split_once(": ") {
        if !is_exception(class) {
            break;
        }
        rest = after.trim_start();
    }
    let digits = rest.as_bytes();
    let after_code = match digits {
        [b'4' | b'5', b'0'..=b'9', b'0'..=b'9', b' ', ..] => rest[4..].trim_start(),
        _ => rest,
    };
    if after_code.is_empty() {
        message
    } else {
        after_code
    }
}

/// `403 Permission denied …`, `HTTP 403: …`, `Error 403, …`.
fn has_code(message: &str) -> bool {
    let message = message.strip_prefix("HTTP ").unwrap_or(message);
    let bytes = message.as_bytes();
    matches!(
        bytes,
        [
            b'4' | b'5',
            b'0'..=b'9',
            b'0'..=b'9',
            b' ' | b':',
            b' ' | b'A'..=b'Z',
            ..
        ]
    )
}

fn opens_as_error(message: &str) -> bool {
    let starts = |opening: &str| {
        let head = message.as_bytes().get(..opening.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(opening.as_bytes()))
    };
    if OPENINGS.iter().any(|opening| starts(opening)) {
        return true;
    }
    let mut end = message.len().min(JOINT_WITHIN);
    while !message.is_char_boundary(end) {
        end -= 1;
    }
    let told = message[..end].match_indices(": ");
    if told
        .map(|(at, joint)| &message[at + joint.len()..])
        .any(is_exception_with_text)
    {
        return true;
    }
    let head = message[..end].to_ascii_lowercase();
    JOINTS
        .iter()
        .any(|joint| head.match_indices(joint).any(|(at, _)| is_joined(&head, at)))
}

/// `a.b.Forbidden: …`, or `Forbidden('…`: what a program quotes after its own words.
fn is_exception_with_text(message: &str) -> bool {
    let (head, rest) = split_class(message);
    let shown = rest.starts_with("('") || rest.starts_with("(\"");
    (shown && is_class(head, false)) || (is_exception(message) && message.contains(": "))
}

/// Whether a joint quotes an error: one that ends a class's name (`PermissionDenied: `) does so where the name begins the
/// message or follows punctuation or `raised`, not in the midst of a sentence.
fn is_joined(head: &str, at: usize) -> bool {
    let named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
    let begins = head[..at].trim_end_matches(named);
    if begins.len() == at || !head[at..].starts_with(named) {
        return true;
    }
    let before = begins.trim_end();
    before.is_empty()
        || before.ends_with([':', '-', '|', '>', ')', ']', '}', ';', '=', '(', '<', '['])
        || before.ends_with(" raised")
}
