// Settings of other programs for what there is not here: said by name, with what to do instead.

const GOALS =
  "there is no hindsight replay (HER): put the goal into the observation, and let the reward tell how near it is";
const PRIORITIES =
  "there is no prioritised replay, all transitions are drawn alike: more gradientSteps or an nStep above 1 make more of them";
const IMAGES =
  "there are no convolutions for images: give the agent an image's features, some numbers in a row, as its observation";
const STATE_DEPENDENT =
  "there is no state-dependent exploration (gSDE): leave it out, α keeps the policy random";

const ANSWERS: readonly [names: RegExp, answer: string][] = [
  [/^(her|hindsight.*|.*herreplaybuffer|goalselectionstrategy|nsampledgoal)$/, GOALS],
  [/^(per|per(alpha|beta|eps).*|prioriti[sz]ed.*|useper|.*prioriti[sz]edreplaybuffer)$/, PRIORITIES],
  [/^(cnn.*|.*cnnpolicy|normalizeimages|(policykwargs)?featuresextractor.*|framestack|pixels)$/, IMAGES],
  [/^(usesde|sdesamplefreq|usesdeatwarmup|gsde)$/, STATE_DEPENDENT],
];

/** What to tell somebody who asks for `name`, a setting or a class; undefined where it is none of those. */
export function unsupported(name: string): string | undefined {
  const plain = name.replaceAll(/[^a-z0-9]/gi, "").toLowerCase();
  return ANSWERS.find(([names]) => names.test(plain))?.[1];
}
