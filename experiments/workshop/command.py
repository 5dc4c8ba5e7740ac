"""What does `zwerm workshop` do? Serves the workshop to a browser, and warms the model up."""

import secrets
import socket
import sys
from collections.abc import Sequence

from sim.parameters import ParameterError

PORT = 8088
LOWEST, HIGHEST = 1024, 65535
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # no letters that look like digits
LETTERS = 6  # of a room code
HERE, EVERYWHERE = "127.0.0.1", "0.0.0.0"
INSTALL = "the workshop needs NiceGUI; install it with `uv sync --extra workshop`"
HELP = """\
Everything stays on this machine: no page, script or font comes from elsewhere. docs/workshop.md
says how to run a room, which keys there are and what is stored (nothing, unless you save it).

examples:
  zwerm workshop
  zwerm workshop --port 9000 --no-browser
  zwerm workshop --share
"""


def workshop_command(words: list[str]) -> int:
    """The command `zwerm workshop`. Raises ParameterError."""
    from experiments.cli import command_parser

    about = "The model live before a room, in a browser, without the internet."
    parser = command_parser("workshop", about, HELP)
    parser.add_argument("--port", default=str(PORT), metavar="N", help=f"default {PORT}")
    parser.add_argument("--share", action="store_true",
                        help="let others on the network in, with a room code")  # fmt: skip
    parser.add_argument("--no-browser", action="store_true", help="open no browser")
    typed = parser.parse_args(words)
    port = port_of(typed.port)
    check_installed()
    host = EVERYWHERE if typed.share else HERE
    check_free(host, port)
    code = new_code() if typed.share else ""
    return serve_until_stopped(host, port, code, not typed.no_browser)


def port_of(text: str) -> int:
    """The port that was typed. Raises ParameterError for what is no port."""
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise ParameterError(f"--port {text[:20]!r} is no number; type one such as --port {PORT}")
    if not LOWEST <= int(text) <= HIGHEST:
        raise ParameterError(f"--port {text} cannot be used; type one from {LOWEST} to {HIGHEST}")
    return int(text)


def check_installed() -> None:
    """Raise ParameterError if the extra is missing."""
    try:
        import nicegui  # noqa: F401
    except ImportError:
        raise ParameterError(INSTALL) from None


def check_free(host: str, port: int) -> None:
    """Raise ParameterError if somebody else listens there."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if sys.platform != "win32":  # there it would let two listen at once
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            other = port + 1 if port < HIGHEST else port - 1
            raise ParameterError(
                f"port {port} is in use, perhaps by another workshop; type --port {other}"
            ) from None


def new_code() -> str:
    """A room code."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LETTERS))


def serve_until_stopped(
    host: str, port: int, code: str, browser: bool, compiler: Sequence[str] | None = None
) -> int:
    """Serve at once and make the model ready meanwhile, until Ctrl-C. Exit code.

    `compiler`: as in `Warming`.
    """
    from experiments.cli import FAILED, OK, complain
    from experiments.workshop.live import Live
    from experiments.workshop.site import serve
    from experiments.workshop.warming import SECONDS, Warming

    warming = Warming(Live(), compiler)

    def opened() -> None:
        _say(f"Open http://{HERE}:{port}/")
        if code:
            for address in addresses():
                _say(f"Others open http://{address}:{port}/ and type the room code {code}")
        if warming.compiling:
            _say(f"The model is being compiled for this machine, once: about {SECONDS} s. "
                 "The pages can be used meanwhile.")  # fmt: skip
        _say("Stop it with Ctrl-C.")

    warming.begin()
    try:
        serve(warming, host, port, code, browser, opened,
              lambda: _say(f"The model is ready, after {warming.seconds:.0f} s."))  # fmt: skip
    finally:
        warming.stop()
    if warming.failed:
        complain(f"The model could not be compiled ({warming.failed}); "
                 "look whether the disk and the memory have room, and start again.")  # fmt: skip
        return FAILED
    return OK


def addresses() -> list[str]:
    """Addresses of this machine on its network. Nothing is sent to find them."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # a datagram socket only chooses its own side here
            found.append(probe.getsockname()[0])
        except OSError:
            pass
    return found or [socket.gethostname()]


def _say(text: str) -> None:
    print(text, flush=True)
