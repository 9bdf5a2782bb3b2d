// Formatting of every kind: width, precision, fill, alignment, sign, alternate forms, radixes, exponents, Debug pretty printing, builders.
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::{self, Alignment, Binary, Debug, Display, Formatter, LowerExp, LowerHex, Octal, UpperHex, Write};
struct Money(i64);
impl Display for Money {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let s = format!("{}.{:02}", self.0 / 100, (self.0 % 100).abs());
        if f.alternate() { write!(f, "EUR {s}") } else { f.pad_integral(self.0 >= 0, "$", &s) }
    }
}
struct Flags;
impl Debug for Flags {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let a = match f.align() {
            Some(Alignment::Left) => "<",
            Some(Alignment::Right) => ">",
            Some(Alignment::Center) => "^",
            None => "-",
        };
        write!(
            f,
            "[{:?} {:?} {a} {:?} {} {} {}]",
            f.width(),
            f.precision(),
            f.fill(),
            f.sign_plus(),
            f.alternate(),
            f.sign_aware_zero_pad()
        )
    }
}
struct Rgb(u8, u8, u8);
impl LowerHex for Rgb {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for c in [self.0, self.1, self.2] {
            LowerHex::fmt(&c, f)?;
        }
        Ok(())
    }
}
impl UpperHex for Rgb {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{:02X}{:02X}{:02X}", self.0, self.1, self.2)
    }
}
impl Binary for Rgb {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("bin")
    }
}
impl Octal for Rgb {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.pad("octal")
    }
}
impl LowerExp for Rgb {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('e')
    }
}
struct Manual;
impl Debug for Manual {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Manual")
            .field("list", &fmt::from_fn(|f| f.debug_list().entries([1, 2]).entry(&"x").finish()))
            .field("map", &fmt::from_fn(|f| f.debug_map().entry(&"k", &1).key(&2).value(&'v').finish()))
            .field("set", &fmt::from_fn(|f| f.debug_set().entry(&()).finish()))
            .field("tuple", &fmt::from_fn(|f| f.debug_tuple("T").field(&1.5).finish_non_exhaustive()))
            .finish_non_exhaustive()
    }
}
#[derive(Debug, Clone, Default)]
struct Unit;
#[derive(Debug, Clone, Default)]
struct Tup(i32, String, Option<Unit>);
#[derive(Debug, Clone, Default)]
struct Rec<'a> {
    id: u8,
    r#type: Tup,
    list: Vec<Tup>,
    map: BTreeMap<&'a str, [u8; 2]>,
    nested: Option<Box<Rec<'a>>>,
    unit: (),
}
#[derive(Debug)]
enum En {
    A,
    B(u8, &'static str),
    C { x: f32, y: Vec<()> },
}
fn main() {
    println!("[{:5}] [{:<5}] [{:>5}] [{:^5}] [{:05}] [{:+}] [{:<05}]", 42, 42, 42, 42, -42, 42, 7);
    println!("[{:*^9}] [{:->7}] [{:#>2$}] [{:>w$.p$}] [{:.*}]", "mid", 1.5, 8, 3.14159, 2, 2.71828, w = 8, p = 3);
    println!("{:x} {:X} {:o} {:b} {:#x} {:#010b} {:#o} {:08x} {:x}", 255, 255, 8, 5, 255, 5, 8, 0xbeef, -1i8);
    println!("{:e} {:E} {:e} {:.2e} {:e} {:10.1e}|", 1234.5, 0.00012, 100u32, 123456, 0.0, 9.99);
    println!("{:.0} {:.0} {:.0} {:.1} {:.3} {:8.2} {:<8.2}| {:+.1} {:+}", 0.5, 1.5, 2.5, 0.25, 1e-5, -1.005, 2.0, 3.0, f64::INFINITY);
    println!("{:?} {:?} {:?} {:?} {:?} {:.1?} {:5?}|", 1.0, 0.1f32, 1e16, 1e-7, f64::NAN, [1.25, 2.0], 1);
    println!("{:.3} [{:5.2}] [{:>6.1}] {:?} {:10?}|", "truncate", "abc", "xyz", "q\"\n", "w");
    println!("{:?} {:?} {:?} [{:3}] [{:>3}]", 'c', '\'', '\u{200b}', 'c', 'd');
    println!("{} [{:8}] [{:<8}] [{:+08}] {:#} {}", Money(12345), Money(-5), Money(100), Money(99), Money(1), Money(-250));
    println!("{Flags:?} {Flags:7.3?} {Flags:<+#?} {Flags:x^09?} {:?}", Flags);
    println!(
        "{:02x} {:X} {:b} [{:>7o}] {:e} {:#04x}",
        Rgb(1, 0xab, 255),
        Rgb(1, 2, 3),
        Rgb(0, 0, 0),
        Rgb(0, 0, 0),
        Rgb(0, 0, 0),
        Rgb(1, 2, 3)
    );
    println!("{Manual:?}\n{Manual:#?}");
    let r = Rec {
        id: 1,
        r#type: Tup(-1, "a\tb".into(), Some(Unit)),
        list: vec![Tup::default(); 2],
        map: [("k", [1, 2])].into(),
        nested: Some(Box::default()),
        unit: (),
    };
    println!("{r:?}\n{r:#?}");
    println!("{:?} {:#?}", [En::A, En::B(1, "x")], En::C { x: 0.5, y: vec![(), ()] });
    println!("{:02x?} {:#X?} {:#04x?}", [1, 255], Some(255), (10,));
    println!("{:?} {:?} {:?} {:?}", (1, "a", 'b', 2.5), ((),), BTreeSet::from([2, 1]), VecDeque::from([Some(1), None]));
    println!("{:?} {:?} {:?} {:?} {:?}", 1..2, ..=3, .., (std::ops::Bound::Included(1), 2), Ok::<i32, ()>(1));
    let (w, p, name) = (12, 2, "named");
    println!("[{name:>w$}] [{0:1$.2$}] [{0:>w$.p$}] {{}} {name:?} {x:#?} {0}", 1.23456, 10, 1, x = 5);
    println!("{:>1$} {:>2$} {}", 1, 5, 3);
    let mut s = String::new();
    write!(s, "{:>4}|{:<4}|", 1, 2).unwrap();
    writeln!(&mut s, "{}", format_args!("{}-{}", 1, 2)).unwrap();
    s.write_fmt(format_args!("{:?}", "z")).unwrap();
    println!("{s} {} {}", format!("{:p}", std::ptr::null::<u8>()), format!("{:?}", std::ptr::without_provenance::<u8>(16)));
    println!("{:?} {}", i8::MIN, i64::MIN);
    println!("{:>30} {:<30}|", i128::MIN, u64::MAX);
    println!("{:>+9.3}{:^+9}", 1.0f32, 5i8);
    assert_eq!(format!("{:?}", Some(format_args!("{}", 1))), "Some(1)");
    println!("{:5}|{:<6}|{:^5?}|{:>5}|{:?}", true, false, (), "", ());
}
