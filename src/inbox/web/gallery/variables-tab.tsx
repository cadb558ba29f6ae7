import type { VNode } from 'preact';

import type { TemplatePage } from '../../api/templates.js';
import { FindingsList } from '../parts/findings-list.js';
import { TextBlock } from '../parts/text-block.js';

/** Shows the variables of a template, the values that its sample lacks, and its findings. */
export function VariablesTab({ rendering }: { readonly rendering: TemplatePage }): VNode {
  const { variables, missing, findings, sample } = rendering;
  const isMissing = (path: string): boolean => missing.some((gap) => isWithin(path, gap.path));
  return (
    <div class="sheet">
      <h3>Variables</h3>
      {variables.length === 0 ? <p class="muted">It uses no variables.</p> : null}
      <table class="pairs">
        <tbody>
          {variables.map(({ path, where, required }) => (
            <tr key={`${path} ${where}`}>
              <th scope="row">
                <code>{path}</code>
              </th>
              <td>{where}</td>
              <td class="tool">
                <Need required={required} missing={isMissing(path)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {missing.length === 0 ? null : <Missing missing={missing} />}
      <h3>Sample</h3>
      {sample === undefined ? <NoSample /> : <TextBlock text={JSON.stringify(sample, null, INDENT)} />}
      <h3>Findings</h3>
      <FindingsList findings={findings} />
    </div>
  );
}

/** If `user` is missing, so are `user.name` and `user[].name`. */
function isWithin(path: string, holder: string): boolean {
  return path === holder || path.startsWith(`${holder}.`) || path.startsWith(`${holder}[]`);
}

function Need({ required, missing }: { readonly required: boolean; readonly missing: boolean }): VNode {
  if (missing) return <span class="status bad">missing in the sample</span>;
  return required ? <span>required</span> : <span class="muted">optional</span>;
}

const INDENT = 2;

function NoSample(): VNode {
  return (
    <p class="muted">
      It has no sample. Add <code>sample:</code> to its front matter.
    </p>
  );
}

function Missing({ missing }: Pick<TemplatePage, 'missing'>): VNode {
  return (
    <>
      <h3>Missing in the sample</h3>
      <ul>
        {missing.map(({ path, line, template }) => (
          <li key={`${path} ${template} ${line}`}>
            <code>{path}</code>{' '}
            <span class="muted">
              {template}, line {line}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
