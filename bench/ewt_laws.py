"""Random lives for simulated centres: laws that can also draw what is left of a life of a given age.

What lives here: exponential, hyperexponential, lognormal and constant laws.  What it must not know: queues,
agents, the estimator.  The idea: a centre can be started again from any of its states with fresh chance,
which is how the best possible estimate is found where no formula gives it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt
from random import Random
from statistics import NormalDist
from typing import Protocol

NORMAL = NormalDist()


class Law(Protocol):
    """A positive random life in seconds."""

    @property
    def mean_s(self) -> float:
        """The mean in seconds."""
        ...

    def draw(self, rng: Random) -> float:
        """A whole life."""
        ...

    def left(self, rng: Random, age_s: float) -> float:
        """What is left of a life of age `age_s`."""
        ...


@dataclass(frozen=True)
class Exponential:
    """Constant hazard."""

    mean_s: float

    def draw(self, rng: Random) -> float:
        """A whole life."""
        return rng.expovariate(1.0) * self.mean_s

    def left(self, rng: Random, age_s: float) -> float:
        """Memoryless."""
        del age_s
        return self.draw(rng)


@dataclass(frozen=True)
class Hyperexponential:
    """Two exponential phases with balanced means; `scv` > 1 is the squared coefficient of variation."""

    mean_s: float
    scv: float

    def phases(self) -> tuple[float, float, float]:
        """(probability of the first, its mean, the second's mean)."""
        p = 0.5 * (1 + sqrt((self.scv - 1) / (self.scv + 1)))
        return p, self.mean_s / (2 * p), self.mean_s / (2 * (1 - p))

    def draw(self, rng: Random) -> float:
        """A whole life."""
        return self.left(rng, 0.0)

    def left(self, rng: Random, age_s: float) -> float:
        """The phase is drawn by its odds at that age."""
        p, short, long = self.phases()
        a, b = p * exp(-age_s / short), (1 - p) * exp(-age_s / long)
        return rng.expovariate(1.0) * (short if rng.random() * (a + b) < a else long)


@dataclass(frozen=True)
class Lognormal:
    """Lognormal by mean and squared coefficient of variation."""

    mean_s: float
    scv: float

    def draw(self, rng: Random) -> float:
        """A whole life."""
        sigma = sqrt(log(1 + self.scv))
        return float(exp(log(self.mean_s) - sigma * sigma / 2 + sigma * rng.gauss(0.0, 1.0)))

    def alive(self, age_s: float) -> float:
        """The share of lives that are longer than `age_s`."""
        sigma = sqrt(log(1 + self.scv))
        return 1.0 if age_s <= 0 else 1 - NORMAL.cdf((log(age_s / self.mean_s) + sigma * sigma / 2) / sigma)

    def left(self, rng: Random, age_s: float) -> float:
        """By inversion of the tail."""
        if age_s <= 0:
            return self.draw(rng)
        sigma = sqrt(log(1 + self.scv))
        mu = log(self.mean_s) - sigma * sigma / 2
        alive = self.alive(age_s)
        if alive < 1e-9:
            return 0.1 * age_s * rng.expovariate(1.0)
        u = min(max(alive * (1 - rng.random()), 1e-12), 1 - 1e-12)
        return max(0.0, exp(mu - sigma * NORMAL.inv_cdf(u)) - age_s)


@dataclass(frozen=True)
class Constant:
    """Always the same; 0 for no wrap-up."""

    mean_s: float

    def draw(self, rng: Random) -> float:
        """The whole life."""
        del rng
        return self.mean_s

    def left(self, rng: Random, age_s: float) -> float:
        """What is left of it."""
        del rng
        return max(0.0, self.mean_s - age_s)


@dataclass(frozen=True)
class Mixture:
    """Either of two laws: `first` with probability `odds`."""

    odds: float
    first: Lognormal
    second: Lognormal

    @property
    def mean_s(self) -> float:
        """The mean in seconds."""
        return self.odds * self.first.mean_s + (1 - self.odds) * self.second.mean_s

    def draw(self, rng: Random) -> float:
        """A whole life."""
        return (self.first if rng.random() < self.odds else self.second).draw(rng)

    def left(self, rng: Random, age_s: float) -> float:
        """Which of the two it is goes by their odds at that age."""
        a, b = self.odds * self.first.alive(age_s), (1 - self.odds) * self.second.alive(age_s)
        return (self.first if rng.random() * (a + b) < a or a + b <= 0 else self.second).left(rng, age_s)


NEVER = Constant(1e12)
NOTHING = Constant(0.0)
