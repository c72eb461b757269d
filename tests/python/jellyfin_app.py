"""Uses Drive-In as an app for Jellyfin does, by jellyfin-apiclient-python.

jellyfin_app.py SERVER PASSWORD FILM: signs in by Quick Connect and by password, browses, searches, plays, seeks, lowers the
quality, reports, resumes, marks, and receives a message over the web socket. Prints the code of Quick Connect, and waits for
its approval. Ends with 1 at the first difference.
"""

import sys
import time
import threading

import requests
from jellyfin_apiclient_python import JellyfinClient
from jellyfin_apiclient_python.connection_manager import CONNECTION_STATE

SECOND = 10_000_000


def new_client(device):
    client = JellyfinClient(allow_multiple_clients=True)
    client.config.app("Test client", "1.0", device, "id of " + device)
    client.config.data["auth.ssl"] = False
    return client


def signed_in(client, server, sign_in):
    state = client.auth.connect_to_address(server)
    assert state["State"] == CONNECTION_STATE["ServerSignIn"], state
    result = sign_in(client)
    assert result and result["AccessToken"], result
    credentials = client.auth.credentials.get_credentials()
    state = client.authenticate(credentials, discover=False)
    assert state["State"] == CONNECTION_STATE["SignedIn"], state
    return client


def by_quick_connect(server):
    def sign_in(client):
        api = client.jellyfin
        assert api.quick_connect_enabled(server)
        started = api.quick_connect_initiate(server)
        print("code", started["Code"], flush=True)
        for _ in range(600):
            if api.quick_connect_state(server, started["Secret"])["Authenticated"]:
                return client.auth.login_with_quick_connect(server, started["Secret"])
            time.sleep(0.1)
        raise AssertionError("the code was not approved")

    return signed_in(new_client("bedroom"), server, sign_in)


def by_password(server, password):
    client = new_client("living room")
    assert not new_client("x").auth.login(server, "owner", "wrong " + password)
    return signed_in(client, server, lambda it: it.auth.login(server, "owner", password))


def bytes_of(url, first=0, count=1000):
    reply = requests.get(url, headers={"Range": f"bytes={first}-{first + count - 1}"}, timeout=60)
    assert reply.status_code == 206, (url, reply.status_code, reply.text)
    assert len(reply.content) == count
    return reply.content


def play(client, film):
    """Plays from the start, seeks, and lowers the quality."""
    api = client.jellyfin
    info = api.get_play_info(film, {})
    source = info["MediaSources"][0]
    assert source["SupportsDirectPlay"], source
    url = api.video_url(film, source["Id"])
    assert bytes_of(url) != bytes_of(url, 50_000)
    profile = {"MaxStreamingBitrate": 1, "DirectPlayProfiles": [{"Type": "Video"}]}
    source = api.get_play_info(film, profile)["MediaSources"][0]
    assert not source["SupportsDirectPlay"], source
    master = requests.get(client.config.data["auth.server"] + source["TranscodingUrl"], timeout=60)
    variants = [line for line in master.text.splitlines() if line and not line.startswith("#")]
    assert master.status_code == 200 and variants, master.text
    playlist = requests.get(requests.compat.urljoin(master.url, variants[0]), timeout=60)
    segments = [line for line in playlist.text.splitlines() if line and not line.startswith("#")]
    segment = requests.get(requests.compat.urljoin(playlist.url, segments[0]), timeout=60)
    assert segment.status_code == 200 and len(segment.content) > 1000, segment.status_code


def report(client, film):
    api = client.jellyfin
    for call, seconds in [(api.session_playing, 0), (api.session_progress, 12), (api.session_stop, 30)]:
        call({"ItemId": film, "MediaSourceId": film, "PositionTicks": seconds * SECOND, "CanSeek": True})
    assert api.get_userdata_for_item(film)["PlaybackPositionTicks"] == 30 * SECOND
    resumed = api.get_resume_items()["Items"]
    assert [item["UserData"]["PlaybackPositionTicks"] for item in resumed] == [30 * SECOND], resumed
    api.item_played(film, True)
    assert api.get_item(film)["UserData"]["Played"]
    api.item_played(film, False)
    api.favorite(film)
    assert api.get_item(film)["UserData"]["IsFavorite"]
    api.favorite(film, False)


def control(screen, phone, film):
    """Sends “play” from one app to the other."""
    received, ready = [], threading.Event()

    def on_message(name, data):
        if name == "WebSocketConnect":
            screen.jellyfin.post_capabilities(
                {"PlayableMediaTypes": ["Video"], "SupportsMediaControl": True, "SupportedCommands": ["Play"]}
            )
            ready.set()
        if name == "Play":
            received.append(data)
            ready.set()

    screen.callback = screen.callback_ws = on_message
    screen.start(websocket=True)
    assert ready.wait(30), "the socket did not open"
    ready.clear()
    for _ in range(100):
        found = [it for it in phone.jellyfin.get_sessions() if it["SupportsRemoteControl"]]
        if found:
            break
        time.sleep(0.1)
    assert [it["DeviceName"] for it in found] == ["living room"], found
    phone.jellyfin.remote_play_media(found[0]["Id"], [film])
    assert ready.wait(30), "no message came"
    assert received[0]["ItemIds"] == [film], received
    screen.stop()


def main():
    server, password, name = sys.argv[1:]
    phone = by_quick_connect(server)
    screen = by_password(server, password)
    api = screen.jellyfin
    views = api.get_views()["Items"]
    assert views, views
    items = api.get_user_items(parent_id=views[-1]["Id"], limit=500)["Items"]
    film = next(item["Id"] for item in items if item["Name"] == name)
    assert api.get_item(film)["Name"] == name
    found = api.search_media_items(name, media="Video")["Items"]
    assert film in [item["Id"] for item in found], found
    assert requests.get(api.image_url(film, "Primary"), timeout=60).status_code == 200
    play(screen, film)
    report(screen, film)
    control(screen, phone, film)
    for call in [
        api.get_system_info,
        api.get_sessions,
        api.get_next,
        api.get_recently_added,
        api.get_media_folders,
        api.get_endpoint_info,
        lambda: api.get_similar(film),
        lambda: api.get_local_trailers(film),
        lambda: api.get_intros(film),
        lambda: api.get_media_segments(film),
        lambda: api.get_ancestors(film),
        lambda: api.get_genres(),
        lambda: api.get_user_settings(),
    ]:
        call()
    print("done", flush=True)


main()
