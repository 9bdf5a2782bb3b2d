namespace Mirlink.Mir.Erasure;

/// <summary>What generic code needs to know of the type that one of its parameters stands for, beyond its <see cref="LayoutClass"/>.</summary>
[Flags]
public enum ParamNeeds : byte
{
    /// <summary>It only moves values and asks for their layout.</summary>
    None = 0,
    /// <summary>It drops values of it: which drop glue matters, if there is any.</summary>
    Drop = 1,
    /// <summary>Which type it is: trait methods, associated types, arithmetic, its name or id, another ABI than Rust's.</summary>
    Identity = 2,
}
