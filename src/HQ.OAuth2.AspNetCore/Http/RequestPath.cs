using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>
/// Whether a request is for an address of ours, by the rules of routing, but at any place in the pipeline: before UsePathBase and after it.
/// </summary>
internal static class RequestPath
{
    /// <summary>At one of these paths; case and a slash at the end do not matter.</summary>
    public static bool IsOne(HttpContext http, ReadOnlySpan<string> paths)
    {
        foreach (var path in paths)
        {
            if (IsSame(http.Request.Path, path) || (http.Request.PathBase.HasValue && IsSame(Whole(http), path)))
                return true;
        }

        return false;
    }

    /// <summary>At one of these paths or below it.</summary>
    public static bool IsBelowOne(HttpContext http, ReadOnlySpan<string> paths)
    {
        foreach (var path in paths)
        {
            if (http.Request.Path.StartsWithSegments(path) || (http.Request.PathBase.HasValue && Whole(http).StartsWithSegments(path)))
                return true;
        }

        return false;
    }

    private static PathString Whole(HttpContext http) => http.Request.PathBase.Add(http.Request.Path);

    private static bool IsSame(PathString asked, string path) =>
        asked.Value is { } text
        && (text.Length == path.Length || (text.Length == path.Length + 1 && text[^1] == '/'))
        && text.StartsWith(path, StringComparison.OrdinalIgnoreCase);
}
