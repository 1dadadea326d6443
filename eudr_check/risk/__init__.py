"""PLOTS, EVIDENCE and a policy make ASSESSMENTS: outcomes with reasons, margins and stability. Pure; no rasters."""

from eudr_check.risk.assess import assess, uses
from eudr_check.risk.compare import compare
from eudr_check.risk.explain import explain
from eudr_check.risk.policy import Policy, default_policy, parse, policy, shipped

__all__ = ["Policy", "assess", "compare", "default_policy", "explain", "parse", "policy", "shipped", "uses"]
