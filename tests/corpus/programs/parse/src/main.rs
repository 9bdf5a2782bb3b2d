// Derives, trait objects, errors with context: clap, serde, serde_json, regex, anyhow, thiserror.
use anyhow::{Context, Result};
use clap::{Parser, Subcommand, ValueEnum};
use regex::{Captures, Regex};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Read;

#[derive(Parser)]
#[command(name = "parse", version, about = "Takes log lines apart")]
struct Options {
    /// More detail
    #[arg(short, long, action = clap::ArgAction::Count)]
    verbose: u8,
    #[arg(long, value_enum, default_value_t = Order::Level)]
    order: Order,
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Copy, ValueEnum)]
enum Order {
    Level,
    Count,
}

#[derive(Subcommand)]
enum Command {
    /// Counts lines of standard input by level
    Count { pattern: Option<String> },
    /// Reformats JSON
    Json {
        #[arg(long)]
        compact: bool,
    },
    /// Reads events, strictly
    Events,
    /// Replaces what a pattern matches
    Replace { pattern: String, with: String },
}

#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error("line {line}: not a log line: {text:?}")]
    NotALogLine { line: usize, text: String },
    #[error(transparent)]
    Pattern(#[from] regex::Error),
}

#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]
#[serde(rename_all = "lowercase", tag = "type", content = "data")]
enum Event {
    Started {
        id: u32,
        name: String,
        #[serde(default)]
        tags: Vec<String>,
    },
    Moved(f64, f64),
    Stopped(Option<i8>),
    Nothing,
}

#[derive(Serialize, Deserialize, Debug)]
struct Log<'a> {
    #[serde(borrow)]
    title: std::borrow::Cow<'a, str>,
    events: Vec<Event>,
    #[serde(flatten)]
    rest: BTreeMap<String, serde_json::Value>,
}

fn count(text: &str, pattern: Option<&str>) -> Result<BTreeMap<String, usize>, Problem> {
    let line_of = Regex::new(r"(?x)^ \[ (?P<level>[A-Z]+) \] \s+ (?P<message>.*) $")?;
    let wanted = pattern.map(Regex::new).transpose()?;
    let mut counts = BTreeMap::new();
    for (i, line) in text.lines().enumerate() {
        let found = line_of.captures(line).ok_or_else(|| Problem::NotALogLine { line: i + 1, text: line.to_owned() })?;
        if wanted.as_ref().is_none_or(|w| w.is_match(&found["message"])) {
            *counts.entry(found["level"].to_string()).or_default() += 1;
        }
    }
    Ok(counts)
}

fn main() -> Result<()> {
    let options = Options::parse();
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).context("standard input is not text")?;
    match &options.command {
        Command::Count { pattern } => {
            let counts = count(&text, pattern.as_deref()).with_context(|| format!("cannot count {} bytes", text.len()))?;
            let mut rows: Vec<_> = counts.iter().collect();
            if let Order::Count = options.order {
                rows.sort_by_key(|(level, n)| (std::cmp::Reverse(**n), level.len()));
            }
            rows.iter().for_each(|(level, n)| println!("{level:>8} {n:<4}|"));
            if options.verbose > 0 {
                eprintln!("{}", serde_json::to_string(&counts)?);
            }
        }
        Command::Json { compact } => {
            let value: serde_json::Value = serde_json::from_str(&text)?;
            println!("{}", if *compact { value.to_string() } else { serde_json::to_string_pretty(&value)? });
        }
        Command::Events => {
            let log: Log = serde_json::from_str(&text).context("these are no events")?;
            println!("{log:#?}\n{}", serde_json::to_string(&log)?);
        }
        Command::Replace { pattern, with } => {
            let mut n = 0;
            let out = Regex::new(pattern)?.replace_all(&text, |c: &Captures| {
                n += 1;
                format!("<{with}:{}>", c.iter().skip(1).map(|m| m.map_or("-", |m| m.as_str())).collect::<Vec<_>>().join(","))
            });
            print!("{out}");
            eprintln!("{n} replaced");
        }
    }
    Ok(())
}
