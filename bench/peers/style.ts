// How the page looks. One set of variables for light, one for dark; the pictures use them too.
export const style = `
:root{--paper:#fbfaf7;--ink:#1d2327;--soft:#66707a;--line:#e3e1da;--card:#fff;--load:#d5dee6;--needed:#8b98a5;--f0:#0a7d8c;--f1:#d9722b;--pale:#b9bfc5;--research:#7d8fa1}
@media(prefers-color-scheme:dark){:root{--paper:#15191c;--ink:#e8eaeb;--soft:#98a2ab;--line:#2b3237;--card:#1c2125;--load:#2d3a44;--needed:#7f8d99;--f0:#35b6c6;--f1:#f0914f;--pale:#4d565d;--research:#6d8093}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,"Segoe UI",Roboto,sans-serif}
main{max-width:1180px;margin:0 auto;padding:32px 24px 80px}
h1{font-size:30px;letter-spacing:-.02em;margin:0 0 4px}
h2{font-size:20px;margin:44px 0 4px;letter-spacing:-.01em}
h3{font-size:17px;margin:0}
h3 small{font-weight:400;color:var(--soft);margin-left:6px}
p{margin:4px 0 14px;color:var(--soft);max-width:80ch}
.bars{margin:26px 0}
.bars div{display:flex;align-items:center;gap:10px;height:23px}
.bars span{flex:0 0 240px;white-space:nowrap;text-align:right;font-size:13.5px}
.bars i{height:13px;border-radius:2px;background:var(--f1);min-width:2px}
.bars b{font-weight:600;font-size:13px;font-variant-numeric:tabular-nums}
.bars .own i{background:var(--f0)}.bars .own span{font-weight:700}
.bars .research i{background:var(--research)}.bars .yardstick i{background:var(--pale)}
.bars p{margin-top:10px}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:13px;font-variant-numeric:tabular-nums;min-width:100%}
th,td{padding:5px 10px;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
th{font-weight:600;color:var(--soft)}
th:first-child,td:first-child{text-align:left}
td.prose{text-align:left;white-space:normal;min-width:220px}
tr.own td{font-weight:700;color:var(--f0)}
.card{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:16px 18px 8px;margin:14px 0}
.legend{display:flex;flex-wrap:wrap;gap:4px 22px;margin:6px 0 8px;max-width:none;font-size:13.5px;color:var(--ink)}
.legend span::before{content:"";display:inline-block;width:14px;height:4px;border-radius:2px;margin-right:7px;vertical-align:middle;background:currentColor}
.legend .load::before{background:var(--load);height:11px}.legend .needed::before{background:var(--needed)}
.legend .f0::before{background:var(--f0)}.legend .f1::before{background:var(--f1)}
.legend small{color:var(--soft);margin-left:4px}
figure{margin:0 0 14px}figcaption{font-size:12.5px;color:var(--soft)}
svg{width:100%;height:auto;display:block}
svg .grid{stroke:var(--line)}svg .tick{font-size:11px;fill:var(--soft)}
svg .load{fill:var(--load)}svg .needed{fill:none;stroke:var(--needed);stroke-width:1}
svg .fleet{fill:none;stroke-width:1.6;stroke-linejoin:round}
svg .fleet.f0{stroke:var(--f0)}svg .fleet.f1{stroke:var(--f1)}
svg .missed.f0{fill:var(--f0)}svg .missed.f1{fill:var(--f1)}
`;
