// What a name suggests where the program does not show what it holds. Never a proof: what is shown wins.

/** log α, α, log π and Q attached to their gradient; those with `!` are detached. */
export const symbols = {
  logAlpha: "log α",
  alpha: "α",
  logAlphaFixed: "log α!",
  alphaFixed: "α!",
  logProb: "log π",
  /** Of every action of a discrete policy, not yet weighted by π. */
  logProbs: "log π(·)",
  probability: "π",
  target: "H̄",
  q: "Q",
  qFixed: "Q!",
  /** A state value, in which the entropy already is. */
  v: "V",
  reward: "r",
  done: "d",
  notDone: "1−d",
  discount: "γ",
  /** A discount that comes with the batch: 0 where the episode ended, unless the program masks beside it. */
  batchDiscount: "γ(1−d)",
  entropy: "entropy",
  /** The number of action dimensions, or of actions: −|A| is a usual target. */
  size: "|A|",
  /** A weight of the batch, which is no less than 0. */
  weight: "w",
} as const;

const roles: readonly (readonly [RegExp, string])[] = [
  [
    /^_?(curr_)?(log_?(alpha|ent(ropy)?_?(coef|coeff|coefficient)s?|temp|temperature)|alpha_log|entropy_temp_log|log_entropy_\w+)s?$/i,
    symbols.logAlpha,
  ],
  [
    /^_?(alpha|ent(ropy)?_?(coef|coeff|coefficient)|temperature|temp|curr_alpha|entropy_scale)s?$/i,
    symbols.alpha,
  ],
  [
    /target_?(ent|alpha$)|ent(ropy)?_?(coef_)?target|^h_?(bar|0)$|^targ_ent|(min(imum)?|least|required)_?entropy|(desired|goal|wanted)_?ent|ent(ropy)?_?goal|entropy_?(floor|bound|wanted|desired|limit|min|minimum|threshold|budget)|(^|_)h_?(target|goal|min)$/i,
    symbols.target,
  ],
  [
    /(^|_)(not_?dones?|non_?terminals?|not_?terminals?|undones?|alive|cont|continu\w*|bootstrap\w*|not_?terminated)(_|$)/i,
    symbols.notDone,
  ],
  [/^_?(act(ion)?s?_?(size|dims?|dimension)|n_?act(ion)?s?|num_act(ion)?s|dim_act(ion)?)$/i, symbols.size],
  [/^(state_action_value|chosen_action_value)s?$/i, symbols.q],
  [/(^|_)(weights?|masks?|valid|filled)$/i, symbols.weight],
  [
    /log_?(\w+_)?(prob|porb)|log_?pi(s|_|$)|(^|_)log_?p(s|_|\d|$)|logp(_|$)|(^|_)lgp|log_?(likelihood|density|pdf)/i,
    symbols.logProb,
  ],
  [/^(.*_)?(action_)?prob(s|abilities|ability)?(_.*)?$/i, symbols.probability],
  [/^(.*_)?(entropy|entropies)(_.*)?$/i, symbols.entropy],
  [/(^|_)(lr|learning_rate|step_size)$/i, symbols.weight],
  [/loss|optim|(^|_)(opts?|obj|lr|grads?|scaler|vars|tau)(_|$)|param|weights/i, ""],
  [/critic_?v(_|$)|(^|_)v_?critic/i, symbols.v],
  [
    /(^|_)(dones?|terminals?|terminateds?|terminates?|terminations?|is_last|dead|absorbing|ended|finished|game_over|dw)(_|$)|^(d|term|terms|(episode_?)?(ends?|over))$/i,
    symbols.done,
  ],
  [/scale|shift/i, ""],
  [/(^|_)(r|rews?|rewards?|costs?)(_|$)/i, symbols.reward],
  [/(^|_)(gammas?|discounts?|discounting|discount_factor|discount_rate)(_|$)/i, symbols.discount],
  [/(^|_)(min_?)?(soft_?)?q(f|s|_|\d|$|value|net|min|[ab](_|\d|$))|critic/i, symbols.q],
  [
    /^(target_|next_|soft_)*(v|vf|value|state_value)s?(_(fn|net|network|next|target|targ|function|pi|pred))*$|(^|_)vf?_(targ|target|next)/i,
    symbols.v,
  ],
];

const known = new Map<string, string | undefined>();

export function roleOf(name: string): string | undefined {
  if (known.has(name)) return known.get(name);
  const role = roleIn(name);
  if (known.size > 20_000) known.clear();
  known.set(name, role);
  return role;
}

function roleIn(name: string): string | undefined {
  const snake = name.replace(/^#/, "").replace(/([a-z\d])([A-Z])/g, "$1_$2");
  return roles.find(([pattern]) => pattern.test(snake))?.[1] || undefined;
}
