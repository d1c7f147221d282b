//! Dates and times in formats: `%tY`. The argument counts milliseconds from 1970, and the zone is UTC.

const DAY_MS: i64 = 86_400_000;
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// A moment, taken apart.
struct Moment {
    ms: i64,
    year: i64,
    month: usize,
    day: i64,
    day_of_year: i64,
    hour: i64,
    minute: i64,
    second: i64,
}

/// What a conversion prints of a moment; `None` if there is no such conversion.
pub(super) fn date(conversion: char, ms: i64) -> Option<String> {
    let moment = Moment::of(ms);
    let Moment { year, month, day, hour, minute, second, .. } = moment;
    let half = if hour % 12 == 0 { 12 } else { hour % 12 };
    let part = |conversion| date(conversion, ms).unwrap_or_default();
    Some(match conversion {
        'Y' => format!("{year:04}"),
        'y' => format!("{:02}", year % 100),
        'C' => format!("{:02}", year / 100),
        'm' => format!("{:02}", month + 1),
        'd' => format!("{day:02}"),
        'e' => day.to_string(),
        'j' => format!("{:03}", moment.day_of_year + 1),
        'B' => MONTHS[month].to_owned(),
        'b' | 'h' => MONTHS[month][..3].to_owned(),
        'A' => moment.weekday().to_owned(),
        'a' => moment.weekday()[..3].to_owned(),
        'H' => format!("{hour:02}"),
        'I' => format!("{half:02}"),
        'k' => hour.to_string(),
        'l' => half.to_string(),
        'M' => format!("{minute:02}"),
        'S' => format!("{second:02}"),
        'L' => format!("{:03}", ms.rem_euclid(1000)),
        'N' => format!("{:03}000000", ms.rem_euclid(1000)),
        'p' => if hour < 12 { "am" } else { "pm" }.to_owned(),
        'z' => "+0000".to_owned(),
        'Z' => "UTC".to_owned(),
        's' => (ms / 1000).to_string(),
        'Q' => ms.to_string(),
        'R' => format!("{hour:02}:{minute:02}"),
        'T' => format!("{hour:02}:{minute:02}:{second:02}"),
        'r' => format!("{half:02}:{minute:02}:{second:02} {}", part('p').to_uppercase()),
        'D' => format!("{:02}/{day:02}/{:02}", month + 1, year % 100),
        'F' => format!("{year:04}-{:02}-{day:02}", month + 1),
        'c' => [part('a'), part('b'), part('d'), part('T'), part('Z'), part('Y')].join(" "),
        _ => return None,
    })
}

impl Moment {
    fn of(ms: i64) -> Self {
        let days = ms.div_euclid(DAY_MS);
        let seconds = ms.rem_euclid(DAY_MS) / 1000;
        // Eras of 400 years, which begin in March.
        let shifted = days + 719_468;
        let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let of_400 = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * of_400 + of_400 / 4 - of_400 / 100);
        let from_march = (5 * of_year + 2) / 153;
        let month = (from_march + 2) % 12;
        let year = era * 400 + of_400 + i64::from(month < 2);
        let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let before_march = 59 + i64::from(is_leap);
        let day_of_year = if month < 2 { of_year - 306 } else { of_year + before_march };
        Self {
            ms,
            year,
            month: month as usize,
            day: of_year - (153 * from_march + 2) / 5 + 1,
            day_of_year,
            hour: seconds / 3600,
            minute: seconds / 60 % 60,
            second: seconds % 60,
        }
    }

    fn weekday(&self) -> &'static str {
        DAYS[(self.ms.div_euclid(DAY_MS) + 4).rem_euclid(7) as usize]
    }
}
