"""A Leaf server for this machine: for the demo, for training and for tests. Made from the contract, not from our client."""

# Interface (built in sandbox/server.py, sandbox/leaf.py, sandbox/farmland.py, ...):
#
#   class Sandbox:
#       def __init__(self, *, fields: int = 200, seed: int = 1, parcels: Path | None = None, state: Path | None = None,
#                    port: int = 0, latency_ms: int = 0, faults: str = "") -> None
#       def start(self) -> None            # listens on 127.0.0.1 (a thread of its own); url is known after this
#       def stop(self) -> None
#       url: str; username: str; password: str
#       def go_dark(self) -> None          # connections are refused from now on (same port kept for later)
#       def come_back(self) -> None
#       faults: Faults                     # settable while it runs: latency, status injection, truncated bodies, HTML, resets, lost replies
#       leaf: Leaf                         # the state itself, for looking and for "foreign" changes in tests and the demo
#       requests: Requests                 # counts by (method, operationId) and a log, to be asserted on and cleared
