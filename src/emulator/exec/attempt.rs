//! One attempt of a task: a process group, from its start to its last member's end.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use std::os::unix::process::ExitStatusExt as _;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, Command};

use super::{Order, Workshop, environment, lines, record};
use crate::emulator::{
    scenario::{Severity, Stream},
    timeline::Exit,
};

/// How long the output of a process that has ended is waited for: somebody else may hold its pipe.
const DRAIN: Duration = Duration::from_secs(1);

/// Reads from the emulator's pipe: when that is closed, the emulator is gone, and so shall be the group.
const GUARD: &str = "trap '' TERM INT HUP; read -r _; kill -KILL 0";

/// Runs it. What it prints and how it ends is recorded.
pub(super) async fn run(workshop: &Workshop, order: &Order, task: u32, attempt: u32) -> Exit {
    let shared = &workshop.shared;
    let timeout = record::began(shared, order.run, task, attempt);
    let exit = match start(workshop, order.run, (task, attempt)) {
        Ok(process) => process.live(workshop, order, (task, attempt), timeout).await,
        Err(error) => {
            let words = format!("The command could not be started: {error}");
            record::system_line(shared, order.run, (task, attempt), Severity::Error, &words);
            Exit {
                code: None,
                signal: None,
                message: Some(words),
            }
        }
    };
    record::exited(shared, order.run, (task, attempt), exit.clone());
    exit
}

/// A process, its group and its guard. Dropping it kills them.
struct Process {
    child: Child,
    group: Group,
    _guard: Option<Child>,
}

/// A process group. Dropping it kills its members.
struct Group(Pid);

impl Group {
    fn signal(&self, signal: Signal) {
        let _ = kill_process_group(self.0, signal); // nobody left to tell is well too
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
    }
}

fn start(workshop: &Workshop, run: usize, (task, attempt): (u32, u32)) -> io::Result<Process> {
    let (variables, arguments) = record::with_run(&workshop.shared, run, |run, endpoint, seed| {
        let variables = environment::variables(run, (task, attempt), endpoint, seed, &workshop.key_file);
        (variables, environment::arguments(run))
    });
    let mut child = Command::new("/bin/sh")
        .arg("-c")
        .arg(script(&workshop.exec.command, !arguments.is_empty()))
        .arg("container")
        .args(arguments)
        .envs(variables)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()?;
    let pid = child
        .id()
        .and_then(|id| i32::try_from(id).ok())
        .and_then(Pid::from_raw);
    let Some(pid) = pid else {
        let _ = child.start_kill();
        return Err(io::Error::other("it has no process id"));
    };
    let guard = Command::new("/bin/sh")
        .args(["-c", GUARD])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(pid.as_raw_nonzero().get())
        .kill_on_drop(true)
        .spawn();
    Ok(Process {
        child,
        group: Group(pid),
        _guard: guard.ok(),
    })
}

/// Ends a shell that was told to terminate as soon as its command has ended, with that command's exit code: the whole group gets the
/// signal, and a shell that died of it at once would take the time to clean up from what it runs.
const OBEY: &str = "trap 'exit $?' TERM";

/// What the shell runs: the command, with the container's arguments behind it if there are any. A single program takes the shell's
/// place, so that the signal that ends it is its own; the shell decides, for only it knows whether a word is a program or a builtin.
fn script(command: &str, has_arguments: bool) -> String {
    let own = ["$@", "$*", "$1"].iter().any(|own| command.contains(own));
    let whole = if has_arguments && !own {
        format!("{command} \"$@\"")
    } else {
        command.to_owned()
    };
    match program(command) {
        Some(program) => {
            format!("case \"$(command -v {program})\" in */*) exec {whole} ;; *) {OBEY}; {whole} ;; esac")
        }
        None => format!("{OBEY}; {whole}"),
    }
}

/// The first word of a command that is nothing but words; none if it may be more, or if a word is not closed.
fn program(command: &str) -> Option<&str> {
    let plain = |c: char| c.is_alphanumeric() || "_-./:,@%+~".contains(c);
    let first = command.split_whitespace().next()?;
    let mut quote = None;
    for letter in command.chars() {
        match quote {
            Some(open) if open == letter => quote = None,
            Some(_) => {}
            None if "'\"".contains(letter) => quote = Some(letter),
            None if plain(letter) || " \t=$*?[]{}!".contains(letter) => {}
            None => return None,
        }
    }
    // A backslash may keep a quotation mark from closing.
    (quote.is_none() && !command.contains('\\') && first.chars().all(plain)).then_some(first)
}

impl Process {
    /// Waits for its end, and brings it about on a timeout or a cancel.
    async fn live(
        mut self,
        workshop: &Workshop,
        order: &Order,
        place: (u32, u32),
        timeout: Duration,
    ) -> Exit {
        let shared = &workshop.shared;
        let print = |stream| move |line: &str| record::line(shared, order.run, place, stream, line);
        let (out, err) = (self.child.stdout.take(), self.child.stderr.take());
        let output = async {
            let out = async {
                if let Some(pipe) = out {
                    lines::each(pipe, print(Stream::Stdout)).await;
                }
            };
            let err = async {
                if let Some(pipe) = err {
                    lines::each(pipe, print(Stream::Stderr)).await;
                }
            };
            tokio::join!(out, err);
        };
        let mut output = std::pin::pin!(output);
        let mut printing = true;
        let grace = workshop.exec.grace;
        let mut end = std::pin::pin!(end(&mut self.child, &self.group, order, (timeout, grace)));
        let (status, was_timeout) = loop {
            tokio::select! {
                ended = &mut end => break ended,
                () = &mut output, if printing => printing = false,
            }
        };
        self.group.signal(Signal::KILL); // what the process left behind
        if printing {
            let _ = tokio::time::timeout(DRAIN, output).await;
        }
        if was_timeout {
            let words = format!(
                "Terminating task because it has reached the maximum timeout of {} seconds. Change this limit with the Tasks timeout option.",
                timeout.as_secs()
            );
            record::system_line(shared, order.run, place, Severity::Error, &words);
            return Exit::timeout();
        }
        exit_of(&status)
    }
}

/// The process's own end, or one by `SIGTERM` and, after the grace, `SIGKILL`; and whether it was for a timeout.
async fn end(
    child: &mut Child,
    group: &Group,
    order: &Order,
    (timeout, grace): (Duration, Duration),
) -> (io::Result<ExitStatus>, bool) {
    let mut stop = order.stop.clone();
    let stopped = async move {
        if stop.wait_for(|stop| *stop).await.is_err() {
            std::future::pending::<()>().await; // nobody can cancel it any more
        }
    };
    let was_timeout = tokio::select! {
        status = child.wait() => return (status, false),
        () = tokio::time::sleep(timeout) => true,
        () = stopped => false,
    };
    group.signal(Signal::TERM);
    if let Ok(status) = tokio::time::timeout(grace, child.wait()).await {
        return (status, was_timeout);
    }
    group.signal(Signal::KILL);
    (child.wait().await, was_timeout)
}

fn exit_of(status: &io::Result<ExitStatus>) -> Exit {
    match status {
        Ok(status) => Exit {
            code: status.code(),
            signal: status.signal(),
            message: None,
        },
        Err(error) => Exit {
            code: None,
            signal: None,
            message: Some(format!("The process was lost sight of: {error}")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_takes_the_shells_place_and_anything_else_keeps_it() {
        let obeying = |script: &str| format!("{OBEY}; {script}");
        for (command, has_arguments, expected) in [
            ("cd /srv && ./run", false, obeying("cd /srv && ./run")),
            ("cd /srv && ./run", true, obeying("cd /srv && ./run \"$@\"")),
            ("A=1 ./run", false, obeying("A=1 ./run")),
            ("'my program' x", false, obeying("'my program' x")),
            ("echo \"open", false, obeying("echo \"open")),
            ("./run x # why", false, obeying("./run x # why")),
            ("(cd /; ./run \"$1\")", true, obeying("(cd /; ./run \"$1\")")),
            (
                "python $DIR/r.py -c 'a; b'",
                true,
                format!(
                    "case \"$(command -v python)\" in */*) exec python $DIR/r.py -c 'a; b' \"$@\" ;; *) {OBEY}; python $DIR/r.py -c 'a; b' \"$@\" ;; esac"
                ),
            ),
        ] {
            assert_eq!(script(command, has_arguments), expected);
        }
    }
}
