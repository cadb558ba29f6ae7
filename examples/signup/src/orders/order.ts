import type { OrderDto, OrderItem } from './order.dto.js';

/** An order as its receipt shows it. Amounts are in euros. */
export interface Order {
  readonly number: string;
  readonly date: Date;
  readonly customer: string;
  readonly items: ReadonlyArray<{ readonly name: string; readonly quantity: number; readonly total: number }>;
  readonly total: number;
}

export function placeOrder(number: string, date: Date, { name, items }: OrderDto): Order {
  return {
    number,
    date,
    customer: name,
    items: items.map((item) => ({ name: item.name, quantity: item.quantity, total: cents(item) / 100 })),
    // Adds whole cents, so that rounding errors do not add up.
    total: items.reduce((sum, item) => sum + cents(item), 0) / 100,
  };
}

function cents({ price, quantity }: OrderItem): number {
  return price * quantity;
}
