//! The sandbox driven over HTTP, as a drive would: whole flows, and every fault.

mod faults;
mod flows;
mod own_folder;
mod playing;
mod website;

use reqwest::{Client, IntoUrl, Response, redirect::Policy};
use serde_json::Value;

use super::{Options, Sandbox, start};

/// A sandbox and a client of it.
struct Talk {
    sandbox: Sandbox,
    client: Client,
}

impl Talk {
    async fn new() -> Self {
        Self::with(Options::default()).await
    }

    async fn with(options: Options) -> Self {
        let client = Client::builder()
            .redirect(Policy::none())
            .user_agent("talk/1")
            .build()
            .unwrap();
        Self {
            sandbox: start(options).await.unwrap(),
            client,
        }
    }

    fn url(&self, call: &str) -> String {
        format!("{}{call}", self.sandbox.url())
    }

    /// Calls `/openapi` with the first token.
    async fn raw(&self, call: &str, query: &[(&str, &str)]) -> Response {
        let token = self.sandbox.credentials().access_token;
        let request = self
            .client
            .get(self.url(call))
            .query(&[("access_tokens", token.as_str())])
            .query(query);
        request.send().await.unwrap()
    }

    /// Requests a URL of any of the sandbox's hosts.
    async fn fetch(&self, url: impl IntoUrl) -> Response {
        self.client.get(url).send().await.unwrap()
    }

    /// Requests a range of bytes, such as `bytes=0-9`.
    async fn ranged(&self, url: impl IntoUrl, range: &str) -> Response {
        let request = self.client.get(url).header("range", range);
        request.send().await.unwrap()
    }

    async fn get(&self, call: &str, query: &[(&str, &str)]) -> Value {
        serde_json::from_str(&self.raw(call, query).await.text().await.unwrap()).unwrap()
    }

    async fn list(&self, dir: &str, more: &[(&str, &str)]) -> Value {
        let query = [&[("dir", dir), ("page", "1"), ("num", "1000")], more].concat();
        self.get("/openapi/api/list", &query).await
    }

    async fn playlist(&self, path: &str, kind: &str) -> String {
        self.raw("/openapi/api/streaming", &[("path", path), ("type", kind)])
            .await
            .text()
            .await
            .unwrap()
    }

    /// Returns the URLs of a playlist's segments.
    async fn segments(&self, path: &str, kind: &str) -> Vec<String> {
        let playlist = self.playlist(path, kind).await;
        playlist
            .lines()
            .filter(|line| line.starts_with("http"))
            .map(str::to_owned)
            .collect()
    }

    /// Returns a download link of filemetas with an access token.
    async fn dlink(&self, path: &str) -> String {
        let target = serde_json::to_string(&[path]).unwrap();
        let metas = self
            .get(
                "/openapi/api/filemetas",
                &[("target", &target), ("dlink", "1")],
            )
            .await;
        let token = self.sandbox.credentials().access_token;
        format!(
            "{}&access_tokens={token}",
            metas["info"][0]["dlink"].as_str().unwrap()
        )
    }

    /// Returns the URL that the first hop of a download redirects to.
    async fn hop(&self, dlink: &str) -> String {
        let answer = self.fetch(dlink).await;
        assert_eq!(answer.status(), 302);
        let to = answer.headers()["location"].to_str().unwrap();
        if to.starts_with("//") {
            format!("http:{to}")
        } else {
            to.to_owned()
        }
    }

    async fn post(&self, call: &str, form: &[(&str, &str)]) -> Value {
        let answer = self
            .client
            .post(self.url(call))
            .form(form)
            .send()
            .await
            .unwrap();
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    }

    /// Calls `/oauth` with the client's credentials and a valid signature.
    async fn signed(&self, call: &str, form: &[(&str, &str)]) -> Value {
        let ours = self.sandbox.credentials();
        let time = super::signing::now_s().to_string();
        let sign = sign(&time, &ours);
        let client = [
            ("client_id", ours.client_id.as_str()),
            ("client_secret", &ours.client_secret),
            ("timestamp", &time),
            ("sign", &sign),
        ];
        self.post(call, &[&client, form].concat()).await
    }
}

fn sign(time: &str, ours: &super::AccountCredentials) -> String {
    let text = format!(
        "{}_{time}_{}_{}",
        ours.client_id, ours.client_secret, ours.private_secret
    );
    data_encoding::HEXLOWER.encode(&<md5::Md5 as md5::Digest>::digest(text))
}

/// Returns status and `error_code` of a media host's error.
async fn refused(answer: Response) -> (u16, i64) {
    let status = answer.status().as_u16();
    let body: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    (status, body["error_code"].as_i64().unwrap())
}
