"""Worlds whose truth is known. One file a world; an export line here is the registration.

``wt.lab.xi(xi=0.1)`` is a world: ``.truth`` maps names to exact population values, ``.sample(n, m, seed)`` is
a `Problem`.

Examples
--------
>>> import whytransfer as wt
>>> wt.lab.xi(xi=0.1).truth["adaptability.thresholds"]
0.8
"""

from whytransfer.lab.base import Rows, World
from whytransfer.lab.changed_meaning import ConceptShift
from whytransfer.lab.drifting_column import HarmlessDrift
from whytransfer.lab.flipped_labels import LabelFlip
from whytransfer.lab.gaussian_pair import Gaussians
from whytransfer.lab.logistic_inputs import PlantedInputs
from whytransfer.lab.no_shift import NoShift
from whytransfer.lab.planted_labels import PlantedLabels
from whytransfer.lab.rotated_boundary import Rotation
from whytransfer.lab.shifted_classes import LocationShift
from whytransfer.lab.shifted_inputs import CovariateShift
from whytransfer.lab.shifted_prevalence import LabelShift
from whytransfer.lab.shifted_support import SupportShift
from whytransfer.lab.table import XiTable, xi_table
from whytransfer.lab.uniform_pair import PointMasses, Uniforms
from whytransfer.lab.worked_threshold import WorkedExample
from whytransfer.lab.xi_family import XiFamily
from whytransfer.lab.zhao_alignment import Zhao
from whytransfer.names import registered

WORLDS = registered(globals(), World)

concept_shift = ConceptShift
covariate_shift = CovariateShift
gaussians = Gaussians
harmless_drift = HarmlessDrift
label_flip = LabelFlip
label_shift = LabelShift
location_shift = LocationShift
no_shift = NoShift
planted_inputs = PlantedInputs
planted_labels = PlantedLabels
point_masses = PointMasses
rotation = Rotation
support_shift = SupportShift
uniforms = Uniforms
worked_example = WorkedExample
xi = XiFamily
zhao = Zhao


def worlds() -> list[str]:
    """The names of all worlds, each of them a callable of this package.

    Returns
    -------
    list of str
        Sorted.

    Examples
    --------
    >>> worlds()[:3]
    ['concept_shift', 'covariate_shift', 'gaussians']
    """
    return list(WORLDS)


__all__ = [
    "WORLDS",
    "Rows",
    "World",
    "XiTable",
    "concept_shift",
    "covariate_shift",
    "gaussians",
    "harmless_drift",
    "label_flip",
    "label_shift",
    "location_shift",
    "no_shift",
    "planted_inputs",
    "planted_labels",
    "point_masses",
    "rotation",
    "support_shift",
    "uniforms",
    "worked_example",
    "worlds",
    "xi",
    "xi_table",
    "zhao",
]
