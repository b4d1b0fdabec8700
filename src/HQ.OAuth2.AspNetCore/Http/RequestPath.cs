using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>
/// Whether a request is for an address of ours, by the rules of routing, but at any place in the pipeline: before UsePathBase and after it.
/// </summary>
internal static class RequestPath
{
    /// <summary>At this path; case and a slash at the end do not matter.</summary>
    public static bool Is(HttpContext http, string path) =>
        IsSame(http.Request.Path, path) || (http.Request.PathBase.HasValue && IsSame(Whole(http), path));

    /// <summary>At this path or below it.</summary>
    public static bool IsBelow(HttpContext http, string path) =>
        http.Request.Path.StartsWithSegments(path) || (http.Request.PathBase.HasValue && Whole(http).StartsWithSegments(path));

    private static PathString Whole(HttpContext http) => http.Request.PathBase.Add(http.Request.Path);

    private static bool IsSame(PathString asked, string path) =>
        asked.Value is { } text
        && (text.Length == path.Length || (text.Length == path.Length + 1 && text[^1] == '/'))
        && text.StartsWith(path, StringComparison.OrdinalIgnoreCase);
}
