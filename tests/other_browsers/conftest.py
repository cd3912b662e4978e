"""The site on this computer, and the browsers that visit it."""

import threading

import pytest
from browsers import Site, start


@pytest.fixture(scope="session")
def site():
    with Site() as started:
        threading.Thread(target=started.serve_forever, kwargs={"poll_interval": 0.05}).start()
        yield started
        started.shutdown()


@pytest.fixture(scope="session", params=["firefox", "webkit"])
def running(request, tmp_path_factory):
    """A browser that runs."""
    started = start(request.param, tmp_path_factory.mktemp(request.param))
    if not started:
        pytest.skip(f"{request.param} is not here: Debian has it in firefox-esr, or in webkit2gtk-driver and xvfb")
    started.command("timeouts", script=600_000, pageLoad=600_000)
    started.command("window/rect", width=1280, height=900)
    yield started
    started.close()


@pytest.fixture
def open_page(running, site):
    """Open a page of the site as at a first visit; nothing may have gone wrong by the end."""

    def opened(name):
        running.open(f"{site.origin}/phone")
        running.evaluate("localStorage.clear()")
        running.open(f"{site.origin}/{name}")
        running.wait("document.readyState === 'complete' && document.fonts.status === 'loaded'")
        return running

    yield opened
    running.open("about:blank")
    troubles, site.troubles = site.troubles, []
    assert troubles == []
