# Varnish as a cache in front of Drive-In, for links that thousands open (docs/cluster.md). It keeps segments, seek pictures
# and cards, each under its whole URL, and with it under its ticket. How long it may answer for a ticket that was revoked is
# network.shared_cache_s of Drive-In, such as 60; without it, a day.

vcl 4.1;

backend default {
    .host = "127.0.0.1";
    .port = "7381";
    .first_byte_timeout = 300s;
    .between_bytes_timeout = 60s;
}

sub vcl_recv {
    # Sockets of apps.
    if (req.http.Upgrade ~ "(?i)websocket") {
        return (pipe);
    }
    if (req.method != "GET" && req.method != "HEAD") {
        return (pass);
    }
    # What is small and has a URL of its own. A cookie changes nothing of it.
    if (req.url ~ "^/(play|guest)/[^/]+/.+\.(ts|m4s|webp|jpg)$" || req.url ~ "^/play/[^/]+/.+/init\.mp4$") {
        unset req.http.Cookie;
        return (hash);
    }
    # Playlists, originals, pages and calls are answered by the server each time.
    return (pass);
}

sub vcl_pipe {
    if (req.http.Upgrade) {
        set bereq.http.Upgrade = req.http.Upgrade;
        set bereq.http.Connection = req.http.Connection;
    }
}

sub vcl_backend_response {
    # Nothing is sent beyond its time, also while the server is asked.
    set beresp.grace = 0s;
    # It is asked whether it has changed, and a refusal removes it.
    set beresp.keep = 1h;
    # A refusal is answered anew each time.
    if (beresp.status != 200 && beresp.status != 304) {
        set beresp.uncacheable = true;
        set beresp.ttl = 0s;
    }
}

sub vcl_deliver {
    if (obj.hits > 0) {
        set resp.http.X-Cache = "HIT";
    } else {
        set resp.http.X-Cache = "MISS";
    }
}
