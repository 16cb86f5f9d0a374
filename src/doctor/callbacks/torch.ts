// For a training loop of one's own: one function, called after the update of α, and a CSV that the doctor reads.

export const TORCH = `import csv, os


def number(x):
    return x.detach().float().mean().item() if hasattr(x, "detach") else float(x)


def log_temperature(path, updates, alpha, alpha_loss, log_prob, target_entropy, action, q, critic_loss, episode_return):
    """One row. log_prob [batch]: nats, summed over dimensions; action [batch, d]: after tanh. Call it every 100 updates."""
    row = {
        "updates": updates,
        "alpha": number(alpha),
        "alpha_loss": number(alpha_loss),
        "entropy": -number(log_prob),
        "target_entropy": number(target_entropy),
        "action_saturation": number(action.abs() > 0.97),
        "q": number(q),
        "critic_loss": number(critic_loss),
        "return": number(episode_return),
    }
    new = not os.path.exists(path)
    with open(path, "a", newline="") as file:
        writer = csv.DictWriter(file, row)
        if new:
            writer.writeheader()
        writer.writerow(row)
`;
