"""Whether a statement may be filed as the register knows its harvest now."""

from eudr_check.errors import RegisterError
from eudr_check.postgresql import Place
from eudr_check.register import store
from eudr_check.text import sentence


def ready(path: Place, harvest: str, reference: str, geojson_sha256: str) -> str:
    """The digest of the last package of a harvest, where it holds this statement with the plots of today.

    Args:
        path: the register.
        harvest: its name.
        reference: internal reference of the statement.
        geojson_sha256: of the plots it declares, as the package to be filed has them.

    Raises:
        RegisterError: it is no statement of the last package, a plot was drawn again since, or one of its lots stands
            in an earlier filing that has no number yet; says which.
    """
    with store.reading(path) as database:
        package = database.execute("SELECT * FROM packages WHERE harvest = ? AND is_last = 1", (harvest,)).fetchone()
        if package is None:
            raise RegisterError(sentence("filing", "no_package", register=path.name, harvest=harvest))
        statement = database.execute(
            "SELECT * FROM statements WHERE package = ? AND internal_reference = ?", (package["fid"], reference)
        ).fetchone()
        if statement is None or statement["geojson_sha256"] != geojson_sha256:
            why = "not_in_last_package" if statement is None else "other_plots"
            raise RegisterError(sentence("filing", why, reference=reference, harvest=harvest))
        _refuse_changed_plots(database, statement)
        _refuse_pending_lots(database, statement, package["package_digest"])
        return str(package["package_digest"])


def _refuse_changed_plots(database: store.Transaction, statement: store.Row) -> None:
    changed = database.execute(
        "SELECT o.plot FROM statement_plots d JOIN outcomes o ON o.fid = d.outcome LEFT JOIN plots p ON "
        "p.harvest = o.harvest AND p.cooperative = o.cooperative AND p.plot_id = o.plot_id "
        "WHERE d.statement = ? AND (p.geom IS NULL OR NOT p.geom = o.geom) ORDER BY o.plot",
        (statement["fid"],),
    ).fetchall()
    if changed:
        names = ", ".join(plot for (plot,) in changed[:5])
        raise RegisterError(
            sentence(
                "filing", "plots_changed", reference=statement["internal_reference"], count=len(changed), names=names
            )
        )


def _refuse_pending_lots(database: store.Transaction, statement: store.Row, digest: str) -> None:
    """Until a filing has its number, a package made again does not know that its lots are used."""
    pending = database.execute(
        "SELECT f.internal_reference, l.lot FROM filings f "
        "JOIN packages p ON p.package_digest = f.package_digest AND p.harvest = f.harvest "
        "JOIN statements s ON s.package = p.fid AND s.internal_reference = f.internal_reference "
        "JOIN statement_lots l ON l.statement = s.fid "
        "LEFT JOIN filing_overviews o ON o.uuid = f.uuid AND o.system = f.system "
        "WHERE f.operation = 'submit' AND f.state IN ('sending', 'accepted') AND f.package_digest != ? "
        "AND coalesce(o.status, '') NOT IN ('REJECTED', 'WITHDRAWN') AND s.internal_reference != ? "
        "AND NOT EXISTS (SELECT 1 FROM numbers n WHERE n.statement = s.fid AND n.replaced = 0) "
        "AND l.lot IN (SELECT lot FROM statement_lots WHERE statement = ?)",
        (digest, statement["internal_reference"], statement["fid"]),
    ).fetchone()
    if pending is not None:
        raise RegisterError(
            sentence(
                "filing",
                "lot_pending",
                reference=statement["internal_reference"],
                lot=pending["lot"],
                other=pending["internal_reference"],
            )
        )
