//! From the blob of one function to Cranelift IR.
//!
//! A blob is: the function's signature; imported signatures; functions (name, signature); global values (name, thread-local, addend);
//! stack slots (size, log2 of the alignment); variables (type); the number of blocks; then instructions up to the end. Lists start with
//! their length. Names are numbers that come back in relocations.
//!
//! An instruction's first word is operation | type << 16 | extra << 24. Operations from PSEUDO on are listed there; smaller ones are the
//! session's opcodes, whose operands follow in the order of their instruction format. Values are numbered as they are defined.

use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::immediates::{Ieee16, Ieee32, Ieee64, Imm64, Offset32};
use cranelift_codegen::ir::instructions::InstructionFormat;
use cranelift_codegen::ir::{
    self, types, AbiParam, ArgumentExtension, ArgumentPurpose, AtomicRmwOp, Block, BlockArg, BlockCall, ConstantData, ExceptionTableData,
    ExceptionTableItem, ExceptionTag, ExtFuncData, ExternalName, FuncRef, Function, GlobalValue, GlobalValueData, InstBuilder, MemFlags, Opcode,
    SigRef, Signature, SourceLoc, StackSlot, StackSlotData, StackSlotKind, TrapCode, Type, UserExternalName, UserFuncName, Value, ValueList,
};
use cranelift_codegen::isa::CallConv;
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext, Switch, Variable};

const PSEUDO: u32 = 0x8000;
const SWITCH_TO_BLOCK: u32 = PSEUDO;
const BLOCK_PARAM: u32 = PSEUDO + 1;
const FUNCTION_PARAMS: u32 = PSEUDO + 2;
const DEF_VAR: u32 = PSEUDO + 3;
const USE_VAR: u32 = PSEUDO + 4;
const SOURCE_LOCATION: u32 = PSEUDO + 5;
const COLD: u32 = PSEUDO + 6;
const SEAL: u32 = PSEUDO + 7;
const SWITCH: u32 = PSEUDO + 8;

const TYPES: [Type; 16] = [
    types::INVALID, types::I8, types::I16, types::I32, types::I64, types::I128, types::F16, types::F32, types::F64, types::F128,
    types::I8X16, types::I16X8, types::I32X4, types::I64X2, types::F32X4, types::F64X2,
];

const INT_CONDITIONS: [IntCC; 10] = [
    IntCC::Equal, IntCC::NotEqual, IntCC::UnsignedLessThan, IntCC::UnsignedLessThanOrEqual, IntCC::UnsignedGreaterThan,
    IntCC::UnsignedGreaterThanOrEqual, IntCC::SignedLessThan, IntCC::SignedLessThanOrEqual, IntCC::SignedGreaterThan, IntCC::SignedGreaterThanOrEqual,
];

const FLOAT_CONDITIONS: [FloatCC; 14] = [
    FloatCC::Equal, FloatCC::OrderedNotEqual, FloatCC::LessThan, FloatCC::LessThanOrEqual, FloatCC::GreaterThan, FloatCC::GreaterThanOrEqual,
    FloatCC::Ordered, FloatCC::UnorderedOrEqual, FloatCC::NotEqual, FloatCC::UnorderedOrLessThan, FloatCC::UnorderedOrLessThanOrEqual,
    FloatCC::UnorderedOrGreaterThan, FloatCC::UnorderedOrGreaterThanOrEqual, FloatCC::Unordered,
];

const RMW_OPERATIONS: [AtomicRmwOp; 11] = [
    AtomicRmwOp::Xchg, AtomicRmwOp::Add, AtomicRmwOp::Sub, AtomicRmwOp::And, AtomicRmwOp::Nand, AtomicRmwOp::Or, AtomicRmwOp::Xor,
    AtomicRmwOp::Smax, AtomicRmwOp::Smin, AtomicRmwOp::Umax, AtomicRmwOp::Umin,
];

type Result<T> = std::result::Result<T, String>;

struct Reader<'a> {
    words: &'a [u32],
    at: usize,
}

impl Reader<'_> {
    fn word(&mut self) -> Result<u32> {
        let w = *self.words.get(self.at).ok_or_else(|| format!("the blob ends at word {}", self.at))?;
        self.at += 1;
        Ok(w)
    }

    fn wide(&mut self) -> Result<u64> {
        Ok(self.word()? as u64 | (self.word()? as u64) << 32)
    }

    fn ty(&mut self) -> Result<Type> {
        let w = self.word()?;
        type_of(w)
    }

    fn bytes16(&mut self) -> Result<[u8; 16]> {
        let mut bytes = [0; 16];
        for k in 0..4 {
            bytes[k * 4..k * 4 + 4].copy_from_slice(&self.word()?.to_le_bytes());
        }
        Ok(bytes)
    }

    fn param(&mut self) -> Result<AbiParam> {
        let w = self.word()?;
        let mut p = AbiParam::new(type_of(w & 0xff)?);
        p.purpose = match w >> 8 & 0xff {
            0 => ArgumentPurpose::Normal,
            1 => ArgumentPurpose::StructReturn,
            2 => ArgumentPurpose::StructArgument(self.word()?),
            other => return Err(format!("parameter purpose {other}")),
        };
        p.extension = match w >> 16 {
            0 => ArgumentExtension::None,
            1 => ArgumentExtension::Uext,
            2 => ArgumentExtension::Sext,
            other => return Err(format!("parameter extension {other}")),
        };
        Ok(p)
    }

    fn signature(&mut self) -> Result<Signature> {
        let mut s = Signature::new(match self.word()? {
            0 => CallConv::SystemV,
            1 => CallConv::WindowsFastcall,
            other => return Err(format!("calling convention {other}")),
        });
        for _ in 0..self.word()? {
            let p = self.param()?;
            s.params.push(p);
        }
        for _ in 0..self.word()? {
            let p = self.param()?;
            s.returns.push(p);
        }
        Ok(s)
    }
}

fn type_of(code: u32) -> Result<Type> {
    TYPES.get(code as usize).copied().ok_or_else(|| format!("type {code}"))
}

fn entry<T: Copy>(table: &[T], index: u32, what: &str) -> Result<T> {
    table.get(index as usize).copied().ok_or_else(|| format!("{what} {index} of {}", table.len()))
}

struct Decoder<'a, 'b> {
    r: Reader<'a>,
    b: FunctionBuilder<'b>,
    opcodes: &'a [Opcode],
    values: Vec<Value>,
    signatures: Vec<SigRef>,
    functions: Vec<FuncRef>,
    globals: Vec<GlobalValue>,
    slots: Vec<StackSlot>,
    variables: Vec<Variable>,
    blocks: Vec<Block>,
}

pub fn build(words: &[u32], opcodes: &[Opcode], func: &mut Function, context: &mut FunctionBuilderContext) -> Result<()> {
    let mut r = Reader { words, at: 0 };
    func.name = UserFuncName::user(1, 0);
    func.signature = r.signature()?;
    let b = FunctionBuilder::new(func, context);
    let mut d = Decoder {
        r, b, opcodes, values: Vec::with_capacity(words.len() / 3), signatures: vec![], functions: vec![], globals: vec![], slots: vec![], variables: vec![], blocks: vec![],
    };
    d.header()?;
    while d.r.at < words.len() {
        d.instruction()?;
    }
    d.b.seal_all_blocks();
    d.b.finalize();
    Ok(())
}

impl Decoder<'_, '_> {
    fn header(&mut self) -> Result<()> {
        for _ in 0..self.r.word()? {
            let s = self.r.signature()?;
            let s = self.b.import_signature(s);
            self.signatures.push(s);
        }
        for _ in 0..self.r.word()? {
            let (index, signature) = (self.r.word()?, self.r.word()?);
            let name = self.b.func.declare_imported_user_function(UserExternalName { namespace: 0, index });
            let signature = entry(&self.signatures, signature, "signature")?;
            let f = self.b.import_function(ExtFuncData { name: ExternalName::user(name), signature, colocated: true });
            self.functions.push(f);
        }
        for _ in 0..self.r.word()? {
            let (index, tls, offset) = (self.r.word()?, self.r.word()? != 0, self.r.wide()?);
            let name = self.b.func.declare_imported_user_function(UserExternalName { namespace: 0, index });
            let data = GlobalValueData::Symbol { name: ExternalName::user(name), offset: Imm64::new(offset as i64), colocated: false, tls };
            let g = self.b.create_global_value(data);
            self.globals.push(g);
        }
        for _ in 0..self.r.word()? {
            let (size, align) = (self.r.word()?, self.r.word()?);
            let s = self.b.create_sized_stack_slot(StackSlotData::new(StackSlotKind::ExplicitSlot, size, align as u8));
            self.slots.push(s);
        }
        for _ in 0..self.r.word()? {
            let ty = self.r.ty()?;
            let v = self.b.declare_var(ty);
            self.variables.push(v);
        }
        for _ in 0..self.r.word()? {
            let block = self.b.create_block();
            self.blocks.push(block);
        }
        Ok(())
    }

    fn value(&mut self) -> Result<Value> {
        let w = self.r.word()?;
        entry(&self.values, w, "value")
    }

    fn block(&mut self) -> Result<Block> {
        let w = self.r.word()?;
        entry(&self.blocks, w, "block")
    }

    fn args(&mut self) -> Result<ValueList> {
        let n = self.r.word()?;
        let mut list = ValueList::new();
        for _ in 0..n {
            let v = self.value()?;
            list.push(v, &mut self.b.func.dfg.value_lists);
        }
        Ok(list)
    }

    fn call_to(&mut self, block: Block, args: impl IntoIterator<Item = BlockArg>) -> BlockCall {
        BlockCall::new(block, args, &mut self.b.func.dfg.value_lists)
    }

    fn jump_target(&mut self) -> Result<BlockCall> {
        let block = self.block()?;
        let mut args = vec![];
        for _ in 0..self.r.word()? {
            args.push(BlockArg::Value(self.value()?));
        }
        Ok(self.call_to(block, args))
    }

    fn instruction(&mut self) -> Result<()> {
        let w = self.r.word()?;
        let (operation, ty, extra) = (w & 0xffff, type_of(w >> 16 & 0xff)?, w >> 24);
        if operation >= PSEUDO {
            return self.pseudo(operation, ty);
        }
        let opcode = entry(self.opcodes, operation, "opcode")?;
        let inst = self.build(opcode, ty, extra)?;
        self.values.extend_from_slice(self.b.func.dfg.inst_results(inst));
        Ok(())
    }

    fn pseudo(&mut self, operation: u32, ty: Type) -> Result<()> {
        match operation {
            SWITCH_TO_BLOCK => {
                let block = self.block()?;
                self.b.switch_to_block(block);
            }
            BLOCK_PARAM => {
                let block = self.block()?;
                let v = self.b.append_block_param(block, ty);
                self.values.push(v);
            }
            FUNCTION_PARAMS => {
                let block = self.block()?;
                self.b.append_block_params_for_function_params(block);
                self.values.extend_from_slice(self.b.block_params(block));
            }
            DEF_VAR => {
                let variable = self.r.word()?;
                let variable = entry(&self.variables, variable, "variable")?;
                let v = self.value()?;
                self.b.def_var(variable, v);
            }
            USE_VAR => {
                let variable = self.r.word()?;
                let variable = entry(&self.variables, variable, "variable")?;
                let v = self.b.use_var(variable);
                self.values.push(v);
            }
            SOURCE_LOCATION => {
                let location = self.r.word()?;
                self.b.set_srcloc(SourceLoc::new(location));
            }
            COLD => {
                let block = self.block()?;
                self.b.set_cold_block(block);
            }
            SEAL => {
                let block = self.block()?;
                self.b.seal_block(block);
            }
            SWITCH => {
                let v = self.value()?;
                let otherwise = self.block()?;
                let mut switch = Switch::new();
                for _ in 0..self.r.word()? {
                    let case = self.r.wide()? as u128 | (self.r.wide()? as u128) << 64;
                    let block = self.block()?;
                    switch.set_entry(case, block);
                }
                switch.emit(&mut self.b, v, otherwise);
            }
            other => return Err(format!("operation {other:#x}")),
        }
        Ok(())
    }

    fn build(&mut self, opcode: Opcode, ty: Type, extra: u32) -> Result<ir::Inst> {
        use InstructionFormat as F;
        let inst = match opcode.format() {
            F::NullAry => self.b.ins().NullAry(opcode, ty).0,
            F::Unary => {
                let a = self.value()?;
                self.b.ins().Unary(opcode, ty, a).0
            }
            F::Binary => {
                let (a, b) = (self.value()?, self.value()?);
                self.b.ins().Binary(opcode, ty, a, b).0
            }
            F::Ternary => {
                let (a, b, c) = (self.value()?, self.value()?, self.value()?);
                self.b.ins().Ternary(opcode, ty, a, b, c).0
            }
            F::UnaryImm => {
                let imm = self.r.wide()? as i64;
                self.b.ins().UnaryImm(opcode, ty, Imm64::new(imm)).0
            }
            F::BinaryImm64 => {
                let (a, imm) = (self.value()?, self.r.wide()? as i64);
                self.b.ins().BinaryImm64(opcode, ty, Imm64::new(imm), a).0
            }
            F::BinaryImm8 => {
                let a = self.value()?;
                self.b.ins().BinaryImm8(opcode, ty, extra as u8, a).0
            }
            F::TernaryImm8 => {
                let (a, b) = (self.value()?, self.value()?);
                self.b.ins().TernaryImm8(opcode, ty, extra as u8, a, b).0
            }
            F::UnaryIeee16 => {
                let bits = self.r.word()?;
                self.b.ins().UnaryIeee16(opcode, ty, Ieee16::with_bits(bits as u16)).0
            }
            F::UnaryIeee32 => {
                let bits = self.r.word()?;
                self.b.ins().UnaryIeee32(opcode, ty, Ieee32::with_bits(bits)).0
            }
            F::UnaryIeee64 => {
                let bits = self.r.wide()?;
                self.b.ins().UnaryIeee64(opcode, ty, Ieee64::with_bits(bits)).0
            }
            F::UnaryConst => {
                let bytes = self.r.bytes16()?;
                let constant = self.b.func.dfg.constants.insert(ConstantData::from(&bytes[..]));
                self.b.ins().UnaryConst(opcode, ty, constant).0
            }
            F::Shuffle => {
                let (a, b) = (self.value()?, self.value()?);
                let bytes = self.r.bytes16()?;
                let mask = self.b.func.dfg.immediates.push(ConstantData::from(&bytes[..]));
                self.b.ins().Shuffle(opcode, ty, mask, a, b).0
            }
            F::IntCompare => {
                let (a, b) = (self.value()?, self.value()?);
                let cc = entry(&INT_CONDITIONS, extra, "condition")?;
                self.b.ins().IntCompare(opcode, ty, cc, a, b).0
            }
            F::FloatCompare => {
                let (a, b) = (self.value()?, self.value()?);
                let cc = entry(&FLOAT_CONDITIONS, extra, "condition")?;
                self.b.ins().FloatCompare(opcode, ty, cc, a, b).0
            }
            F::Load => {
                let (offset, a) = (self.r.word()? as i32, self.value()?);
                self.b.ins().Load(opcode, ty, memory_flags(extra), Offset32::new(offset), a).0
            }
            F::Store => {
                let (offset, v, a) = (self.r.word()? as i32, self.value()?, self.value()?);
                self.b.ins().Store(opcode, ty, memory_flags(extra), Offset32::new(offset), v, a).0
            }
            F::LoadNoOffset => {
                let a = self.value()?;
                self.b.ins().LoadNoOffset(opcode, ty, memory_flags(extra), a).0
            }
            F::StoreNoOffset => {
                let (v, a) = (self.value()?, self.value()?);
                self.b.ins().StoreNoOffset(opcode, ty, memory_flags(extra), v, a).0
            }
            F::AtomicRmw => {
                let (a, v) = (self.value()?, self.value()?);
                let op = entry(&RMW_OPERATIONS, extra, "atomic operation")?;
                self.b.ins().AtomicRmw(opcode, ty, memory_flags(0), op, a, v).0
            }
            F::AtomicCas => {
                let (a, expected, new) = (self.value()?, self.value()?, self.value()?);
                self.b.ins().AtomicCas(opcode, ty, memory_flags(0), a, expected, new).0
            }
            F::StackLoad => {
                let (slot, offset) = (self.r.word()?, self.r.word()? as i32);
                let slot = entry(&self.slots, slot, "slot")?;
                self.b.ins().StackLoad(opcode, ty, slot, Offset32::new(offset)).0
            }
            F::StackStore => {
                let (slot, offset, v) = (self.r.word()?, self.r.word()? as i32, self.value()?);
                let slot = entry(&self.slots, slot, "slot")?;
                self.b.ins().StackStore(opcode, ty, slot, Offset32::new(offset), v).0
            }
            F::FuncAddr => {
                let f = self.r.word()?;
                let f = entry(&self.functions, f, "function")?;
                self.b.ins().FuncAddr(opcode, ty, f).0
            }
            F::UnaryGlobalValue => {
                let g = self.r.word()?;
                let g = entry(&self.globals, g, "global")?;
                self.b.ins().UnaryGlobalValue(opcode, ty, g).0
            }
            F::Call => {
                let f = self.r.word()?;
                let f = entry(&self.functions, f, "function")?;
                let args = self.args()?;
                self.b.ins().Call(opcode, types::INVALID, f, args).0
            }
            F::CallIndirect => {
                let s = self.r.word()?;
                let s = entry(&self.signatures, s, "signature")?;
                // The callee is the first of the arguments.
                let args = self.args()?;
                self.b.ins().CallIndirect(opcode, types::I64, s, args).0
            }
            F::TryCall => {
                let f = self.r.word()?;
                let f = entry(&self.functions, f, "function")?;
                let signature = self.b.func.dfg.ext_funcs[f].signature;
                let table = self.exception_table(signature)?;
                let args = self.args()?;
                self.b.ins().TryCall(opcode, types::INVALID, f, table, args).0
            }
            F::TryCallIndirect => {
                let s = self.r.word()?;
                let s = entry(&self.signatures, s, "signature")?;
                let table = self.exception_table(s)?;
                let args = self.args()?;
                self.b.ins().TryCallIndirect(opcode, types::I64, table, args).0
            }
            F::MultiAry => {
                let args = self.args()?;
                self.b.ins().MultiAry(opcode, types::INVALID, args).0
            }
            F::Jump => {
                let target = self.jump_target()?;
                self.b.ins().Jump(opcode, types::INVALID, target).0
            }
            F::Brif => {
                let condition = self.value()?;
                let (then, otherwise) = (self.block()?, self.block()?);
                let (then, otherwise) = (self.call_to(then, []), self.call_to(otherwise, []));
                let ty = self.b.func.dfg.value_type(condition);
                self.b.ins().Brif(opcode, ty, then, otherwise, condition).0
            }
            F::Trap => self.b.ins().Trap(opcode, types::INVALID, TrapCode::unwrap_user(1)).0,
            other => return Err(format!("instruction format {other:?} ({opcode})")),
        };
        Ok(inst)
    }

    /// Tag, normal block (which takes the results), unwind block (which takes the two words of the exception).
    fn exception_table(&mut self, signature: SigRef) -> Result<ir::ExceptionTable> {
        let tag = ExceptionTag::from_u32(self.r.word()?);
        let (normal, unwind) = (self.block()?, self.block()?);
        let results = self.b.func.dfg.signatures[signature].returns.len() as u32;
        let normal = self.call_to(normal, (0..results).map(BlockArg::TryCallRet));
        let unwind = self.call_to(unwind, [BlockArg::TryCallExn(0), BlockArg::TryCallExn(1)]);
        let data = ExceptionTableData::new(signature, normal, [ExceptionTableItem::Tag(tag, unwind)]);
        Ok(self.b.func.dfg.exception_tables.push(data))
    }
}

/// Bit 0: the access may not be removed. Bit 1: lanes are counted from the low end (for casts between vectors).
fn memory_flags(extra: u32) -> MemFlags {
    let flags = if extra & 1 != 0 { MemFlags::new() } else { MemFlags::new().with_notrap() };
    if extra & 2 != 0 {
        flags.with_endianness(ir::Endianness::Little)
    } else {
        flags
    }
}
