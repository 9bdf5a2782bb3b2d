using System.Runtime.InteropServices;

namespace Mirlink.Mir.Interpret.Program;

/// <summary>The mathematical functions of the system's C library, which compiled programs call too: the same results to the last bit.</summary>
internal static unsafe class LibM
{
    private static readonly nint s_library = NativeLibrary.Load("libm.so.6");
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, nint> s_functions = new(StringComparer.Ordinal);

    private static nint Function(string name) => s_functions.GetOrAdd(name, static n => NativeLibrary.TryGetExport(s_library, n, out nint p) ? p : 0);

    private static string Name(string stem, int size) => size == 4 ? stem + "f" : stem;

    /// <summary>A function of one float of 4 or 8 bytes, null if there is none of that name.</summary>
    public static Func<double, double>? Unary(string stem, int size)
    {
        if (stem is not ("sin" or "cos" or "tan" or "asin" or "acos" or "atan" or "sinh" or "cosh" or "tanh" or "asinh" or "acosh" or "atanh" or "exp" or "exp2" or "expm1" or "log"
            or "log2" or "log10" or "log1p" or "cbrt" or "sqrt" or "tgamma" or "lgamma" or "erf" or "erfc" or "floor" or "ceil" or "trunc" or "round" or "rint"
            or "nearbyint" or "fabs" or "roundeven")) return null;
        nint f = Function(Name(stem, size));
        if (f == 0) return null;
        return size == 4 ? x => ((delegate* unmanaged<float, float>)f)((float)x) : x => ((delegate* unmanaged<double, double>)f)(x);
    }

    /// <summary>A function of two floats.</summary>
    public static Func<double, double, double>? Binary(string stem, int size)
    {
        if (stem is not ("pow" or "atan2" or "hypot" or "fmod" or "fdim" or "fmin" or "fmax" or "copysign" or "nextafter" or "remainder")) return null;
        nint f = Function(Name(stem, size));
        if (f == 0) return null;
        return size == 4 ? (x, y) => ((delegate* unmanaged<float, float, float>)f)((float)x, (float)y) : (x, y) => ((delegate* unmanaged<double, double, double>)f)(x, y);
    }

    public static double Pow(double x, double y, int size) => Binary("pow", size)!(x, y);

    /// <summary>compiler-rt's __powidf2 and __powisf2.</summary>
    public static double PowI(double x, int n, bool single)
    {
        bool reciprocal = n < 0;
        long left = n;
        double result = 1;
        while (true)
        {
            if ((left & 1) != 0) result = single ? (float)result * (float)x : result * x;
            left /= 2;
            if (left == 0) break;
            x = single ? (float)x * (float)x : x * x;
        }
        return !reciprocal ? result : single ? 1 / (float)result : 1 / result;
    }
}
