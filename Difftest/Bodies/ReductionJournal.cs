namespace Mirlink.Difftest.Bodies;

/// <summary>
/// What a reduction found out, test by test: with it another process goes on where one ended, since the same answers lead to the same program.
/// </summary>
/// <param name="known">Answers of tests that were made before.</param>
/// <param name="told">Told of each new answer.</param>
public sealed class ReductionJournal(IReadOnlyList<bool> known, Action<bool>? told)
{
    private int _next;

    public ReductionJournal() : this([], null) { }

    public bool Replays => _next < known.Count;

    public bool Decide(Func<bool> test)
    {
        if (Replays) return known[_next++];
        bool answer = test();
        told?.Invoke(answer);
        return answer;
    }
}
