"""The EU Information System's interface V3 (release 8.2.1): our own schemas of its requests, and its namespaces.

They are written from published facts; where sources differ, the stricter figure stands. `package` proves payloads by
them before it writes a file, `filing` proves requests before it sends one, and the practice server proves them again.
"""

from functools import cache
from importlib.resources import as_file, files
from typing import Literal

from lxml import etree

_EUDR = "http://ec.europa.eu/tracesnt/certificate/eudr"
DDS, SD = f"{_EUDR}/due-diligence-statement/v3", f"{_EUDR}/simplified-declaration/v3"
VERIFY, COMMON = f"{_EUDR}/verify-declaration/v3", f"{_EUDR}/common/v3"
ERROR = "http://ec.europa.eu/sanco/tracesnt/error/v01"

Service = Literal["dds", "sd", "verify"]
_FILES: dict[Service, str] = {
    "dds": "dds_v3/due-diligence-statement.xsd",
    "sd": "sd_v3/simplified-declaration.xsd",
    "verify": "verify_v3/verify-declaration.xsd",
}


@cache
def schema(service: Service) -> "etree.XMLSchema":
    """The compiled schema of all requests of a service."""
    with as_file(files(__package__)) as folder:
        return etree.XMLSchema(etree.parse(str(folder / _FILES[service])))
