"""Assumptions of the interface that belong to bounds which an audit does not run yet."""

COMING_ASSUMPTIONS = (
    "ratio",
    "prevalence.",
    "radius.",
    "lipschitz",
    "range",
    "covariate_shift",
    "label_shift",
)
