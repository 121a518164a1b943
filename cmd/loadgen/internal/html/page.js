"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const font = "12px system-ui, sans-serif";

  // A time in milliseconds, in the unit that suits it.
  const digits = f => f === 0 ? "0" : f >= 100 ? f.toFixed(0) : f >= 10 ? f.toFixed(1) : f >= 1 ? f.toFixed(2) : f.toPrecision(2);
  const trim = s => s.includes(".") ? s.replace(/\.?0+$/, "") : s;
  const time = v => v == null ? "" : v >= 1000 ? digits(v / 1000) + " s" : v >= 1 ? digits(v) + " ms" : digits(v * 1000) + " µs";
  const tick = v => v == null ? "" : v >= 1000 ? trim(digits(v / 1000)) + " s" : v >= 1 ? trim(digits(v)) + " ms" : trim(digits(v * 1000)) + " µs";
  const count = v => v == null ? "" : v >= 1e6 ? trim((v / 1e6).toFixed(2)) + " M" : v >= 1e4 ? trim((v / 1e3).toFixed(1)) + " k" : trim(v.toFixed(v < 10 ? 2 : v < 100 ? 1 : 0));
  const moment = v => v == null ? "" : trim(v.toFixed(2)) + " s";

  // On a scale of powers of ten only 1, 2 and 5 are named, or only 1 if it is long.
  const logTicks = format => (u, splits) => {
    const shown = splits.filter(v => v != null), decades = Math.log10(Math.max(...shown) / Math.min(...shown));
    return splits.map(v => {
      if (v == null) return null;
      const first = v / Math.pow(10, Math.floor(Math.log10(v) + 1e-9)), lead = Math.round(first);
      if (Math.abs(first - lead) > 0.01) return null; // the end of the scale
      return lead === 1 || decades < 2.5 && (lead === 2 || lead === 5) ? format(v) : null;
    });
  };
  const axis = (format, o = {}) => ({
    stroke: () => css("--dim"), font, grid: { stroke: () => css("--grid"), width: 1 }, ticks: { show: false }, size: 58,
    values: (u, splits) => splits.map(format), ...o,
  });
  const line = (label, color, format, o = {}) => ({ label, stroke: () => css(color), width: 1.75, points: { show: false }, value: (u, v) => format(v), ...o });

  const charts = [];
  const height = wide => window.innerWidth < 900 ? 220 : wide ? 300 : 260;
  function chart(id, options, columns) {
    const figure = document.getElementById(id);
    if (!columns[0].length) { empty(figure, "nothing to draw"); return; }
    const width = () => Math.max(figure.clientWidth - 24, 200);
    const wide = figure.classList.contains("wide");
    const plot = new uPlot({ width: width(), height: height(wide), legend: { live: true }, cursor: { points: { size: 6 } }, ...options }, columns, figure);
    charts.push(() => plot.setSize({ width: width(), height: height(wide) }));
  }
  function empty(figure, text) {
    const p = document.createElement("p");
    p.className = "empty";
    p.textContent = text;
    figure.append(p);
  }

  // Percentiles: the further right, the rarer.
  const name = x => x <= 1 ? "0 %" : trim((100 * (1 - 1 / x)).toFixed(Math.max(0, Math.ceil(Math.log10(x) - 2 + 1e-9)) + 1)) + " %";
  const curves = data.curves.filter(c => c.x.length);
  if (curves.length) {
    const joined = uPlot.join(curves.map(c => [c.x, c.y]));
    const colors = ["--a", "--c", "--b"];
    chart("percentiles", {
      padding: [null, 28, null, null],
      scales: { x: { time: false, distr: 3 }, y: { distr: 3, range: (u, min, max) => [curves[0].low, max * 1.4] } },
      axes: [
        axis(null, { size: 34, filter: (u, s) => s, splits: u => [1, 2, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7].filter(x => x <= u.scales.x.max), values: (u, s) => s.map(x => x === 1 ? "" : name(x)) }),
        axis(null, { values: logTicks(tick) }),
      ],
      series: [{ label: "percentile", value: (u, v) => v == null ? "" : name(v) }, ...curves.map((c, i) => line(c.name, colors[i], time, { spanGaps: true }))],
    }, joined.map((column, i) => i ? column.map(v => v == null ? v : Math.max(v, 1e-3)) : column));
  } else empty(document.getElementById("percentiles"), "no reply to measure");

  const h = data.histogram;
  if (h.counts.length) {
    const middle = h.counts.map((_, i) => Math.sqrt(h.edges[i] * h.edges[i + 1]));
    const bars = u => {
      const { ctx } = u;
      ctx.save();
      ctx.fillStyle = css("--a");
      h.counts.forEach((n, i) => {
        const left = u.valToPos(h.edges[i], "x", true), right = u.valToPos(h.edges[i + 1], "x", true);
        const top = u.valToPos(n, "y", true), bottom = u.valToPos(0, "y", true);
        ctx.fillRect(left + 0.5, top, Math.max(right - left - 1, 1), bottom - top);
      });
      ctx.restore();
    };
    chart("histogram", {
      scales: { x: { time: false, distr: 3, range: [h.edges[0], h.edges[h.edges.length - 1]] }, y: { range: (u, min, max) => [0, max * 1.05] } },
      axes: [axis(null, { values: logTicks(tick), size: 34 }), axis(count)],
      series: [{ label: "latency", value: (u, v) => time(v) }, { label: "replies", stroke: () => css("--a"), paths: () => null, points: { show: false }, value: (u, v) => v == null ? "" : String(v) }],
      hooks: { draw: [bars] },
    }, [middle, h.counts]);
  } else empty(document.getElementById("histogram"), "no reply to measure");

  const m = data.heat;
  if (m.cells.length) {
    const most = Math.max(...m.cells.flat());
    const paint = u => {
      const { ctx } = u, color = css("--heat");
      ctx.save();
      m.cells.forEach((cells, i) => {
        const left = Math.round(u.valToPos(m.times[i], "x", true)), right = Math.round(u.valToPos(m.times[i + 1], "x", true));
        cells.forEach((share, row) => {
          if (!share) return;
          const bottom = Math.round(u.valToPos(m.edges[row], "y", true)), top = Math.round(u.valToPos(m.edges[row + 1], "y", true));
          // The root, so that the few slow ones show.
          ctx.fillStyle = `rgba(${color}, ${0.12 + 0.88 * Math.pow(share / most, 0.4)})`;
          ctx.fillRect(left, top, Math.max(right - left, 1), Math.max(bottom - top, 1));
        });
      });
      ctx.restore();
    };
    const end = m.times.length - 1, at = m.times.slice(0, end);
    const s = data.series;
    const column = x => at.findLastIndex(t => t <= x);
    chart("heat", {
      scales: { x: { time: false, range: [m.times[0], m.times[end]] }, y: { distr: 3, range: [m.edges[0], m.edges[m.edges.length - 1]] } },
      axes: [axis(moment, { size: 34, grid: { show: false } }), axis(null, { values: logTicks(tick), grid: { show: false } })],
      cursor: { points: { show: false } },
      series: [
        { label: "time", value: (u, v) => moment(v) },
        { label: "at the cursor", stroke: "transparent", points: { show: false }, value: u => {
          const { left, top, idx } = u.cursor;
          if (idx == null || left < 0) return "";
          const y = u.posToVal(top, "y"), cells = m.cells[column(u.posToVal(left, "x"))];
          const row = m.edges.findLastIndex(e => e <= y);
          if (!cells || row < 0 || row >= cells.length) return "";
          return `${trim((100 * cells[row]).toFixed(2))} % of replies took ${time(m.edges[row])} to ${time(m.edges[row + 1])}`;
        } },
      ],
      hooks: { drawClear: [paint] },
    }, [at, at.map(() => m.edges[0])]);
  } else empty(document.getElementById("heat"), "no reply to measure");

  const s = data.series;
  const span = { time: false, range: (u, min, max) => [Math.min(0, min), max] };
  const rate = [{ label: "time", value: (u, v) => moment(v) }, line("completed", "--a", count), line("errors", "--bad", count)];
  const columns = [s.t, s.rate, s.failed];
  if (data.open) {
    rate.splice(2, 0, line("sent", "--c", count));
    columns.splice(2, 0, s.sent);
    if (!data.scenario) {
      rate.splice(2, 0, line("asked", "--dim", count, { dash: [5, 4] }));
      columns.splice(2, 0, s.asked);
    }
  }
  chart("rate", { scales: { x: span, y: { range: (u, min, max) => [0, (max || 1) * 1.08] } }, axes: [axis(moment, { size: 34 }), axis(count)], series: rate }, columns);

  const times = (id, low, lines, columns) => {
    const drawn = columns.slice(1).flat().filter(v => v != null && v > 0);
    if (!drawn.length) { empty(document.getElementById(id), "nothing to draw"); return; }
    const high = Math.max(...drawn) * 1.25;
    chart(id, {
      scales: { x: span, y: { distr: 3, range: [low, Math.max(high, low * 2)] } },
      axes: [axis(moment, { size: 34 }), axis(null, { values: logTicks(tick) })],
      series: [{ label: "time", value: (u, v) => moment(v) }, ...lines],
    }, columns.map((c, i) => i ? c.map(v => v == null ? null : Math.max(v, low)) : c));
  };
  times("latency", s.low, [line("p50", "--a", time), line("p90", "--c", time), line("p99", "--b", time), line("slowest", "--d", time, { width: 1 })], [s.t, s.p50, s.p90, s.p99, s.max]);
  if (data.open) times("lag", s.lag_low, [line("p50", "--a", time), line("p99", "--b", time), line("largest", "--d", time, { width: 1 }), line("own p99", "--c", time, { dash: [5, 4] })], [s.t, s.lag_p50, s.lag_p99, s.lag_max, s.own_p99]);
  else document.getElementById("lag").remove();
  chart("cpu", { scales: { x: span, y: { range: (u, min, max) => [0, (max || 1) * 1.15] } }, axes: [axis(moment, { size: 34 }), axis(v => trim(v.toFixed(2)))], series: [{ label: "time", value: (u, v) => moment(v) }, line("cores", "--a", v => v == null ? "" : v.toFixed(2), { fill: () => css("--grid") })] }, [s.t, s.cpu]);
  if (!data.open) document.getElementById("cpu").classList.add("wide");

  let asked = 0;
  const fit = () => { cancelAnimationFrame(asked); asked = requestAnimationFrame(() => charts.forEach(f => f())); };
  new ResizeObserver(fit).observe(document.body);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", fit);
})();
