// global_asm! on x86_64: Intel and AT&T syntax, const and sym operands, in modules, calling Rust and called by it.
// edition: 2024
use std::arch::global_asm;
use std::sync::atomic::{AtomicU32, Ordering};

global_asm!(
    ".globl asm_add", // in the comment: _RNvC4none4none
    "asm_add:",
    "lea rax, [rdi + rsi + {bias}]",
    "ret",
    bias = const 2 * size_of::<u32>(),
);

mod att {
    const LINE: &str = "att \"quoted\" \\ é\n";
    std::arch::global_asm!(
        ".globl att_answer, att_text, att_text_len",
        "att_answer:",
        "movl ${answer}, %eax",
        "ret",
        ".section .rodata.att_text, \"a\", @progbits",
        ".balign 8",
        "att_text_len: .quad 2f - att_text",
        "att_text: .ascii \"att \\\"quoted\\\" \\\\ é\\n\"",
        "2:",
        ".text",
        answer = const 6 * 7,
        options(att_syntax),
    );
    unsafe extern "C" {
        safe fn att_answer() -> i32;
        static att_text: u8;
        static att_text_len: usize;
    }
    pub fn check() {
        println!("{}", att_answer());
        let bytes = unsafe { std::slice::from_raw_parts(&raw const att_text, att_text_len) };
        print!("{}", std::str::from_utf8(bytes).unwrap());
        assert_eq!(bytes, LINE.as_bytes());
    }
}

// Exported functions and statics go by their own names.
#[unsafe(no_mangle)]
extern "C" fn called_by_asm(x: u64) -> u64 {
    println!("called by assembly with {x}");
    x + 1
}
#[unsafe(export_name = "counter.by.another.name")]
static COUNTER: AtomicU32 = AtomicU32::new(10);
global_asm!(
    ".globl call_back",
    "call_back:",
    "sub rsp, 8",
    "lock inc dword ptr [rip + \"counter.by.another.name\"]",
    "call called_by_asm",
    "add rsp, 8",
    "ret",
);

// What only assembly refers to, by operands.
struct Wrapper<T>(T);
trait Describe {
    extern "C" fn describe(&self) -> u64;
    extern "C" fn provided(&self) -> u64 {
        self.describe() + 1000
    }
}
impl Describe for Wrapper<u8> {
    extern "C" fn describe(&self) -> u64 {
        self.0 as u64
    }
}
impl<T: Copy + Into<u64>> Describe for (T, T) {
    extern "C" fn describe(&self) -> u64 {
        self.0.into() * 100 + self.1.into()
    }
}
impl<T> Wrapper<T> {
    extern "C" fn size(_: usize) -> usize {
        size_of::<Self>()
    }
}
extern "C" fn private(x: u64) -> u64 {
    3 * x
}
// Equal to the other one, but not the same function.
extern "C" fn private_twin(x: u64) -> u64 {
    3 * x
}
extern "C" fn generic<T, const N: usize>(_: usize) -> usize {
    size_of::<[T; N]>()
}
static HIDDEN: [u64; 3] = [4, 5, 6];
static mut CHANGED: u64 = 1;
unsafe extern "C" {
    fn strlen(s: *const std::ffi::c_char) -> usize;
}

macro_rules! forward {
    ($name:literal, $($to:tt)*) => {
        global_asm!(concat!(".globl ", $name), concat!($name, ": jmp {to}"), to = sym $($to)*);
    };
}
forward!("to_private", private);
forward!("to_twin", private_twin);
forward!("to_generic", generic::<u16, 5>);
forward!("to_generic_of_std", generic::<(Option<Vec<u8>>, &'static str, [bool; 2], fn(i32) -> u8), 2>);
forward!("to_describe", <Wrapper<u8> as Describe>::describe);
forward!("to_describe_pair", <(u32, u32) as Describe>::describe);
forward!("to_provided", <Wrapper<u8> as Describe>::provided);
forward!("to_size", Wrapper::<[u32; 6]>::size);
forward!("to_strlen", strlen);
forward!("to_nested", inner::deep::nested);
global_asm!(
    ".globl load_hidden",
    "load_hidden: mov rax, qword ptr [rip + {hidden} + 8]",
    "add qword ptr [rip + {changed}], rax",
    "ret",
    hidden = sym HIDDEN,
    changed = sym CHANGED,
);
mod inner {
    pub mod deep {
        pub extern "C" fn nested(x: u64) -> u64 {
            static CALLS: super::super::AtomicU32 = super::super::AtomicU32::new(0);
            x + 100 * (1 + CALLS.fetch_add(1, super::super::Ordering::Relaxed)) as u64
        }
        // A block that nobody calls, of something that nobody defines.
        std::arch::global_asm!(".section .text.unused, \"ax\", @progbits", "unused_asm: call nobody_defines_this", ".text");
    }
}

// A panic passes through assembly that says how its frame is left.
extern "C-unwind" fn panics(x: u64) -> u64 {
    if x > 2 { std::panic::panic_any(x) } else { x }
}
global_asm!(
    ".section .text.through_asm, \"ax\", @progbits",
    ".globl through_asm",
    ".type through_asm, @function",
    "through_asm:",
    ".cfi_startproc",
    "push rbx",
    ".cfi_def_cfa_offset 16",
    ".cfi_offset rbx, -16",
    "mov ebx, 100",
    "call {}",
    "add rax, rbx",
    "pop rbx",
    ".cfi_def_cfa_offset 8",
    "ret",
    ".cfi_endproc",
    ".size through_asm, . - through_asm",
    ".text",
    sym panics,
);
unsafe extern "C-unwind" {
    safe fn through_asm(x: u64) -> u64;
}

// Names that one block sets are known in those after it.
global_asm!(".set A_CONSTANT, 77", ".macro give value", "mov eax, \\value", "ret", ".endm");
global_asm!(".globl from_macro", "from_macro: give A_CONSTANT");

// Runs before main, though nothing refers to it.
extern "C" fn before_main() {
    EARLY.store(7, Ordering::Relaxed);
}
static EARLY: AtomicU32 = AtomicU32::new(0);
global_asm!(".pushsection .init_array, \"aw\", @init_array", ".quad {}", ".popsection", sym before_main);

#[repr(C)]
struct Pair(u64, u64);

unsafe extern "C" {
    safe fn asm_add(a: u64, b: u64) -> u64;
    safe fn call_back(x: u64) -> u64;
    safe fn to_private(x: u64) -> u64;
    safe fn to_twin(x: u64) -> u64;
    safe fn to_generic(x: usize) -> usize;
    safe fn to_generic_of_std(x: usize) -> usize;
    safe fn to_describe(x: &Wrapper<u8>) -> u64;
    safe fn to_describe_pair(x: &(u32, u32)) -> u64;
    safe fn to_provided(x: &Wrapper<u8>) -> u64;
    safe fn to_size(x: usize) -> usize;
    fn to_strlen(s: *const std::ffi::c_char) -> usize;
    safe fn to_nested(x: u64) -> u64;
    safe fn load_hidden() -> u64;
    safe fn from_macro() -> u32;
}

fn main() {
    println!("{} {}", asm_add(30, 4), EARLY.load(Ordering::Relaxed));
    att::check();
    println!("{} {}", call_back(5), COUNTER.load(Ordering::Relaxed));
    println!("{} {}", to_private(5), to_twin(6));
    println!("{} {}", to_generic(0), to_generic_of_std(0));
    println!("{} {} {}", to_describe(&Wrapper(9)), to_describe_pair(&(7, 8)), to_provided(&Wrapper(9)));
    println!("{} {}", to_size(0), unsafe { to_strlen(c"twelve bytes".as_ptr()) });
    println!("{} {}", to_nested(1), to_nested(2));
    println!("{} {} {}", load_hidden(), unsafe { CHANGED }, from_macro());
    std::panic::set_hook(Box::new(|_| println!("panicked")));
    println!("{} {:?}", through_asm(1), std::panic::catch_unwind(|| through_asm(3)).map_err(|e| e.downcast::<u64>()));
    let p = Pair(1, 2);
    println!("{}", asm_add(p.0, p.1));
}
