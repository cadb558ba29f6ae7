export interface StarterTemplate {
  readonly content: string;
  readonly remark: string;
}

/** The files of an application's first mail, by path in the templates folder. */
export const STARTER_TEMPLATES: ReadonlyMap<string, StarterTemplate> = new Map([
  [
    'layouts/default.hbs',
    {
      remark: 'the layout',
      content: `{{!--
  Around every template that says "layout: default". The card, its styles and its dark mode come with
  nest-mailroom; brand, logo and colours are set in templates.theme of MailModule.forRoot.
--}}
{{#> layouts/mail/layout}}
{{> @partial-block}}
{{#> mail/footer}}
<p>You get this mail because you have an account with us.</p>
{{/mail/footer}}
{{/layouts/mail/layout}}
`,
    },
  ],
  [
    'welcome.hbs',
    {
      remark: 'the template "welcome" with its sample',
      content: `---
subject: Welcome, {{user.name}}!
preheader: Your account is ready.
layout: default
sample: { user: { name: Ada }, link: https://example.com/start }
---
<h1>Good to have you, {{user.name}}.</h1>
<p>Your account is ready. One click, and you are in.</p>
{{#> mail/button href=link}}Get started{{/mail/button}}
`,
    },
  ],
]);
