"""The tables of a register in PostgreSQL, made and brought up to date by Alembic; all of them in one schema."""
