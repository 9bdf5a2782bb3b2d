// Nothing but start-up and shut-down.
fn main() {}
