"""Runs aioterabox, a client of TeraBox's website, against a sandbox: all that it can do but signing in by password.

Usage: backup.py URL FOLDER, with the sandbox's credentials as JSON on the standard input. The client is unchanged; only
the hosts that it requests are replaced. Ends with 1 and the reason if a call does not do what it should.
"""

import asyncio
import hashlib
import json
import pathlib
import sys

import aiohttp
from aioterabox import TeraboxClient
from aioterabox.exceptions import TeraboxApiError, TeraboxNotFoundError, TeraboxUnauthorizedError

BASE = sys.argv[1]
FOLDER = pathlib.Path(sys.argv[2])
SITES = ("https://www.terabox.com", "https://d.terabox.com")


class Redirected(aiohttp.ClientSession):
    """A session that requests the sandbox in place of the website."""

    async def _request(self, method, url, **arguments):
        url = str(url)
        for site in SITES:
            if url.startswith(site):
                url = BASE + url.removeprefix(site)
        if url.startswith("https://127.0.0.1:"):
            url = "http" + url.removeprefix("https")
        return await super()._request(method, url, **arguments)


async def control(session, call, body):
    async with session.post(f"{BASE}/_sandbox/{call}", json=body) as reply:
        assert reply.status < 300, await reply.text()


async def names(client, folder):
    return {entry.name: entry for entry in await client.list_remote_directory(folder)}


async def downloaded(client, path):
    [info] = await client.get_files_meta([path])
    async with aiohttp.ClientSession() as stranger:
        async with stranger.get(info["dlink"], headers={"User-Agent": "backup/1"}) as reply:
            assert reply.status == 200, reply.status
            return await reply.read()


async def refused(error, call):
    try:
        await call
    except error:
        return
    raise AssertionError(f"{error.__name__} was expected")


def file_of(name, size):
    file = FOLDER / name
    file.write_bytes((hashlib.sha256(name.encode()).digest() * (size // 32 + 1))[:size])
    return file


async def main():
    secrets = json.load(sys.stdin)
    cookies = {
        "ndus": secrets["ndus"],
        "browserid": "of-a-browser",
        "csrfToken": "of-a-page",
        "jstoken": "read-on-another-day",
    }
    async with Redirected() as session:
        client = TeraboxClient("nobody@example.com", "", session, cookies=cookies)
        assert await client.login() is None, "the cookies sign in"
        assert client.account["display_name"] == "Sandbox", client.account
        assert client.account["account_id"], client.account
        assert client.js_token == secrets["js_token"], "the token is read from the page"
        quota = await client.get_storage_quota()
        assert quota["available"] == quota["total"] - quota["used"] > 0, quota
        assert await client.check_vip_status() is True
        assert await client.get_max_file_size() > 0

        root = await names(client, "/")
        assert not root["Tidal Light.mp4"].is_dir and root["Series"].is_dir, root
        await refused(TeraboxNotFoundError, client.list_remote_directory("/No such folder"))
        await refused(TeraboxNotFoundError, client.get_files_meta(["/no such file"]))

        await client.create_directory("/Backups/of today & #1")
        small, large = file_of("small.tar", 70_000), file_of("large.tar", 10_500_000)
        for file in (small, large):
            made = await client.upload_file(str(file), f"/Backups/of today & #1/{file.name}")
            assert made["size"] == file.stat().st_size, made
        kept = await names(client, "/Backups/of today & #1")
        assert {name: entry.size for name, entry in kept.items()} == {
            "small.tar": 70_000,
            "large.tar": 10_500_000,
        }, kept
        for file in (small, large):
            got = await downloaded(client, f"/Backups/of today & #1/{file.name}")
            assert got == file.read_bytes(), file.name

        await client.copy_file("/Backups/of today & #1/small.tar", "/Backups/copied.tar")
        await client.move_file("/Backups/of today & #1/small.tar", "/Backups/moved.tar")
        await client.rename_file("/Backups/copied.tar", "renamed.tar")
        await client.delete_files(["/Backups/moved.tar"])
        assert set(await names(client, "/Backups")) == {"of today & #1", "renamed.tar"}
        assert await downloaded(client, "/Backups/renamed.tar") == small.read_bytes()

        # A verification at the start of an upload: the client reads its tokens again, once.
        verify = {"errno": 400141, "errmsg": "need verify"}
        await control(session, "faults", {"route": "web_precreate", "times": 1, "fault": verify})
        await client.upload_file(str(small), "/Backups/verified.tar")
        # A part that is cut: the client locates another host and sends it again.
        cut = {"route": "superfile2", "match": "partseq=1", "times": 1, "fault": {"cut_after_bytes": 99_999}}
        await control(session, "faults", cut)
        await client.upload_file(str(large), "/Backups/cut.tar")
        assert await downloaded(client, "/Backups/cut.tar") == large.read_bytes()

        await control(session, "account", {"web_session": "stale"})
        await refused(TeraboxApiError, client.list_remote_directory("/"))
        await client.refresh_cookies()
        assert "Backups" in await names(client, "/")
        await control(session, "account", {"web_session": "ended"})
        await refused(TeraboxUnauthorizedError, client.list_remote_directory("/"))
        await refused(TeraboxUnauthorizedError, client.ensure_logged_in())
        await control(session, "account", {"web_session": "good"})


asyncio.run(main())
