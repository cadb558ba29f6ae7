import type { VNode } from 'preact';

import type { TemplateRendering } from '../api/shapes.js';
import { FindingsList } from '../parts/findings-list.js';

/** What the template wants to be given, what its sample lacks, and what the checks say. */
export function VariablesTab({ rendering }: { readonly rendering: TemplateRendering }): VNode {
  const { variables, missing, findings, sample } = rendering;
  const lacking = new Set(missing.map(({ path }) => path));
  return (
    <div class="sheet">
      <h3>Variables</h3>
      {variables.length === 0 ? <p class="muted">It uses none.</p> : null}
      <table class="pairs">
        <tbody>
          {variables.map(({ path, where, required }) => (
            <tr key={`${path} ${where}`}>
              <th scope="row">
                <code>{path}</code>
              </th>
              <td>{where}</td>
              <td>{required ? 'required' : <span class="muted">optional</span>}</td>
              <td class="tool">
                {lacking.has(path) ? <span class="status bad">missing in the sample</span> : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {missing.length === 0 ? null : <Missing missing={missing} />}
      <h3>Sample</h3>
      {sample === undefined ? <NoSample /> : <Sample sample={sample} />}
      <h3>Findings</h3>
      <FindingsList findings={findings} />
    </div>
  );
}

const INDENT = 2;

function Sample({ sample }: { readonly sample: object }): VNode {
  return (
    <pre class="text" tabIndex={0} aria-label="Sample">
      {JSON.stringify(sample, null, INDENT)}
    </pre>
  );
}

function NoSample(): VNode {
  return (
    <p class="muted">
      It has none. Add <code>sample:</code> to its front matter.
    </p>
  );
}

function Missing({ missing }: Pick<TemplateRendering, 'missing'>): VNode {
  return (
    <>
      <h3>Missing in the sample</h3>
      <ul>
        {missing.map(({ path, line, template }) => (
          <li key={`${path} ${template ?? ''} ${line ?? ''}`}>
            <code>{path}</code>{' '}
            <span class="muted">
              {template ?? ''}
              {line === undefined ? '' : `, line ${line}`}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
