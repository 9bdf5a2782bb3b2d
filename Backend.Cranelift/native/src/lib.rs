//! Cranelift behind a C ABI: one call per function, a blob of 32-bit words in; machine code, relocations, call sites, frame description
//! instructions and a line table out. A session (target and opcode table) is shared by all threads; every thread has a worker of its own.
//! Nothing unwinds out of here: Cranelift's panics become errors.

mod decode;

use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::ir::{self, ExternalName, LibCall, Opcode};
use cranelift_codegen::isa::unwind::UnwindInfo;
use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_codegen::settings::{self, Configurable};
use cranelift_codegen::binemit::Reloc;
use cranelift_codegen::{FinalizedMachExceptionHandler, FinalizedRelocTarget};
use cranelift_frontend::FunctionBuilderContext;
use gimli::write::{Address, EhFrame, EndianVec, FrameTable};
use std::cell::RefCell;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::Once;

pub struct Session {
    isa: OwnedTargetIsa,
    opcodes: Vec<Opcode>,
}

#[derive(Default)]
pub struct Worker {
    context: Option<cranelift_codegen::Context>,
    builder: Option<FunctionBuilderContext>,
    code: Vec<u8>,
    relocs: Vec<Relocation>,
    sites: Vec<CallSite>,
    cfi: Vec<u8>,
    lines: Vec<Line>,
    text: String,
    error: String,
}

/// `target` is a symbol of the blob when `target_kind` is 0, a library function (see `library_name`) when 1, an offset into this function when 2.
#[repr(C)]
pub struct Relocation {
    offset: u32,
    elf_type: u32,
    target_kind: u32,
    target: u32,
    addend: i64,
}

/// A call that returns to `return_address`; `pad` is 0 for none (offset 0 is never a landing pad), `tag` what the blob gave.
#[repr(C)]
pub struct CallSite {
    return_address: u32,
    pad: u32,
    tag: u32,
}

/// Code from `start` up to the next line belongs to source location `location` of the blob.
#[repr(C)]
pub struct Line {
    start: u32,
    end: u32,
    location: u32,
}

/// Borrowed from the worker until its next use.
#[repr(C)]
pub struct Compiled {
    code: *const u8,
    code_len: usize,
    relocs: *const Relocation,
    relocs_len: usize,
    sites: *const CallSite,
    sites_len: usize,
    cfi: *const u8,
    cfi_len: usize,
    lines: *const Line,
    lines_len: usize,
    text: *const u8,
    text_len: usize,
    alignment: u32,
    frame_size: u32,
}

const OK: i32 = 0;
const ERROR: i32 = 1;
const PANIC: i32 = 2;

thread_local! {
    static PANIC_MESSAGE: RefCell<String> = const { RefCell::new(String::new()) };
}

fn keep_panic_messages() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        std::panic::set_hook(Box::new(|info| {
            PANIC_MESSAGE.with(|m| *m.borrow_mut() = info.to_string().replace('\n', " "));
        }));
    });
}

/// Version of the C ABI and blob format below; the caller refuses another one.
#[no_mangle]
pub extern "C" fn mlc_abi() -> u32 {
    1
}

/// The version of Cranelift, as static text.
#[no_mangle]
pub extern "C" fn mlc_version(len: &mut usize) -> *const u8 {
    let v = cranelift_codegen::VERSION;
    *len = v.len();
    v.as_ptr()
}

/// # Safety
/// `flags` and `opcodes` are `;`-separated UTF-8: settings `name=value` (shared), `+name` (of the ISA), and the opcode names that blobs use,
/// by position. On failure null, with the message in `error` (`capacity` bytes).
#[no_mangle]
pub unsafe extern "C" fn mlc_session_new(
    flags: *const u8, flags_len: usize, opcodes: *const u8, opcodes_len: usize, error: *mut u8, capacity: usize, error_len: &mut usize,
) -> *mut Session {
    keep_panic_messages();
    let flags = std::slice::from_raw_parts(flags, flags_len);
    let opcodes = std::slice::from_raw_parts(opcodes, opcodes_len);
    let message = match catch_unwind(|| new_session(flags, opcodes)) {
        Ok(Ok(session)) => return Box::into_raw(Box::new(session)),
        Ok(Err(e)) => e,
        Err(_) => PANIC_MESSAGE.with(|m| m.borrow().clone()),
    };
    let n = message.len().min(capacity);
    std::ptr::copy_nonoverlapping(message.as_ptr(), error, n);
    *error_len = n;
    std::ptr::null_mut()
}

fn new_session(flags: &[u8], opcodes: &[u8]) -> Result<Session, String> {
    let flags = std::str::from_utf8(flags).map_err(|e| e.to_string())?;
    let opcodes = std::str::from_utf8(opcodes).map_err(|e| e.to_string())?;
    let mut shared = settings::builder();
    let mut isa = cranelift_codegen::isa::lookup_by_name("x86_64-unknown-linux-gnu").map_err(|e| e.to_string())?;
    for flag in flags.split(';').filter(|f| !f.is_empty()) {
        if let Some(feature) = flag.strip_prefix('+') {
            isa.enable(feature).map_err(|e| format!("{feature}: {e}"))?;
        } else if let Some((name, value)) = flag.split_once('=') {
            shared.set(name, value).map_err(|e| format!("{flag}: {e}"))?;
        }
    }
    let isa = isa.finish(settings::Flags::new(shared)).map_err(|e| e.to_string())?;
    let opcodes = opcodes
        .split(';')
        .filter(|n| !n.is_empty())
        .map(|n| n.parse::<Opcode>().map_err(|_| format!("Cranelift {} has no operation {n}", cranelift_codegen::VERSION)))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Session { isa, opcodes })
}

/// # Safety
/// `session` is from `mlc_session_new` and in use by nobody.
#[no_mangle]
pub unsafe extern "C" fn mlc_session_free(session: *mut Session) {
    drop(Box::from_raw(session));
}

#[no_mangle]
pub extern "C" fn mlc_worker_new() -> *mut Worker {
    Box::into_raw(Box::default())
}

/// # Safety
/// `worker` is from `mlc_worker_new` and in use by nobody.
#[no_mangle]
pub unsafe extern "C" fn mlc_worker_free(worker: *mut Worker) {
    drop(Box::from_raw(worker));
}

/// Why the worker's last call failed.
#[no_mangle]
pub extern "C" fn mlc_worker_error(worker: &Worker, len: &mut usize) -> *const u8 {
    *len = worker.error.len();
    worker.error.as_ptr()
}

/// The symbol of a library function that Cranelift calls by itself.
#[no_mangle]
pub extern "C" fn mlc_library_name(index: u32, len: &mut usize) -> *const u8 {
    let name = LibCall::all_libcalls().get(index as usize).map_or("", |&c| library_name(c));
    *len = name.len();
    name.as_ptr()
}

fn library_name(call: LibCall) -> &'static str {
    match call {
        LibCall::CeilF32 => "ceilf",
        LibCall::CeilF64 => "ceil",
        LibCall::FloorF32 => "floorf",
        LibCall::FloorF64 => "floor",
        LibCall::TruncF32 => "truncf",
        LibCall::TruncF64 => "trunc",
        LibCall::NearestF32 => "rintf",
        LibCall::NearestF64 => "rint",
        LibCall::FmaF32 => "fmaf",
        LibCall::FmaF64 => "fma",
        LibCall::Memcpy => "memcpy",
        LibCall::Memset => "memset",
        LibCall::Memmove => "memmove",
        LibCall::Memcmp => "memcmp",
        LibCall::ElfTlsGetAddr => "__tls_get_addr",
        _ => "",
    }
}

/// Compiles the function in `blob`. Any number of threads may do this at once, each with a worker of its own.
///
/// # Safety
/// `blob` has `len` words; `out` is written when the result is 0.
#[no_mangle]
pub unsafe extern "C" fn mlc_compile(session: &Session, worker: &mut Worker, blob: *const u32, len: usize, want_text: u32, out: &mut Compiled) -> i32 {
    let blob = std::slice::from_raw_parts(blob, len);
    let result = catch_unwind(AssertUnwindSafe(|| compile(session, worker, blob, want_text != 0)));
    match result {
        Ok(Ok((alignment, frame_size))) => {
            *out = Compiled {
                code: worker.code.as_ptr(),
                code_len: worker.code.len(),
                relocs: worker.relocs.as_ptr(),
                relocs_len: worker.relocs.len(),
                sites: worker.sites.as_ptr(),
                sites_len: worker.sites.len(),
                cfi: worker.cfi.as_ptr(),
                cfi_len: worker.cfi.len(),
                lines: worker.lines.as_ptr(),
                lines_len: worker.lines.len(),
                text: worker.text.as_ptr(),
                text_len: worker.text.len(),
                alignment,
                frame_size,
            };
            OK
        }
        Ok(Err(message)) => {
            worker.context = None;
            worker.builder = None;
            worker.error = message;
            ERROR
        }
        Err(_) => {
            *worker = Worker::default();
            worker.error = PANIC_MESSAGE.with(|m| m.borrow().clone());
            PANIC
        }
    }
}

fn compile(session: &Session, worker: &mut Worker, blob: &[u32], want_text: bool) -> Result<(u32, u32), String> {
    // Taken out, so that what a panic leaves behind is not used again.
    let mut context = worker.context.take().unwrap_or_else(cranelift_codegen::Context::new);
    let mut builder = worker.builder.take().unwrap_or_default();
    decode::build(blob, &session.opcodes, &mut context.func, &mut builder)?;
    worker.text.clear();
    if want_text {
        worker.text = context.func.display().to_string();
    }
    if let Err(e) = context.compile(&*session.isa, &mut ControlPlane::default()) {
        return Err(cranelift_codegen::print_errors::pretty_error(e.func, e.inner));
    }
    let compiled = context.compiled_code().ok_or("no code")?;
    let buffer = &compiled.buffer;
    worker.code.clear();
    worker.code.extend_from_slice(buffer.data());

    worker.relocs.clear();
    for r in buffer.relocs() {
        worker.relocs.push(relocation(r, &context.func)?);
    }
    worker.sites.clear();
    for site in buffer.call_sites() {
        let (tag, pad) = match site.exception_handlers {
            [] => (0, 0),
            [FinalizedMachExceptionHandler::Tag(tag, pad), ..] => (tag.as_u32(), *pad),
            [FinalizedMachExceptionHandler::Default(pad), ..] => (0, *pad),
            _ => return Err("a call with a dynamic exception context".into()),
        };
        worker.sites.push(CallSite { return_address: site.ret_addr, pad, tag });
    }
    worker.lines.clear();
    for l in buffer.get_srclocs_sorted() {
        worker.lines.push(Line { start: l.start, end: l.end, location: l.loc.bits() });
    }
    worker.cfi.clear();
    if let Some(UnwindInfo::SystemV(info)) = compiled.create_unwind_info(&*session.isa).map_err(|e| e.to_string())? {
        let cie = session.isa.create_systemv_cie().ok_or("no unwind information for this target")?;
        let mut table = FrameTable::default();
        let id = table.add_cie(cie);
        table.add_fde(id, info.to_fde(Address::Constant(0)));
        let mut eh = EhFrame(EndianVec::new(gimli::LittleEndian));
        table.write_eh_frame(&mut eh).map_err(|e| e.to_string())?;
        let bytes = eh.0.slice();
        // Length, CIE pointer, address and size come before the instructions; the CIE has no augmentation.
        let fde = 4 + u32::from_le_bytes(bytes[..4].try_into().unwrap()) as usize;
        worker.cfi.extend_from_slice(&bytes[fde + 24..]);
    }
    let result = (buffer.alignment, compiled.frame_size);
    context.clear();
    worker.context = Some(context);
    worker.builder = Some(builder);
    Ok(result)
}

fn relocation(r: &cranelift_codegen::FinalizedMachReloc, func: &ir::Function) -> Result<Relocation, String> {
    const R_X86_64_64: u32 = 1;
    const R_X86_64_PC32: u32 = 2;
    const R_X86_64_PLT32: u32 = 4;
    const R_X86_64_GOTPCREL: u32 = 9;
    const R_X86_64_TLSGD: u32 = 19;
    let elf_type = match r.kind {
        Reloc::Abs8 => R_X86_64_64,
        Reloc::X86PCRel4 => R_X86_64_PC32,
        Reloc::X86CallPCRel4 | Reloc::X86CallPLTRel4 => R_X86_64_PLT32,
        Reloc::X86GOTPCRel4 => R_X86_64_GOTPCREL,
        Reloc::ElfX86_64TlsGd => R_X86_64_TLSGD,
        other => return Err(format!("relocation {other:?}")),
    };
    let (target_kind, target) = match &r.target {
        FinalizedRelocTarget::ExternalName(ExternalName::User(name)) => (0, func.params.user_named_funcs()[*name].index),
        FinalizedRelocTarget::ExternalName(ExternalName::LibCall(call)) => {
            let index = LibCall::all_libcalls().iter().position(|c| c == call).unwrap_or(usize::MAX) as u32;
            if library_name(*call).is_empty() {
                return Err(format!("library function {call:?}"));
            }
            (1, index)
        }
        FinalizedRelocTarget::Func(offset) => (2, *offset),
        other => return Err(format!("relocation against {}", other.display(None))),
    };
    Ok(Relocation { offset: r.offset, elf_type, target_kind, target, addend: r.addend })
}
