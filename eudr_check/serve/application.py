"""The addresses: those of Whisp's API, and our own results beside them."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from eudr_check.choices import LANGUAGES
from eudr_check.records import Json
from eudr_check.serve import asked, described
from eudr_check.serve.answers import CallError, answer
from eudr_check.serve.asked import Options
from eudr_check.serve.jobs import COMPLETED, OPEN, Job
from eudr_check.serve.limits import Limits
from eudr_check.serve.slots import Slots
from eudr_check.serve.tokens import Tokens

HEADER = "x-api-key"
WHISP, TABLE, OWN = "whisp.geojson", "whisp.csv", "results.geojson"
POLL_SECONDS = 0.1
Handler = Callable[[Request, str], Awaitable[Response]]
Land = Mapping[str, Json]
"""Features by their GeoID."""


def application(slots: Slots, tokens: Tokens, limits: Limits, land: Land | None = None) -> Starlette:
    """The server.

    Args:
        slots: does the jobs; started and stopped with the application.
        tokens: who may ask.
        limits: how much is taken.
        land: plots known by GeoID; None where nobody named any.
    """
    service = Service(slots, limits, land)

    @asynccontextmanager
    async def living(app: Starlette) -> AsyncIterator[None]:
        slots.start()
        yield
        await asyncio.to_thread(slots.stop)

    def route(path: str, handler: Handler, method: str) -> Route:
        async def guarded(request: Request) -> Response:
            return await _guarded(request, handler, tokens)

        return Route(path, guarded, methods=[method])

    return Starlette(
        lifespan=living,
        exception_handlers={HTTPException: _no_page},
        routes=[
            route("/api/submit/geojson", service.submit_geojson, "POST"),
            route("/api/submit/wkt", service.submit_wkt, "POST"),
            route("/api/submit/geo-ids", service.submit_geoids, "POST"),
            route("/api/status/{token}", service.status, "GET"),
            route("/api/status/{token}/cancel", service.cancel, "POST"),
            route("/api/generate-geojson/{token}", service.geojson, "GET"),
            route("/api/download-csv/{token}", service.csv, "GET"),
            route("/api/results/{token}", service.own, "GET"),
            Route("/openapi.json", _openapi),
            Route("/docs", _page),
        ],
    )


class Service:
    """What is done for a caller whose name is known."""

    def __init__(self, slots: Slots, limits: Limits, land: Land | None) -> None:
        self._slots, self._limits, self._land = slots, limits, land

    async def submit_geojson(self, request: Request, owner: str) -> Response:
        content = await asked.body(request, self._limits)
        return await self._submit(request, owner, asked.features(content, self._limits), asked.options(content))

    async def submit_wkt(self, request: Request, owner: str) -> Response:
        content = await asked.body(request, self._limits)
        found = await asyncio.to_thread(asked.wkt, content, self._limits)
        return await self._submit(request, owner, found, asked.options(content))

    async def submit_geoids(self, request: Request, owner: str) -> Response:
        content = await asked.body(request, self._limits)
        if self._land is None:
            raise CallError("service_geoid_not_configured")
        names = asked.geoids(content, self._limits)
        unknown = [name for name in names if name not in self._land]
        if unknown:
            raise CallError("validation_geo_id_not_found", cause="\n".join(name[:80] for name in unknown[:100]))
        found = [{**self._land[name], "properties": {"geoid": name}} for name in names]
        options = asked.options(content)
        chosen = Options("geoid", options.unit, options.waits, options.commodity, options.country)
        return await self._submit(request, owner, found, chosen)

    async def _submit(self, request: Request, owner: str, found: list[Any], options: Options) -> Response:
        asked.external_ids(found, options.external_id)
        store = self._slots.store
        if len(await asyncio.to_thread(store.unfinished, owner)) >= self._limits.waiting:
            raise CallError("analysis_too_many_concurrent", most=self._limits.waiting)
        job = await asyncio.to_thread(store.add, owner, found, options)
        self._slots.add(job)
        until = time.monotonic() + (self._limits.wait_seconds if options.waits else 0)
        while time.monotonic() < until and job.state["code"] in OPEN:
            await asyncio.sleep(POLL_SECONDS)
        if not options.waits:
            data = {"token": job.id, "statusUrl": f"/api/status/{job.id}", "featureCount": len(found)}
            return answer("analysis_queued", _language(request), data=data)
        return await self._told(request, job)

    async def status(self, request: Request, owner: str) -> Response:
        return await self._told(request, self._job(request, owner))

    async def cancel(self, request: Request, owner: str) -> Response:
        job = self._job(request, owner)
        await asyncio.to_thread(self._slots.cancel, job)
        return await self._told(request, job)

    async def geojson(self, request: Request, owner: str) -> Response:
        return self._file(request, owner, WHISP, "application/geo+json")

    async def csv(self, request: Request, owner: str) -> Response:
        return self._file(request, owner, TABLE, "text/csv; charset=utf-8")

    async def own(self, request: Request, owner: str) -> Response:
        return self._file(request, owner, OWN, "application/geo+json")

    def _job(self, request: Request, owner: str) -> Job:
        job = self._slots.store.find(request.path_params["token"], owner)
        if job is None:
            raise CallError("analysis_job_not_found")
        return job

    def _file(self, request: Request, owner: str, name: str, kind: str) -> Response:
        job = self._job(request, owner)
        if job.state["code"] != COMPLETED:
            raise CallError("analysis_job_not_found")
        return FileResponse(job.folder / name, media_type=kind, filename=f"{job.id}-{name}")

    async def _told(self, request: Request, job: Job) -> Response:
        state = job.state
        code, language = state["code"], _language(request)
        if code == COMPLETED:
            content = await asyncio.to_thread((job.folder / WHISP).read_text, encoding="utf-8")
            # The result is JSON already: as text it is not read and written once more.
            head = bytes(answer(code, language, context={"token": job.id}).body).decode()
            return Response(f'{head[:-1]},"data":{content}}}', media_type="application/json")
        if code in OPEN:
            stage, percent = self._slots.progress.get(job.id, (None, 0.0))
            data = {"token": job.id, "featureCount": job.asked["plots"], "percent": percent}
            data |= {"asyncMode": not job.options.waits} | ({"processStatusMessages": [stage]} if stage else {})
            return answer(code, language, data=data)
        values = {"seconds": self._limits.job_seconds}
        return answer(code, language, cause=state["cause"], context={"token": job.id}, values=values)


async def _guarded(request: Request, handler: Handler, tokens: Tokens) -> Response:
    try:
        key = request.headers.get(HEADER)
        if not key:
            raise CallError("auth_missing_api_key")
        owner = tokens.owner(key)
        if owner is None:
            raise CallError("auth_invalid_api_key")
        return await handler(request, owner)
    except CallError as error:
        return answer(error.code, _language(request), cause=error.cause, values=error.values)
    except ClientDisconnect:
        # Nobody is there to read it.
        return Response(status_code=400)


def _language(request: Request) -> str:
    wanted = [part.split(";")[0].strip()[:2].lower() for part in request.headers.get("accept-language", "").split(",")]
    return next((one for one in wanted if one in LANGUAGES), "en")


async def _no_page(request: Request, error: Exception) -> Response:
    found = isinstance(error, HTTPException) and error.status_code == 405
    return answer("method_not_allowed" if found else "not_found", _language(request))


async def _openapi(request: Request) -> Response:
    return JSONResponse(described.document())


async def _page(request: Request) -> Response:
    return HTMLResponse(
        described.page(), headers={"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'"}
    )
