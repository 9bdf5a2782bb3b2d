// UndefinedBehavior: deadlock: the evaluated program deadlocked
fn main() {
    let m = std::sync::Mutex::new(1);
    let _a = m.lock().unwrap();
    let _b = m.lock().unwrap();
}
