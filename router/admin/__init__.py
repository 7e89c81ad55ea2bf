"""The HTTP listener for people and machines that look after the daemon: is it alive, is it ready, what does it count.

It is handed functions and knows nothing of who answers them. Nothing here changes anything.
"""

from router.admin.readiness import Readiness, State
from router.admin.server import Address, AdminServer

__all__ = ["Address", "AdminServer", "Readiness", "State"]
