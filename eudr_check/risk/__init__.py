"""PLOTS, EVIDENCE and a policy make ASSESSMENTS: outcomes with reasons, margins and stability. Pure; no rasters."""

from eudr_check.risk.assessment import assess
from eudr_check.risk.comparison import compare
from eudr_check.risk.explanation import explain
from eudr_check.risk.policy import Policy, parse, policy, shipped

__all__ = ["Policy", "assess", "compare", "explain", "parse", "policy", "shipped"]
