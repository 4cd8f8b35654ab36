"""`python -m vultus_metrics` serves the room until SIGTERM."""

import sys

from vultus.errors import VultusError
from vultus_kit.rpc.server import serve
from vultus_kit.threads import limit_threads
from vultus_metrics import room
from vultus_metrics.settings import ServerSettings


def main() -> int:
    """Serve; answers the exit code."""
    try:
        settings = ServerSettings.load()
        limit_threads(settings.thread_count)
        serve(room(settings))
    except VultusError as error:
        sys.stderr.write(f"error: {error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
