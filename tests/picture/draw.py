"""Draws the README's picture: what `liftoff rehearse` shows at a terminal, in its own colours.

    cargo build --release
    python3 -m venv target/picture && target/picture/bin/pip install rich==15.0.0
    target/picture/bin/python tests/picture/draw.py target/release/liftoff tests/picture/rehearse.svg
"""

import os
import pty
import re
import subprocess
import sys

from rich.console import Console
from rich.text import Text

WIDTH = 100


def played(binary: str) -> str:
    """Everything that the command writes to a terminal of that width."""
    main, terminal = pty.openpty()
    env = {**os.environ, "COLUMNS": str(WIDTH), "TERM": "xterm-256color"}
    command = [binary, "rehearse", "--speed", "4", "--color", "always"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=terminal, stderr=subprocess.DEVNULL, env=env)
    os.close(terminal)
    written = b""
    try:
        while chunk := os.read(main, 65536):
            written += chunk
    except OSError:  # a terminal that nobody writes to any more
        pass
    if process.wait() != 0:
        sys.exit("the rehearsal failed")
    return written.decode().replace("\r\n", "\n")


def drawn(text: str) -> str:
    """As an SVG; lines longer than the terminal are cut, as nobody reads a console link from a picture."""
    console = Console(record=True, width=WIDTH, file=open(os.devnull, "w"), force_terminal=True)
    for line in text.splitlines():
        line = Text.from_ansi(line)
        line.truncate(WIDTH, overflow="ellipsis")
        console.print(line)
    svg = console.export_svg(title="liftoff rehearse", unique_id="rehearse")
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.S)  # no font from the network


if __name__ == "__main__":
    binary, picture = sys.argv[1:]
    with open(picture, "w", encoding="utf-8") as file:
        file.write(drawn(played(binary)))
