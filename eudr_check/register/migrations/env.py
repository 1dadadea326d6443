"""What Alembic runs to bring a register up to date, in the transaction of the connection it is given."""

from alembic import context


def migrate() -> None:
    """Run the migrations that are missing."""
    context.configure(connection=context.config.attributes["connection"])
    context.run_migrations()


# Alembic loads this file under a name of its own.
if __name__ != "eudr_check.register.migrations.env":
    migrate()
