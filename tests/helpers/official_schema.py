"""The Commission's schemas of release 8.2.1, read where they lie and never over a network."""

import json
from pathlib import Path
from typing import Any

from lxml import etree

ADDRESS = "https://acceptance.eudr.webcloud.ec.europa.eu:443/tracesnt/ws/{service}?xsd={number}"
STATEMENT, SIMPLIFIED = "EUDRDueDiligenceStatementServiceV3", "EUDRSimplifiedDeclarationServiceV3"


def official_schema(shared_data: Path, service: str = STATEMENT, number: int = 4) -> Any:
    """The compiled schema of a service by its number there: 4 has the requests (3 for Verify), 2 the body identity."""
    address = ADDRESS.format(service=service, number=number)
    root = shared_data.parent / "reference" / "eu" / "v3-8.2.1"
    files = json.loads((root / "imports.json").read_text(encoding="utf-8"))

    class Local(etree.Resolver):
        def resolve(self, url: str, public: str, context: Any) -> Any:
            return self.resolve_string((root / files[url]).read_bytes(), context, base_url=url)

    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(Local())
    return etree.XMLSchema(etree.fromstring((root / files[address]).read_bytes(), parser, base_url=address))
