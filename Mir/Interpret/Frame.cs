using Mirlink.Mir.Abi;

namespace Mirlink.Mir.Interpret;

/// <summary>A body with the generic arguments it runs with, and what has been derived from both. Used by one thread at a time.</summary>
internal sealed class MonoBody(Body body, GenericArgs args)
{
    public Body Body { get; } = body;
    public GenericArgs Args { get; } = args;
    public TyAndLayout?[] LocalLayouts { get; } = new TyAndLayout?[body.Locals.Length];
    public Dictionary<GenericArg, GenericArg> Types { get; } = new(ReferenceEqualityComparer.Instance);
    public Dictionary<ConstOperand, Op> Consts { get; } = new(ReferenceEqualityComparer.Instance);
    public bool RequiredConstsChecked { get; set; }
}

/// <summary>What the catch_unwind intrinsic does when its function unwinds: calls a function with its data and the payload, and goes on in its caller.</summary>
internal sealed record CatchUnwind(Instance Handler, Op Data, MPlace Result, int Target);

/// <summary>A function activation.</summary>
internal sealed class Frame(MonoBody mono, Instance? instance)
{
    public MonoBody Mono { get; } = mono;
    public Body Body => Mono.Body;
    /// <summary>Null for constants and statics.</summary>
    public Instance? Instance { get; } = instance;
    /// <summary>Memory of each local; null while it is dead or not yet used.</summary>
    public InterpAlloc?[] Locals { get; } = new InterpAlloc?[mono.Body.Locals.Length];
    public int Block { get; set; }
    public int Statement { get; set; }

    /// <summary>Where the return value goes; null to drop it.</summary>
    public MPlace? Destination { get; init; }
    /// <summary>The caller's block to go on with, -1 if the callee must not return.</summary>
    public int ReturnBlock { get; init; } = -1;
    /// <summary>The caller's action when this frame unwinds.</summary>
    public UnwindAction Unwind { get; init; }
    /// <summary>While cleanup blocks run: what is being unwound with.</summary>
    public Scalar UnwindPayload { get; set; }
    /// <summary>Set where the frame is to catch unwinding.</summary>
    public CatchUnwind? Catch { get; set; }
    /// <summary>Returning from this frame ends the run.</summary>
    public bool IsRoot { get; init; }

    public SourceInfo CurrentSourceInfo
    {
        get
        {
            ref readonly var b = ref Body.Blocks[Block];
            if (Statement < b.Statements.Length) return b.Statements[Statement].SourceInfo;
            var info = b.Terminator.SourceInfo;
            // A call's location is that of the callee's name, not of the whole chain of method calls.
            return b.Terminator switch
            {
                Terminator.Call { FnSpan.IsDummy: false } c => info with { Span = c.FnSpan },
                Terminator.TailCall { FnSpan.IsDummy: false } c => info with { Span = c.FnSpan },
                _ => info,
            };
        }
    }
}
