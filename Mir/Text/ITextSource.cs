namespace Mirlink.Mir.Text;

/// <summary>A name in a module, an enum (variants) or a trait, as it can be imported. Def is null for what is no definition, such as a primitive type.</summary>
public readonly record struct ModuleChild(string Name, DefId? Def, bool IsPublic, bool IsModuleLike);

/// <summary>
/// What only the text form of MIR shows of a crate and nothing else needs. A crate that does not implement it is printed with the paths of definitions
/// and without positions.
/// </summary>
public interface ITextSource
{
    /// <summary>Children of a module-like definition in the order of rustc's module_children: its own, then re-exports, private ones included.</summary>
    ModuleChild[] ModuleChildren(int index);
    bool IsDocHidden(int index);
    /// <summary>file:line:column: line:column, columns in chars from 1; null if unknown.</summary>
    string? SourceRange(int index);
    /// <summary>The source text of a definition, null if its file is not there.</summary>
    string? SourceSnippet(int index);
    /// <summary>Names of the variables that a closure captures, in order, each once.</summary>
    string[] CapturedVariables(int index);
    /// <summary>Names of the late-bound lifetimes of a function's signature, null for those without.</summary>
    string?[] LateBoundNames(int index);
    /// <summary>A coroutine's kind in words, such as "async fn body"; null for what is none.</summary>
    string? CoroutineDescription(int index);
    /// <summary>The lifetimes that bounds of an opaque or associated type name: `impl Trait + 'a`.</summary>
    Region[] OutlivesBounds(int index);
    /// <summary>The value of a constant whose body is a literal and is not kept.</summary>
    (ConstValue Value, Ty Ty)? TrivialConst(int index);
}
