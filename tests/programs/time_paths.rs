// Duration arithmetic and formatting, Instant monotonicity, SystemTime; Path and PathBuf components, joining, extensions; OsStr; net address parsing.
use std::ffi::OsStr;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
fn main() {
    let d = Duration::new(5, 1_500_000_000) + Duration::from_millis(250) * 3 - Duration::from_micros(7);
    println!("{d:?} {} {} {}", d.as_secs(), d.subsec_nanos(), d.as_millis());
    println!("{:?} {:?} {:?} {:?}", Duration::ZERO, Duration::from_nanos(1), Duration::from_micros(1500), Duration::from_secs_f64(2.75));
    println!(
        "{:.2?} {:>12?}| {:.0?} {:?}",
        Duration::from_nanos(1234567),
        Duration::from_millis(5),
        Duration::from_secs_f32(1.6),
        Duration::MAX
    );
    println!(
        "{:?} {:?} {:?}",
        Duration::from_secs(1).checked_sub(Duration::from_secs(2)),
        Duration::MAX.saturating_add(d),
        Duration::from_secs(10) / 4
    );
    println!("{} {} {:?}", d.as_secs_f64(), d.mul_f64(0.5).as_millis(), d.div_duration_f64(Duration::from_secs(1)) > 7.0);
    println!(
        "{:?} {:?}",
        [3u64, 1, 2].map(Duration::from_secs).iter().sum::<Duration>(),
        Duration::from_secs(3).cmp(&Duration::from_millis(3000))
    );
    let t = Instant::now();
    std::thread::sleep(Duration::from_millis(3));
    println!(
        "{} {} {:?}",
        t.elapsed() >= Duration::from_millis(3),
        Instant::now() >= t,
        t.checked_duration_since(t + Duration::from_secs(9))
    );
    let st = UNIX_EPOCH + Duration::from_secs(86400);
    println!(
        "{:?} {:?} {}",
        st.duration_since(UNIX_EPOCH),
        UNIX_EPOCH.duration_since(st).map_err(|e| e.duration()),
        SystemTime::now() > st
    );
    println!("{:?}", std::panic::catch_unwind(|| Duration::from_secs(1) - Duration::from_secs(std::hint::black_box(2))).is_err());
    for p in ["/usr/lib/libx.so.1", "rel/./a/../b.tar.gz", "/", "", "dir/", ".hidden", "..", "a//b", "no_ext"] {
        let p = Path::new(p);
        println!(
            "{p:?} {:?} {:?} {:?} {:?} {} {}",
            p.parent(),
            p.file_name(),
            p.file_stem(),
            p.extension(),
            p.is_absolute(),
            p.components().count()
        );
    }
    println!(
        "{:?}",
        Path::new("/a/./b/../c")
            .components()
            .map(|c| match c {
                Component::RootDir => "/".into(),
                Component::ParentDir => "^".into(),
                Component::Normal(s) => s.to_string_lossy().into_owned(),
                c => format!("{c:?}"),
            })
            .collect::<Vec<_>>()
    );
    let mut b = PathBuf::from("/home");
    b.push("user");
    b.push("file.txt");
    println!("{}", b.display());
    println!("{:?}", b.set_extension("rs"));
    println!("{}", b.display());
    b.set_file_name("other");
    println!("{b:?}");
    println!("{}", b.pop());
    b.push("/abs");
    println!("{b:?} {:?} {:?}", b.join("x/y").with_extension("z"), Path::new("a").join("/b"));
    println!("{:?} {:?}", Path::new("/a/b/c").strip_prefix("/a"), Path::new("/a/b").strip_prefix("b").is_err());
    println!(
        "{} {} {:?}",
        Path::new("/a/b/c").starts_with("/a/b"),
        Path::new("/a/bc").starts_with("/a/b"),
        Path::new("x/y").ends_with("y")
    );
    println!("{:?} {:?}", Path::new("/a/b/c").ancestors().map(Path::to_str).collect::<Vec<_>>(), ["a", "b"].iter().collect::<PathBuf>());
    println!("{:?} {:?} {}", OsStr::new("os").to_str(), Path::new("a/b") == Path::new("a//b/."), Path::new("b").cmp(Path::new("a")) as i8);
    let ip: Ipv4Addr = [192, 168, 1, 20].into();
    println!("{ip} {} {} {:?} {}", ip.is_private(), u32::from(ip), ip.octets(), ip.to_ipv6_mapped());
    println!(
        "{} {:?} {}",
        Ipv6Addr::LOCALHOST,
        "2001:db8::ff00:42:8329".parse::<Ipv6Addr>().map(|a| a.segments()),
        Ipv6Addr::new(1, 0, 0, 2, 0, 0, 0, 3)
    );
    println!(
        "{:?} {:?} {}",
        "[::1]:8080".parse::<SocketAddr>(),
        "1.2.3".parse::<IpAddr>().map_err(|e| e.to_string()),
        SocketAddr::from(([0; 4], 1))
    );
}
