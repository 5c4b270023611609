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

/// From `SIGTERM` to `SIGKILL`.
const GRACE: Duration = Duration::from_secs(10);
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
        .arg(script(&workshop.command))
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

/// The command with the container's arguments behind it. A plain one takes the shell's place, so that signals and exit codes are its own.
fn script(command: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || " \t_-./:=,@%+~'\"".contains(c);
    let assigns = command
        .split_whitespace()
        .next()
        .is_some_and(|first| first.contains('='));
    if command.chars().all(plain) && !assigns {
        return format!("exec {command} \"$@\"");
    }
    format!("{command} \"$@\"")
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
        let mut end = std::pin::pin!(end(&mut self.child, &self.group, order, timeout));
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

/// The process's own end, or one by `SIGTERM` and, `GRACE` later, `SIGKILL`; and whether it was for a timeout.
async fn end(
    child: &mut Child,
    group: &Group,
    order: &Order,
    timeout: Duration,
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
    if let Ok(status) = tokio::time::timeout(GRACE, child.wait()).await {
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
    fn a_plain_command_takes_the_shells_place_and_a_script_keeps_it() {
        for (command, script_text) in [
            (
                "python runner.py --x='a b'",
                "exec python runner.py --x='a b' \"$@\"",
            ),
            ("cd /srv && ./run", "cd /srv && ./run \"$@\""),
            ("A=1 ./run", "A=1 ./run \"$@\""),
            ("./run > $OUT", "./run > $OUT \"$@\""),
        ] {
            assert_eq!(script(command), script_text);
        }
    }
}
