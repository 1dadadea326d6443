"""Answers in Whisp's envelope: a code that programs read, a sentence, and data.

Codes and their HTTP statuses are those of forestdatapartnership/whisp-app, `api/src/codes.py` (commit 1f1fb440).
"""

from collections.abc import Mapping

from starlette.responses import JSONResponse

from eudr_check.text import say

STATUS = {
    "auth_missing_api_key": 401,
    "auth_invalid_api_key": 401,
    "validation_missing_request_body": 400,
    "validation_invalid_geojson": 400,
    "validation_invalid_wkt": 400,
    "validation_invalid_crs": 400,
    "validation_invalid_options": 400,
    "validation_too_many_geometries": 400,
    "validation_request_body_too_large": 413,
    "validation_request_body_too_slow": 408,
    "validation_invalid_external_id_column": 400,
    "validation_geo_id_not_found": 400,
    "service_geoid_not_configured": 503,
    "analysis_queued": 202,
    "analysis_processing": 202,
    "analysis_completed": 200,
    "analysis_error": 500,
    "analysis_timeout": 408,
    "analysis_cancelled": 400,
    "analysis_job_not_found": 404,
    "analysis_too_many_concurrent": 429,
    "not_found": 404,
    "method_not_allowed": 405,
}
"""HTTP status by code; `validation_invalid_options` and `validation_request_body_too_slow` are ours."""


class CallError(Exception):
    """A call that is answered with a code instead of a result."""

    def __init__(self, code: str, cause: str | None = None, **values: object) -> None:
        super().__init__(code)
        self.code, self.cause, self.values = code, cause, values


def answer(
    code: str,
    language: str,
    *,
    cause: str | None = None,
    values: Mapping[str, object] | None = None,
    **more: object,
) -> JSONResponse:
    """An envelope.

    Args:
        code: key of `STATUS` and of `text/serve.yaml`.
        language: of the sentence.
        cause: what happened, in words.
        values: of the sentence.
        more: `data` and `context`.
    """
    body = {"code": code, "message": say("serve", code, language, **(values or {})), **more}
    if cause:
        body["cause"] = cause
    return JSONResponse(body, STATUS[code])
