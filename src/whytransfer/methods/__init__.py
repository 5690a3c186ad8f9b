"""Adaptation methods, one file each. An export line here is the registration.

Importing this room imports scikit-learn: its members are scikit-learn estimators. Which one, if any, is another question: on average over
real problems every fixed one of them loses (EVIDENCE section 3).
"""

from whytransfer.methods.base import FAMILIES, FewLabels, LabelFree, Method
from whytransfer.methods.bbse import Bbse
from whytransfer.methods.cdan import ConditionalAdversarial
from whytransfer.methods.central_moments import CentralMoments
from whytransfer.methods.class_kernel_means import ClassKernelMeans
from whytransfer.methods.class_moments import ClassMoments
from whytransfer.methods.class_transport import ClassTransport
from whytransfer.methods.confident import ConfidentPseudoLabels
from whytransfer.methods.coral import Coral
from whytransfer.methods.dan import DeepAdaptation
from whytransfer.methods.dann import DomainAdversarial
from whytransfer.methods.deep import Deep
from whytransfer.methods.deep_coral import DeepCoral
from whytransfer.methods.discriminative import Discriminative
from whytransfer.methods.exact_transport import ExactTransport
from whytransfer.methods.expectation_maximisation import ExpectationMaximisation
from whytransfer.methods.feature_augmentation import FeatureAugmentation
from whytransfer.methods.geodesic_flow import GeodesicFlow
from whytransfer.methods.gradual import GradualSelfTraining
from whytransfer.methods.half_aligned import HalfAligned
from whytransfer.methods.jda import JointDistributions
from whytransfer.methods.jdot import JointTransport
from whytransfer.methods.kernel_mean_matching import KernelMeanMatching
from whytransfer.methods.kliep import Kliep
from whytransfer.methods.label_transport import LabelTransport
from whytransfer.methods.linear_transport import LinearTransport
from whytransfer.methods.mcc import MinimumClassConfusion
from whytransfer.methods.mdd import MarginDisparity
from whytransfer.methods.mean_scale import MeanScale
from whytransfer.methods.nearest_neighbour import NearestNeighbour
from whytransfer.methods.neighbours import Neighbours
from whytransfer.methods.pooled import Pooled
from whytransfer.methods.progressive import Progressive
from whytransfer.methods.rlls import Rlls
from whytransfer.methods.rulsif import Rulsif
from whytransfer.methods.sinkhorn_transport import SinkhornTransport
from whytransfer.methods.source_only import SourceOnly
from whytransfer.methods.subspace_alignment import SubspaceAlignment
from whytransfer.methods.tca import TransferComponents
from whytransfer.methods.three_arrays import ThreeArrays
from whytransfer.methods.tjm import TransferJointMatching
from whytransfer.methods.tradaboost import TrAdaBoost
from whytransfer.methods.ulsif import Ulsif
from whytransfer.methods.unbalanced_transport import UnbalancedTransport
from whytransfer.methods.wdgrl import WassersteinGuided
from whytransfer.methods.weighted_pooling import WeightedPooling
from whytransfer.names import registered

__all__ = [
    "FAMILIES",
    "METHODS",
    "Bbse",
    "CentralMoments",
    "ClassKernelMeans",
    "ClassMoments",
    "ClassTransport",
    "ConditionalAdversarial",
    "ConfidentPseudoLabels",
    "Coral",
    "Deep",
    "DeepAdaptation",
    "DeepCoral",
    "Discriminative",
    "DomainAdversarial",
    "ExactTransport",
    "ExpectationMaximisation",
    "FeatureAugmentation",
    "FewLabels",
    "GeodesicFlow",
    "GradualSelfTraining",
    "HalfAligned",
    "JointDistributions",
    "JointTransport",
    "KernelMeanMatching",
    "Kliep",
    "LabelFree",
    "LabelTransport",
    "LinearTransport",
    "MarginDisparity",
    "MeanScale",
    "Method",
    "MinimumClassConfusion",
    "NearestNeighbour",
    "Neighbours",
    "Pooled",
    "Progressive",
    "Rlls",
    "Rulsif",
    "SinkhornTransport",
    "SourceOnly",
    "SubspaceAlignment",
    "ThreeArrays",
    "TrAdaBoost",
    "TransferComponents",
    "TransferJointMatching",
    "Ulsif",
    "UnbalancedTransport",
    "WassersteinGuided",
    "WeightedPooling",
]

METHODS: dict[str, type[Method]] = registered(globals(), Method)
"""Every method of this version by its name; `ThreeArrays` has none, since it is whatever it wraps."""
