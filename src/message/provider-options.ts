/** A JSON value. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [name: string]: JsonValue;
}

/**
 * Options that only one provider has, by the provider's scheme. Each transport of a provider augments it:
 * `provider: { sendgrid: { asm: { group_id: 7 } } }`. They are kept with a queued mail. Your own transport may add to it:
 * `declare module 'nest-mailroom' { interface ProviderOptions { … } }`.
 */
export interface ProviderOptions {}

/** Checked `ProviderOptions`: copies of plain JSON. */
export type ProviderFields = Readonly<Record<string, JsonObject>>;
