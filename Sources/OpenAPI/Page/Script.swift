extension Page {
    /// Searches, copies examples, and says in them where the service is. The page is whole without it.
    static let script = """
        (() => {
          const $ = (selector, root = document) => [...root.querySelectorAll(selector)];
          document.getElementById("origin").textContent = location.origin;
          const input = document.getElementById("search"), nothing = document.getElementById("nothing");
          input.parentElement.hidden = false;
          const articles = $("main article").map(node => [node, node.textContent.toLowerCase()]);
          const search = () => {
            const words = input.value.toLowerCase().split(/\\s+/).filter(Boolean);
            const shown = new Set();
            for (const [node, text] of articles) {
              node.hidden = !words.every(word => text.includes(word));
              if (!node.hidden) shown.add(node.id);
            }
            for (const section of $("main section:not(.about)"))
              section.hidden = !$("article", section).some(node => !node.hidden);
            document.getElementById("about").hidden = words.length > 0;
            for (const item of $("nav li")) item.hidden = !shown.has(item.dataset.for);
            for (const group of $("nav .group")) group.hidden = !$("li", group).some(node => !node.hidden);
            nothing.hidden = shown.size > 0;
          };
          input.addEventListener("input", search);
          document.addEventListener("keydown", event => {
            if (event.key === "/" && document.activeElement !== input) { event.preventDefault(); input.focus(); }
            if (event.key === "Escape" && input.value) { input.value = ""; search(); }
          });
          if (navigator.clipboard) for (const pre of $("pre.curl")) {
            const button = document.createElement("button"), text = pre.textContent;
            button.textContent = "Copy";
            button.addEventListener("click", async () => {
              await navigator.clipboard.writeText(text);
              button.textContent = "Copied";
              setTimeout(() => { button.textContent = "Copy"; }, 1500);
            });
            pre.append(button);
          }
          addEventListener("hashchange", () => {
            const node = document.getElementById(location.hash.slice(1));
            if (node && node.hidden) { input.value = ""; search(); node.scrollIntoView(); }
          });
        })();
        """
}
