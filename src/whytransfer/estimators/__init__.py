"""Target error without target labels. The export line is the registration."""

from whytransfer.estimators.ac import AverageConfidence as AverageConfidence
from whytransfer.estimators.aline import AgreementOnTheLine as AgreementOnTheLine
from whytransfer.estimators.atc import ThresholdedConfidence as ThresholdedConfidence
from whytransfer.estimators.atc_entropy import ThresholdedEntropy as ThresholdedEntropy
from whytransfer.estimators.base import Estimator as Estimator
from whytransfer.estimators.base import ProbabilityEstimator as ProbabilityEstimator
from whytransfer.estimators.base import View as View
from whytransfer.estimators.bbse import BlackBoxShift as BlackBoxShift
from whytransfer.estimators.cbpe import CBPE as CBPE
from whytransfer.estimators.cbpe_temperature import CBPETemperature as CBPETemperature
from whytransfer.estimators.cot import ConfidenceTransport as ConfidenceTransport
from whytransfer.estimators.cot_em import ConfidenceTransportEM as ConfidenceTransportEM
from whytransfer.estimators.cot_gap import TransportGap as TransportGap
from whytransfer.estimators.cott import ThresholdedTransport as ThresholdedTransport
from whytransfer.estimators.cott_em import ThresholdedTransportEM as ThresholdedTransportEM
from whytransfer.estimators.dis2 import DisagreementDiscrepancy as DisagreementDiscrepancy
from whytransfer.estimators.disagreement import DisagreementGap as DisagreementGap
from whytransfer.estimators.dle import DirectLoss as DirectLoss
from whytransfer.estimators.doc import DifferenceOfConfidences as DifferenceOfConfidences
from whytransfer.estimators.em import CalibratedEM as CalibratedEM
from whytransfer.estimators.iw import ImportanceWeighted as ImportanceWeighted
from whytransfer.estimators.iw_loss import ImportanceWeightedLoss as ImportanceWeightedLoss
from whytransfer.estimators.knn import NearestNeighbours as NearestNeighbours
from whytransfer.estimators.losses import LossEstimator as LossEstimator
from whytransfer.estimators.losses import LossView as LossView
from whytransfer.estimators.metrics import Confusion as Confusion
from whytransfer.estimators.nearest_source import NearestSource as NearestSource
from whytransfer.estimators.odd import OverlapAwareDiscrepancy as OverlapAwareDiscrepancy
from whytransfer.estimators.pape import PAPE as PAPE
from whytransfer.estimators.subspaces import SubspaceGap as SubspaceGap
from whytransfer.names import registered

ESTIMATORS = registered(globals(), Estimator)
LOSS_ESTIMATORS = registered(globals(), LossEstimator)
"""For regression: they take a `LossView`."""
