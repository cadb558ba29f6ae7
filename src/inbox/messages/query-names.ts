/** Parameters that choose messages: those `parseQuery` reads. */
export const QUERY_NAMES = ['to', 'subject', 'template', 'tag', 'status', 'run', 'has', 'q'] as const;
