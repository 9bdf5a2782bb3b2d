using Mirlink.Mir;

namespace Mirlink.Linker;

/// <summary>Gives a session its trait selection, layouts and const evaluation.</summary>
public interface ISessionServices
{
    void Attach(TyCtxt tcx, LinkOptions options);
}
