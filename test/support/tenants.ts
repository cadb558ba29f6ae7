import { Injectable, Module } from '@nestjs/common';
import type { MailerOptions, MailerResolver } from 'nest-mailroom';

/** The customers of an application, as its database has them. */
export class Tenants {
  readonly options = new Map<string, MailerOptions>();
  /** Names that the resolver was asked for. */
  readonly asked: string[] = [];
  /** What the resolver waits for. */
  answer: () => Promise<unknown> = () => Promise.resolve();
}

@Injectable()
export class TenantMailers implements MailerResolver {
  readonly #tenants: Tenants;

  constructor(tenants: Tenants) {
    this.#tenants = tenants;
  }

  async resolve(name: string): Promise<MailerOptions | undefined> {
    this.#tenants.asked.push(name);
    await this.#tenants.answer();
    return this.#tenants.options.get(name);
  }
}

/** A global module with these tenants. */
export function tenantModule(tenants: Tenants) {
  @Module({ providers: [{ provide: Tenants, useValue: tenants }], exports: [Tenants] })
  class TenantModule {}
  return { module: TenantModule, global: true };
}
