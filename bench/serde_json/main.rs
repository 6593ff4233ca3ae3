// SPDX-License-Identifier: BSL-1.0
// Measures serde_json over the bodies that `bench_any --write FOLDER` writes: to a value with the same members as
// signhook's event, with the same checks. Before that, it encodes each value again and compares it with the body in
// the canonical form.
//   bench_serde_json FOLDER COUNT     prints results in the form of Google Benchmark
use serde::{de, Deserialize, Deserializer};
use std::fmt::{self, Write};
use std::{env, fs, hint, time::Instant};

#[derive(Clone, Copy)]
struct Uuid([u8; 16]);

fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

fn parse_uuid(text: &str) -> Option<Uuid> {
    let text = text.as_bytes();
    if text.len() != 36 || [8, 13, 18, 23].iter().any(|&at| text[at] != b'-') {
        return None;
    }
    let mut made = [0; 16];
    let places = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
    for (byte, at) in made.iter_mut().zip(places) {
        *byte = hex(text[at])? << 4 | hex(text[at + 1])?;
    }
    Some(Uuid(made))
}

// An instant in seconds since 1970, and the offset in minutes it is written with. Without a fraction.
#[derive(Clone, Copy)]
struct Time(i64, i16);

fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year - era * 400;
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468
}

fn parse_time(text: &str) -> Option<Time> {
    let text = text.as_bytes();
    if text.len() != 25 {
        return None;
    }
    let number = |from: usize, count: usize| {
        text[from..from + count].iter().try_fold(0, |made: i64, &digit| {
            digit.is_ascii_digit().then(|| made * 10 + i64::from(digit - b'0'))
        })
    };
    if [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':'), (22, b':')]
        .iter()
        .any(|&(at, byte)| text[at] != byte)
    {
        return None;
    }
    let (year, month, day) = (number(0, 4)?, number(5, 2)?, number(8, 2)?);
    let (hour, minute, second) = (number(11, 2)?, number(14, 2)?, number(17, 2)?);
    let (offset_hour, offset_minute) = (number(20, 2)?, number(23, 2)?);
    let sign = match text[19] {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 => 28 + i64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if day < 1 || day > last || hour > 23 || minute > 59 || second > 59 || offset_hour > 23 || offset_minute > 59 {
        return None;
    }
    let offset = sign * (offset_hour * 60 + offset_minute);
    let seconds = days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset * 60;
    Some(Time(seconds, offset as i16))
}

// A known state, by its index, or another one's text.
#[derive(Clone, Copy)]
enum State<'a> {
    Known(u8),
    Other(&'a str),
}

const DOSSIER: &[&str] = &["draft", "pending", "completed"];
const INVITEE: &[&str] = &["approved", "declined", "reassigned"];
const REQUEST: &[&str] = &["pending", "approved"];

fn state<'a>(names: &[&str], text: &'a str) -> Result<State<'a>, String> {
    match names.iter().position(|&name| name == text) {
        Some(at) => Ok(State::Known(at as u8)),
        None if text.len() <= 46 => Ok(State::Other(text)),
        None => Err("a state is too long".into()),
    }
}

// Parses a text where serde meets it.
struct Parsed<T>(fn(&str) -> Option<T>);

impl<'de, T> de::Visitor<'de> for Parsed<T> {
    type Value = T;
    fn expecting(&self, to: &mut fmt::Formatter) -> fmt::Result {
        to.write_str("a UUID or a time")
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        (self.0)(text).ok_or_else(|| E::custom("not valid"))
    }
}

impl<'de> Deserialize<'de> for Uuid {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(Parsed(parse_uuid))
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(Parsed(parse_time))
    }
}

#[derive(Deserialize)]
struct Named {
    id: Uuid,
}

#[derive(Deserialize)]
struct WithState<'a> {
    id: Uuid,
    state: &'a str,
}

// In one type of event an invitee has no state.
#[derive(Deserialize)]
struct Invitee<'a> {
    id: Uuid,
    state: Option<&'a str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request<'a> {
    id: Uuid,
    state: &'a str,
    #[serde(borrow)]
    original_invitee: WithState<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    id: Uuid,
    #[serde(rename = "type")]
    kind: &'a str,
    created: Time,
    #[serde(borrow)]
    dossier: Option<WithState<'a>>,
    invite: Option<Named>,
    #[serde(borrow)]
    invitee: Option<Invitee<'a>>,
    #[serde(borrow)]
    reassign_request: Option<Request<'a>>,
}

#[derive(Clone, Copy)]
enum Kind<'a> {
    Invite(u8, Uuid),
    InviteViewed(Uuid, Uuid),
    Invitee(Uuid, State<'a>),
    Dossier(u8),
    Request(Uuid, State<'a>, Uuid, State<'a>),
}

#[derive(Clone, Copy)]
struct Event<'a> {
    id: Uuid,
    created: Time,
    dossier: (Uuid, State<'a>),
    kind: Kind<'a>,
}

const INVITES: &[&str] = &["dossier.invite.created", "dossier.invite.expired", "dossier.invite.undelivered"];
const VIEWED: &str = "dossier.invite.viewed";
const INVITEES: &str = "dossier.invitee.state.updated";
const DOSSIERS: &[&str] = &["dossier.prepared", "dossier.state.updated"];
const REQUESTS: &str = "dossier.invitee.reassignRequest.state.updated";

fn decode(text: &[u8]) -> Result<Event<'_>, String> {
    let body: Body = serde_json::from_slice(text).map_err(|error| error.to_string())?;
    let missing = || "a member is missing".to_string();
    let dossier = body.dossier.ok_or_else(missing)?;
    let kind = if let Some(at) = INVITES.iter().position(|&name| name == body.kind) {
        Kind::Invite(at as u8, body.invite.ok_or_else(missing)?.id)
    } else if let Some(at) = DOSSIERS.iter().position(|&name| name == body.kind) {
        Kind::Dossier(at as u8)
    } else if body.kind == VIEWED {
        Kind::InviteViewed(body.invite.ok_or_else(missing)?.id, body.invitee.ok_or_else(missing)?.id)
    } else if body.kind == INVITEES {
        let of = body.invitee.ok_or_else(missing)?;
        Kind::Invitee(of.id, state(INVITEE, of.state.ok_or_else(missing)?)?)
    } else if body.kind == REQUESTS {
        let of = body.reassign_request.ok_or_else(missing)?;
        let invitee = of.original_invitee;
        Kind::Request(of.id, state(REQUEST, of.state)?, invitee.id, state(INVITEE, invitee.state)?)
    } else {
        return Err("an unknown type".into());
    };
    Ok(Event { id: body.id, created: body.created, dossier: (dossier.id, state(DOSSIER, dossier.state)?), kind })
}

fn text_of_uuid(of: Uuid) -> String {
    let mut made = String::new();
    for (at, byte) in of.0.iter().enumerate() {
        made += if [4, 6, 8, 10].contains(&at) { "-" } else { "" };
        write!(made, "{byte:02x}").unwrap();
    }
    made
}

fn text_of_time(of: Time) -> String {
    let local = of.0 + i64::from(of.1) * 60;
    let (days_since, seconds) = (local.div_euclid(86400), local.rem_euclid(86400));
    let year = (1970..).find(|&year| days(year + 1, 1, 1) > days_since).unwrap();
    let month = (1..=12).rfind(|&month| days(year, month, 1) <= days_since).unwrap();
    let day = days_since - days(year, month, 1) + 1;
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let (sign, offset) = (if of.1 < 0 { '-' } else { '+' }, of.1.abs());
    format!(
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{sign}{:02}:{:02}",
        offset / 60,
        offset % 60
    )
}

fn encode(of: &Event) -> String {
    let named = |id: Uuid| format!(r#"{{"id":"{}"}}"#, text_of_uuid(id));
    let inner = |names: &[&str], id: Uuid, state: State| {
        let text = match state {
            State::Known(at) => names[usize::from(at)].to_string(),
            State::Other(text) => text.to_string(),
        };
        format!(r#""id":"{}","state":"{text}""#, text_of_uuid(id))
    };
    let (kind, rest) = match of.kind {
        Kind::Invite(at, id) => (INVITES[usize::from(at)], format!(r#","invite":{}"#, named(id))),
        Kind::InviteViewed(id, invitee) => {
            (VIEWED, format!(r#","invite":{},"invitee":{}"#, named(id), named(invitee)))
        }
        Kind::Invitee(id, state) => (INVITEES, format!(r#","invitee":{{{}}}"#, inner(INVITEE, id, state))),
        Kind::Dossier(at) => (DOSSIERS[usize::from(at)], String::new()),
        Kind::Request(id, state, invitee, its_state) => (
            REQUESTS,
            format!(
                r#","reassignRequest":{{{},"originalInvitee":{{{}}}}}"#,
                inner(REQUEST, id, state),
                inner(INVITEE, invitee, its_state)
            ),
        ),
    };
    format!(
        r#"{{"id":"{}","type":"{kind}","created":"{}","dossier":{{{}}}{rest}}}"#,
        text_of_uuid(of.id),
        text_of_time(of.created),
        inner(DOSSIER, of.dossier.0, of.dossier.1)
    )
}

// Bodies, each after its size in decimal and a line feed.
fn read(path: &str) -> Vec<Vec<u8>> {
    let all = fs::read(path).expect(path);
    let mut rest = &all[..];
    let mut bodies = Vec::new();
    while let Some(end) = rest.iter().position(|&byte| byte == b'\n') {
        let size: usize = std::str::from_utf8(&rest[..end]).unwrap().parse().unwrap();
        bodies.push(rest[end + 1..end + 1 + size].to_vec());
        rest = &rest[end + 1 + size..];
    }
    bodies
}

fn main() {
    let arguments: Vec<String> = env::args().collect();
    let (folder, count) = (&arguments[1], &arguments[2]);
    let kinds = ["compact", "pretty", "evolved", "unknown states"];
    let corpora = kinds.map(|kind| read(&format!("{folder}/{kind}")));
    let mut results = Vec::new();
    for (kind, bodies) in kinds.iter().zip(&corpora) {
        let canonical = if *kind == "unknown states" { bodies } else { &corpora[0] };
        assert_eq!(bodies.len().to_string(), *count);
        for (body, expected) in bodies.iter().zip(canonical) {
            let made = decode(body).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(body)));
            assert_eq!(encode(&made).as_bytes(), expected.as_slice());
        }
        let mut rounds: Vec<f64> = (0..9)
            .map(|_| {
                let passes = (65536 / bodies.len()).max(1);
                let begin = Instant::now();
                for body in (0..passes).flat_map(|_| bodies) {
                    let made = decode(hint::black_box(body));
                    hint::black_box(&made);
                }
                begin.elapsed().as_secs_f64() / (passes * bodies.len()) as f64
            })
            .collect();
        rounds.sort_by(f64::total_cmp);
        results.push(format!(
            r#"{{"aggregate_name": "median", "run_name": "serde_json/{kind}/{count}", "per_event": {:e}, "allocations_per_event": null}}"#,
            rounds[rounds.len() / 2]
        ));
    }
    println!("{{\"benchmarks\": [\n{}\n]}}", results.join(",\n"));
}
