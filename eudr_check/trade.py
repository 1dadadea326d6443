"""What a declaration says of people and goods, as a harvest writes it: operator, products, yearly produce."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from eudr_check import law
from eudr_check.names import code_of
from eudr_check.problems import SettingError, said


def known_as(code: Callable[[str], str | None]) -> Callable[[object], object]:
    """A validator that takes a name people use for the code it stands for, and leaves everything else."""
    return lambda value: (code(value) or value) if isinstance(value, str) else value


def _country(value: str) -> str:
    code = value if re.fullmatch("[A-Z]{2}", value) else code_of(value)
    if code is None:
        raise SettingError(said("bad_country", value=value[:60]))
    return code


Country = Annotated[str, AfterValidator(_country)]


class Strict(BaseModel):
    """Immutable settings in which an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Address(Strict):
    """An address by its parts, as the EU system wants that of a represented operator."""

    street: str = Field(min_length=1, max_length=300)
    postal_code: str = Field(min_length=1, max_length=80)
    city: str = Field(min_length=1, max_length=200)

    def __str__(self) -> str:
        return f"{self.street}, {self.postal_code} {self.city}"


class Identifier(Strict):
    """A number by which authorities know an operator."""

    type: Literal["eori", "vat", "gln", "tin", "cbr", "cin", "duns", "comp_num", "comp_reg", "oni"]
    value: str = Field(min_length=1, max_length=80)


class Representative(Strict):
    """Who files for the operator, under a written mandate (Art. 6)."""

    name: str = Field(min_length=1, max_length=200)
    country: Country = Field(description="country of the Union it is established in")


class Operator(Strict):
    """Who places the product on the market and signs the statement."""

    name: str = Field(min_length=1, max_length=200)
    country: Country
    address: str | Address | None = None
    eori: str | None = None
    identifiers: tuple[Identifier, ...] = Field((), max_length=12, description="other numbers of the operator")
    email: str | None = None
    phone: str | None = Field(None, max_length=50)
    activity: Literal["DOMESTIC", "IMPORT", "EXPORT"] = "IMPORT"
    country_of_activity: Country | None = None
    representative: Representative | None = Field(None, description="who files for the operator")
    size: law.Size | None = Field(None, description="size of the undertaking; decides dates and simplified declaration")
    established: dt.date | None = Field(None, description="since when the undertaking exists in this size")
    role: law.Role = Field("operator", description="part in the supply chain")


class Species(Strict):
    """One species a product holds."""

    scientific_name: str | None = Field(None, min_length=1, max_length=200)
    common_name: str | None = Field(None, min_length=1, max_length=200)


class Product(Strict):
    """What is placed on the market (Annex II, point 2): one commodity line of a statement."""

    hs_code: str
    description: str = Field(max_length=150)
    net_mass_kg: float | None = Field(None, description="kilograms ordered; with deliveries, lots have their own")
    scientific_name: str | None = None
    common_name: str | None = None
    species: tuple[Species, ...] = Field((), max_length=500, description="all species, where there are several")
    supplementary_unit: float | None = Field(None, description="quantity in the unit that the HS code has")
    supplementary_unit_qualifier: str | None = Field(None, description="its unit: NAR, MTQ, KSD, MTK, MTR, NPR")
    deviation_percent: float | None = Field(None, description="deviation of the net mass; only for DOMESTIC")

    @property
    def all_species(self) -> tuple[Species, ...]:
        """The species of `species`, or the one of `scientific_name` and `common_name`."""
        if self.species or not (self.scientific_name or self.common_name):
            return self.species
        return (Species.model_construct(scientific_name=self.scientific_name, common_name=self.common_name),)


class Simplified(Strict):
    """What a simplified declaration says beside operator and product (Annex III)."""

    annual_kg: dict[str, float] = Field(
        min_length=1, description="estimated yearly quantity in kilograms, by hs_code as the product writes it"
    )
    annual_units: dict[str, float] = Field(
        default_factory=dict, description="the same in the supplementary unit, where the code has one"
    )
    addresses: tuple[Address, ...] = Field((), max_length=100, description="postal addresses instead of geolocation")
    cadastral: tuple[Annotated[str, Field(min_length=1, max_length=80)], ...] = Field(
        (), max_length=100, description="cadastral identifiers instead of geolocation"
    )
    update_of: str | None = Field(
        None,
        pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
        description="sdIdentifier of the declaration that a major change makes out of date",
    )

    @model_validator(mode="after")
    def _one_kind_of_place(self) -> "Simplified":
        if self.addresses and self.cadastral:
            raise SettingError(said("places_twice"))
        return self
