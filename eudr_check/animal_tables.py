"""The tables of cattle: where groups of animals were kept, and what that makes of each group."""

import pandera.pandas as pa

from eudr_check.columns import NOT_NEGATIVE, TEXT, text

ROLES = ("birth", "rearing", "fattening", "market", "slaughter")
CHAIN_OUTCOMES = ("low", "more_info_needed", "undetermined", "high")
"""Of a group of animals, from the best to the worst: what is unknown weighs more than what a person has to look at."""

STAYS = pa.DataFrameSchema(
    {
        "source_row": pa.Column("int64", pa.Check.ge(1), description="stay in the file, counted from 1"),
        "source_place": text("how the file names that row: its line, or `sheet!row`"),
        "group": text("group of animals that were always kept together"),
        "plot": text("establishment (`cooperative/plot_id`), also where PLOTS has no such plot"),
        "role": text("birth, rearing, fattening, market or slaughter", among=ROLES),
        "since": text("first day there, YYYY-MM-DD; null where nobody knows", nullable=True),
        "until": text("last day there, YYYY-MM-DD; null where nobody knows", nullable=True),
    },
    strict=True,
    title="STAYS",
    description="One row per group of animals and establishment, as the file has it; ANIMALS is made of it.",
)

ANIMALS = pa.DataFrameSchema(
    {
        "group": pa.Column(TEXT, unique=True, description="group of animals"),
        "born": text("first day of birth, YYYY-MM-DD", nullable=True),
        "slaughtered": text("last day of slaughter, YYYY-MM-DD", nullable=True),
        "stays": pa.Column("int64", NOT_NEGATIVE, description="establishments they were kept on, one after another"),
        "outcome": text("of the weakest link: worst outcome of an establishment, or a gap", among=CHAIN_OUTCOMES),
        "reasons": text("codes with the establishments, or days, concerned; empty where low"),
        "warnings": text("what to ask about: codes with the days concerned; empty where nothing"),
        "plots": pa.Column("object", description="all establishments (a list of `cooperative/plot_id`)"),
    },
    strict=True,
    title="ANIMALS",
    description="One row per group of animals.",
)
