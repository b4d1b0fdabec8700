namespace HQ.OAuth2;

/// <summary>The style of all our pages: one column, readable at 320 px, at 400 % zoom and in the dark.</summary>
internal static class PageStyle
{
    public const string Css = """
        :root{color-scheme:light dark;--text:#1c2128;--soft:#57606a;--paper:#fff;--ground:#f3f4f6;--line:#d0d7de;--field:#f6f8fa;--warn:#7a3e00;--warnground:#fff5e6;--danger:#b3202c;--focus:#1c2128}
        @media(prefers-color-scheme:dark){:root{--text:#e6edf3;--soft:#9da7b3;--paper:#161b22;--ground:#0d1117;--line:#3d444d;--field:#1f262e;--warn:#f0b95e;--warnground:#2a2010;--danger:#ff8a8a;--focus:#e6edf3}}
        *{box-sizing:border-box}
        body{margin:0;padding:1rem;background:var(--ground);color:var(--text);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif;overflow-wrap:anywhere}
        .brand{display:flex;align-items:center;gap:.6rem;max-width:32rem;margin:3vh auto .75rem;font-weight:600;color:var(--soft)}
        .brand img{display:block;max-width:40%}
        main{max-width:32rem;margin:0 auto;padding:1.5rem;background:var(--paper);border:1px solid var(--line);border-top:4px solid var(--main);border-radius:.75rem}
        .wide main,.wide .brand{max-width:48rem}
        h1{margin:0 0 1rem;font-size:1.35rem;line-height:1.3;text-wrap:balance}
        h2{margin:1.25rem 0 .4rem;font-size:.9rem;color:var(--soft);font-weight:600}
        p{margin:.5rem 0}ul{margin:.4rem 0;padding-left:1.25rem}li{margin:.2rem 0}
        dl{margin:0 0 .75rem;background:var(--field);border:1px solid var(--line);border-radius:.5rem;padding:.25rem .9rem}
        dl>div{padding:.5rem 0}dl>div+div{border-top:1px solid var(--line)}
        dt{font-size:.85rem;color:var(--soft)}dd{margin:0}
        .to{display:block;font-weight:700;font-size:1.05rem}
        .soft{color:var(--soft);font-size:.9rem}
        .warn{color:var(--warn);background:var(--warnground);border-left:4px solid var(--warn);border-radius:.25rem;padding:.5rem .75rem}
        .danger strong,strong.danger{color:var(--danger)}
        .plain,.scopes{list-style:none;padding:0}
        .scopes li{padding:.45rem 0;border-bottom:1px solid var(--line)}.scopes li:last-child{border-bottom:0}
        .scopes label{display:flex;gap:.6rem;align-items:flex-start}
        fieldset{border:0;margin:1.25rem 0 0;padding:0}legend{padding:0;font-size:.9rem;color:var(--soft);font-weight:600}
        input[type=checkbox],input[type=radio]{width:1.5rem;height:1.5rem;margin:0;flex:none;accent-color:var(--main)}
        .code{font-family:ui-monospace,Menlo,Consolas,"Liberation Mono",monospace;letter-spacing:.08em}
        input[type=text]{display:block;width:100%;min-height:2.75rem;margin-top:.4rem;padding:.4rem .75rem;font-size:1.25rem;border:1px solid var(--soft);border-radius:.5rem;background:var(--paper);color:var(--text)}
        details{margin:.5rem 0}summary{cursor:pointer;padding:.25rem 0;min-height:1.5rem}
        .place{font-size:1.05rem;color:var(--text);margin-top:1.75rem}h3{margin:0;font-size:1rem}
        .app{border:1px solid var(--line);border-radius:.5rem;padding:.9rem;margin:.6rem 0}
        .remove{display:flex;justify-content:flex-end;margin-top:.5rem}.remove button{flex:0 1 auto;min-height:2.25rem;padding:.3rem .9rem;color:var(--danger)}
        .answer{display:flex;gap:.75rem;margin-top:1.25rem;flex-wrap:wrap}
        button,.button{display:inline-block;text-align:center;text-decoration:none;flex:1 1 8rem;min-height:2.75rem;padding:.5rem 1rem;font:inherit;font-weight:600;border-radius:.5rem;border:1px solid var(--soft);background:var(--paper);color:var(--text);cursor:pointer}
        button.main,.button.main{background:var(--main);border-color:var(--main);color:var(--onmain)}
        .account{display:flex;flex-wrap:wrap;gap:.25rem .75rem;align-items:center;margin-top:1.25rem;padding-top:.9rem;border-top:1px solid var(--line)}
        .account p{margin:0;flex:1 1 12rem}
        .account button{flex:0 1 auto;min-height:2rem;padding:.2rem .75rem;font-size:.9rem;font-weight:400}
        button:focus-visible,a:focus-visible,summary:focus-visible,input:focus-visible{outline:3px solid var(--focus);outline-offset:2px}
        a{color:inherit}
        @media(forced-colors:active){main,dl,.warn{border-color:CanvasText}}

        """;
}
