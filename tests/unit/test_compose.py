"""`compose.yaml` is what its page says; Docker itself is not asked."""

import re

import yaml

from eudr_check.postgresql import database
from tests.conftest import REPOSITORY

COMPOSE = yaml.safe_load((REPOSITORY / "compose.yaml").read_text(encoding="utf-8"))
PAGE = (REPOSITORY / "docs" / "how-to" / "register.md").read_text(encoding="utf-8")


def test_the_register_of_compose_answers_to_the_address_of_the_page() -> None:
    """User, service and database of the address that harvests are told to name."""
    (named,) = re.findall(r"YAMLs with `register: (\S+)`", PAGE)
    service = COMPOSE["services"]["register"]

    assert database(named).url == "postgresql://{POSTGRES_USER}@register/{POSTGRES_DB}".format(**service["environment"])
    assert COMPOSE["services"]["harvest"]["depends_on"] == {"register": {"condition": "service_healthy"}}


def test_no_password_stands_in_the_repository() -> None:
    """Both ends read it from one file, which the page says how to make; nothing of it is known here."""
    services = COMPOSE["services"]
    (wanted,) = {str(services[name]["env_file"]) for name in ("register", "harvest")}

    assert "register/password.env" in wanted
    assert not any("PASSWORD" in key for one in services.values() for key in one.get("environment", {}))
    assert "register/password.env" in PAGE
    assert "/register/password.env" in (REPOSITORY / ".gitignore").read_text(encoding="utf-8").split()


def test_the_image_can_reach_a_database() -> None:
    """The extra is installed in the image."""
    assert "postgis" in (REPOSITORY / "Dockerfile").read_text(encoding="utf-8").partition('".[')[2].partition("]")[0]
