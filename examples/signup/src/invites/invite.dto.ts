import { z } from 'zod';

import { email, line, NOT_AN_OBJECT } from '../validation/fields.js';

export const inviteSchema = z.object(
  {
    email,
    /** Who invites. */
    inviter: line(100),
    /** A few words of theirs. */
    note: line(500).optional(),
  },
  NOT_AN_OBJECT,
);

export type InviteDto = z.infer<typeof inviteSchema>;
