"""Configuration: a directory of TOML files, read whole, checked whole, and handed over as one frozen object.

What lives here: the settings with their bounds and meaning (`catalogue`), the way from files to a
`Configuration` (`check`), what differs between two (`compare`), agents as a table (`transfer`), and what is
rendered from the settings (`schema`, `render`). It must not know who uses a setting, and touches nothing but
files.
"""

from router.config.check import Report, check, check_texts, load
from router.config.compare import Change, diff, digest, from_bytes, tables, to_bytes
from router.config.faults import ConfigurationErrors, Fault
from router.config.machine import Surroundings, resolved
from router.config.model import Configuration
from router.config.schema import schema
from router.config.transfer import export_csv, import_csv, install, plan_import

__all__ = [
    "Change",
    "Configuration",
    "ConfigurationErrors",
    "Fault",
    "Report",
    "Surroundings",
    "check",
    "check_texts",
    "diff",
    "digest",
    "export_csv",
    "from_bytes",
    "import_csv",
    "install",
    "load",
    "plan_import",
    "resolved",
    "schema",
    "tables",
    "to_bytes",
]
