"""The core, and what drives it in a replay, compiled by mypyc, where a C compiler is at hand: the same sources, about
1.7 times as fast.

    python -m router.compiled            compile in place (`make setup` does)
    SWITCHBOARD_PURE=1                   run from the sources all the same

A compiled module is only used while its source is the one that it was made of: the sources' digest is kept beside it,
and where it differs, because somebody has changed a file, the sources run until the next `make setup`. It must not know
what the modules do.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import shutil
import sys
import sysconfig
import tempfile
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from types import ModuleType

PACKAGE = Path(__file__).parent
MODULES = (
    "core.order",
    "core.deadlines",
    "core.states",
    "core.entities",
    "core.line",
    "core.tally",
    "core.queue",
    "core.needs.able",
    "core.roster",
    "core.special",
    "core.stored.recording",
    "core.stored.visits",
    "core.world",
    "core.match.choose",
    "core.dispatch",
    "core.burial",
    "core.moments",
    "core.counted",
    "core.flow",
    "core.places.places",
    "core.places.several",
    "core.reservations",
    "core.talks.parking",
    "core.tickets.clock",
    "core.tickets.path",
    "core.routes.advice",
    "core.admission",
    "core.visits",
    "core.people",
    "core.talks.worked",
    "core.talks.clocks",
    "core.offers",
    "core.gateways",
    "core.handlers.several",
    "core.handlers.routing",
    "core.handlers.sync_end",
    "core.handlers.entry",
    "core.handlers.contacts",
    "core.handlers.offers",
    "core.estimates.state",
    "core.estimates.tap",
    "core.estimates.virtual",
    "core.estimates.crews",
    "core.estimates.slices",
    "ewt.lifetable",
    "ewt.rates",
    "ewt.laws",
    "ewt.flow",
    "ewt.walk",
    "ewt.supply",
    "rules.gauge",
    "core.stored.windows",
    "core.ruling.watched",
    "core.ruling.see",
    "core.ruling.windows",
    "core.ruling.expected",
    "core.ruling.views",
    "core.ruling.ruling",
    "core.needs.courses",
    "core.doors.doors",
    "core.ruling.hooks",
    "core.ruling.forget",
    "core.ruling.watch",
    "core.ruling.build",
    "core.reload.reconfigure",
    "core.reload.contacts",
    "core.reload.crossing",
    "core.restore.finding",
    "core.restore.visits",
    "core.restore.world",
    "core.engine",
    "trace.replay.agenda",
    "trace.replay.ledger",
    "trace.replay.watch",
    "trace.replay.line",
    "trace.replay.shifts",
    "trace.replay.caller",
    "trace.replay.calls",
    "trace.replay.run",
)
"""What a lifecycle or a reload runs through, live or replayed, and that defines no msgspec type: those are C already.
Nor does any define a NamedTuple: the types of its fields would be read at import, when modules that only name each
other are not made. A sum of times or shares begins with 0.0: else mypyc may take it for a whole number."""
DIGEST = PACKAGE / "core" / "compiled.digest"
GROUP = "switchboard_core"


def source(module: str) -> Path:
    """The source file of one of `MODULES`."""
    return PACKAGE / (module.replace(".", "/") + ".py")


def digest() -> str:
    """Of all sources that are compiled, and of the Python that they are compiled for."""
    found = sha256(sys.version.encode())
    for module in MODULES:
        if source(module).exists():
            found.update(source(module).read_bytes())
    return found.hexdigest()


def in_use() -> bool:
    """Is the compiled core in use?"""
    return DIGEST.exists() and not any(isinstance(finder, Sources) for finder in sys.meta_path)


class Sources(importlib.abc.MetaPathFinder):
    """Finds sources before anything that was compiled of them: also of modules that are compiled no longer."""

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """See `importlib.abc.MetaPathFinder`."""
        package, _, module = fullname.partition(".")
        if package != PACKAGE.name or not source(module).is_file():
            return None
        file = str(source(module))
        loader = importlib.machinery.SourceFileLoader(fullname, file)
        return importlib.util.spec_from_file_location(fullname, file, loader=loader)


def prefer_sources_where_they_differ() -> None:
    """Called once, before any module of `MODULES` is imported."""
    made_of = DIGEST.read_text(encoding="ascii") if DIGEST.exists() else ""
    if os.environ.get("SWITCHBOARD_PURE") or made_of != digest():
        sys.meta_path.insert(0, Sources())


def compile_in_place() -> None:
    """Compile `MODULES` beside their sources. Raises whatever mypyc and the C compiler raise."""
    # Tools of development, which a machine that only runs the engine need not have.
    mypycify = importlib.import_module("mypyc.build").mypycify
    new_distribution = importlib.import_module("setuptools").Distribution
    wanted = digest()
    DIGEST.unlink(missing_ok=True)
    for former in PACKAGE.rglob("*.so"):
        former.unlink()
    with tempfile.TemporaryDirectory() as work:
        os.chdir(PACKAGE.parent)
        files = [str(source(module).relative_to(PACKAGE.parent)) for module in MODULES]
        extensions = mypycify(files, group_name=GROUP, opt_level="3", debug_level="0", target_dir=work)
        for extension in extensions:
            # No fused multiply and add, where a processor has it: sums are to the bit as Python makes them.
            extension.extra_compile_args.append("-ffp-contract=off")
        distribution = new_distribution({"name": GROUP, "ext_modules": extensions})
        command = distribution.get_command_obj("build_ext")
        command.build_lib, command.build_temp = f"{work}/lib", f"{work}/temp"
        command.ensure_finalized()
        command.run()
        for built in Path(work, "lib").rglob("*.so"):
            shared = built.parent == Path(work, "lib")
            # What all of them share is found where packages are installed; the modules lie beside their sources.
            place = Path(sysconfig.get_path("platlib")) if shared else PACKAGE.parent
            shutil.copy2(built, place / built.relative_to(f"{work}/lib"))
    DIGEST.write_text(wanted, encoding="ascii")


def up_to_date() -> bool:
    """Was the core compiled of the sources as they are, and does it load in this environment?"""
    if not in_use():
        return False
    try:
        last = importlib.import_module(f"router.{MODULES[-1]}")
    except (ImportError, AttributeError):  # the latter: what all of them share was made for another list
        return False
    return not str(last.__file__).endswith(".py")


def main() -> int:
    """Compile; where that can't be had, say why, and leave the sources to run."""
    if up_to_date():
        return 0
    sys.stderr.write("switchboard: compiling the core (half a minute to a minute, only when it has changed) ...\n")
    try:
        compile_in_place()
    except (Exception, SystemExit) as error:  # noqa: BLE001  # no compiler, no headers: the sources run as well
        DIGEST.unlink(missing_ok=True)
        sys.stderr.write(f"switchboard: runs from its sources, not compiled ({type(error).__name__}: {error})\n")
        return 0
    sys.stderr.write("switchboard: the core is compiled\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
