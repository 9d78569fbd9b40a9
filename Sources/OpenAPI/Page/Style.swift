extension Page {
    static let style = """
        :root{--fg:#1c2024;--soft:#5b6370;--bg:#fff;--panel:#f5f6f8;--line:#dfe2e7;--link:#0b57d0;
        --get:#0a7d46;--post:#0b57d0;--put:#9a5b00;--delete:#b3261e}
        @media(prefers-color-scheme:dark){:root{--fg:#e4e7eb;--soft:#9aa4b2;--bg:#14171b;--panel:#1d2127;--line:#30363f;
        --link:#8ab4f8;--get:#5fd39a;--post:#8ab4f8;--put:#f0b35c;--delete:#f28b82}}
        *{box-sizing:border-box}
        html{scroll-behavior:smooth;scroll-padding-top:1rem}
        body{margin:0;font:15px/1.55 system-ui,sans-serif;color:var(--fg);background:var(--bg)}
        a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}
        code,pre,kbd{font:13px/1.5 ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace}
        header{padding:1.5rem 2rem 1rem;border-bottom:1px solid var(--line)}
        header h1{margin:0;font-size:1.5rem}header p{margin:.2rem 0 0;color:var(--soft)}
        .columns{display:grid;grid-template-columns:19rem minmax(0,1fr)}
        nav{position:sticky;top:0;max-height:100vh;overflow:auto;padding:1rem;border-right:1px solid var(--line)}
        nav h2{font-size:.8rem;margin:1rem 0 .25rem;text-transform:uppercase;letter-spacing:.05em}
        nav h2 a{color:var(--soft)}
        nav ul{list-style:none;margin:0;padding:0}
        nav li a{display:flex;gap:.5rem;padding:.15rem .25rem;border-radius:4px;color:var(--fg)}
        nav li a:hover{background:var(--panel);text-decoration:none}
        nav .method{flex:0 0 3.4rem;font-size:10px;line-height:1.9}
        .search{display:block;color:var(--soft);font-size:.85rem}
        .search input{display:block;width:100%;margin-top:.25rem;padding:.45rem .6rem;font:inherit;color:inherit;
        background:var(--panel);border:1px solid var(--line);border-radius:6px}
        kbd{padding:0 .3rem;border:1px solid var(--line);border-radius:3px}
        main{padding:1rem 2rem 6rem;max-width:62rem}
        main h2{margin:2.5rem 0 .5rem;font-size:1.3rem}
        article{margin:1.25rem 0;padding:1rem 1.25rem;border:1px solid var(--line);border-radius:8px}
        article:target{border-color:var(--link)}
        h3{display:flex;align-items:baseline;gap:.6rem;margin:0;font-size:1rem;overflow-wrap:anywhere}
        h3 code{font-size:14px;font-weight:600}
        h4{margin:1.1rem 0 .4rem;font-size:.8rem;color:var(--soft);text-transform:uppercase;letter-spacing:.05em}
        p{margin:.5rem 0}ul{margin:.5rem 0;padding-left:1.2rem}
        .summary{font-weight:600}
        .anchor{opacity:0}article:hover .anchor,.anchor:focus{opacity:1}
        .method{font:700 11px/1.6 ui-monospace,monospace;color:var(--soft)}
        .get{color:var(--get)}.post{color:var(--post)}.put{color:var(--put)}.delete{color:var(--delete)}
        pre{position:relative;margin:.5rem 0;padding:.7rem .9rem;overflow:auto;max-height:24rem;background:var(--panel);
        border-radius:6px}
        table{width:100%;margin:.4rem 0;border-collapse:collapse}
        th,td{padding:.35rem .6rem .35rem 0;text-align:left;vertical-align:top;border-top:1px solid var(--line);
        font-weight:400;overflow-wrap:anywhere}
        th{width:13rem}td p:first-child{margin-top:0}
        td table th{width:11rem}
        small{display:block;color:var(--soft)}
        .type{color:var(--soft);overflow-wrap:anywhere}.type td,.type th{color:var(--fg)}
        .name{margin-top:.6rem;color:var(--soft);font-size:.85rem}
        details{border-top:1px solid var(--line);padding:.35rem 0}
        summary{display:flex;gap:.75rem;cursor:pointer;list-style:none}
        summary::-webkit-details-marker{display:none}
        summary span{overflow-wrap:anywhere}
        .code{font:700 13px/1.7 ui-monospace,monospace;flex:0 0 2.2rem}
        .c2{color:var(--get)}.c3{color:var(--soft)}.c4{color:var(--put)}.c5{color:var(--delete)}
        button{position:absolute;top:.4rem;right:.4rem;font:inherit;font-size:.75rem;color:var(--soft);
        background:var(--bg);border:1px solid var(--line);border-radius:4px;cursor:pointer}
        [hidden]{display:none!important}
        @media(max-width:52rem){.columns{display:block}
        nav{position:static;max-height:42vh;border-right:0;border-bottom:1px solid var(--line)}
        header,main{padding-left:1rem;padding-right:1rem}
        th,td{display:block;width:auto!important}td{border-top:0;padding-top:0}article{padding:.8rem}}
        @media print{nav,.search,button{display:none}.columns{display:block}details{break-inside:avoid}}
        """
}
