using Mirlink.Difftest.Bodies;

namespace Mirlink.Difftest.Workers;

/// <summary>How requests and answers are written between a <see cref="WorkerProcess"/> and its <see cref="WorkerServer"/>.</summary>
internal static class WorkerFormat
{
    public static void Write(BinaryWriter to, IReadOnlyList<ulong> seeds)
    {
        to.Write(seeds.Count);
        foreach (ulong seed in seeds) to.Write(seed);
    }

    public static ulong[] ReadSeeds(BinaryReader from)
    {
        var seeds = new ulong[from.ReadInt32()];
        for (int i = 0; i < seeds.Length; i++) seeds[i] = from.ReadUInt64();
        return seeds;
    }

    public static void Write(BinaryWriter to, BodyFailure f)
    {
        to.Write(f.Seed);
        to.Write(f.Variant);
        Write(to, f.Expected);
        Write(to, f.Actual);
        to.Write(f.Detail);
    }

    public static BodyFailure ReadFailure(BinaryReader from) => new(from.ReadUInt64(), from.ReadString(), ReadHash(from), ReadHash(from), from.ReadString());

    private static void Write(BinaryWriter to, ulong? hash)
    {
        to.Write(hash is not null);
        to.Write(hash ?? 0);
    }

    private static ulong? ReadHash(BinaryReader from)
    {
        bool known = from.ReadBoolean();
        ulong hash = from.ReadUInt64();
        return known ? hash : null;
    }

    public static void Write(BinaryWriter to, BatchAnswer answer)
    {
        to.Write(answer.Failures.Count);
        foreach (var f in answer.Failures) Write(to, f);
        to.Write(answer.WithOracle);
        to.Write(answer.Error is not null);
        to.Write(answer.Error ?? "");
        to.Write(answer.Times.Count);
        foreach (var (what, time) in answer.Times)
        {
            to.Write(what);
            to.Write(time.Ticks);
        }
    }

    public static BatchAnswer ReadAnswer(BinaryReader from)
    {
        var failures = new BodyFailure[from.ReadInt32()];
        for (int i = 0; i < failures.Length; i++) failures[i] = ReadFailure(from);
        int withOracle = from.ReadInt32();
        bool failed = from.ReadBoolean();
        string error = from.ReadString();
        var times = new SortedDictionary<string, TimeSpan>(StringComparer.Ordinal);
        for (int i = from.ReadInt32(); i > 0; i--) times.Add(from.ReadString(), new TimeSpan(from.ReadInt64()));
        return new BatchAnswer(failures, withOracle, failed ? error : null, times);
    }
}
