using Mirlink.Linker.Elf;
using Mirlink.Rlib;
using Mirlink.Rustc.Metadata.Raw;

namespace Mirlink.Bench.Measure;

/// <summary>What object files and executables hold, read off their ELF headers.</summary>
internal static class Objects
{
    /// <summary>Function bodies in objects and in the objects of archives: symbols of functions, aliases not counted.</summary>
    public static (long Functions, long CodeBytes) Functions(IEnumerable<string> files)
    {
        long functions = 0, bytes = 0;
        foreach (string file in files)
        {
            if (!file.EndsWith(".rlib", StringComparison.Ordinal))
            {
                Add(File.ReadAllBytes(file), file);
                continue;
            }
            using var archive = ArArchive.Open(file);
            foreach (var member in archive.Members)
                if (member.Name.EndsWith(".o", StringComparison.Ordinal)) Add(archive.Read(member).ToArray(), $"{file}({member.Name})");
        }
        return (functions, bytes);

        void Add(byte[] contents, string name)
        {
            if (!ElfFile.Is(contents)) return;
            var elf = new ElfFile(contents, name);
            var seen = new HashSet<(int, long)>();
            foreach (var s in elf.Symbols) if (s.IsFunction && s.Section != 0 && seen.Add((s.Section, s.Value))) functions++;
            foreach (var s in elf.Sections) if (s.IsCode) bytes += s.Size;
        }
    }

    /// <summary>Bytes of machine code in an executable's .text.</summary>
    public static double Text(string executable)
    {
        foreach (var s in ElfFile.Open(executable).Sections) if (s.Name == ".text") return s.Size;
        throw new InvalidDataException($"{executable} has no .text");
    }

    /// <summary>Sizes of a member in all MIR-only rlibs of a folder together.</summary>
    public static (double Section, double Metadata, int Crates) MirSections(string folder)
    {
        long section = 0, metadata = 0;
        int crates = 0;
        foreach (string file in Directory.EnumerateFiles(folder, "*.rlib"))
        {
            using var archive = ArArchive.Open(file);
            if (archive.Find(SectionFormat.SectionMember) is not { } ours || archive.Find(ArArchive.MetadataMember) is not { } raw) continue;
            section += ours.Size;
            // A stub says that the metadata is in the file next to it.
            string metadataFile = Path.ChangeExtension(file, ".rmeta");
            metadata += CrateMetadata.IsStub(file) ? new FileInfo(metadataFile).Length : raw.Size;
            crates++;
        }
        return (section, metadata, crates);
    }
}
