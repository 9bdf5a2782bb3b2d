namespace Mirlink.Bench.Measure;

/// <summary>Counts instructions in textual LLVM IR: the indented lines of function bodies, without what continues a line or only describes (debug records, metadata).</summary>
internal static class LlvmInstructions
{
    public static long Count(string folder)
    {
        long count = 0;
        foreach (string file in Directory.EnumerateFiles(folder, "*.ll"))
        {
            bool inside = false;
            foreach (string line in File.ReadLines(file))
            {
                if (line.StartsWith("define ", StringComparison.Ordinal)) inside = true;
                else if (line == "}") inside = false;
                // Two spaces: an instruction. More: the cases of a switch, clauses of a landing pad, targets of an invoke.
                else if (inside && line.Length > 2 && line[0] == ' ' && line[1] == ' ' && line[2] is not (' ' or ']' or '#' or ';')) count++;
            }
        }
        return count;
    }
}
