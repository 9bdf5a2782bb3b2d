namespace Mirlink.Bench.Measure;

internal static class Average
{
    public static double Median(IEnumerable<double> samples)
    {
        double[] sorted = [.. samples.Order()];
        if (sorted.Length == 0) return double.NaN;
        int half = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    /// <summary>For ratios.</summary>
    public static double GeometricMean(IEnumerable<double> ratios)
    {
        double[] all = [.. ratios];
        return all.Length == 0 ? double.NaN : Math.Exp(all.Average(Math.Log));
    }

    /// <summary>Largest distance of a sample from the median, as a share of it: how far the number can be trusted.</summary>
    public static double Spread(IReadOnlyCollection<double> samples)
    {
        double median = Median(samples);
        return samples.Count < 2 || median == 0 ? 0 : samples.Max(s => Math.Abs(s - median)) / median;
    }
}
