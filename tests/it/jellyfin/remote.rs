//! The web socket, and messages from one app to another.

use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::*;

const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn socket(app: &TvApp<'_>) -> Socket {
    let url = format!(
        "ws://{}/jellyfin/socket?api_key={}&deviceId=x",
        app.drivein.address, app.token
    );
    connect_async(url.into_client_request().unwrap())
        .await
        .unwrap()
        .0
}

async fn next(socket: &mut Socket) -> Value {
    loop {
        match socket.next().await.unwrap().unwrap() {
            Message::Text(text) => return serde_json::from_str(&text).unwrap(),
            Message::Close(_) => return json!({"MessageType": "closed"}),
            _ => {}
        }
    }
}

async fn say(socket: &mut Socket, kind: &str) {
    let text = json!({"MessageType": kind, "Data": "0,1500"}).to_string();
    socket.send(Message::Text(text.into())).await.unwrap();
}

#[tokio::test]
async fn play_on_reaches_another_app_of_the_same_viewer() {
    let drivein = house().await;
    let tv = TvApp::sign_in(&drivein, "tv").await;
    let phone = TvApp::sign_in(&drivein, "phone").await;
    let mut screen = socket(&tv).await;
    assert_eq!(next(&mut screen).await["MessageType"], "ForceKeepAlive");
    say(&mut screen, "KeepAlive").await;
    assert_eq!(next(&mut screen).await["MessageType"], "KeepAlive");
    let capabilities = json!({
        "PlayableMediaTypes": ["Video", "Audio", "Nonsense"], "SupportsMediaControl": true,
        "SupportedCommands": ["DisplayMessage", "PlayState", "<b>"],
    });
    tv.post("/Sessions/Capabilities/Full", capabilities)
        .await
        .expect(204);
    let sessions = phone
        .json(&format!("/Sessions?ControllableByUserId={}", phone.user))
        .await;
    let sessions = sessions.as_array().unwrap();
    assert_eq!(sessions.len(), 1);
    assert_eq!(
        (
            &sessions[0]["DeviceName"],
            &sessions[0]["SupportsRemoteControl"]
        ),
        (&json!("tv"), &json!(true))
    );
    assert_eq!(
        sessions[0]["SupportedCommands"],
        json!(["DisplayMessage", "PlayState"])
    );
    let target = sessions[0]["Id"].as_str().unwrap();
    let film = phone.item(DRIVE, "Tidal Light").await;
    let play = format!(
        "/Sessions/{target}/Playing?PlayCommand=PlayNow&ItemIds={film}&StartPositionTicks=50000000"
    );
    phone.post(&play, json!({})).await.expect(204);
    let message = next(&mut screen).await;
    assert_eq!(message["MessageType"], "Play");
    assert_eq!(message["Data"]["ItemIds"], json!([film]));
    assert_eq!(
        (
            &message["Data"]["StartPositionTicks"],
            &message["Data"]["ControllingUserId"]
        ),
        (&json!(50_000_000), &json!(phone.user))
    );
    phone
        .post(
            &format!("/Sessions/{target}/Playing/Seek?seekPositionTicks=7"),
            json!({}),
        )
        .await
        .expect(204);
    let message = next(&mut screen).await;
    assert_eq!(
        (
            &message["MessageType"],
            &message["Data"]["Command"],
            &message["Data"]["SeekPositionTicks"]
        ),
        (&json!("Playstate"), &json!("Seek"), &json!(7))
    );
    let text = json!({"Header": "Hi", "Text": "Dinner", "TimeoutMs": 500});
    phone
        .post(&format!("/Sessions/{target}/Message"), text)
        .await
        .expect(204);
    assert_eq!(
        next(&mut screen).await["Data"]["Arguments"]["Text"],
        "Dinner"
    );
    let volume = json!({"Name": "SetVolume", "Arguments": {"Volume": "30"}});
    phone
        .post(&format!("/Sessions/{target}/Command"), volume)
        .await
        .expect(204);
    let message = next(&mut screen).await;
    assert_eq!(
        (
            &message["Data"]["Name"],
            &message["Data"]["Arguments"]["Volume"]
        ),
        (&json!("SetVolume"), &json!("30"))
    );
    phone
        .post(
            &format!("/Sessions/{}/Playing/Stop", "0".repeat(32)),
            json!({}),
        )
        .await
        .expect(404);
    say(&mut screen, "SessionsStart").await;
    let message = next(&mut screen).await;
    assert_eq!(message["MessageType"], "Sessions");
    assert_eq!(message["Data"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_socket_needs_a_token_and_ends_with_it() {
    let drivein = house().await;
    let tv = TvApp::sign_in(&drivein, "tv").await;
    let stranger = format!("ws://{}/socket?api_key=x", drivein.address);
    assert!(connect_async(stranger).await.is_err());
    let mut screen = socket(&tv).await;
    next(&mut screen).await;
    tv.post("/Sessions/Logout", json!({})).await.expect(204);
    loop {
        match screen.next().await {
            None | Some(Err(_)) | Some(Ok(Message::Close(_))) => break,
            Some(Ok(_)) => {}
        }
    }
}

#[tokio::test]
async fn sockets_are_limited_and_a_flood_ends_with_the_ticket() {
    let drivein = house().await;
    let tv = TvApp::sign_in(&drivein, "tv").await;
    let mut open = Vec::new();
    for _ in 0..8 {
        open.push(socket(&tv).await);
    }
    let url = format!(
        "ws://{}/jellyfin/socket?api_key={}",
        drivein.address, tv.token
    );
    assert!(connect_async(&url).await.is_err(), "a ninth");
    // A message that is too large ends its socket, and makes room.
    let mut large = open.pop().unwrap();
    let huge = "x".repeat(100 << 10);
    let _ = large.send(Message::Text(huge.into())).await;
    while let Some(Ok(message)) = large.next().await {
        assert!(!message.is_text() || message.to_text().unwrap().contains("KeepAlive"));
    }
    // An app that sends without end and reads nothing, until its ticket is revoked.
    let mut flood = open.pop().unwrap();
    let sending = tokio::spawn(async move {
        let text = json!({"MessageType": "KeepAlive"}).to_string();
        while flood.send(Message::Text(text.clone().into())).await.is_ok() {}
    });
    let answered = eventually("others are served", PATIENCE, async || {
        let sessions = tv.json("/Sessions").await;
        (sessions.as_array().unwrap().len() == 1).then_some(())
    });
    answered.await;
    tv.post("/Sessions/Logout", json!({})).await.expect(204);
    tokio::time::timeout(PATIENCE, sending)
        .await
        .expect("the flood goes on after its ticket was revoked")
        .unwrap();
}
