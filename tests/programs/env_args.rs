// Command-line arguments and environment variables, set and unset, iteration and conversion.
// args: alpha beta=3 --flag -x9
// env: MIRLINK_TEST_VAR=some-value
use std::env;
use std::ffi::OsString;
fn main() {
    let args: Vec<String> = env::args().collect();
    println!("{} {:?}", args.len(), &args[1..]);
    println!("{:?} {:?}", env::args().nth(2), env::args().rev().next());
    println!("{:?}", env::args_os().skip(1).map(OsString::into_string).collect::<Result<Vec<_>, _>>());
    let (flags, rest): (Vec<_>, Vec<_>) = env::args().skip(1).partition(|a| a.starts_with('-'));
    println!("{flags:?} {rest:?} {:?}", rest.iter().find_map(|a| a.split_once('=')).map(|(k, v)| (k, v.parse::<u8>())));
    println!("{:?} {:?}", env::var("MIRLINK_TEST_VAR"), env::var("MIRLINK_NOT_SET").map_err(|e| e.to_string()));
    unsafe {
        env::set_var("MIRLINK_SET", "1");
    }
    println!(
        "{:?} {:?}",
        env::var_os("MIRLINK_SET"),
        env::vars().filter(|(k, _)| k.starts_with("MIRLINK_SET") || k == "MIRLINK_TEST_VAR").count()
    );
    unsafe {
        env::remove_var("MIRLINK_SET");
    }
    println!("{:?} {:?}", env::var("MIRLINK_SET").is_err(), option_env!("MIRLINK_NOT_SET_AT_COMPILE_TIME"));
    println!("{} {} {}", env::consts::OS, env::consts::ARCH, env::current_dir().is_ok());
    println!("{} {} {} {}", file!(), line!(), column!(), module_path!());
}
