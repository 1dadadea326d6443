"""What only the operator can answer, as far as the harvest has come."""

import json

from eudr_check.config import Harvest
from eudr_check.documents import article10
from eudr_check.run.folder import RunFolder
from eudr_check.text import say

ALWAYS = "cdehklmn"
"""Letters of Article 10(2) that no table of a harvest answers without an own layer of areas."""


def questions(harvest: Harvest) -> dict[str, str]:
    """Open questions by letter or topic, in the first language of the harvest that documents have.

    Those of the last run's record; before there is one, those that the settings leave open.
    """
    assert harvest.run.folder is not None
    language = harvest.package.document_languages[0]
    path = RunFolder(harvest.run.folder).pull("tables") / "article10.json"
    record = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
    if record is not None:
        return article10.questions(record, language)
    answered = ({"c"} if "indigenous" in harvest.areas else set()) | (set() if harvest.deliveries is None else {"j"})
    letters = [letter for letter in sorted({*ALWAYS, "j"}) if letter not in answered]
    return {letter: say("article10", f"question_{letter}", language) for letter in letters}
