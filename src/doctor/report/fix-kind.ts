// Some fixes are lines to paste, others say what to do. Pages set the first as code and the second as text.

const KEYWORD = /^(?:async|await|const|del|for|from|if|import|let|raise|return|try|while|with)\b/;

/** Whether a fix of a finding is code: it does not begin with two words of a sentence. */
export function isCode(fix: string): boolean {
  return KEYWORD.test(fix) || !/^[a-z]+[,;]? [a-zα-ω]/i.test(fix);
}
