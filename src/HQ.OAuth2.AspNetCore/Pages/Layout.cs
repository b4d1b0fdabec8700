using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>What our pages have in common: one style, no script, readable at 320 px and in the dark.</summary>
internal static class Layout
{
    private const string Style = """
        :root{color-scheme:light dark;--text:#1c2128;--soft:#57606a;--paper:#fff;--ground:#f3f4f6;--line:#d0d7de;--main:#1f5fbf;--warn:#8a4600;--warnground:#fff5e6}
        @media(prefers-color-scheme:dark){:root{--text:#e6edf3;--soft:#9da7b3;--paper:#161b22;--ground:#0d1117;--line:#3d444d;--main:#1f5fbf;--warn:#f0b95e;--warnground:#2a2010}}
        *{box-sizing:border-box}body{margin:0;padding:1rem;background:var(--ground);color:var(--text);font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
        main{max-width:30rem;margin:5vh auto 0;padding:1.5rem;background:var(--paper);border:1px solid var(--line);border-radius:.75rem}
        h1{margin:0 0 1rem;font-size:1.35rem;line-height:1.3}h2{margin:1.25rem 0 .25rem;font-size:1rem}p{margin:.5rem 0}ul{margin:.5rem 0;padding-left:1.25rem}
        .soft{color:var(--soft);font-size:.9rem}.warn{color:var(--warn);background:var(--warnground);border-radius:.5rem;padding:.5rem .75rem}
        .to{font-weight:600}form{display:flex;gap:.75rem;margin-top:1.5rem;flex-wrap:wrap}
        button{flex:1 1 8rem;min-height:2.75rem;font:inherit;font-weight:600;border-radius:.5rem;border:1px solid var(--line);background:var(--paper);color:var(--text);cursor:pointer}
        button.main{background:var(--main);border-color:var(--main);color:#fff}button:focus-visible,a:focus-visible{outline:3px solid var(--text);outline-offset:2px}a{color:inherit}
        """;

    /// <summary>What the content security policy allows as style.</summary>
    public static string StyleHash { get; } = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)));

    public static IResult Page(string title, Html body, int status = StatusCodes.Status200OK) =>
        Results.Text(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><style>"
                + Style
                + Html.Of($"</style><title>{title}</title></head><body><main>{body}</main></body></html>\n"),
            "text/html; charset=utf-8",
            statusCode: status
        );
}
