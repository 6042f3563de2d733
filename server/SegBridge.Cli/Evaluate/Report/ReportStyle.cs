namespace SegBridge.Cli.Evaluate.Report;

/// <summary>How the page looks: light or dark as the reader's screen, on paper light.</summary>
internal static class ReportStyle
{
    public const string Css = """
        :root { color-scheme: light dark; --paper: #fff; --ink: #1c2024; --soft: #5d6670; --line: #dde1e6; --card: #f5f7f9;
          --c0: #0b6bcb; --c1: #c2410c; --truth: #ffcd28; --mask: #3cc8ff; --positive: #46eb5a; --negative: #ff5050; }
        @media (prefers-color-scheme: dark) { :root { --paper: #15181c; --ink: #e8eaed; --soft: #9aa4af; --line: #333a42; --card: #1e2328; --c0: #6cb2ff; --c1: #ff9d66; } }
        @media print { :root { color-scheme: light; --paper: #fff; --ink: #000; --soft: #444; --line: #ccc; --card: #fff; --c0: #0b6bcb; --c1: #c2410c; } }
        * { box-sizing: border-box; }
        body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 78rem; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
        h1 { margin: 0 0 .25rem; font-size: 1.75rem; line-height: 1.2; }
        h2 { margin: 2.5rem 0 .75rem; font-size: 1.25rem; }
        h3 { margin: 1.5rem 0 .5rem; font-size: 1rem; }
        p { margin: .5rem 0; max-width: 46rem; }
        .soft, figcaption { color: var(--soft); }
        .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .75rem; margin: 1.25rem 0; }
        .tile { padding: .75rem 1rem; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; break-inside: avoid; }
        .tile b { display: block; font-size: 1.5rem; font-variant-numeric: tabular-nums; }
        .tile span { color: var(--soft); font-size: .875rem; }
        .wide { overflow-x: auto; }
        table { border-collapse: collapse; font-size: .84rem; font-variant-numeric: tabular-nums; }
        th, td { padding: .3rem .55rem; text-align: right; border-bottom: 1px solid var(--line); }
        th { color: var(--soft); font-weight: 600; vertical-align: bottom; line-height: 1.25; } td { white-space: nowrap; }
        .word { text-align: left; } td.word:nth-child(2) { white-space: normal; min-width: 8rem; }
        svg { display: block; width: 100%; max-width: 46rem; height: auto; }
        svg text { fill: var(--soft); font-size: 12px; }
        .grid { stroke: var(--line); } .axis { stroke: var(--soft); } .diagonal { stroke: var(--soft); stroke-dasharray: 4 4; }
        .curve { fill: none; stroke-width: 2; } .band { opacity: .18; }
        .curve.c0 { stroke: var(--c0); } .band.c0, .dot.c0 { fill: var(--c0); } .curve.c1 { stroke: var(--c1); } .band.c1, .dot.c1 { fill: var(--c1); }
        .legend span { display: inline-block; margin-right: 1.25rem; } .legend i { display: inline-block; width: .8rem; height: .8rem; margin-right: .4rem; border-radius: 2px; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
        i.c0 { background: var(--c0); } i.c1 { background: var(--c1); } i.truth { background: var(--truth); } i.mask { background: var(--mask); } i.positive { background: var(--positive); } i.negative { background: var(--negative); }
        .pictures { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 1rem; max-width: 60rem; }
        figure { margin: 0; break-inside: avoid; } figure img { display: block; width: 100%; border-radius: .25rem; } figcaption { margin-top: .35rem; font-size: .875rem; line-height: 1.35; overflow-wrap: anywhere; } figcaption b { color: var(--ink); }
        dt { font-weight: 600; } dd { margin: 0 0 .5rem; max-width: 46rem; color: var(--soft); }
        @media print { body { padding: 0; font-size: 11px; } h2, h3 { break-after: avoid; } tr { break-inside: avoid; } .wide { overflow: visible; } table { font-size: 9px; } th, td { padding: 2px 4px; } .pictures { max-width: 36rem; } svg { max-width: 32rem; break-inside: avoid; } }
        """;
}
