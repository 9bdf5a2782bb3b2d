//! Types of the standard library, as arguments and return values of function pointers.
#![cfg_attr(oracle, feature(rustc_attrs))]
#![feature(f16, f128, never_type, allocator_api, portable_simd, ptr_metadata)]
#![allow(improper_ctypes_definitions)]

use std::borrow::Cow;
use std::cell::*;
use std::collections::*;
use std::num::*;
use std::ops::*;
use std::ptr::NonNull;
use std::rc::Rc;
use std::sync::atomic::*;
use std::sync::*;
use std::time::*;

macro_rules! abi {
    ($($name:ident($($t:ty),* $(,)?) -> $r:ty;)*) => { $(
        #[cfg_attr(oracle, rustc_abi(debug))]
        pub type $name = fn($($t),*) -> $r;
    )* };
}

abi! {
    Ints(u8, i8, u16, i16, u32, i32, u64, i64, u128, i128, usize, isize) -> i128;
    Floats(f16, f32, f64, f128) -> f64;
    Prims(bool, char, (), !, [u8; 0], [u16; 0]) -> char;
    Refs(&u8, &mut u64, &str, &[u16], &mut [u8], &Cell<u8>, &mut dyn std::any::Any, &dyn std::fmt::Debug) -> &'static str;
    Pointers(*const u8, *mut str, *const dyn Fn(), fn(), fn(u8) -> u8, NonNull<u8>, NonNull<[u8]>, &&u8) -> *const [u8];
    DynTraits(&dyn Iterator<Item = u8>, Box<dyn FnMut(u8) -> u8 + Send>, &mut dyn std::io::Write, Arc<dyn std::error::Error + Send + Sync>, &(dyn Send + Sync)) -> Box<dyn std::error::Error>;
    Arrays([u8; 3], [u8; 8], [u16; 4], [u32; 3], [bool; 2], [u64; 1], [(u8, u16); 2], [[f32; 2]; 1], [[&u8; 1]; 1]) -> [u8; 16];
    ArrayRet(()) -> [u8; 5];
    Tuples((u8,), (u8, u16), (u8, u16, u32), (u64, u8), (u8, u64, u8), (u32, f32), (f64, f64), (&u8, usize), (bool, bool), ((u8, u16), u8)) -> (u64, u64);
    Tuple3(()) -> (u64, u64, u64);
    Options(Option<u8>, Option<bool>, Option<char>, Option<&u8>, Option<Box<u8>>, Option<Option<bool>>, Option<Option<Option<bool>>>, Option<()>, Option<!>, Option<u128>) -> Option<u64>;
    Options2(Option<NonZero<u8>>, Option<NonZeroU32>, Option<NonZeroI128>, Option<fn()>, Option<&str>, Option<&dyn Fn()>, Option<String>, Option<Vec<u8>>, Option<Ordering>, Option<std::cmp::Ordering>) -> Option<Box<dyn Fn()>>;
    Options3(Option<f32>, Option<(u8, bool)>, Option<(bool, u8)>, Option<[u8; 4]>, Option<NonNull<u8>>, Option<Rc<u8>>, Option<usize>, Option<(u32, char)>, Option<&mut [u8]>) -> Option<std::ops::ControlFlow<u8>>;
    Results(Result<u8, u8>, Result<(), ()>, Result<u64, String>, Result<(), std::io::Error>, Result<Box<u8>, ()>, Result<u32, !>, Result<!, u32>, Result<&str, std::str::Utf8Error>, Result<u8, std::num::ParseIntError>) -> Result<usize, std::io::Error>;
    Results2(Result<i32, u32>, Result<usize, *const u8>, Result<*const u8, u64>, Result<f64, u64>, Result<String, std::string::FromUtf8Error>, Result<std::fs::File, std::io::Error>) -> std::fmt::Result;
    Boxes(Box<u8>, Box<str>, Box<[u8]>, Box<dyn Fn()>, Rc<u8>, Rc<str>, Arc<[u8]>, std::rc::Weak<u8>, Box<Cell<u8>>) -> Box<()>;
    Strings(String, Vec<u8>, VecDeque<u8>, HashMap<u8, u16>, BTreeMap<String, u8>, HashSet<char>, BinaryHeap<u8>, Cow<'static, str>, Cow<'static, [u8]>, LinkedList<u8>) -> String;
    Cells(Cell<u8>, Cell<bool>, Option<Cell<bool>>, RefCell<u8>, RefCell<String>, OnceCell<u8>, UnsafeCell<bool>, Option<UnsafeCell<&u8>>, LazyCell<u8>) -> Cell<u8>;
    Syncs(Mutex<u8>, Mutex<String>, RwLock<u64>, Once, OnceLock<u8>, Condvar, Barrier, LazyLock<u8>, MutexGuard<'static, u8>) -> AtomicU8;
    Atomics(AtomicBool, AtomicPtr<u8>, AtomicUsize, Option<AtomicBool>, AtomicI32) -> AtomicU64;
    Times(Duration, Instant, SystemTime, Option<Duration>, Result<Duration, SystemTimeError>, Option<Instant>) -> Option<SystemTime>;
    Nonzeros(NonZero<u8>, NonZero<i8>, NonZeroU128, Wrapping<u8>, Saturating<i16>, NonZeroUsize) -> NonZero<u16>;
    Net(std::net::Ipv4Addr, std::net::Ipv6Addr, std::net::IpAddr, std::net::SocketAddr, std::net::SocketAddrV4, std::net::TcpStream) -> Option<std::net::IpAddr>;
    Ranges(Range<u8>, RangeInclusive<u8>, RangeFrom<u64>, RangeTo<u16>, RangeFull, Bound<u8>, Bound<&u8>, std::array::IntoIter<u8, 4>) -> Range<usize>;
    Iters(std::slice::Iter<'static, u8>, std::slice::IterMut<'static, u16>, std::vec::IntoIter<String>, std::str::Chars<'static>, std::iter::Rev<std::ops::Range<u8>>, std::iter::Enumerate<std::slice::Iter<'static, u8>>, std::iter::Peekable<std::str::Chars<'static>>, std::char::ToUppercase, std::iter::Zip<Range<u8>, Range<u16>>, std::collections::hash_map::IntoIter<u8, u8>) -> Option<std::slice::Iter<'static, u8>>;
    Iters2(std::iter::Flatten<std::vec::IntoIter<Vec<u8>>>, std::iter::Skip<Range<u8>>, std::iter::Take<Range<u32>>, std::iter::StepBy<Range<u8>>, std::iter::Chain<Range<u8>, Range<u8>>, std::collections::btree_map::IntoIter<u8, u8>, std::str::SplitWhitespace<'static>) -> std::iter::Once<u8>;
    Os(std::fs::File, std::process::Child, std::thread::JoinHandle<u8>, std::path::PathBuf, &std::path::Path, std::ffi::CString, &std::ffi::CStr, std::ffi::OsString, std::fs::Metadata, std::process::Output) -> Option<std::fs::File>;
    Io(std::io::Error, std::io::ErrorKind, std::io::BufReader<std::fs::File>, std::io::Stdin, std::io::Cursor<Vec<u8>>, std::io::SeekFrom, std::io::Stdout, std::io::LineWriter<std::io::Stdout>) -> std::io::Result<u8>;
    Fmt(std::fmt::Arguments<'static>, &mut std::fmt::Formatter<'static>, std::fmt::Error, std::fmt::Alignment, std::fmt::DebugStruct<'static, 'static>) -> std::fmt::Result;
    Mem(std::mem::MaybeUninit<u8>, std::mem::MaybeUninit<&u8>, std::mem::ManuallyDrop<bool>, Option<std::mem::ManuallyDrop<bool>>, std::mem::MaybeUninit<(u8, u16)>, std::mem::Discriminant<Option<u8>>, std::alloc::Layout, std::alloc::AllocError) -> std::mem::MaybeUninit<u64>;
    Markers(std::marker::PhantomData<u64>, std::marker::PhantomPinned, &std::marker::PhantomPinned, &mut std::marker::PhantomPinned, std::any::TypeId, std::panic::Location<'static>, &std::panic::Location<'static>) -> std::any::TypeId;
    Tasks(std::task::Context<'static>, std::task::Poll<u8>, std::task::Poll<Option<Result<u8, ()>>>, std::task::Waker, std::pin::Pin<&mut u8>, std::pin::Pin<Box<dyn std::future::Future<Output = ()>>>, std::future::Ready<u8>) -> std::task::Poll<()>;
    Simds(std::simd::u8x16, std::simd::f32x4, std::simd::u64x8, std::simd::mask32x4, std::arch::x86_64::__m128i, std::arch::x86_64::__m256, std::arch::x86_64::__m512d, std::simd::Simd<u8, 3>) -> std::simd::f64x2;
    SimdRet(std::simd::u8x2) -> std::arch::x86_64::__m256i;
    Metadatas(std::ptr::DynMetadata<dyn Fn()>, Option<std::ptr::DynMetadata<dyn Fn()>>) -> std::ptr::DynMetadata<dyn std::any::Any>;
    Channels(mpsc::Sender<u8>, mpsc::Receiver<String>, mpsc::SyncSender<()>, mpsc::SendError<u8>, mpsc::TryRecvError) -> mpsc::RecvError;
    Ascii(std::ascii::EscapeDefault, std::char::EscapeUnicode, std::char::ParseCharError, std::string::ParseError, std::backtrace::Backtrace) -> std::char::EscapeDebug;
    Nested(Option<Result<Option<u8>, bool>>, Option<Option<String>>, Result<Option<Vec<u8>>, String>, Option<(String, u8)>, Option<std::collections::hash_map::Entry<'static, String, u8>>, Option<Cow<'static, str>>) -> Option<Option<Cow<'static, str>>>;
}
