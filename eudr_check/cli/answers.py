"""`eudr-check answers`: the file in which the operator answers what no data can."""

import typer

from eudr_check.cli.app import AsJson, Config, app, echo_json
from eudr_check.cli.language import say
from eudr_check.errors import ConfigError
from eudr_check.text import sentence


@app.command()
def answers(config: Config, as_json: AsJson = False) -> None:
    """Write the open questions into the answers file of a harvest, and the SHA-256 of files named there.

    Nothing that stands in the file is changed. Run it again after a run: by then the data have answered some.
    """
    from eudr_check import object_store
    from eudr_check.documents.answers import with_questions
    from eudr_check.run.inputs import key_missing, load
    from eudr_check.run.questions import questions

    harvest = load(config)
    path = harvest.answers
    if path is None:
        raise key_missing(config, "answers")
    if object_store.origin(path) is not None:
        raise ConfigError(sentence("refusals", "answers_in_store", file=object_store.name(path)))
    asked = questions(harvest)
    text = with_questions(path, asked)
    scratch = path.with_name(path.name + ".new")
    scratch.write_text(text, encoding="utf-8")
    scratch.replace(path)
    if as_json:
        echo_json({"file": path, "open": asked})
        return
    typer.echo(say("answers_open" if asked else "answers_none", file=path, letters=", ".join(asked)))
