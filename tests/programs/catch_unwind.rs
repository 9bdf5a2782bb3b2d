// catch_unwind and resume_unwind with payloads of several types, nested catches, values returned through, panic_any, default and custom hooks.
use std::panic::{self, AssertUnwindSafe, catch_unwind, panic_any, resume_unwind};

#[derive(Debug, PartialEq)]
struct Custom {
    code: i32,
    why: String,
}

fn classify(r: std::thread::Result<i32>) -> String {
    match r {
        Ok(n) => format!("ok {n}"),
        Err(p) => {
            if let Some(s) = p.downcast_ref::<&str>() {
                format!("str {s}")
            } else if let Some(s) = p.downcast_ref::<String>() {
                format!("String {s}")
            } else if let Some(c) = p.downcast_ref::<Custom>() {
                format!("{c:?}")
            } else if p.is::<i32>() {
                format!("i32 {}", p.downcast::<i32>().unwrap())
            } else {
                "unknown".into()
            }
        }
    }
}

fn main() {
    println!("{}", classify(catch_unwind(|| 1)));
    println!("{}", classify(catch_unwind(|| panic!("literal"))));
    println!("{}", classify(catch_unwind(|| panic!("formatted {}", 1 + 1))));
    println!("{}", classify(catch_unwind(|| panic_any(5i32))));
    println!("{}", classify(catch_unwind(|| panic_any(Custom { code: 3, why: "because".into() }))));
    println!("{}", classify(catch_unwind(|| panic_any(1.5f32))));
    println!("{}", classify(catch_unwind(|| resume_unwind(Box::new("resumed")))));
    println!("{}", classify(catch_unwind(|| unreachable!("x = {}", 3))));
    println!("{}", classify(catch_unwind(|| todo!())));
    println!(
        "{}",
        classify(catch_unwind(|| {
            assert_eq!(1 + 1, 3, "math {}", "fails");
            0
        }))
    );
    println!(
        "{}",
        classify(catch_unwind(|| {
            assert!(std::hint::black_box(false));
            0
        }))
    );
    println!("{}", classify(catch_unwind(|| Err::<i32, _>("bad".parse::<i32>().unwrap_err()).unwrap())));
    println!("{}", classify(catch_unwind(|| None::<i32>.unwrap())));
    println!("{}", classify(catch_unwind(|| "12x".parse::<i32>().expect("a number"))));
    println!("{}", classify(catch_unwind(|| char::from_digit(1, 40).map_or(0, |c| c as i32))));

    let nested = catch_unwind(|| {
        let inner = catch_unwind(|| -> i32 { panic!("inner") });
        match inner {
            Err(p) => resume_unwind(p),
            Ok(n) => n,
        }
    });
    println!("{}", classify(nested));
    let mut state = vec![1];
    let r = catch_unwind(AssertUnwindSafe(|| {
        state.push(2);
        if state.len() == 2 {
            panic!("mid");
        }
        state.push(3);
        0
    }));
    println!("{} {state:?}", classify(r));
    let big = catch_unwind(|| [7u64; 40]).unwrap();
    println!("{} {:?}", big.len(), catch_unwind(|| ("tuple", Box::new(9))).unwrap());

    panic::set_hook(Box::new(|info| {
        let loc = info.location().unwrap();
        let msg = info.payload_as_str().unwrap_or("<other>");
        println!("hook: {msg} at {}:{}:{}", loc.file(), loc.line(), loc.column());
    }));
    println!("{}", classify(catch_unwind(|| panic!("hooked"))));
    println!("{}", classify(catch_unwind(|| panic_any(2i32))));
    println!("{}", classify(catch_unwind(|| [1, 2, 3][std::hint::black_box(7)])));
    println!("{}", classify(catch_unwind(|| resume_unwind(Box::new("no hook")))));
    let prev = panic::take_hook();
    panic::set_hook(Box::new(move |i| {
        print!("wrapped ");
        prev(i)
    }));
    println!("{}", classify(catch_unwind(|| panic!("again"))));
    let _ = panic::take_hook();
    let mut depth = 0;
    fn recurse(n: &mut i32) -> i32 {
        *n += 1;
        if *n == 50 {
            panic!("deep")
        }
        recurse(n) + 1
    }
    println!("{}", classify(catch_unwind(AssertUnwindSafe(|| recurse(&mut depth)))));
    println!("{depth} {}", std::thread::panicking());
}
