"""The complaints and wishes of comments on the scales, to be asked what would be without one of the weights."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from app.analysis.judge import Painful
from app.analysis.model import Model
from app.analysis.pain_points import assign
from app.analysis.pain_points.assign import NONE
from app.analysis.pain_points.encoder import Encoder
from app.analysis.pain_points.space import Matrix, Place


@dataclass(frozen=True)
class Weighed:
    """The complaints and wishes of comments beside every entry, before and after what people corrected."""

    judged: Painful
    model: Model
    encoder: Encoder

    @cached_property
    def vectors(self) -> NDArray[np.float32]:
        """The mentions as the encoder sees them."""
        return self.encoder.encode(self.judged.glossed())

    @cached_property
    def pain(self) -> Painful:
        """The mentions with their tone."""
        return self.judged.toned(self.vectors)

    @cached_property
    def place(self) -> Place:
        """How texts become points of the model's space."""
        return self.model.placing(self.encoder)

    @cached_property
    def alone(self) -> Matrix:
        """The mentions by themselves, which is how lessons see them."""
        return self.model.space.place(self.vectors, self.judged.languages)

    @cached_property
    def points(self) -> Matrix:
        """The mentions in the light of their comment."""
        return assign.blend(self.alone, self.pain.comment)

    @cached_property
    def overlap(self) -> Matrix:
        """The words they share with every entry."""
        return self.model.words.overlap(self.pain.texts, self.pain.languages)

    @cached_property
    def untaught(self) -> Matrix:
        """The fits without anything that people corrected."""
        return assign.fit(self.points, self.model.centres, self.overlap)

    @cached_property
    def fits(self) -> Matrix:
        """The fits that decide."""
        return self.model.lessons.taught(self.untaught, self.alone)

    @cached_property
    def preference(self) -> Matrix:
        """The fits with what many others raise, as they are compared."""
        return self.fits + self.model.favour

    @property
    def known(self) -> int:
        """How many columns are entries; chatter follows."""
        return len(self.model.entries)

    @cached_property
    def chosen(self) -> assign.Choice:
        """What reading chooses."""
        return self.choice()

    def choice(
        self, *, taught: bool = True, chatter: bool = True, pleased: bool = True, sober: bool = True
    ) -> assign.Choice:
        """What would be chosen if one thing were left out."""
        fits = self.fits if taught else self.untaught
        pain = self.pain if pleased else replace(self.pain, pleased=np.zeros_like(self.pain.pleased))
        pain = pain if sober else replace(pain, evidence=np.ones_like(pain.evidence))
        if chatter:
            return assign.choose(fits, self.model.favour, pain, len(self.model.chatter))
        return assign.choose(fits[:, : self.known], self.model.favour[: self.known], pain)

    @cached_property
    def needed(self) -> Matrix:
        """The fit with which each mention raises a pain point."""
        return assign.limits(self.pain)[0]

    def strongest(self) -> int:
        """The row of the clearest mention: the one whose entry leads the comment."""
        raises = self.chosen.entry != NONE
        clear = self.preference[:, : self.known].max(axis=1, initial=-1.0) - self.needed
        return int(np.where(raises, clear, -np.inf).argmax())
