using System.Globalization;

namespace Mirlink.Difftest;

/// <summary>The threads of a campaign, each with a folder of its own that is gone afterwards.</summary>
internal static class CampaignThreads
{
    /// <summary>Runs the work on that many threads and waits for all of them.</summary>
    public static void Run(int threads, Action<string> work)
    {
        string directory = Directory.CreateTempSubdirectory("mirlink-difftest-").FullName;
        try
        {
            var workers = new List<Thread>();
            for (int w = 0; w < threads; w++)
            {
                string own = Directory.CreateDirectory(Path.Combine(directory, w.ToString(CultureInfo.InvariantCulture))).FullName;
                // Deeply nested types recurse deeply, as in the tool itself.
                var thread = new Thread(() => work(own), 256 << 20);
                thread.Start();
                workers.Add(thread);
            }
            foreach (var w in workers) w.Join();
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
