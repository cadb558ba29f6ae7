import type { MessageAttachment } from '../../message/message.js';

/** Images that hold pixels and nothing that runs; SVG is a document. */
const RASTER = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/bmp']);

/**
 * Headers of a mail's file: it is saved, never shown, whatever it says it is. Images that belong into the
 * html are the exception; their frame has no origin, so they must say that others may show them.
 */
export function fileHeaders({
  filename,
  contentType,
  cid,
}: MessageAttachment): Readonly<Record<string, string>> {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  if (cid !== undefined && RASTER.has(type)) {
    return {
      'content-type': type,
      'content-disposition': 'inline',
      'cross-origin-resource-policy': 'cross-origin',
    };
  }
  return {
    'content-type': 'application/octet-stream',
    'content-disposition': attachmentNamed(filename ?? 'file'),
  };
}

/** Content-Disposition for any file name (RFC 6266), without a path. */
export function attachmentNamed(filename: string): string {
  const plain = filename.replaceAll(/[^\w.-]/g, '_');
  const encoded = encodeURIComponent(filename.replaceAll(/[\\/]/g, '_')).replaceAll(
    /['()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
