namespace HQ.OAuth2;

/// <summary>The style of all our pages: one column, readable at 320 px, at 400 % zoom and in the dark.</summary>
internal static class PageStyle
{
    public const string Css = """
        :root{color-scheme:light dark;--text:#1c2128;--soft:#57606a;--paper:#fff;--ground:#f3f4f6;--line:#d0d7de;--field:#f6f8fa;--warn:#7a3e00;--warnground:#fff5e6;--danger:#b3202c;--dangerground:#fdf0f0;--done:#116329;--focus:#1c2128}
        @media(prefers-color-scheme:dark){:root{--text:#e6edf3;--soft:#9da7b3;--paper:#161b22;--ground:#0d1117;--line:#3d444d;--field:#1f262e;--warn:#f0b95e;--warnground:#2a2010;--danger:#ff8a8a;--dangerground:#2d1a1e;--done:#56d364;--focus:#e6edf3}}
        *{box-sizing:border-box}
        html{scroll-padding-bottom:9rem}
        body{margin:0;padding:1rem;background:var(--ground);color:var(--text);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif;overflow-wrap:anywhere}
        .brand,main,footer{max-width:32rem;margin:0 auto}.wide .brand,.wide main,.wide footer{max-width:48rem}
        .brand{display:flex;align-items:center;gap:.6rem;margin-top:min(3vh,2rem);margin-bottom:.75rem;font-weight:600;color:var(--soft)}
        .brand img{display:block;max-width:40%}.brand .tile{width:2rem;height:2rem;font-size:1rem;border-radius:.5rem}
        main{padding:1.5rem;background:var(--paper);border:1px solid var(--line);border-top:4px solid var(--main);border-radius:.75rem;box-shadow:0 1px 3px #0001,0 8px 24px #0000000d}
        .asks main{max-width:30rem;padding-bottom:0;margin-top:min(4vh,2.5rem)}
        footer{padding:1rem .25rem}
        h1{margin:0 0 1rem;font-size:1.35rem;line-height:1.3;text-wrap:balance}
        h2{margin:1.25rem 0 .4rem;font-size:1rem}h3,h4{margin:0;font-size:1rem}h3.place{margin-top:1rem}
        p{margin:.5rem 0}ul{margin:.4rem 0;padding-left:1.25rem}li{margin:.2rem 0}
        .i{width:1.15em;height:1.15em;flex:none;fill:none;stroke:currentColor;stroke-width:1.5;stroke-linecap:round;stroke-linejoin:round}
        .account{display:flex;flex-wrap:wrap;gap:0 .6rem;align-items:center;justify-content:center;font-size:.9rem;color:var(--soft)}
        .account p{margin:0}
        .pair{display:flex;align-items:center;justify-content:center;gap:.9rem;margin:.75rem 0;color:var(--soft)}
        .tile{display:inline-flex;align-items:center;justify-content:center;flex:none;width:3rem;height:3rem;border-radius:.75rem;font-size:1.4rem;font-weight:700;line-height:1;color:#fff;overflow:hidden}
        .own{background:var(--main);color:var(--onmain)}.logo{width:auto;min-width:3rem;max-width:8rem;padding:.3rem;border:1px solid var(--line)}.logo img{max-width:100%}
        .t0{background:#1f5fbf}.t1{background:#6639ba}.t2{background:#9a3412}.t3{background:#0f6b5c}.t4{background:#a21c6b}.t5{background:#3b5b1d}.t6{background:#8a4b08}.t7{background:#41526b}
        .asks h1{text-align:center}
        dl{margin:0 0 .75rem;background:var(--field);border:1px solid var(--line);border-radius:.5rem;padding:.25rem .9rem}
        dl>div{display:flex;flex-wrap:wrap;gap:0 .75rem;padding:.5rem 0}dl>div+div{border-top:1px solid var(--line)}
        dt{flex:0 0 7.5rem;font-size:.9rem;color:var(--soft);padding-top:.06rem}dd{margin:0;flex:1 1 12rem}
        .to{font-weight:700}code{font-size:.85em}
        dd .soft{display:block}dd ul,dd li{margin:0}
        .soft{color:var(--soft);font-size:.9rem}
        .note,.done,.alarm{display:flex;gap:.6rem;align-items:flex-start}.note .i,.done .i{margin-top:.2rem}
        .note{color:var(--soft);font-size:.9rem}
        .done{color:var(--done);font-weight:600;border:1px solid;border-radius:.5rem;padding:.6rem .9rem}
        .warn{color:var(--warn)}
        .alarm{color:var(--danger);background:var(--dangerground);border:2px solid;border-radius:.5rem;padding:.7rem .9rem;margin:.75rem 0}.alarm .i{width:1.75rem;height:1.75rem}.alarm p{margin:0;color:var(--text)}.alarm strong{display:block;color:var(--danger)}
        .plain,.scopes{list-style:none;padding:0}
        .scopes li{display:flex;gap:.65rem;align-items:flex-start;padding:.25rem 0;margin:0}.scopes .i{margin-top:.2rem;color:var(--soft)}
        .scopes label{display:flex;gap:.65rem;align-items:flex-start;flex:1;min-height:1.5rem}
        .scopes li.danger{background:var(--dangerground);border:1px solid var(--danger);border-radius:.5rem;padding:.5rem .6rem;margin-top:.4rem}.scopes .danger .i{color:var(--danger)}
        .badge{display:inline-block;font-size:.8rem;font-weight:600;color:var(--danger);border:1px solid;border-radius:1rem;padding:0 .5rem}.badge.state{color:var(--warn)}
        fieldset{border:0;margin:1rem 0 0;padding:0;min-width:0}legend{padding:0;font-weight:700}
        input[type=checkbox],input[type=radio]{width:1.5rem;height:1.5rem;margin:0;flex:none;accent-color:var(--main)}
        .code{font-family:ui-monospace,Menlo,Consolas,"Liberation Mono",monospace;letter-spacing:.08em}
        input[type=text]{display:block;width:100%;min-height:2.75rem;margin-top:.4rem;padding:.4rem .75rem;font-size:1.25rem;border:1px solid var(--soft);border-radius:.5rem;background:var(--paper);color:var(--text)}
        select{font:inherit;color:inherit;background:var(--paper);border:1px solid var(--soft);border-radius:.5rem;min-height:2.75rem;padding:.3rem .6rem;max-width:100%}
        details{margin:.5rem 0}summary{cursor:pointer;padding:.25rem 0;min-height:1.5rem}
        .more{margin-top:1.25rem}.more dl{margin-top:.5rem}
        .place{font-size:1.05rem;margin-top:1.75rem}
        .app{border:1px solid var(--line);border-radius:.5rem;padding:.9rem;margin:.6rem 0}
        .name{display:flex;flex-wrap:wrap;gap:.4rem .75rem;align-items:center}.name .tile{width:2.25rem;height:2.25rem;font-size:1.05rem;border-radius:.5rem}.name h1{margin:0}.name{margin-bottom:.6rem}
        .acts{display:flex;flex-wrap:wrap;gap:.5rem .75rem;align-items:flex-start;margin-top:.75rem}.acts details{margin:0}
        .acts a,.remove>summary{display:inline-block;list-style:none;text-decoration:none;font-weight:600;font-size:.9rem;border:1px solid var(--line);border-radius:.5rem;padding:.35rem .9rem}.remove>summary{color:var(--danger)}.remove>summary::-webkit-details-marker{display:none}.remove[open]{flex:1 1 100%}.remove form{border:1px solid var(--danger);background:var(--dangerground);border-radius:.5rem;padding:.75rem .9rem;margin-top:.6rem}.remove button{color:#fff;background:#b3202c;border-color:#b3202c}
        .row{display:flex;flex-wrap:wrap;gap:.5rem .75rem;align-items:center}.row button{flex:0 1 auto}.row p{margin:0;flex:1 1 14rem}
        .answer{display:flex;gap:.75rem;flex-wrap:wrap;margin:1rem -1.5rem 0;padding:.9rem 1.5rem;background:var(--paper);border-top:1px solid var(--line);border-radius:0 0 .7rem .7rem}
        .answer p{display:none;flex:1 0 100%;margin:0;font-size:.9rem}
        @media(min-height:24rem){.answer{position:sticky;bottom:0;box-shadow:0 -6px 12px -8px #0004}}
        @media(max-height:40rem),(max-width:30rem){.answer p{display:block}}
        button,.button{display:inline-block;text-align:center;text-decoration:none;min-height:2.75rem;padding:.5rem 1rem;font:inherit;font-weight:600;border-radius:.5rem;border:1px solid var(--soft);background:var(--paper);color:var(--text);cursor:pointer}
        .enter{position:absolute;width:1px;height:1px;min-height:0;padding:0;border:0;opacity:0}
        .answer button{flex:1 1 6.5rem;padding:.5rem}
        button.main,.button.main{background:var(--main);border-color:var(--main);color:var(--onmain)}
        button.link{min-height:1.75rem;padding:0;border:0;background:none;color:inherit;font-weight:400;text-decoration:underline}
        button:focus-visible,a:focus-visible,summary:focus-visible,input:focus-visible,select:focus-visible{outline:3px solid var(--focus);outline-offset:2px}
        a{color:inherit}
        @media(max-width:30rem){.asks body{padding:0}.asks main{margin-top:0;padding:.75rem 1rem 0;border-width:4px 0 0;border-radius:0}.asks .tile{width:2.25rem;height:2.25rem;font-size:1.1rem;border-radius:.5rem}.asks .pair{margin:.25rem 0 .4rem}.asks h1{font-size:1.15rem;margin-bottom:.5rem}dl{padding:.1rem .75rem;margin-bottom:.5rem}dl>div{padding:.3rem 0}dt{flex-basis:100%}.alarm{padding:.5rem .7rem;margin:.5rem 0}.answer{margin:1rem -1rem 0;padding:.6rem 1rem;gap:.5rem;border-radius:0}}
        @media(max-height:40rem){.asks main{margin-top:0}.asks .pair{margin:.4rem 0}.asks h1{margin-bottom:.6rem}}
        @media(forced-colors:active){main,dl,.alarm,.tile{border:1px solid CanvasText}}

        """;
}
