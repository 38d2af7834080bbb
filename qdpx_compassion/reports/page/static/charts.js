// Charts are drawn by Vega-Lite without evaluating code; their colours are the style sheet's, so that the theme and print
// need nothing drawn again.
(() => {
  const font = getComputedStyle(document.body).fontFamily;
  const config = (width) => ({
    background: null,
    font,
    view: { stroke: null },
    axis: {
      domain: false, ticks: false, labelColor: "var(--ink)", titleColor: "var(--muted)", gridColor: "var(--rule)",
      labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal", labelPadding: 6,
    },
    axisY: { labelLimit: Math.max(110, Math.min(260, width * 0.42)), grid: false },
    axisYQuantitative: { grid: true },
    axisX: { labelColor: "var(--muted)" },
    legend: {
      labelColor: "var(--ink)", labelFontSize: 12, symbolType: "circle", symbolSize: 90, labelLimit: Math.max(120, width - 60),
      columns: width < 480 ? 1 : 4, offset: 12,
    },
    bar: { color: "var(--series-1)" },
  });

  async function draw(plot) {
    const width = Math.round(plot.clientWidth);
    if (!width || Number(plot.dataset.width) === width) return;
    plot.dataset.width = width;
    const spec = { ...report.data.charts[Number(plot.dataset.chart)], width, autosize: { type: "fit-x", contains: "padding" } };
    spec.config = config(width);
    const compiled = vegaLite.compile(spec, { logger: vega.logger(vega.Error) }).spec;
    plot.vegaView?.finalize();
    // Vega names its container as it likes; ours says what the chart is, and what is inside stands in the table too.
    const container = report.make("div", { "aria-hidden": "true" });
    plot.replaceChildren(container);
    const view = new vega.View(vega.parse(compiled, undefined, { ast: true }), {
      expr: vegaInterpreter, renderer: "svg", container, hover: false, logLevel: vega.Error,
    });
    plot.vegaView = view;
    view.addEventListener("click", (_, item) => {
      const to = item?.datum?.to;
      if (typeof to === "string" && to.startsWith("#quotations")) location.hash = to;
    });
    await view.runAsync();
    plot.dataset.drawn = "yes";
  }

  const plots = [...document.querySelectorAll(".plot")];
  const resized = new ResizeObserver((entries) => {
    for (const entry of entries) draw(entry.target);
  });
  for (const plot of plots) resized.observe(plot);
})();
