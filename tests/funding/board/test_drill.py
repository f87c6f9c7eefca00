from tests.world import World
from tests.funding.board.kept import world_with_returns
from tests.conftest import sign_in
import pytest
def test_x(db) -> None:
    w = world_with_returns()
    for who in ("board_member","officer"):
        c = sign_in(getattr(w, who))
        t = c.get("/board/").content.decode()
        open(f"/tmp/board_{who}.html","w").write(t)
        import re, html
        for link in sorted(set(re.findall(r'class="govuk-link chart__figure" href="([^"]+)"', t)))[:100]:
            a = c.get(html.unescape(link))
            assert a.status_code == 200
        open(f"/tmp/rows_{who}.html","w").write(a.content.decode())
        for l in re.findall(r'href="(/board/lines/[^"]+)"', a.content.decode()):
            assert c.get(l).status_code == 200
