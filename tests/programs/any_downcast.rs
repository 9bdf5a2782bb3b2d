// dyn Any: type ids, downcasts of references, boxes and Rcs, error downcasts, type names.
use std::any::{Any, TypeId, type_name, type_name_of_val};
use std::error::Error;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

#[derive(Debug, PartialEq)]
struct Mine<T>(T);
#[derive(Debug)]
enum Oops {
    A(u8),
    B,
}
impl fmt::Display for Oops {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "oops {self:?}")
    }
}
impl Error for Oops {}

fn look(x: &dyn Any) -> String {
    if let Some(i) = x.downcast_ref::<i32>() {
        format!("i32 {i}")
    } else if let Some(s) = x.downcast_ref::<&'static str>() {
        format!("str {s}")
    } else if let Some(s) = x.downcast_ref::<String>() {
        format!("String {s}")
    } else if let Some(m) = x.downcast_ref::<Mine<u8>>() {
        format!("{m:?}")
    } else if x.is::<Mine<i8>>() {
        "Mine<i8>".into()
    } else if x.is::<()>() {
        "unit".into()
    } else if let Some(f) = x.downcast_ref::<fn(i32) -> i32>() {
        format!("fn {}", f(20))
    } else {
        "unknown".into()
    }
}

trait Component: Any {
    fn name(&self) -> &str;
}
impl Component for Mine<String> {
    fn name(&self) -> &str {
        &self.0
    }
}
impl Component for u16 {
    fn name(&self) -> &str {
        "u16"
    }
}

fn same<A: 'static + ?Sized, B: 'static + ?Sized>() -> bool {
    TypeId::of::<A>() == TypeId::of::<B>()
}

fn fail(n: u8) -> Result<(), Box<dyn Error + Send + Sync>> {
    match n {
        0 => Ok(()),
        1 => Err(Box::new(Oops::A(1))),
        2 => Err("plain text".into()),
        3 => Err(Oops::B)?,
        _ => Err(format!("number {n}").parse::<f32>().unwrap_err())?,
    }
}

fn main() {
    fn twice(x: i32) -> i32 {
        x * 2
    }
    let items: Vec<Box<dyn Any>> = vec![
        Box::new(1i32),
        Box::new("s"),
        Box::new(String::from("owned")),
        Box::new(Mine(2u8)),
        Box::new(Mine(2i8)),
        Box::new(()),
        Box::new(twice as fn(i32) -> i32),
        Box::new(1u32),
        Box::new(Mine("x")),
    ];
    for i in &items {
        println!("{}", look(&**i));
    }
    for i in items {
        match i.downcast::<String>() {
            Ok(s) => println!("got {}", *s),
            Err(other) => print!("{} ", other.is::<i32>()),
        }
    }
    println!();
    let mut boxed: Box<dyn Any + Send> = Box::new(vec![1, 2]);
    boxed.downcast_mut::<Vec<i32>>().unwrap().push(3);
    println!("{:?}", boxed.downcast::<Vec<i32>>().unwrap());
    let rc: Rc<dyn Any> = Rc::new(Mine(5.5));
    println!("{:?} {}", rc.clone().downcast::<Mine<f64>>(), rc.downcast::<Mine<f32>>().is_err());
    let arc: Arc<dyn Any + Send + Sync> = Arc::new([1u8; 3]);
    println!("{:?}", arc.downcast::<[u8; 3]>().unwrap());
    let cs: [Box<dyn Component>; 2] = [Box::new(Mine("comp".to_string())), Box::new(3u16)];
    for c in &cs {
        let any: &dyn Any = &**c;
        println!("{} {:?} {}", c.name(), any.downcast_ref::<u16>(), any.is::<Mine<String>>());
    }
    println!("{} {} {} {}", same::<u8, u8>(), same::<u8, i8>(), same::<&'static str, &str>(), same::<Vec<Option<u8>>, Vec<Option<u8>>>());
    println!("{} {}", same::<fn(&u8), fn(&'static u8)>(), same::<dyn Any, dyn Any + Send>());
    println!("{} {} {}", type_name::<Mine<Option<&str>>>(), type_name::<[u8; 4]>(), type_name::<(&dyn Any, fn(i32) -> u8)>());
    println!("{} {}", type_name_of_val(&twice), type_name_of_val(&1.5));
    for n in 0..5 {
        match fail(n) {
            Ok(()) => println!("ok"),
            Err(e) => println!("{e} / {:?} / {}", e.downcast_ref::<Oops>(), e.is::<std::num::ParseFloatError>()),
        }
    }
}
