"""Masked discrete soft actor-critic for turn-based games with illegal moves (card and board games)."""

from __future__ import annotations

import argparse
import copy
import math
import random
from collections import deque
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn, optim

from arena import make_game, tournament

ILLEGAL = -1e8


class Turn(NamedTuple):
    view: np.ndarray
    legal: np.ndarray
    move: int
    payoff: float
    next_view: np.ndarray
    next_legal: np.ndarray
    over: bool


class Batch(NamedTuple):
    view: Tensor
    legal: Tensor
    move: Tensor
    payoff: Tensor
    next_view: Tensor
    next_legal: Tensor
    over: Tensor


class Pool:
    def __init__(self, capacity: int):
        self.turns: deque[Turn] = deque(maxlen=capacity)

    def extend(self, turns: list[Turn]) -> None:
        self.turns.extend(turns)

    def batch(self, size: int, device: torch.device) -> Batch:
        columns = zip(*random.sample(self.turns, size))
        return Batch(*(torch.as_tensor(np.stack(column), device=device) for column in columns))


class MoveScorer(nn.Module):
    """A score for each move: logits of the policy, or values."""

    def __init__(self, view_size: int, moves: int, hidden: int = 512):
        super().__init__()
        self.body = nn.Sequential(
            nn.Linear(view_size, hidden),
            nn.LayerNorm(hidden),
            nn.ReLU(),
            nn.Linear(hidden, hidden),
            nn.ReLU(),
        )
        self.out = nn.Linear(hidden, moves)

    def forward(self, view: Tensor) -> Tensor:
        return self.out(self.body(view))


class Player:
    def __init__(self, view_size: int, moves: int, opts: argparse.Namespace):
        self.opts = opts
        self.device = torch.device(opts.device)
        self.pi = MoveScorer(view_size, moves).to(self.device)
        self.qa = MoveScorer(view_size, moves).to(self.device)
        self.qb = MoveScorer(view_size, moves).to(self.device)
        self.qa_lag = copy.deepcopy(self.qa).requires_grad_(False)
        self.qb_lag = copy.deepcopy(self.qb).requires_grad_(False)
        self.log_tau = torch.full((), math.log(opts.init_temperature), requires_grad=True, device=self.device)
        self.h_target = opts.entropy_fraction * math.log(moves)
        self.pi_opt = optim.AdamW(self.pi.parameters(), lr=opts.lr)
        self.q_opt = optim.AdamW([*self.qa.parameters(), *self.qb.parameters()], lr=opts.lr)
        self.tau_opt = optim.Adam([self.log_tau], lr=opts.temperature_lr)

    def distribution(self, view: Tensor, legal: Tensor) -> tuple[Tensor, Tensor]:
        scores = self.pi(view).masked_fill(~legal, ILLEGAL)
        logp = scores.log_softmax(dim=-1)
        p = logp.exp()
        # An illegal move has no probability, and 0 · log 0 is to be 0.
        return p, logp.masked_fill(~legal, 0.0)

    @torch.no_grad()
    def choose(self, view: np.ndarray, legal: np.ndarray, greedy: bool = False) -> int:
        view_, legal_ = torch.as_tensor(view, device=self.device), torch.as_tensor(legal, device=self.device)
        p, _ = self.distribution(view_[None], legal_[None])
        return int(p.argmax() if greedy else torch.multinomial(p[0], 1))

    @torch.no_grad()
    def soft_value(self, view: Tensor, legal: Tensor) -> Tensor:
        p, logp = self.distribution(view, legal)
        q = torch.minimum(self.qa_lag(view), self.qb_lag(view))
        return (p * (q - self.log_tau.exp() * logp)).sum(dim=-1)

    def improve(self, batch: Batch) -> dict[str, float]:
        continues = batch.over.logical_not().float()
        goal = batch.payoff.float() + self.opts.discount * continues * self.soft_value(batch.next_view, batch.next_legal)
        index = batch.move.long().unsqueeze(-1)
        loss_q = sum(
            nn.functional.smooth_l1_loss(q(batch.view).gather(-1, index).squeeze(-1), goal)
            for q in (self.qa, self.qb)
        )
        self.q_opt.zero_grad(set_to_none=True)
        loss_q.backward()
        nn.utils.clip_grad_norm_([*self.qa.parameters(), *self.qb.parameters()], 10.0)
        self.q_opt.step()

        p, logp = self.distribution(batch.view, batch.legal)
        with torch.no_grad():
            q = torch.minimum(self.qa(batch.view), self.qb(batch.view))
        h = -(p * logp).sum(dim=-1)
        expected = (p * q).sum(dim=-1)
        loss_pi = (-expected - self.log_tau.exp().detach() * h).mean()
        self.pi_opt.zero_grad(set_to_none=True)
        loss_pi.backward()
        self.pi_opt.step()

        surplus = h.detach() - self.h_target
        loss_tau = (self.log_tau.exp() * surplus).mean()
        self.tau_opt.zero_grad(set_to_none=True)
        loss_tau.backward()
        self.tau_opt.step()

        with torch.no_grad():
            for lag, net in ((self.qa_lag, self.qa), (self.qb_lag, self.qb)):
                for slow, fast in zip(lag.parameters(), net.parameters()):
                    slow.lerp_(fast, self.opts.polyak)
        return {
            "loss_q": loss_q.item(),
            "loss_pi": loss_pi.item(),
            "temperature": self.log_tau.exp().item(),
            "entropy": h.mean().item(),
        }

    def state_dict(self) -> dict:
        return {
            "pi": self.pi.state_dict(),
            "qa": self.qa.state_dict(),
            "qb": self.qb.state_dict(),
            "log_tau": self.log_tau.detach().cpu(),
            "tau_opt": self.tau_opt.state_dict(),
        }


def play(game, players) -> list[list[Turn]]:
    """One game of self-play: the turns of each seat, its payoff at its last one."""
    histories: list[list] = [[] for _ in players]
    view, legal, seat = game.reset()
    while not game.is_over():
        move = players[seat].choose(view, legal)
        histories[seat].append((view, legal, move))
        view, legal, seat = game.step(move)
    trajectories = []
    for history, payoff in zip(histories, game.payoffs()):
        turns = []
        for here, there in zip(history, history[1:]):
            turns.append(Turn(*here, 0.0, there[0], there[1], False))
        turns.append(Turn(*history[-1], float(payoff), history[-1][0], history[-1][1], True))
        trajectories.append(turns)
    return trajectories


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--game", default="leduc")
    parser.add_argument("--games", type=int, default=200_000)
    parser.add_argument("--lr", type=float, default=3e-4)
    parser.add_argument("--temperature-lr", type=float, default=1e-4)
    parser.add_argument("--init-temperature", type=float, default=0.1)
    parser.add_argument("--entropy-fraction", type=float, default=0.3)
    parser.add_argument("--discount", type=float, default=1.0)
    parser.add_argument("--polyak", type=float, default=0.005)
    parser.add_argument("--batch-size", type=int, default=512)
    parser.add_argument("--device", default="cpu")
    return parser.parse_args()


if __name__ == "__main__":
    opts = parse()
    game = make_game(opts.game)
    player = Player(game.view_size, game.moves, opts)
    pool = Pool(400_000)
    for number in range(opts.games):
        for turns in play(game, [player, player]):
            pool.extend(turns)
        if len(pool.turns) >= 10 * opts.batch_size:
            stats = player.improve(pool.batch(opts.batch_size, player.device))
            if number % 1_000 == 0:
                print(number, stats, tournament(game, player))
