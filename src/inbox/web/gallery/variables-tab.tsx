import type { VNode } from 'preact';

import type { TemplateRendering } from '../api/shapes.js';
import { FindingsList } from '../parts/findings-list.js';

/** What the template wants to be given, what its sample lacks, and what the checks say. */
export function VariablesTab({ rendering }: { readonly rendering: TemplateRendering }): VNode {
  const { variables, missing, findings } = rendering;
  const lacking = new Set(missing.map(({ path }) => path));
  return (
    <div class="sheet">
      <h3>Variables</h3>
      {variables.length === 0 ? <p class="muted">It uses none.</p> : null}
      <table class="pairs">
        <tbody>
          {variables.map(({ path, where }) => (
            <tr key={`${path} ${where}`}>
              <th scope="row">
                <code>{path}</code>
              </th>
              <td>{where}</td>
              <td class="tool">
                {lacking.has(path) ? <span class="status bad">missing in the sample</span> : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {missing.length === 0 ? null : <Missing missing={missing} />}
      <h3>Findings</h3>
      <FindingsList findings={findings} />
    </div>
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
