"""What a refusal means for the person who reads it: what to change, and where."""

from eudr_check.filing.answers import Fault
from eudr_check.text import say

ADVICE = {
    "COMMODITIES-HS-CODE-INVALID": "hs_code",
    "COMMODITIES-DESCRIPTOR-NET-MASS-EMPTY": "net_mass",
    "COMMODITIES-DESCRIPTOR-QUANTITY-MISSING": "net_mass",
    "COMMODITIES-DESCRIPTOR-SUPPLEMENTARY-UNIT-NOT-ALLOWED": "unit_not_allowed",
    "COMMODITIES-DESCRIPTOR-SUPPLEMENTARY-UNIT-MISSING": "unit_missing",
    "COMMODITIES-DESCRIPTOR-SUPPLEMENTARY-UNIT-QUALIFIER-INVALID": "unit_qualifier",
    "COMMODITIES-DESCRIPTOR-SUPPLEMENTARY-UNIT-QUALIFIER-NOT-COMPATIBLE": "unit_qualifier",
    "COMMODITIES-DESCRIPTOR-SUPPLEMENTARY-UNIT-QUALIFIER-MISSING": "unit_qualifier",
    "COMMODITIES-DESCRIPTOR-PERCENTAGE-ESTIMATION-MISSING": "percentage",
    "COMMODITIES-DESCRIPTOR-PERCENTAGE-ESTIMATION-NOT-ALLOWED": "percentage",
    "COMMODITIES-DESCRIPTOR-PERCENTAGE-ESTIMATION-INVALID": "percentage",
    "COMMODITIES-SPECIES-INFORMATION-EMPTY": "species",
    "COMMODITIES-SPECIES-INFORMATION-COMMON-NAME-EMPTY": "species",
    "COMMODITIES-SPECIES-INFORMATION-SCIENTIFIC-NAME-EMPTY": "species",
    "COMMODITITY-PRODUCER-COUNTRY-CODE-INVALID": "producer_country",
    "COMMODITIES-PRODUCERS-EMPTY": "geolocation",
    "COMMODITIES-PRODUCER-GEO-EMPTY": "geolocation",
    "COMMODITIES-PRODUCER-GEO-INVALID": "geolocation",
    "COMMODITIES-PRODUCER-GEO-LATITUDE-INVALID": "geolocation",
    "COMMODITIES-PRODUCER-GEO-LONGITUDE-INVALID": "geolocation",
    "COMMODITIES-PRODUCER-GEO-INVALID-GEOMETRY": "geolocation",
    "COMMODITIES-PRODUCER-GEO-POLYGON-INVALID": "geolocation",
    "COMMODITIES-PRODUCER-GEO-AREA-INVALID": "area",
    "MAXIMUM-GEO-SIZE-REACHED": "too_large",
    "REFERENCED-STATEMENT-NOT-FOUND": "grouped",
    "MAXIMUM-REFERENCED-DDS-REACHED": "grouped",
    "WEBSERVICE-USER-NOT-EUDR-OPERATOR": "user",
    "WEBSERVICE-USER-FROM-MANY-OPERATOR": "many_operators",
    "WEBSERVICE-USER-ACTIVITY-NOT-ALLOWED": "user",
    "OPERATOR-EORI-FOR-ACTIVITY-MISSING": "eori",
    "OPERATOR-IDENTIFIER-NOT-ALLOWED-FOR-NON-EU-OPERATOR": "identifiers",
    "BEHALF-OPERATOR-NOT-PROVIDED": "represented",
    "BEHALF-OPERATOR-CITY-POSTALCODE-EMPTY-OR-INVALID": "represented",
    "ACTIVITY-TYPE-NOT-COMPATIBLE": "activity",
    "ACTIVITY-TYPE-NOT-ALLOWED-FOR-NON-EU-OPERATOR": "activity",
    "API-AMEND-ACTIVITY-TYPE-CHANGE-NOT-ALLOWED": "activity_fixed",
    "API-AMEND-OR-WITHDRAW-DDS-NOT-POSSIBLE": "not_now",
    "API-AMEND-NOT-ALLOWED-FOR-STATUS": "not_now",
    "API-AMEND-OR-WITHDRAW-NOT-ALLOWED-FOR-STATUS": "not_now",
    "API-NO-DDS": "unknown_number",
    "WEBSERVICE-STATEMENT-NOT-FOUND": "unknown_number",
    "REFERENCE-NUMBER-INVALID": "unknown_number",
    "VERIFICATION-NUMBER-TOO-LONG": "unknown_number",
}
"""Sentence of `text/filing.yaml` for every error id that is known; the system publishes no list."""


def errors(fault: Fault, language: str) -> list[str]:
    """Every broken rule: its id and the system's own words, then what to change and where."""
    found = []
    for one in fault.errors:
        quoted = ": ".join(part for part in (one.id, one.message) if part)
        quoted += f" ({one.field})" if one.field else ""
        found.append(f"{quoted}. {say('filing', advice(one.id), language)}")
    return found or [say("filing", f"fault_{fault.kind}", language)]


def advice(identifier: str) -> str:
    """Key of the sentence for an error id; ids come with hyphens or underscores.

    >>> advice("EUDR_COMMODITIES_HS_CODE_INVALID"), advice("EUDR-NEW-RULE")
    ('hs_code', 'unknown_error')
    """
    return ADVICE.get(identifier.upper().replace("_", "-").removeprefix("EUDR-"), "unknown_error")
