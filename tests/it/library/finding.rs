//! Search over drives of several kinds at once, one of them down: the others answer, and the reply names the
//! one that did not.

use sandbox::{self, Effect, Fault};
use serde_json::Value;

use crate::harness::*;
use crate::teraboxdl::service::Service;

/// Two accounts, a folder, and a service without search.
pub struct Several {
    pub drivein: Drivein,
    /// The upstream of the second account.
    pub second: sandbox::Sandbox,
    _folder: tempfile::TempDir,
    _service: Service,
}

impl Several {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("Tidal notes.txt"), "low water at nine").unwrap();
        let second = sandbox::start(sandbox::Options::default()).await.unwrap();
        let service = Service::start().await;
        let sections = format!(
            "{}[[drive]]\nname = \"home\"\nkind = \"local\"\npath = {:?}\n{}",
            terabox_section(&second, "second"),
            folder.path(),
            service.section("resolver")
        );
        let mut drivein = Drivein::setup().drives(&sections).start().await;
        drivein.keep_secret(forbidden_words(&second));
        Several {
            drivein,
            second,
            _folder: folder,
            _service: service,
        }
    }

    /// Makes the second account answer no search any more.
    pub fn break_second(&self) {
        self.second.fault(Fault::on("search", Effect::status(500)));
    }
}

fn places(found: &Value) -> Vec<&str> {
    let entries = found["entries"].as_array().unwrap().iter();
    let mut places: Vec<&str> = entries
        .map(|entry| entry["place"].as_str().unwrap())
        .collect();
    places.dedup();
    places
}

#[tokio::test]
async fn search_finds_across_all_kinds_and_names_the_one_that_is_down() {
    let several = Several::start().await;
    let drivein = &several.drivein;
    let found = drivein.api("search?q=tidal").await;
    assert_eq!(places(&found), [DRIVE, "second", "home"]);
    assert_eq!(found["problems"].as_array().unwrap().len(), 0, "{found}");
    assert_eq!(found["partial"].as_array().unwrap().len(), 0, "{found}");

    several.break_second();
    let found = drivein.api("search?q=tidal").await;
    assert_eq!(places(&found), [DRIVE, "home"]);
    let problems = found["problems"].as_array().unwrap();
    assert_eq!(problems.len(), 1);
    assert_eq!(
        (&problems[0]["place"], &problems[0]["code"]),
        (&"second".into(), &"upstream_failed".into())
    );
    let page = drivein.get("/search?q=tidal").await.expect(200);
    let text = unescaped(&page.text());
    assert!(text.contains("“second” could not be searched"), "{text}");
    assert!(
        text.contains("Tidal Light.mp4") && text.contains("Tidal notes.txt"),
        "{text}"
    );

    // A search in it alone returns only the problem.
    let alone = drivein.api("search?q=tidal&place=second").await;
    assert_eq!(
        (
            places(&alone).len(),
            alone["problems"].as_array().unwrap().len()
        ),
        (0, 1)
    );
    several.second.heal();
    let found = drivein.api("search?q=tidal").await;
    assert_eq!(places(&found), [DRIVE, "second", "home"]);

    // A closed port gives the same result.
    several.second.stop();
    let found = drivein.api("search?q=tidal").await;
    assert_eq!(places(&found), [DRIVE, "home"]);
    assert_eq!(found["problems"][0]["place"], "second");
}
