// In pages nobody asks an agent for its text: only Node's console.log does. Bundlers take this for agent-text.ts (package.json's
// "browser").

export function agentText({ env }: { readonly env: { readonly id: string } }): string {
  return `SAC agent in ${env.id}`;
}
