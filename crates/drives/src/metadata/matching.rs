//! Chooses the title that was looked for among search results. A doubtful one is none: a wrong picture on a film is worse
//! than none.

use super::WantedTitle;
use super::types::Candidate;
use media::{title_key, without_accents};

/// Years by which the year in a file's name and that of the release may differ: a film is shown at a festival in one
/// year and released in the next.
const MAX_YEAR_DIFFERENCE: u16 = 1;

/// Returns the one result that has the title, and the year where there is one. `None` if there is none, or if there are
/// several.
pub(super) fn choose<'c>(found: &'c [Candidate], wanted: &WantedTitle) -> Option<&'c Candidate> {
    let key = key(&wanted.title);
    let is_equal = |title: &str| self::key(title) == key;
    let named: Vec<&Candidate> = found
        .iter()
        .filter(|one| one.id > 0)
        .filter(|one| is_equal(&one.title) || one.original_title.as_deref().is_some_and(is_equal))
        .collect();
    let Some(year) = wanted.year else {
        return single(&named, |_| true);
    };
    let differs_by = |one: &Candidate| one.year().map(|other| other.abs_diff(year));
    let is_of_year = |one: &Candidate| differs_by(one) == Some(0);
    if named.iter().any(|one| is_of_year(one)) {
        return single(&named, is_of_year);
    }
    let is_near = |one: &Candidate| differs_by(one).is_some_and(|by| by <= MAX_YEAR_DIFFERENCE);
    single(&named, is_near)
}

/// Returns the form by which titles are compared.
fn key(title: &str) -> String {
    title_key(&without_accents(title))
}

fn single<'c>(named: &[&'c Candidate], fits: impl Fn(&Candidate) -> bool) -> Option<&'c Candidate> {
    let mut fitting = named.iter().filter(|one| fits(one));
    let first = fitting.next()?;
    // One title may be listed twice.
    fitting.all(|other| other.id == first.id).then_some(*first)
}

#[cfg(test)]
mod tests {
    use std::slice::from_ref;

    use super::*;

    fn candidate(id: u64, title: &str, date: &str) -> Candidate {
        Candidate {
            id,
            title: title.to_owned(),
            original_title: None,
            release_date: (!date.is_empty()).then(|| date.to_owned()),
        }
    }

    #[test]
    fn one_title_of_that_year_is_it_and_a_doubtful_one_is_none() {
        let ferry = candidate(1, "The Ferry", "1998-05-01");
        type Case<'a> = (&'a [Candidate], &'a str, Option<u16>, Option<u64>);
        let cases: [Case<'_>; 13] = [
            (&[], "The Ferry", None, None),
            (from_ref(&ferry), "The Ferry", Some(1998), Some(1)),
            (from_ref(&ferry), "the  ferry!", None, Some(1)),
            // A festival year.
            (from_ref(&ferry), "The Ferry", Some(1999), Some(1)),
            (from_ref(&ferry), "The Ferry", Some(2004), None),
            (from_ref(&ferry), "The Ferryman", Some(1998), None),
            // A remake: the year decides, and without one there is none.
            (
                &[ferry.clone(), candidate(2, "The Ferry", "2017-01-01")],
                "The Ferry",
                Some(2017),
                Some(2),
            ),
            (
                &[ferry.clone(), candidate(2, "The Ferry", "2017-01-01")],
                "The Ferry",
                None,
                None,
            ),
            // Two of one year, and two next to it.
            (
                &[ferry.clone(), candidate(2, "The Ferry", "1998-11-01")],
                "The Ferry",
                Some(1998),
                None,
            ),
            (
                &[
                    candidate(2, "The Ferry", "1997-11-01"),
                    candidate(3, "The Ferry", "1999-11-01"),
                ],
                "The Ferry",
                Some(1998),
                None,
            ),
            (
                &[candidate(4, "Amélie", "2001-04-25")],
                "Amelie",
                Some(2001),
                Some(4),
            ),
            (
                &[candidate(5, "Fast & Furious", "2009-04-03")],
                "Fast and Furious",
                Some(2009),
                Some(5),
            ),
            // No date, but a year is wanted.
            (
                &[candidate(6, "The Ferry", "")],
                "The Ferry",
                Some(1998),
                None,
            ),
        ];
        for (found, title, year, expected) in cases {
            let wanted = WantedTitle {
                title: title.to_owned(),
                year,
                is_series: false,
            };
            let chosen = choose(found, &wanted).map(|one| one.id);
            assert_eq!(chosen, expected, "{title} {year:?} in {found:?}");
        }
    }

    #[test]
    fn the_original_title_counts_too() {
        let film = Candidate {
            original_title: Some("千と千尋の神隠し".to_owned()),
            ..candidate(129, "Spirited Away", "2001-07-20")
        };
        let wanted = WantedTitle {
            title: "千と千尋の神隠し".to_owned(),
            year: None,
            is_series: false,
        };
        assert_eq!(choose(&[film], &wanted).map(|one| one.id), Some(129));
    }
}
