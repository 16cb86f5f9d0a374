"""Self-play for a trick-taking card game: one discrete SAC network plays all four seats, illegal cards are masked."""

import copy
import json
import pathlib
import random
from dataclasses import dataclass
from typing import Iterator, List

import numpy as np
import torch
from torch import Tensor, nn, optim

NUM_CARDS = 32
FEATURES = 5 * NUM_CARDS + 4  # hand, trick, three players' past cards; the seat that leads


@dataclass
class Step:
    view: np.ndarray
    legal: np.ndarray
    card: int
    points: float
    next_view: np.ndarray
    next_legal: np.ndarray
    last: bool  # the player's last card of the round


class Replay:
    def __init__(self, capacity: int) -> None:
        self.steps: List[Step] = []
        self.capacity = capacity

    def push(self, steps: List[Step]) -> None:
        self.steps.extend(steps)
        if len(self.steps) > self.capacity:
            del self.steps[: len(self.steps) - self.capacity]

    def batches(self, size: int, count: int) -> Iterator[dict]:
        for _ in range(count):
            picked = random.sample(self.steps, size)
            yield {
                "view": torch.tensor(np.stack([s.view for s in picked]), dtype=torch.float32),
                "legal": torch.tensor(np.stack([s.legal for s in picked]), dtype=torch.bool),
                "card": torch.tensor([s.card for s in picked]),
                "points": torch.tensor([s.points for s in picked], dtype=torch.float32),
                "next_view": torch.tensor(np.stack([s.next_view for s in picked]), dtype=torch.float32),
                "next_legal": torch.tensor(np.stack([s.next_legal for s in picked]), dtype=torch.bool),
                "last": torch.tensor([s.last for s in picked]),
            }


class CardNet(nn.Module):
    def __init__(self, width: int = 256) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(FEATURES, width), nn.LeakyReLU(), nn.Linear(width, width), nn.LeakyReLU(), nn.Linear(width, NUM_CARDS)
        )

    def forward(self, view: Tensor) -> Tensor:
        return self.layers(view)


def masked_policy(logits: Tensor, legal: Tensor) -> tuple:
    """Probabilities and their logarithms; an illegal card has probability 0 and, by convention, logarithm 0."""
    legal = legal | ~legal.any(-1, keepdim=True)
    logits = torch.where(legal, logits, torch.full_like(logits, -1e9))
    log_p = torch.log_softmax(logits, -1)
    p = log_p.exp() * legal
    return p, torch.where(legal, log_p, torch.zeros_like(log_p))


class Player:
    """What all four seats think with."""

    def __init__(self, gamma: float = 1.0, polyak: float = 0.01, floor: float = 0.3) -> None:
        self.gamma, self.polyak, self.floor = gamma, polyak, floor
        self.policy = CardNet()
        self.q = nn.ModuleList([CardNet(), CardNet()])
        self.q_slow = copy.deepcopy(self.q).requires_grad_(False)
        # beta weighs the entropy; it is learnt as a logarithm.
        self.log_beta = torch.tensor(-2.0, requires_grad=True)
        self.opt_policy = optim.Adam(self.policy.parameters(), lr=1e-4)
        self.opt_q = optim.Adam(self.q.parameters(), lr=3e-4)
        self.opt_beta = optim.Adam([self.log_beta], lr=1e-3)

    @torch.no_grad()
    def choose(self, view: np.ndarray, legal: np.ndarray, greedy: bool = False) -> int:
        p, _ = masked_policy(self.policy(torch.tensor(view, dtype=torch.float32)), torch.tensor(legal, dtype=torch.bool))
        return int(p.argmax()) if greedy else int(torch.multinomial(p, 1))

    def study(self, b: dict) -> dict:
        beta = self.log_beta.detach().exp()

        with torch.no_grad():
            p2, log_p2 = masked_policy(self.policy(b["next_view"]), b["next_legal"])
            q2 = torch.minimum(*(net(b["next_view"]) for net in self.q_slow))
            v2 = (p2 * q2).sum(-1) - beta * (p2 * log_p2).sum(-1)
            goal = torch.where(b["last"], b["points"], b["points"] + self.gamma * v2)
        played = [net(b["view"]).gather(1, b["card"].unsqueeze(1)).squeeze(1) for net in self.q]
        q_loss = sum(nn.functional.huber_loss(q, goal) for q in played)
        self.opt_q.zero_grad()
        q_loss.backward()
        self.opt_q.step()

        p, log_p = masked_policy(self.policy(b["view"]), b["legal"])
        with torch.no_grad():
            q = torch.minimum(*(net(b["view"]) for net in self.q))
        policy_loss = (p * (beta * log_p - q)).sum(-1).mean()
        self.opt_policy.zero_grad()
        policy_loss.backward()
        self.opt_policy.step()

        # A share of what the legal cards allow; nothing is asked where a single card may be played.
        entropy = -(p * log_p).sum(-1).detach()
        wanted = self.floor * b["legal"].sum(-1).clamp(min=1).float().log()
        beta_loss = (self.log_beta * (entropy - wanted)).mean()
        self.opt_beta.zero_grad()
        beta_loss.backward()
        self.opt_beta.step()

        for slow, fast in zip(self.q_slow.parameters(), self.q.parameters()):
            slow.data += self.polyak * (fast.data - slow.data)
        return {"q": q_loss.item(), "policy": policy_loss.item(), "entropy": entropy.mean().item(), "beta": beta.item()}

    def dump(self, folder: pathlib.Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        torch.save(self.policy.state_dict(), folder / "policy.pt")
        torch.save(self.q.state_dict(), folder / "q.pt")
        (folder / "beta.json").write_text(json.dumps({"log_beta": self.log_beta.item()}))

    def restore(self, folder: pathlib.Path) -> None:
        self.policy.load_state_dict(torch.load(folder / "policy.pt"))
        self.q.load_state_dict(torch.load(folder / "q.pt"))
        self.q_slow = copy.deepcopy(self.q).requires_grad_(False)
        self.log_beta.data.fill_(json.loads((folder / "beta.json").read_text())["log_beta"])


def play_round(table, player: Player) -> List[Step]:
    """Every seat's decisions, each with the points until its next one."""
    table.deal()
    waiting, steps = {}, []
    while not table.over():
        seat = table.turn()
        view, legal = table.view(seat), table.legal(seat)
        if seat in waiting:
            v, l, c = waiting[seat]
            steps.append(Step(v, l, c, table.points_since(seat), view, legal, last=False))
        card = player.choose(view, legal)
        waiting[seat] = (view, legal, card)
        table.play(seat, card)
    for seat, (v, l, c) in waiting.items():
        steps.append(Step(v, l, c, table.points_since(seat), v, l, last=True))
    return steps


def main(rounds: int = 200_000) -> None:
    from schafkopf import Table

    table, player, replay = Table(), Player(), Replay(400_000)
    for i in range(rounds):
        replay.push(play_round(table, player))
        if len(replay.steps) < 10_000:
            continue
        for batch in replay.batches(512, 2):
            stats = player.study(batch)
        if i % 1000 == 0:
            print(i, " ".join(f"{k} {v:.3f}" for k, v in stats.items()))
            player.dump(pathlib.Path("players") / str(i))


if __name__ == "__main__":
    main()
