"""The model that all claims are about: trained here, given fitted, or known by its predictions only."""

from whytransfer.models.predictions import Predictions
from whytransfer.models.subject import Kind, Said, Subject, of_model, of_predictions, train

__all__ = ["Kind", "Predictions", "Said", "Subject", "of_model", "of_predictions", "train"]
