"""EUDR-X 2.0.1: the number of a statement for a customer's program, one document per order item.

Source: github.com/initiative-online-print/eudr-iop-standard-exchange-format, `SPECIFICATION.md` and `json/schema.json`
(commits 2919c22f, 90bdd274). Of its customs codes only C716, a statement of one's own, is written: the others speak of
deadlines and exemptions that a register knows nothing of.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import Field, ValidationError

from eudr_check.errors import ConfigError, RegisterError
from eudr_check.problems import explained, of_yaml, said, unreadable
from eudr_check.records import Row
from eudr_check.resources import parse_yaml
from eudr_check.text import sentence
from eudr_check.trade import Country, Strict

VERSION = "2.0.1"
OWN_STATEMENT = "C716"
Words = Annotated[str, Field(min_length=1, max_length=300)]


class Place(Strict):
    """Where the company is."""

    street: Words
    postal_code: Words
    city: Words
    country: Country


class Person(Strict):
    """Whom the customer asks."""

    name: Words
    email: str = Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=300)
    phone: Words


class Details(Strict):
    """Role and size of the company under the Regulation."""

    eudr_role: Literal["SME-Operator", "SME-Trader", "LC-Operator", "LC-Trader"]
    hs_code: str | None = Field(None, pattern=r"^(\d{2}|\d{4}|\d{6})$")


class Company(Strict):
    """The company that passes the number on."""

    company_name: Words
    address: Place
    contact_person: Person
    eudr_details: Details


class Item(Strict):
    """What the customer ordered, in its own numbers."""

    order_reference: Words
    item_reference: Words
    production_reference: Words | None = None


class Order(Strict):
    """All that a register does not know: `operator` and `order_item`, named as in EUDR-X."""

    operator: Company
    order_item: Item


def read(file: Path) -> Order:
    """The YAML of an order.

    Raises:
        ConfigError: it is missing, is no YAML, or lacks something; names file, key and remedy.
    """
    if (why := unreadable(file, str(file))) is not None:
        raise ConfigError(why)
    text = file.read_text(encoding="utf-8-sig")
    try:
        return Order.model_validate(parse_yaml(text))
    except ValidationError as error:
        problems = explained(error, Order)
        if len(problems) == 1:
            raise ConfigError(said("file", file=str(file), problems=problems[0])) from error
        raise ConfigError(said("several", file=str(file), count=len(problems), problems=problems)) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise ConfigError(said("file", file=str(file), problems=of_yaml(error, text))) from error


def document(order: Order, rows: Sequence[Row], now: dt.datetime) -> Row:
    """The document for the one number of a shipment.

    Args:
        order: what the customer ordered.
        rows: numbers with `reference_number` and `verification_number`; the customs code wants exactly one.
        now: when it is handed over.

    Raises:
        RegisterError: there are several numbers, or the verification number is not to be passed on.
    """
    if len(rows) != 1:
        raise RegisterError(sentence("filing", "eudr_x_one", count=len(rows)))
    if not rows[0].get("verification_number"):
        raise RegisterError(sentence("filing", "eudr_x_verification"))
    stated = order.model_dump(mode="json", exclude_none=True)
    stated["operator"]["eudr_details"]["taric_document_code"] = OWN_STATEMENT
    names = ("reference_number", "verification_number")
    return stated | {
        "referenced_eudr_statements": [{name: rows[0][name] for name in names}],
        "document_meta": {
            "identifier": str(uuid.uuid4()),
            "submission_date": now.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "version": VERSION,
        },
    }
