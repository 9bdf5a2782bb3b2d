namespace Mirlink.Mir.Text;

/// <summary>
/// The crate by which rustc names types in the messages of generated code: the one that it compiled when it made that code. A function without type arguments is compiled
/// with its own crate; a generic one by whoever uses it, and so perhaps in several crates, with a message each. Mirlink makes it once: as the crate does that knows all of
/// its arguments and depends on no other that does.
/// </summary>
public static class CompilingCrate
{
    /// <summary>
    /// For code at <paramref name="at"/>, in a body that may have others inlined; -1 if it is in a crate that neither function nor arguments name, as for what the standard
    /// library leaves to others to compile.
    /// </summary>
    public static int Of(TyCtxt tcx, Body body, Instance instance, SourceInfo at)
    {
        int crate = Outermost(tcx, body, instance, at) is var function && IsGeneric(tcx, function) ? new Mentioned(tcx).Last(function) : function.Def.Krate;
        return crate >= 0 && tcx.Crates[crate].Info.HasMachineCode ? -1 : crate;
    }

    /// <summary>From the innermost inlined function outwards to one that is compiled once.</summary>
    private static Instance Outermost(TyCtxt tcx, Body body, Instance instance, SourceInfo at)
    {
        for (int scope = at.Scope; (uint)scope < (uint)body.Scopes.Length; scope = body.Scopes[scope].InlinedParent)
            if (body.Scopes[scope].Inlined is { } inlined && !IsGeneric(tcx, inlined) && !tcx.Crates[inlined.Def.Krate].Info.HasMachineCode) return inlined;
        return instance;
    }

    private static bool IsGeneric(TyCtxt tcx, Instance instance)
    {
        int count = tcx.DefKind(instance.Def) == DefKind.Closure ? tcx.GenericsOf(instance.Def)?.ParentCount ?? 0 : instance.Args.Count;
        foreach (var arg in instance.Args.Span[..Math.Min(count, instance.Args.Count)]) if (arg is not Region) return true;
        return false;
    }

    private sealed class Mentioned(TyCtxt tcx) : TypeFolder(tcx)
    {
        private readonly HashSet<int> _crates = [];

        public int Last(Instance instance)
        {
            _crates.Add(instance.Def.Krate);
            foreach (var arg in instance.Args.Span) Fold(arg);
            foreach (int candidate in _crates)
                if (_crates.IsSubsetOf([candidate, .. Tcx.Crates[candidate].Info.Deps])) return candidate;
            return -1;
        }

        public override Ty FoldTy(Ty ty)
        {
            switch (ty)
            {
                case AdtTy t: _crates.Add(t.Def.Krate); break;
                case ClosureTy t: _crates.Add(t.Def.Krate); break;
                case FnDefTy t: _crates.Add(t.Def.Krate); break;
                case ForeignTy t: _crates.Add(t.Def.Krate); break;
                case DynamicTy t:
                    foreach (var p in t.Predicates)
                        _crates.Add(p.Value switch { ExistentialPredicate.Trait e => e.Def.Krate, ExistentialPredicate.AutoTrait e => e.Def.Krate, ExistentialPredicate.Projection e => e.Def.Krate, _ => throw new BugException("unknown kind of predicate") });
                    break;
            }
            return SuperFold(ty);
        }
    }
}
