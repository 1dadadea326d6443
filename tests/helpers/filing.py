"""Payloads, credentials and a practice server for tests of filing."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from time import sleep

import uvicorn

from eudr_check.filing import practice
from eudr_check.filing.security import Credentials
from eudr_check.interface import COMMON, DDS, SD

UUID = "071874bd-8c62-4cac-8eb6-b2fbe003410c"
KEY = "k3y-that-must-not-show"
CREDENTIALS = Credentials("n0012345", KEY, "eudr-test")
PRACTICE = Credentials(practice.USER, practice.KEY, practice.CLIENT_ID)
# One point in Peru.
GEOJSON = "eyJ0eXBlIjoiRmVhdHVyZUNvbGxlY3Rpb24iLCJmZWF0dXJlcyI6W3siZ2VvbWV0cnkiOnsidHlwZSI6IlBvaW50IiwiY29vcmRpbmF0ZXMiOlstNzcsLTZdfX1dfQ=="  # noqa: E501
_GOODS = (
    "<{p}:position>1</{p}:position><{p}:descriptors>"
    "<eudrCommon:descriptionOfGoods>Green coffee</eudrCommon:descriptionOfGoods>"
    "<eudrCommon:goodsMeasure><eudrCommon:netWeight>{kg}</eudrCommon:netWeight></eudrCommon:goodsMeasure></{p}:descriptors>"
    "<{p}:hsHeading>090111</{p}:hsHeading>"
)


def payload(reference: str = "pe-coffee-2026.EXP-014", kg: str = "19200") -> bytes:
    """A small `dds.xml`."""
    return (
        f'<dds:SubmitDdsRequest xmlns:dds="{DDS}" xmlns:eudrCommon="{COMMON}">'
        "<dds:operatorRole>OPERATOR</dds:operatorRole><dds:statement>"
        f"<dds:internalReferenceNumber>{reference}</dds:internalReferenceNumber>"
        "<dds:activityType>IMPORT</dds:activityType><dds:countryOfActivity>NL</dds:countryOfActivity>"
        f"<dds:borderCrossCountry>NL</dds:borderCrossCountry><dds:commodities>{_GOODS.format(p='dds', kg=kg)}"
        "<dds:producers><dds:position>1</dds:position><dds:country>PE</dds:country><dds:name>Coop 01</dds:name>"
        f"<dds:geometryGeojson>{GEOJSON}</dds:geometryGeojson></dds:producers></dds:commodities>"
        "<dds:geoLocationConfidential>false</dds:geoLocationConfidential></dds:statement></dds:SubmitDdsRequest>"
    ).encode()


SD_PAYLOAD = (
    f'<sd:SubmitSdRequest xmlns:sd="{SD}" xmlns:eudrCommon="{COMMON}">'
    "<sd:operatorRole>MICRO_OPERATOR</sd:operatorRole><sd:statement>"
    "<sd:internalReferenceNumber>gh-cocoa</sd:internalReferenceNumber><sd:activityType>IMPORT</sd:activityType>"
    f"<sd:countryOfActivity>NL</sd:countryOfActivity><sd:commodities>{_GOODS.format(p='sd', kg='2500')}"
    "<sd:producers><sd:producerCountry>GH</sd:producerCountry><sd:producerLocation>"
    "<sd:cadastralIdentifier>GH-1</sd:cadastralIdentifier></sd:producerLocation></sd:producers></sd:commodities>"
    "<sd:geoLocationConfidential>false</sd:geoLocationConfidential></sd:statement></sd:SubmitSdRequest>"
).encode()


@contextmanager
def serving(system: practice.System) -> Iterator[str]:
    """The practice server on a free port of this machine; gives its address."""
    server = uvicorn.Server(uvicorn.Config(practice.application(system), port=0, log_level="error", lifespan="off"))
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        sleep(0.005)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/"
    finally:
        server.should_exit = True
        thread.join()
