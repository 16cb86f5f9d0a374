// How long an env outside our own code may take for an answer, as the user's environment variable says.

/** Seconds: TEMPERED_TIMEOUT, else 60. */
export function answerSeconds(): number {
  return Number(process.env.TEMPERED_TIMEOUT) || 60;
}
