/** Bucket and key of a path-style request. */
export function placeOf(path: string): { readonly bucket: string; readonly key: string } {
    const [pathname = ""] = path.split("?");
    const [, bucket = "", ...rest] = pathname.split("/");
    return { bucket: decodeURIComponent(bucket), key: decodeURIComponent(rest.join("/")) };
}
