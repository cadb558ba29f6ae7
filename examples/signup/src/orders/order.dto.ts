import { z } from 'zod';

import { email, line, NOT_AN_OBJECT } from '../validation/fields.js';

const item = z.object({
  name: line(100),
  quantity: z.int().min(1).max(999),
  /** In cents. */
  price: z.int().min(0).max(1_000_000),
});

export const orderSchema = z.object(
  { email, name: line(100), items: z.array(item).min(1).max(50) },
  NOT_AN_OBJECT,
);

export type OrderDto = z.infer<typeof orderSchema>;
export type OrderItem = z.infer<typeof item>;
