/** Options of Amazon SES on a mail: `provider: { ses: { configurationSet: 'tracking' } }`. */
export interface SesMailOptions {
  /** @default that of the URL */
  readonly configurationSet?: string;
  /** For event publishing; added to the mail's own tag and metadata. */
  readonly emailTags?: Readonly<Record<string, string>>;
  readonly tenantName?: string;
  readonly fromEmailAddressIdentityArn?: string;
  readonly listManagement?: { readonly contactListName: string; readonly topicName?: string };
}

declare module '../message/provider-options.js' {
  interface ProviderOptions {
    readonly ses?: SesMailOptions;
  }
}
