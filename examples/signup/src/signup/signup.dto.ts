import { z } from 'zod';

import { email, line, locale, NOT_AN_OBJECT } from '../validation/fields.js';

export const signupSchema = z.object({ email, name: line(100), locale: locale.optional() }, NOT_AN_OBJECT);

export type SignupDto = z.infer<typeof signupSchema>;
