// CleanRL's scripts write to TensorBoard every 100 steps; these lines stand beside the ones that are there.

export const CLEANRL = `# in sac_continuous_action.py, beside writer.add_scalar("losses/alpha", alpha, global_step):
with torch.no_grad():
    action, log_pi, _ = actor.get_action(data.observations)
    unit = (action - actor.action_bias) / actor.action_scale
# log π and the target are in environment units: the doctor wants --action-half-range with the ranges of the actions
writer.add_scalar("losses/entropy", -log_pi.mean().item(), global_step)
writer.add_scalar("losses/target_entropy", float(target_entropy), global_step)
writer.add_scalar("losses/action_saturation", (unit.abs() > 0.97).float().mean().item(), global_step)
`;
