"""A far end in the tests' process, which counts the sockets that it has."""

import itertools
import socket
import threading
import time
from types import TracebackType

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

__all__ = ["FarEnd"]

TICK_S = 0.02


class FarEnd:
    """Sends "0", "1" and so on to everybody who connects.

    Attributes:
        open: How many are connected.
        ever: How many ever were.
    """

    def __init__(self) -> None:
        self.open = self.ever = 0
        self._lock = threading.Lock()
        self._server = serve(self._tick, "127.0.0.1", 0, compression=None)
        self.port: int = self._server.socket.getsockname()[1]
        self.url = f"ws://127.0.0.1:{self.port}/"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> "FarEnd":
        self._thread.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()

    @staticmethod
    def free_port() -> int:
        """A port that nobody listens at."""
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port: int = probe.getsockname()[1]
            return port

    def _tick(self, connection: ServerConnection) -> None:
        with self._lock:
            self.open += 1
            self.ever += 1
        try:
            for n in itertools.count():
                connection.send(str(n))
                time.sleep(TICK_S)
        except ConnectionClosed:
            pass
        finally:
            with self._lock:
                self.open -= 1
