"""Hand-made `audit/1` documents, one for each answer and one whose every string is hostile."""

from __future__ import annotations

import copy
from typing import Any

from whytransfer.claims import (
    EXCHANGEABLE_WITH_REFERENCE,
    NOT_TRAINED_ON_SOURCE,
    Assumption,
    Claim,
    Level,
    Status,
    Unit,
    declared,
)

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;{{7*7}}\x1b[31m\u202e\ud800"

STUMP_GOOD = declared(
    "class_good_on_both", "some stump errs at most 5% on the source and at most 10% on the target"
)
CONFIDENCE_TRANSFERS = Assumption(
    id="atc_transfers", text="the share of rows below a threshold of confidence moves as the error does"
)


def claim(
    id_: str, estimate=None, lower=None, upper=None, *, level=Level.PROVED, unit=Unit.ERROR, **rest: Any
):
    """One claim of the document; two classes, zero-one loss."""
    says = lower is not None or upper is not None
    confidence = None if level is Level.WITNESS or not says else rest.pop("confidence", 0.99375)
    quantity = rest.pop(
        "quantity", {"adaptability": "adaptability"}.get(id_.partition(".")[0], id_.partition(".")[0])
    )
    errors = quantity in {"source_error", "target_error"}
    return Claim(
        id=id_,
        quantity=quantity,
        unit=unit,
        level=level,
        estimate=estimate,
        lower=lower,
        upper=upper,
        confidence=confidence,
        loss="zero_one",
        guessing_error=0.5 if errors else None,
        **rest,
    ).to_dict()


def estimates(panel: tuple[float, float, float]) -> list[dict[str, Any]]:
    low, middle, high = panel
    about = {"level": Level.ESTIMATED, "confidence": 0.95}
    stands = (CONFIDENCE_TRANSFERS, EXCHANGEABLE_WITH_REFERENCE)
    return [
        claim("target_error.panel", middle, low, high, assumptions=(EXCHANGEABLE_WITH_REFERENCE,), **about),
        claim("target_error.ac", middle - 0.02, low - 0.01, high + 0.02, assumptions=stands, **about),
        claim(
            "target_error.doc",
            middle + 0.01,
            low,
            high + 0.03,
            assumptions=stands,
            citation="guillory:21",
            **about,
        ),
        claim("target_error.atc", middle - 0.03, low - 0.02, high - 0.01, assumptions=stands, **about),
    ]


def bounds() -> list[dict[str, Any]]:
    return [
        claim(
            "target_error.hdh.stumps", None, None, 1.214, level=Level.CONDITIONAL, theorem="hdh",
            hypothesis_class="stumps", citation="ben-david:10", assumptions=(STUMP_GOOD,),
        ),
        claim(
            "target_error.disparity.stumps", None, None, 0.871, level=Level.CONDITIONAL, theorem="disparity",
            hypothesis_class="stumps", assumptions=(STUMP_GOOD,),
        ),
        claim(
            "target_error.version_space.stumps", 0.151, None, 0.237, level=Level.CONDITIONAL, theorem="version_space",
            hypothesis_class="stumps", citation="zhang:20", assumptions=(STUMP_GOOD,),
        ),
    ]  # fmt: skip


def divergences(auc: float = 0.93) -> list[dict[str, Any]]:
    unit = "largest difference of probabilities, 0..1"
    return [
        claim("divergence.half_line", 0.412, 0.344, 0.497, detail={"p_value": 0.004975, "convention": unit}),
        claim("divergence.stump", 0.412, 0.331, 0.511, detail={"p_value": 0.004975, "convention": unit}),
        claim("divergence.stump_pairs", 0.563, 0.402, 0.668, detail={"d_hdh": 1.126, "convention": unit}),
        claim("divergence.hdh.stumps", 0.563, None, 0.671, detail={"convention": unit}),
        claim(
            "divergence.wasserstein1", 1284.25, 1011.0, None, unit=Unit.FEATURE, detail={"p_value": 0.004975}
        ),
        claim("divergence.mmd", 0.0873, 0.0412, None, unit=Unit.KERNEL, detail={"p_value": 0.014925}),
        claim("divergence.energy", 0.214, None, None, unit=Unit.FEATURE, level=Level.ESTIMATED),
        claim("divergence.domain_classifier", auc, auc - 0.03, None, unit=Unit.AUC, level=Level.ESTIMATED),
    ]


FEATURES = [
    {
        "name": "flipper_length_mm", "shift": 0.912, "harm": None, "p_value": 0.004975,
        "histogram": {
            "edges": [170.0, 178.0, 186.0, 194.0, 202.0, 210.0, 218.0, 226.0, 234.0],
            "source": [4, 33, 61, 41, 11, 1, 0, 0], "target": [0, 0, 0, 0, 6, 33, 52, 32],
        },
    },
    {
        "name": "bill_depth_mm", "shift": 0.847, "harm": None, "p_value": 0.004975,
        "histogram": {
            "edges": [13.0, 14.2, 15.4, 16.6, 17.8, 19.0, 20.2, 21.4],
            "source": [0, 0, 6, 45, 62, 28, 10], "target": [33, 56, 31, 3, 0, 0, 0],
        },
    },
    {
        "name": "body_mass_g", "shift": 0.731, "harm": None, "p_value": 0.004975,
        "histogram": {
            "edges": [2800.0, 3300.0, 3800.0, 4300.0, 4800.0, 5300.0, 5800.0, 6300.0],
            "source": [22, 63, 43, 21, 2, 0, 0], "target": [0, 0, 4, 38, 35, 35, 11],
        },
    },
    {
        "name": "island", "shift": 0.707, "harm": None, "p_value": 0.004975,
        "histogram": {
            "categories": ["Biscoe", "Dream", "Torgersen", "(missing)"],
            "source": [44, 56, 52, 0], "target": [124, 0, 0, 0],
        },
    },
    {
        "name": "bill_length_mm", "shift": 0.634, "harm": None, "p_value": 0.004975,
        "histogram": {
            "edges": [32.0, 36.0, 40.0, 44.0, 48.0, 52.0, 56.0, 60.0],
            "source": [24, 78, 45, 4, 0, 0, 0], "target": [0, 0, 17, 67, 33, 5, 1],
        },
    },
    {
        "name": "year", "shift": 0.041, "harm": None, "p_value": 0.8159,
        "histogram": {"edges": [2007.0, 2007.67, 2008.33, 2009.0], "source": [50, 50, 52], "target": [34, 46, 44]},
    },
    {"name": "comments", "shift": None, "harm": None, "p_value": None, "histogram": None},
]  # fmt: skip


def undecided() -> dict[str, Any]:
    """The estimate meets the requirement, its interval does not."""
    document = _document()
    document["claims"] = [
        claim("source_error", 0.081, 0.058, 0.109, theorem="clopper_pearson", citation="clopper:34"),
        *estimates((0.094, 0.128, 0.181)),
        *bounds(),
        claim("adaptability.stumps", None, 0.021, None, detail={"convention": "sum of two errors, 0..2"}),
        claim("adaptability.linear", level=Level.CONDITIONAL),
        *divergences(),
    ]
    return document


def works() -> dict[str, Any]:
    """Two hundred target labels certify it."""
    document = _document()
    document["verdict"] |= {
        "answer": "works",
        "basis": "certified",
        "reason": "200 target labels put the error on the target at 0.103 at most, below the required 0.15.",
        "labels_needed": None,
        "exit_code": 0,
    }
    document["problem"]["target"]["labelled"] = 200
    about = {"theorem": "clopper_pearson", "citation": "clopper:34"}
    document["claims"] = [
        claim("source_error", 0.041, 0.027, 0.061, **about, assumptions=(_not_trained(Status.NOT_REJECTED),)),
        claim("target_error.direct", 0.065, 0.039, 0.103, confidence=0.975, **about),
        *estimates((0.051, 0.072, 0.098)),
        *bounds(),
        claim("target_error.disagreement", 0.09, None, None, level=Level.WITNESS),
        claim("adaptability.stumps", 0.118, 0.031, 0.242, detail={"convention": "sum of two errors, 0..2"}),
        *divergences(0.71),
    ]
    document["next_steps"] = [
        {"action": "stop", "text": "Nothing more is needed; audit again when the input changes."}
    ]
    document["warnings"] = []
    return document


def fails() -> dict[str, Any]:
    """Penguins: certified failure, λ large for the class, everything far apart."""
    document = _document()
    document["verdict"] |= {
        "answer": "fails",
        "basis": "certified",
        "tolerance": None,
        "requirement": {
            "value": 0.4966,
            "quantity": "target_error",
            "kind": "majority_error",
            "text": "the error on the target must be at most 0.4966, the error of always predicting the source's most "
            "frequent class (no tolerance was given)",
        },
        "reason": "the target labels put the error on the target at 0.512 at least, above the required 0.4966.",
        "labels_needed": None,
        "exit_code": 10,
    }
    document["claims"] = [
        claim(
            "source_error",
            0.123,
            0.061,
            0.216,
            assumptions=(_not_trained(Status.DECLARED),),
            level=Level.CONDITIONAL,
        ),
        claim("target_error.direct", 0.571, 0.512, 0.629, confidence=0.975, detail={"uninformative": True}),
        *estimates((0.213, 0.341, 0.486)),
        *bounds(),
        claim("adaptability.stumps", 0.584, 0.418, 1.012, detail={"convention": "sum of two errors, 0..2"}),
        claim("adaptability.linear", 0.169, None, 0.401, level=Level.CONDITIONAL),
        *divergences(0.999),
    ]
    document["diagnosis"]["overlap"] |= {"auc": 0.999, "auc_lower": 0.993, "no_overlap": True}
    document["next_steps"] = [
        {
            "action": "adapt",
            "text": "Run `whytransfer adapt`: the domains can share a linear classifier (λ ≤ 0.401).",
        },
        {"action": "label", "text": "Label 40 target rows and learn from them."},
    ]
    return document


def not_comparable() -> dict[str, Any]:
    """The schemas differ: nothing was computed."""
    document = _document()
    document["verdict"] |= {
        "answer": "not_comparable",
        "basis": None,
        "tolerance": None,
        "requirement": None,
        "reason": "the target has no column 'body_mass_g'; did you mean 'body_mass_kg'?",
        "subject": None,
        "labels_needed": None,
        "exit_code": 12,
    }
    silent = {"detail": {"reason": "the domains can't be compared"}}
    document["claims"] = [claim("target_error.panel", level=Level.ESTIMATED, **silent)]
    document["break_even"] = []
    document["diagnosis"] = {"overlap": {}, "shift": {}, "features": []}
    document["next_steps"] = [
        {"action": "collect", "text": "Give both files the same columns and run again."}
    ]
    document["provenance"] |= {
        "digests": {"source": None, "target": None},
        "rows": {},
        "delta_spent": [],
    }
    document["waterfall"] = []
    return document


def hostile() -> dict[str, Any]:
    """Every free string is HTML, script, template and control characters."""
    document = _poison(fails())
    document["problem"]["classes"] = [HOSTILE, True, 3, 0.5]
    document["diagnosis"]["features"][3]["histogram"]["categories"] = [HOSTILE] * 4
    return document


def answers() -> dict[str, dict[str, Any]]:
    """The four honest documents, by answer."""
    return {f()["verdict"]["answer"]: f() for f in (undecided, works, fails, not_comparable)}


_CLOSED = {
    "schema", "task", "answer", "basis", "kind", "level", "unit", "status", "action", "quantity",
}  # fmt: skip


def _poison(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {k: _poison(v, k) for k, v in value.items()}
    if isinstance(value, list):
        return [_poison(item, key) for item in value]
    if isinstance(value, str) and key not in _CLOSED:
        # Ids keep their head, so that each claim stays in its group.
        return f"{value}.{HOSTILE}" if key == "id" else HOSTILE
    return value


def _not_trained(status: Status) -> Assumption:
    if status is Status.DECLARED:
        return NOT_TRAINED_ON_SOURCE.with_status(status)
    test = "its error on these rows against a clone cross-fitted on them, p = 0.41"
    return NOT_TRAINED_ON_SOURCE.with_status(
        status, test=test, power="sees an optimism of 0.03 with probability .80"
    )


def _document() -> dict[str, Any]:
    return {
        "schema": "whytransfer/audit/1",
        "version": "0.1.0",
        "seed": 0,
        "delta": 0.05,
        "problem": {
            "task": "classification",
            "label": "sex",
            "classes": ["female", "male"],
            "source": {"rows": 1520, "labelled": 1514},
            "target": {"rows": 1240, "labelled": 0},
            "features": [feature["name"] for feature in FEATURES],
        },
        "verdict": {
            "answer": "undecided",
            "basis": "estimated",
            "tolerance": 0.15,
            "max_drop": None,
            "requirement": {
                "value": 0.15,
                "quantity": "target_error",
                "kind": "tolerance",
                "text": "the error on the target must be at most 0.15 (the tolerance given)",
            },
            "reason": "the error on the target is estimated at 0.128, which would do, but it may reach 0.181, which would not.",
            "subject": "the logistic regression trained on the source",
            "labels_needed": 84,
            "exit_code": 11,
        },
        "claims": [],
        "break_even": [
            {
                "theorem": "version_space",
                "hypothesis_class": "stumps",
                "lambda": 0.071,
                "sigma_tau": [[0.0, 0.071], [0.02, 0.055], [0.04, 0.031], [0.06, 0.0]],
                "text": "If some stump errs at most 2% on the source and at most 5.5% on the target, the model works. "
                "λ of stumps may grow to 0.071 before that answer flips.",
            },
            {
                "theorem": "hdh",
                "hypothesis_class": "stumps",
                "lambda": None,
                "sigma_tau": [],
                "text": "By the three-term bound even λ = 0 would not be enough: the other two terms exceed 0.15.",
            },
        ],
        "diagnosis": {
            "overlap": {
                "auc": 0.93, "auc_linear": 0.89, "auc_boosted": 0.93, "auc_lower": 0.904,
                "proxy_a_distance": 1.44, "no_overlap": False, "p_value": 0.004975,
            },
            "shift": {
                "kind": "covariate_or_label",
                "text": "the inputs shifted; a shift of the class shares alone would look the same.",
            },
            "features": copy.deepcopy(FEATURES),
        },
        "next_steps": [
            {"action": "label", "text": "Label 84 target rows drawn at random: `whytransfer labels plan`."},
            {"action": "adapt", "text": "Moment matching may help: `whytransfer adapt`."},
        ],
        "warnings": ["6 source rows have no label and were left out.", "column 'comments' is constant and was left out."],
        "provenance": {
            "digests": {"source": "9f2c" * 16, "target": "04ab" * 16},
            "rows": {
                "source_train": 757, "source_choose": 151, "source_evaluate": 606,
                "target_train": 0, "target_choose": 248, "target_evaluate": 992,
            },
            "versions": {"whytransfer": "0.1.0", "numpy": "2.3.1", "scikit-learn": "1.7.0"},
            "python": "3.13.5",
            "options": {"learner": "logistic", "tolerance": 0.15, "require": "estimated", "assume": {"sigma": 0.05}},
            "delta_spent": [{"id": "source_error", "delta": 0.00625}, {"id": "divergence.stump", "delta": 0.00625}],
        },
        "waterfall": [
            {"label": "error on the source", "value": 0.081, "lower": 0.058, "upper": 0.109, "level": "proved"},
            {"label": "distance between the inputs", "value": 0.563, "lower": None, "upper": 0.671, "level": "proved"},
            {"label": "λ of stumps", "value": None, "lower": 0.021, "upper": None, "level": None},
        ],
        "curves": {"labels": [], "reliability": []},
        "candidates": [],
        "images": [],
    }  # fmt: skip


def several(one: dict[str, Any] | None = None) -> dict[str, Any]:
    """An `audits/1` document: three sub-groups, one of each answer, or each of them `one`."""
    told = [one, one, one] if one else [works(), fails(), undecided()]
    names = [HOSTILE, "b.c", ""] if one else ["north", "south", "tiny"]
    worst = fails()["verdict"]
    return {
        "schema": "whytransfer/audits/1",
        "version": "0.1.0",
        "seed": 0,
        "delta": 0.05,
        "kind": "groups",
        "column": HOSTILE if one else "site",
        "sharing": HOSTILE
        if one
        else "each of 3 groups has a third of it, declared before any row was scored",
        "verdict": {
            "answer": "fails",
            "exit_code": worst["exit_code"],
            "reason": "1 of 3 groups fails: south",
        },
        "warnings": [HOSTILE] if one else [],
        "audits": [{"name": n, "audit": copy.deepcopy(d)} for n, d in zip(names, told, strict=True)],
    }
