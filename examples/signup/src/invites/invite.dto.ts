import { z } from 'zod';

import { email, line, NOT_AN_OBJECT } from '../validation/fields.js';

export const inviteSchema = z.object(
  {
    email,
    /** Name of the person who invites. */
    inviter: line(100),
    /** A short personal note. */
    note: line(500).optional(),
  },
  NOT_AN_OBJECT,
);

export type InviteDto = z.infer<typeof inviteSchema>;
