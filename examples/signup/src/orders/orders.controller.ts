import { randomUUID } from 'node:crypto';

import { Body, Controller, Post } from '@nestjs/common';
import { MailService } from 'nest-mailroom';

import { type OrderDto, orderSchema } from './order.dto.js';
import { placeOrder } from './order.js';

interface OrderAnswer {
  readonly number: string;
  readonly total: number;
  readonly messageId: string;
}

@Controller('orders')
export class OrdersController {
  constructor(private readonly mail: MailService) {}

  /** An order stands even if its receipt fails, so the receipt is queued. */
  @Post()
  async create(@Body({ schema: orderSchema }) dto: OrderDto): Promise<OrderAnswer> {
    const order = placeOrder(randomUUID().slice(0, 8).toUpperCase(), new Date(), dto);
    const { messageId } = await this.mail.queue({
      to: { address: dto.email, name: dto.name },
      template: 'receipt',
      context: { order },
    });
    return { number: order.number, total: order.total, messageId };
  }
}
