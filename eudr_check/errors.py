"""Every error a user can meet.

Each message names the file, row, plot or layer concerned and says what to do about it.

::

    EudrCheckError
    ├── ConfigError     the harvest YAML (or a file it names) is wrong
    ├── PlotsError      a plot file cannot be read at all
    ├── LayersError     a layer definition, catalogue or raster cannot be trusted
    │   └── FetchError  the network or a server did not deliver
    ├── OverlayError    geometry and cube do not fit; area would be lost
    ├── PolicyError     a policy cannot be applied to this evidence
    ├── PackageError    the package may not be written, or does not verify
    ├── FilingError     a filing may not be sent, or the EU system refused it
    ├── RegisterError   the register cannot be opened, or a number may not be noted in it
    └── RunError        the run folder is in use, damaged or not writable
"""


class EudrCheckError(Exception):
    """Base of all errors raised on purpose; the command line prints its message and exits with 1."""

    @property
    def code(self) -> str:
        """Its kind as programs read it: the name of the class without `Error`, in small letters (`config`, `fetch`)."""
        return type(self).__name__.removesuffix("Error").lower()


class ConfigError(EudrCheckError):
    """The harvest configuration, or a file it names, is missing or wrong."""


class PlotsError(EudrCheckError):
    """A plot file cannot be read at all (single bad rows are findings, not errors)."""


class LayersError(EudrCheckError):
    """A layer definition, catalogue or raster cannot be trusted."""


class FetchError(LayersError):
    """A server or the network did not deliver what was asked for."""


class OverlayError(EudrCheckError):
    """Plots and cube do not fit together, or area would be lost."""


class PolicyError(EudrCheckError):
    """A policy is unknown or cannot be applied to this evidence."""


class PackageError(EudrCheckError):
    """A package may not be written, or a finished one does not verify."""


class FilingError(EudrCheckError):
    """A filing may not be sent, or the EU system refused it or cannot be reached."""


class RegisterError(EudrCheckError):
    """The register cannot be opened, or what is to be noted in it does not fit what it holds."""


class RunError(EudrCheckError):
    """The run folder is in use, damaged or not writable."""


class BusyError(RunError):
    """Another process works in the run folder; it ends by itself."""
