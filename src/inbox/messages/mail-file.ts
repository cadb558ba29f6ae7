import type { MessageAttachment } from '../../message/message.js';

/** Image types that cannot contain scripts, unlike SVG. */
const RASTER = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/bmp']);

/**
 * Response headers for a mail's file. The browser must save it and never display it, whatever its type claims.
 * Inline images are the exception; they allow cross-origin use, because the frame of a mail has an opaque origin.
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

/** Builds a Content-Disposition for any file name (RFC 6266); slashes are replaced. */
export function attachmentNamed(filename: string): string {
  const plain = filename.replaceAll(/[^\w.-]/g, '_');
  const encoded = encodeURIComponent(filename.replaceAll(/[\\/]/g, '_')).replaceAll(
    /['()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
