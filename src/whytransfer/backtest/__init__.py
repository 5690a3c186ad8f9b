"""How estimates fared where the truth is known: other people's transfers, and pseudo-targets of one's own."""

from whytransfer.backtest.profile import Profile
from whytransfer.backtest.reference import Reference, Residual, fit_residuals, shipped

__all__ = ["Profile", "Reference", "Residual", "fit_residuals", "shipped"]
